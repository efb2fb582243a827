//! Dependencies that Yarn 2 and later add to packages which forget to ask for them (Yarn source,
//! `@yarnpkg/extensions` 2.0.7). The lockfile has what is added, and does not say for whom.

/// What Yarn adds to the packages of a name. In which versions is left out: it differs from version to
/// version of Yarn.
pub(super) fn of(package: &str) -> &'static [&'static str] {
    let found = EXTENSIONS.binary_search_by_key(&package, |(name, _)| name);
    found.map_or(&[], |index| EXTENSIONS[index].1)
}

/// By name.
#[rustfmt::skip]
const EXTENSIONS: &[(&str, &[&str])] = &[
    ("@babel/parser", &["@babel/types"]),
    ("@cypress/snapshot", &["debug"]),
    ("@google-cloud/firestore", &["protobufjs"]),
    ("@npmcli/metavuln-calculator", &["json-parse-even-better-errors"]),
    ("@playwright/test", &["jest-matcher-utils"]),
    ("@pm2/agent", &["debug"]),
    ("@rebass/forms", &["@styled-system/should-forward-prop"]),
    ("@vue/cli-plugin-typescript", &["@babel/core", "babel-loader"]),
    ("@vuetify/cli-plugin-utils", &["semver"]),
    ("@webpack-cli/package-utils", &["cross-spawn"]),
    ("babel-plugin-remove-graphql-queries", &["@babel/runtime", "@babel/types", "gatsby-core-utils"]),
    ("babel-preset-gatsby-package", &["@babel/runtime"]),
    ("babel-preset-react-app", &["@babel/plugin-proposal-private-property-in-object"]),
    ("bin-links", &["mkdirp-infer-owner"]),
    ("cacheable-lookup", &["@types/keyv"]),
    ("cordova-ios", &["underscore"]),
    ("cordova-lib", &["underscore"]),
    ("create-gatsby", &["@babel/runtime"]),
    ("elm-webpack-loader", &["temp"]),
    ("eslint-import-resolver-vite", &["debug", "resolve"]),
    ("focus-trap-react", &["tabbable"]),
    ("gatsby-admin", &["@babel/runtime"]),
    ("gatsby-cli", &["@babel/runtime"]),
    ("gatsby-core-utils", &["@babel/runtime", "got"]),
    ("gatsby-design-tokens", &["@babel/runtime"]),
    ("gatsby-legacy-polyfills", &["@babel/runtime"]),
    ("gatsby-plugin-benchmark-reporting", &["@babel/runtime"]),
    ("gatsby-plugin-gatsby-cloud", &["gatsby-core-utils"]),
    ("gatsby-plugin-graphql-config", &["@babel/runtime"]),
    ("gatsby-plugin-i18n", &["ramda"]),
    ("gatsby-plugin-image", &["@babel/runtime"]),
    ("gatsby-plugin-mdx", &["@babel/runtime", "mkdirp"]),
    ("gatsby-plugin-netlify", &["gatsby-core-utils"]),
    ("gatsby-plugin-netlify-cms", &["@babel/runtime"]),
    ("gatsby-plugin-no-sourcemaps", &["@babel/runtime"]),
    ("gatsby-plugin-page-creator", &["@babel/runtime", "fs-extra"]),
    ("gatsby-plugin-preact", &["@babel/runtime"]),
    ("gatsby-plugin-preload-fonts", &["@babel/runtime"]),
    ("gatsby-plugin-schema-snapshot", &["@babel/runtime"]),
    ("gatsby-plugin-sharp", &["debug"]),
    ("gatsby-plugin-styletron", &["@babel/runtime"]),
    ("gatsby-plugin-subfont", &["@babel/runtime"]),
    ("gatsby-plugin-utils", &["@babel/runtime", "fastq"]),
    ("gatsby-react-router-scroll", &["prop-types"]),
    ("gatsby-recipes", &["@babel/runtime"]),
    ("gatsby-remark-prismjs", &["lodash"]),
    ("gatsby-source-apiserver", &["babel-polyfill"]),
    ("gatsby-source-shopify", &["@babel/runtime"]),
    ("gatsby-source-wikipedia", &["@babel/runtime"]),
    ("gatsby-transformer-screenshot", &["@babel/runtime"]),
    ("gatsby-worker", &["@babel/runtime"]),
    ("got", &["@types/keyv", "@types/responselike"]),
    ("jest-vue-preprocessor", &["@babel/core", "@babel/template"]),
    ("jss-plugin-rule-value-function", &["tiny-warning"]),
    ("material-table", &["@babel/runtime"]),
    ("mqtt", &["duplexify"]),
    ("notistack", &["csstype"]),
    ("query-ast", &["lodash"]),
    ("react-bootstrap-table2-paginator", &["classnames"]),
    ("react-instantsearch-dom", &["react-fast-compare"]),
    ("scss-parser", &["lodash"]),
    ("skypack", &["tar"]),
    ("snowpack", &["magic-string", "node-gyp"]),
    ("sodium", &["node-gyp"]),
    ("terser", &["acorn"]),
    ("testcafe", &["@babel/plugin-transform-for-of", "@babel/runtime"]),
    ("testcafe-legacy-api", &["read-file-relative", "testcafe-hammerhead"]),
    ("typescript-language-server", &["vscode-jsonrpc", "vscode-languageserver-protocol"]),
    ("unified", &["@types/unist"]),
    ("useragent", &["request", "semver", "yamlparser"]),
    ("vue-cli-plugin-vuetify", &["null-loader", "semver"]),
    ("winston-transport", &["logform"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_extension_is_found() {
        for (package, added) in EXTENSIONS {
            assert_eq!(of(package), *added, "{package}");
        }
        assert_eq!(of("scss-parser"), ["lodash"]);
        assert_eq!(of("lodash"), [""; 0]);
    }
}
