use proptest::prelude::*;

use super::*;

fn with(tool: &str) -> Adapters {
    Adapters::of(|name| name == tool)
}

/// What the documentation of a tool says that a text stands for.
const DOCUMENTED: &[(&str, &str, &str)] = &[
    ("eslint", "jquery", "eslint-plugin-jquery"),
    ("eslint", "@jquery/jquery", "@jquery/eslint-plugin-jquery"),
    ("eslint", "@foobar", "@foobar/eslint-plugin"),
    ("eslint", "plugin:react/recommended", "eslint-plugin-react"),
    ("eslint", "plugin:@typescript-eslint/recommended", "@typescript-eslint/eslint-plugin"),
    ("eslint", "airbnb/hooks", "eslint-config-airbnb"),
    ("eslint", "@scope/myconfig", "@scope/eslint-config-myconfig"),
    ("eslint", "pretty", "eslint-formatter-pretty"),
    ("eslint", "@babel/eslint-parser", "@babel/eslint-parser"),
    ("eslint-plugin-import", "typescript", "eslint-import-resolver-typescript"),
    ("@babel/core", "mod", "babel-plugin-mod"),
    ("@babel/core", "@babel/mod", "@babel/plugin-mod"),
    ("@babel/core", "@scope", "@scope/babel-plugin"),
    ("@babel/core", "@scope/mod", "@scope/babel-plugin-mod"),
    ("@babel/core", "@babel/env", "@babel/preset-env"),
    ("@babel/core", "es2015", "babel-preset-es2015"),
    ("@babel/core", "module:mod", "mod"),
    ("@babel/core", "module:@scope/mod/lib", "@scope/mod"),
    ("jest", "node", "jest-environment-node"),
    ("jest", "jsdom", "jest-environment-jsdom"),
    ("jest", "eslint", "jest-runner-eslint"),
    ("jest", "typeahead/filename", "jest-watch-typeahead"),
    ("jest", "ts-jest/presets/default", "ts-jest"),
    ("vitest", "edge-runtime", "vitest-environment-edge-runtime"),
    ("vitest", "v8", "@vitest/coverage-v8"),
    ("webpack", "style!css?modules", "css-loader"),
    ("webpack", "babel-loader?cacheDirectory", "babel-loader"),
    ("webpack-cli", "webpack serve", "webpack-dev-server"),
    ("rollup", "rollup -p node-resolve,commonjs", "@rollup/plugin-commonjs"),
    ("less", "--clean-css=advanced", "less-plugin-clean-css"),
    ("stylelint", "scss", "postcss-scss"),
    ("@commitlint/cli", "angular", "commitlint-config-angular"),
    ("@commitlint/cli", "@commitlint", "@commitlint/commitlint-config"),
    ("standard-version", "conventionalcommits", "conventional-changelog-conventionalcommits"),
    ("jit-grunt", "uglify", "grunt-contrib-uglify"),
    ("remark-cli", "lint", "remark-lint"),
    ("remark-cli", "wooorm", "remark-preset-wooorm"),
    ("rehype-cli", "document", "rehype-document"),
    ("textlint", "no-todo", "textlint-rule-no-todo"),
    ("textlint", "preset-gizmo", "textlint-rule-preset-gizmo"),
    ("textlint", "@scope/cool", "@scope/textlint-rule-cool"),
    ("storybook", "webpack5", "@storybook/builder-webpack5"),
    ("storybook", "@storybook/addon-docs/preset", "@storybook/addon-docs"),
    ("@docusaurus/core", "sitemap", "docusaurus-plugin-sitemap"),
    ("@docusaurus/core", "content-blog", "@docusaurus/plugin-content-blog"),
    ("@docusaurus/core", "@my-company", "@my-company/docusaurus-plugin"),
    ("@vuepress/core", "@vuepress/pwa", "@vuepress/plugin-pwa"),
    ("hexo", "landscape", "hexo-theme-landscape"),
    ("@wdio/cli", "selenium-standalone", "@wdio/selenium-standalone-service"),
    ("testcafe", "saucelabs:Chrome@beta", "testcafe-browser-provider-saucelabs"),
    ("@graphql-codegen/cli", "typescript", "@graphql-codegen/typescript"),
    ("@graphql-codegen/cli", "client", "@graphql-codegen/client-preset"),
    ("pug", "markdown-it", "jstransformer-markdown-it"),
    ("imagemin-cli", "--plugin=pngquant", "imagemin-pngquant"),
    ("knex", "pg", "pg"),
    ("knex", "cockroachdb", "pg"),
    ("knex", "mysql2", "mysql2"),
    ("knex", "mssql", "tedious"),
    ("sequelize", "postgres", "pg-hstore"),
    ("sequelize", "sqlite::memory:", "sqlite3"),
    ("sequelize", "mysql://user@host/db", "mysql2"),
    ("typeorm", "sap", "@sap/hana-client"),
    ("typeorm", "spanner", "@google-cloud/spanner"),
    ("keyv", "redis://localhost", "@keyv/redis"),
    ("express", "ejs", "ejs"),
    ("express", "index.pug", "pug"),
    ("consolidate", "dust", "dustjs-linkedin"),
    ("consolidate", "swig", "swig-templates"),
    ("nodemon", "ts", "ts-node"),
    ("vite", "./style.scss", "sass"),
    // Those that take whole names.
    ("mocha", "--require ts-node/register", "ts-node"),
    ("mocha", "--require=@babel/register", "@babel/register"),
    ("grunt", "grunt-contrib-jshint", "grunt-contrib-jshint"),
    ("browserslist", "extends browserslist-config-mycompany", "browserslist-config-mycompany"),
    ("nx", "@nx/js:tsc", "@nx/js"),
    ("postcss", "postcss-preset-env", "postcss-preset-env"),
];

