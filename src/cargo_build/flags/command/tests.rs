use super::*;

/// Every command of a text that ships: its line, features and targets.
fn found(text: &str) -> Vec<String> {
    let commands = shipping(&SourceText::new("Makefile", text));
    commands
        .iter()
        .map(|command| {
            let features = match &command.features {
                Features::All => "all".to_owned(),
                Features::Named(names) => names.join("+"),
            };
            let targets: Vec<&str> = command.targets.iter().map(|target| &*target.text).collect();
            format!("{}: {features} {}", command.line.location.line, targets.join("+"))
        })
        .collect()
}

#[test]
fn what_ships_counts_and_what_only_looks_does_not() {
    for (text, expected) in [
        ("cargo build --all-features", Some("1: all ")),
        ("cargo +nightly b -F tls,log", Some("1: tls+log ")),
        ("cargo build --features \"tls log\" --release", Some("1: tls+log ")),
        (
            "cargo build --features=tls --target=wasm32-wasip1",
            Some("1: tls wasm32-wasip1"),
        ),
        (
            "cross build --target aarch64-unknown-linux-gnu",
            Some("1:  aarch64-unknown-linux-gnu"),
        ),
        ("run: maturin build --features python", Some("1: python ")),
        ("\t@$(CARGO) build --features tls", Some("1: tls ")),
        ("RUN [\"cargo\", \"build\", \"--all-features\"]", Some("1: all ")),
        ("cargo install --path . --features tls", Some("1: tls ")),
        ("cargo frobnicate --features tls", Some("1: tls ")),
        ("cargo test --all-features && cargo publish -F tls", Some("1: tls ")),
        ("cargo run --features tls -- --features none", Some("1: tls ")),
        ("cd app;cargo build -F tls", Some("1: tls ")),
        ("true&&cargo build -F tls", Some("1: tls ")),
        ("echo \"see #1\" && cargo build -F tls", Some("1: tls ")),
        ("cargo build --target=\"wasm32-wasip1\" -F tls", Some("1: tls wasm32-wasip1")),
        (
            "cargo zigbuild --target x86_64-unknown-linux-gnu.2.17",
            Some("1:  x86_64-unknown-linux-gnu"),
        ),
        ("wasm-pack build --features tls", Some("1: tls wasm32-unknown-unknown")),
        ("cargo wasi build", Some("1:  wasm32-wasip1+wasm32-wasip2")),
        ("cargo-deb --features tls", Some("1: tls ")),
        ("\"${CARGO:-cargo}\" build -F tls", Some("1: tls ")),
        ("  \"ship\": \"cargo build -F tls\",", Some("1: tls ")),
        ("cargo install --locked cargo-deny --features x", None),
        ("cargo build -p ios", Some("1:  ")),
        ("trunk build --features tls", Some("1: tls wasm32-unknown-unknown")),
        ("branches: [trunk]", None),
        ("tool: cargo-nextest,cargo-hack", None),
        ("key: cargo-build-${{ hashFiles('Cargo.lock') }}", None),
        ("cargo binstall cargo-deny", None),
        ("cargo test --all-features", None),
        ("cargo clippy --all-features --target wasm32-wasip1", None),
        ("cargo doc --all-features; cargo fmt", None),
        ("# cargo build --all-features", None),
        ("docker build --target builder", None),
        ("echo cargo", None),
    ] {
        assert_eq!(found(text), expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_variable_where_a_flag_could_stand_is_kept() {
    for (text, expected) in [
        ("cargo build $FLAGS", "1: $FLAGS "),
        ("cargo build ${{ matrix.flags }}", "1: ${{matrix.flags}} "),
        ("cargo build $(FLAGS)", "1: $ "),
        ("cargo build --features $FEATURES", "1: $FEATURES "),
        ("cargo build --target ${{ matrix.target }}", "1:  ${{matrix.target}}"),
        ("cargo $COMMAND", "1: $COMMAND "),
        ("cargo build ${{ inputs.flags || '' }} --release", "1: ${{inputs.flags....}} "),
        ("cargo build `cat flags`", "1: $+$ "),
        ("cargo build %FLAGS%", "1: %FLAGS% "),
        ("cargo build @flags", "1: @flags "),
        ("cargo build {{flags}}", "1: {{flags}} "),
        ("cargo build -p $PACKAGE --profile=${PROFILE}", "1:  "),
        ("cargo publish --token ${{ secrets.TOKEN }}", "1:  "),
        ("cargo +${{ matrix.toolchain }} build", "1:  "),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
}

#[test]
fn lines_are_joined_and_told_by_their_first() {
    let text = "run: |\n  cargo build \\\n    --release \\\n    --all-features\n  cargo test\n";
    assert_eq!(found(text), ["2: all "]);
    let folded =
        "- run: >-\n    cargo build\n    --release\n    --all-features\n- run: cargo test\n";
    assert_eq!(found(folded), ["2: all "]);
    let action = "uses: example/cargo@v1\nwith:\n  command: build\n  args: --release -F tls\n";
    assert_eq!(found(action), ["4: tls "]);
}
