use std::collections::BTreeSet;

use super::*;
use crate::npm_use::keeping::Scripts;
use crate::npm_use::programs::Programs;

/// Whether a job with these steps is, in a repository whose `.gitignore` names what is installed.
fn is_harmless(steps: &str) -> bool {
    let text = format!(
        "on: push\njobs:\n  check:\n    runs-on: x\n    steps:\n      - run: npm ci\n{steps}\n  other:\n    runs-on: x\n"
    );
    is_harmless_in(&text, true)
}

fn is_harmless_in(text: &str, is_ignored: bool) -> bool {
    let scripts = [
        ("lint", "eslint . && prettier --check ."),
        ("both", "concurrently -r \"npm:lint\" \"eslint .\""),
        ("bad", "concurrently \"npm:lint\" \"tar c .\""),
        ("ship", "zip -r app.zip ."),
        ("posttest", "npm run ship"),
        ("loop", "npm run loop"),
        ("read", "node bin/read.js"),
        ("send", "node bin/send.js"),
    ];
    let scripts: Scripts = scripts
        .iter()
        .map(|(name, command)| ((*name).to_owned(), vec![(*command).to_owned()]))
        .collect();
    let mut programs = Programs::default();
    programs.add("test.js", "import './bin/read.js';");
    programs.add("bin/read.js", "read('./x');");
    programs.add("bin/send.js", "import './pack.js';");
    programs.add("bin/pack.js", "import archiver from 'archiver';");
    let folders = ["", "web"].into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let around = Around {
        scripts: &scripts,
        programs: &programs,
        folders: &folders,
        is_ignored,
        workflow: text,
    };
    harmless_lines(&around).contains(&6)
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
        "      - run: npm run both",
        "      - run: npm run read -- ship",
        "      - run: node bin/read.js && ./bin/read",
        "      - run: node --input-type=module -e \"import { x } from './bin/read.js'; x()\"",
        "      - run: |\n          sudo apt-get install x\n          wget -q x -O - | tar -Jx -C \"$HOME\"",
        "      - run: rsync -a dist/app.js user@\"${{ secrets.HOST }}\":app.js",
        "      - run: cp -r dist/ public",
        "      - run: git commit -am x && git push",
        "      - uses: tj-actions/changed-files@v45",
        "      - uses: ncipollo/release-action@v1\n        with:\n          tag: x",
        "      - uses: softprops/action-gh-release@v2\n        with:\n          files: dist/app.js",
        "      - uses: peter-evans/create-pull-request@v7",
        "      - uses: nick-fields/retry@v3\n        with:\n          command: npm run lint",
        "      - run: pnpm install --frozen-lockfile && pnpm lint && pnpm -r run lint",
        "      - run: pnpm --filter web run lint && pnpm exec eslint .",
        "      - run: yarn --immutable && yarn lint && yarn workspace web run lint",
        "      - run: yarn workspaces foreach -A run lint && yarn eslint .",
        "      - run: bun install && bun run lint && bun test && bun bin/read.js && bunx eslint",
        "      - run: if [ \"$(git diff dist | wc -l)\" -gt 0 ]; then echo \"a; b\"; fi",
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
        "      - run: git add -f . && git push",
        "      - run: npm run bad",
        "      - run: npm run send",
        "      - run: npm run unknown",
        "      - run: npm run -w web ship",
        "      - run: npm run ${{ inputs.script }} # ship",
        "      - run: npm exec acme-ship",
        "      - run: pnpm ship",
        "      - run: pnpm --filter web run ship",
        "      - run: pnpm --filter web deploy out",
        "      - run: pnpm acme-ship",
        "      - run: yarn workspace web ship",
        "      - run: yarn workspaces foreach -A run ship",
        "      - run: yarn dlx acme-ship",
        "      - run: bun bin/send.js",
        "      - run: node bin/send",
        "      - run: node bin/other.js",
        "      - run: node \"$PROGRAM\"",
        "      - run: $PROGRAM x",
        "      - run: bash <(curl -s https://host.example/x)",
        "      - run: curl -s https://host.example/x | bash",
        "      - run: curl -F x=@y https://host.example/",
        "      - run: tar -czf x.tgz dist",
        "      - run: cp -r web public",
        "      - run: cp -t public -r .",
        "      - run: mv node_modules dist",
        "      - run: sh -c 'zip -r x.zip .'",
        "      - run: echo 'open",
        "      - uses: actions/upload-artifact@v4\n        with:\n          path: web",
        "      - uses: softprops/action-gh-release@v2\n        with:\n          files: ./*",
        "      - uses: nick-fields/retry@v3\n        with:\n          command: npm run ship",
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

#[test]
fn what_git_does_not_pass_over_is_committed() {
    for step in ["run: git add -A && git push", "uses: peter-evans/create-pull-request@v7"] {
        let text = format!(
            "on: push\njobs:\n  check:\n    runs-on: x\n    steps:\n      - run: npm ci\n      - {step}\n"
        );
        assert!(is_harmless_in(&text, true), "{step}");
        assert!(!is_harmless_in(&text, false), "{step}");
    }
}
