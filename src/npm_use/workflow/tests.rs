use super::*;

fn is_harmless(steps: &str) -> bool {
    let scripts = [
        ("lint", "eslint . && prettier --check ."),
        ("ship", "zip -r app.zip ."),
        ("posttest", "npm run ship"),
        ("loop", "npm run loop"),
    ];
    let scripts: Scripts = scripts
        .iter()
        .map(|(name, command)| ((*name).to_owned(), vec![(*command).to_owned()]))
        .collect();
    let text = format!(
        "on: push\njobs:\n  check:\n    runs-on: x\n    steps:\n      - run: npm ci\n{steps}\n  other:\n    runs-on: x\n"
    );
    harmless_lines(&text, &scripts).contains(&6)
}

#[test]
fn a_job_that_only_checks_is_harmless() {
    for steps in [
        "",
        "      - run: npm run lint",
        "      - uses: actions/checkout@v4\n      - name: x\n        uses: actions/setup-node@v4\n        with:\n          cache: npm",
        "      - name: all\n        run: |\n          npx eslint . \\\n            --cache\n          git diff --exit-code",
        "      - run: NODE_ENV=test node test.js",
        "      - uses: actions/upload-artifact@v4\n        with:\n          name: x\n          path: dist",
        "      - uses: actions/upload-artifact@v4\n        with:\n          path: |\n            coverage/\n            ./dist/app.js",
        "      - if: x\n        run: npm publish --provenance",
    ] {
        assert!(is_harmless(steps), "{steps}");
    }
}

#[test]
fn a_job_with_an_unknown_step_may_ship_what_is_installed() {
    for steps in [
        "      - run: zip -r app.zip .",
        "      - run: npm run ship",
        "      - run: npm test",
        "      - run: npm run loop",
        "      - run: |\n          npm run lint\n          docker build .",
        "      - run: >-\n          npm run lint &&\n          scp -r . host:",
        "      - run: npm run lint\n          && tar czf x.tgz .",
        "      - run: echo $(rsync -a . host:)",
        "      - { run: npm run lint }",
        "      - *steps",
        "      - uses: acme/deploy@v1",
        "      - uses: ./.github/actions/ship",
        "      - uses: actions/upload-artifact@v4\n        with:\n          path: .",
        "      - uses: actions/upload-artifact@v4\n        with:\n          path: |\n            dist\n            node_modules",
        "      - uses: actions/upload-artifact@v4",
        "      - run: git push",
        "      - run: ./release",
    ] {
        assert!(!is_harmless(steps), "{steps}");
    }
}

#[test]
fn what_one_job_caches_another_may_ship() {
    let cached = "      - uses: actions/cache@v4\n        with:\n          path: node_modules";
    assert!(is_harmless(cached));
    let shipping = format!("{cached}\n  ship:\n    steps:\n      - run: make");
    assert!(!is_harmless(&shipping));
}