#[test]
fn a_text_stands_for_what_the_documentation_says() {
    for (tool, text, package) in DOCUMENTED {
        assert!(with(tool).may_mean(text).any(|it| it == *package), "{tool}: {text} is {package}");
    }
}

#[test]
fn a_word_of_a_tool_that_is_not_there_stands_for_itself() {
    let nothing = Adapters::of(|_| false);
    let meant: Vec<String> = nothing.may_mean("plugin:react/recommended").collect();
    assert_eq!(meant, ["plugin", "plugin:react", "react"]);
    assert_eq!(nothing.names_of("eslint-plugin-react"), ["eslint-plugin-react"]);
    assert!(with("webpack").may_mean("react").all(|it| it != "eslint-plugin-react"));
    assert_eq!(nothing.may_mean("./eslint-plugin-react/").count(), 0);
}

#[test]
fn a_package_is_called_by_its_name_and_by_each_word() {
    for (tool, package, words) in [
        ("eslint", "eslint-plugin-foo", &["eslint-plugin-foo", "foo"][..]),
        ("eslint", "@s/eslint-plugin-foo", &["@s/eslint-plugin-foo", "@s/foo"]),
        ("eslint", "@s/eslint-plugin", &["@s/eslint-plugin", "@s"]),
        ("@babel/core", "@babel/preset-env", &["@babel/preset-env", "@babel/env", "env"]),
        ("sequelize", "tedious", &["tedious", "mssql"]),
        ("consolidate", "hogan.js", &["hogan.js", "hogan"]),
        ("express", "left-pad", &["left-pad"]),
    ] {
        assert_eq!(with(tool).names_of(package), words, "{tool}: {package}");
    }
}

#[test]
fn some_tools_load_what_nothing_names() {
    for (tool, package, loads) in [
        ("load-grunt-tasks", "grunt-contrib-jshint", true),
        ("load-grunt-tasks", "@s/grunt-jshint", true),
        ("load-grunt-tasks", "jshint", false),
        ("gulp-load-plugins", "gulp.spritesmith", true),
        ("karma", "karma-mocha", true),
        ("prettier", "@prettier/plugin-php", true),
        ("prettier", "@s/prettier-plugin-x", true),
        ("semantic-release", "@semantic-release/npm", true),
        ("semantic-release", "@semantic-release/exec", false),
        ("eslint", "eslint-plugin-foo", false),
    ] {
        let found = with(tool).loads_unnamed(package);
        assert_eq!(found, loads.then_some(tool), "{tool}: {package}");
    }
}

#[test]
fn every_row_says_who_loads_and_what() {
    for loader in LOADERS {
        let Loader { tools, patterns, words, unnamed } = loader;
        assert!(!tools.is_empty(), "{loader:?}");
        assert!(!patterns.is_empty() || !words.is_empty() || !unnamed.is_empty(), "{loader:?}");
        assert!(patterns.iter().all(|pattern| pattern.matches(WORD).count() == 1), "{loader:?}");
        assert!(words.iter().all(|(_, packages)| !packages.is_empty()), "{loader:?}");
    }
}

proptest! {
    /// Whatever a package may be called means the package.
    #[test]
    fn both_ways_agree(
        scope in prop::option::of("@[a-z]{1,3}"),
        row in 0..LOADERS.len(),
        pattern in any::<prop::sample::Index>(),
        word in "[a-z][a-z0-9.-]{0,6}",
    ) {
        let patterns = LOADERS[row].patterns;
        prop_assume!(!patterns.is_empty());
        let filled = pattern.get(patterns).replace(WORD, &word);
        let package = match scope {
            Some(scope) if !filled.starts_with('@') => format!("{scope}/{filled}"),
            _ => filled,
        };
        let adapters = Adapters::of(|_| true);
        let words = adapters.names_of(&package);
        prop_assert!(words.len() > 1, "{package} has a word");
        for word in words {
            let mut meant = adapters.may_mean(&word);
            prop_assert!(meant.any(|it| it == package), "{word} means {package}");
        }
    }
}
