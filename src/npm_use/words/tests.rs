use super::*;

const NAMES: &[&str] = &["jquery", "@acme/kit", "lefty", "lodash.get"];

fn found(reading: Reading, text: &str) -> Vec<(&'static str, Form)> {
    let spellings: Spellings = NAMES.iter().copied().collect();
    let mut found = Vec::new();
    scan(&unescaped(text), reading, &spellings, &mut |number, form, _| {
        let name = NAMES.iter().find(|name| spellings.number(name) == Some(number));
        found.push((*name.unwrap(), form));
    });
    found.dedup();
    found
}

#[test]
fn code_names_a_package_as_it_imports_it() {
    for (text, expected) in [
        ("import $ from 'jquery';", Some("jquery")),
        ("import \"jquery/slim\";", Some("jquery")),
        ("const kit = require('@acme/kit/dist/x.js')", Some("@acme/kit")),
        ("import(`jquery`)", Some("jquery")),
        ("@import url(~jquery/dist/x.css);", Some("jquery")),
        ("<script src=/node_modules/jquery/dist/jquery.js>", Some("jquery")),
        ("copy('../node_modules/@acme/kit/x', out)", Some("@acme/kit")),
        ("require('raw-loader!jquery/README')", Some("jquery")),
        ("import '\\x6aquery'", Some("jquery")),
        ("import '\\u006aquer\\u{79}'", Some("jquery")),
        ("exec('npx --yes lefty src')", Some("lefty")),
        ("import $ from 'npm:jquery@3/slim'", Some("jquery")),
        ("import kit from \"npm:/@acme/kit@2.0.0/x.js\"", Some("@acme/kit")),
        ("exec('deno run -A npm:lefty')", Some("lefty")),
        ("import $ from 'https://cdn.example/jquery@3'", Some("jquery")),
        ("import(`http://cdn.example:8080/npm/@acme/kit@2/+esm`)", Some("@acme/kit")),
        ("@import url(//cdn.example/lodash.get/x.css)", Some("lodash.get")),
        ("import x from 'https://cdn.example/*oak?deps=jquery@3'", Some("jquery")),
        ("import $ from 'npm:jquery-ui'", None),
        ("import $ from 'https://github.com/acme/x/raw/main/jquery.js'", Some("jquery")),
        ("href='https://github.com/acme/jquery'", None),
        ("// https://cdn.example/jquery", None),
        ("open('https://jquery')", None),
        ("open('https://jquery.example/guide')", None),
        ("// see jquery", None),
        ("const jquery = 1; f(jquery)", None),
        ("import x from './jquery'", None),
        ("import x from 'jquery-ui'", None),
        ("import x from '@other/kit'", None),
        ("import x from 'lodash'", None),
    ] {
        let found: Vec<_> = found(Reading::Code, text);
        let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.first().copied(), expected, "{text}");
    }
}

#[test]
fn any_word_of_a_script_may_be_a_package() {
    for (text, expected) in [
        ("lefty src > out.js", Some("lefty")),
        ("  - run: ./bin/lefty --all", Some("lefty")),
        ("cp vendor/jquery-3.4.1.min.js public/", Some("jquery")),
        ("curl -O cdn/jquery@3.4.1", Some("jquery")),
        ("uses @acme/kit@2", Some("@acme/kit")),
        ("echo lodash.get", Some("lodash.get")),
        ("jquery-ui", None),
        ("my-jquery", None),
        ("acme/kit", None),
    ] {
        let found: Vec<_> = found(Reading::Words, text);
        assert_eq!(found.first().map(|(name, _)| *name), expected, "{text}");
    }
}

#[test]
fn data_and_prose_name_it_in_quotes() {
    assert_eq!(found(Reading::Data, "{\"plugins\": [\"jquery\"]}"), [("jquery", Form::Word)]);
    assert_eq!(found(Reading::Data, "{\"a\": \"jquery/slim\"}"), [("jquery", Form::Import)]);
    assert_eq!(found(Reading::Prose, "We love jquery and npx lefty"), []);
    assert_eq!(found(Reading::Prose, "import 'jquery'"), [("jquery", Form::Import)]);
}
