use super::super::command::Features;
use super::*;

/// What a workflow's inputs say: the line, features, targets, and whether something is open.
fn found(text: &str) -> Vec<String> {
    let file = SourceText::new(".github/workflows/release.yml", text);
    let describe = |command: ShippingCommand| {
        let features = match command.features {
            Features::All => "all".to_owned(),
            Features::Named(names) => names.join("+"),
        };
        let targets: Vec<&str> = command.targets.iter().map(|target| &*target.text).collect();
        format!("{}: {features} {}", command.line.location.line, targets.join("+"))
    };
    inputs(&file).into_iter().map(describe).collect()
}

#[test]
fn what_an_action_is_given_counts_with_its_line() {
    for (about, text, expected) in [
        (
            "options of cargo",
            "steps:\n  - uses: actions-rs/cargo@v1\n    with:\n      command: build\n      args: --release -F tls\n",
            &["5: tls "][..],
        ),
        (
            "a command that only looks",
            "steps:\n  - uses: actions-rs/cargo@v1\n    with:\n      command: test\n      args: --all-features\n",
            &[],
        ),
        (
            "inputs before the action",
            "steps:\n  - with:\n      features: tls,log\n      target: wasm32-wasip1\n    uses: taiki-e/upload-rust-binary-action@v1\n  - uses: actions/cache@v4\n",
            &["3: tls+log ", "4:  wasm32-wasip1"],
        ),
        (
            "a list and a text of several lines",
            "steps:\n  - name: x\n    uses: acme/build\n    with:\n      features:\n        - tls\n        - log\n      args: >-\n        --release\n        --all-features\n      other: x\n",
            &["5: tls+log ", "8: all "],
        ),
        (
            "a reusable workflow",
            "jobs:\n  call:\n    uses: ./.github/workflows/build.yml\n    with:\n      all-features: true\n",
            &["5: all "],
        ),
        (
            "an action that only prepares",
            "steps:\n  - uses: dtolnay/rust-toolchain@stable\n    with:\n      targets: wasm32-wasip1\n  - uses: Swatinem/rust-cache@v2\n    with:\n      features: tls\n",
            &[],
        ),
        (
            "the step before is another one",
            "steps:\n  - uses: acme/build@v1\n  - uses: dtolnay/rust-toolchain@stable\n    with:\n      targets: wasm32-wasip1\n  - uses: acme/build@v1\n    with:\n      target: wasm32-wasip1\n",
            &["8:  wasm32-wasip1"],
        ),
        (
            "an action that builds with nothing that is said",
            "steps:\n  - uses: houseabsolute/actions-rust-cross@v1\n    with:\n      working-directory: app\n",
            &["4:  "],
        ),
    ] {
        assert_eq!(found(text), expected, "{about}");
    }
}
