//! The tools that load packages by words, and what they make of these.

/// A tool that loads packages by words, with what it calls them in its documentation.
#[derive(Debug)]
pub(super) struct Loader {
    /// The packages whose code loads: one of them is enough.
    pub(super) tools: &'static [&'static str],
    /// The names that it makes of a word, which stands at `{}`.
    pub(super) patterns: &'static [&'static str],
    /// Words that stand for packages of another name.
    pub(super) words: &'static [(&'static str, &'static [&'static str])],
    /// The names of what it loads without being told.
    pub(super) unnamed: &'static [&'static str],
}

/// One that takes whole names only: a row says what else it does.
const PLAIN: Loader = Loader { tools: &[], patterns: &[], words: &[], unnamed: &[] };

/// Every tool that does so. What takes whole names only needs no row, as a text that is one counts always: AVA,
/// Browserslist, Cypress, Gatsby, Grunt, gulp, husky, lerna, lint-staged, Metro, Mocha, Next.js, Nx, nyc,
/// `PostCSS`, semantic-release, Serverless, Tailwind CSS, Turborepo, and others.
pub(super) const LOADERS: &[Loader] = &[
    // ESLint documentation, "Configure Plugins", "Extending Configuration Files", "Command Line Interface",
    // `--format`.
    Loader {
        tools: &["eslint", "standard", "standard-engine", "xo"],
        patterns: &["eslint-plugin-{}", "eslint-config-{}", "eslint-formatter-{}"],
        ..PLAIN
    },
    // Documentation of eslint-plugin-import, "Resolvers".
    Loader {
        tools: &["eslint-plugin-import", "eslint-plugin-import-x", "eslint-module-utils"],
        patterns: &["eslint-import-resolver-{}"],
        ..PLAIN
    },
    // Babel documentation, "Name Normalization".
    Loader {
        tools: &["@babel/core", "babel-core", "babel-cli", "@babel/cli", "babel-register"],
        patterns: &["babel-plugin-{}", "babel-preset-{}", "@babel/plugin-{}", "@babel/preset-{}"],
        ..PLAIN
    },
    // Jest documentation, "Configuring Jest", `testEnvironment`, `runner`, `watchPlugins`, `testRunner`.
    Loader {
        tools: &["jest", "jest-cli", "jest-config", "@jest/core"],
        patterns: &["jest-environment-{}", "jest-runner-{}", "jest-watch-{}"],
        words: &[("jasmine2", &["jest-jasmine2"])],
        ..PLAIN
    },
    // Vitest documentation, "Test Environment", "Coverage", "Browser Mode", "Vitest UI".
    Loader {
        tools: &["vitest"],
        patterns: &[
            "vitest-environment-{}",
            "@vitest/coverage-{}",
            "@vitest/browser-{}",
            "@vitest/{}",
        ],
        ..PLAIN
    },
    // webpack documentation, "Command Line Interface"; of version 1, `resolveLoader.moduleTemplates`.
    Loader {
        tools: &["webpack", "webpack-cli", "@rspack/core", "loader-runner"],
        patterns: &["{}-loader", "{}-webpack-loader", "{}-web-loader", "@webpack-cli/{}"],
        words: &[("serve", &["webpack-dev-server"]), ("server", &["webpack-dev-server"])],
        ..PLAIN
    },
    // Rollup documentation, "Command line flags", `--plugin`.
    Loader { tools: &["rollup"], patterns: &["rollup-plugin-{}", "@rollup/plugin-{}"], ..PLAIN },
    // Vite documentation, "Features", "CSS Pre-processors", `build.minify`, `css.transformer`.
    Loader {
        tools: &["vite"],
        words: &[
            ("scss", &["sass", "sass-embedded"]),
            ("sass", &["sass", "sass-embedded"]),
            ("styl", &["stylus"]),
            ("terser", &["terser"]),
            ("lightningcss", &["lightningcss"]),
        ],
        ..PLAIN
    },
    // Parcel documentation, "Plugins": version 1 loads every plugin that the manifest asks for.
    Loader { tools: &["parcel-bundler"], unnamed: &["parcel-plugin-{}"], ..PLAIN },
    // Less documentation, "Plugins", `--plugin`: `less-plugin-` is put in front.
    Loader { tools: &["less"], patterns: &["less-plugin-{}"], ..PLAIN },
    // Stylelint documentation of versions before 14, `syntax`.
    Loader {
        tools: &["stylelint"],
        patterns: &["postcss-{}"],
        words: &[("css-in-js", &["@stylelint/postcss-css-in-js", "postcss-jsx"])],
        ..PLAIN
    },
    // Prettier documentation, "Plugins": before version 3 whatever lies beside it is loaded.
    Loader {
        tools: &["prettier"],
        unnamed: &["prettier-plugin-{}", "@prettier/plugin-{}"],
        ..PLAIN
    },
    // commitlint documentation, "Shareable configuration", "Plugins".
    Loader {
        tools: &["@commitlint/cli", "@commitlint/load", "@commitlint/core"],
        patterns: &["commitlint-config-{}", "commitlint-plugin-{}"],
        ..PLAIN
    },
    // Documentation of conventional-changelog, `preset`: also in release tools that hand it on.
    Loader {
        tools: &[
            "conventional-changelog",
            "conventional-changelog-cli",
            "conventional-changelog-preset-loader",
            "standard-version",
            "commit-and-tag-version",
            "release-it",
            "@release-it/conventional-changelog",
            "lerna",
            "semantic-release",
            "@semantic-release/commit-analyzer",
            "@semantic-release/release-notes-generator",
        ],
        patterns: &["conventional-changelog-{}"],
        ..PLAIN
    },
    // semantic-release documentation, "Plugins": four are loaded by default.
    Loader {
        tools: &["semantic-release"],
        unnamed: &[
            "@semantic-release/commit-analyzer",
            "@semantic-release/release-notes-generator",
            "@semantic-release/npm",
            "@semantic-release/github",
        ],
        ..PLAIN
    },
    // Karma documentation, "Plugins": every sibling that begins so is loaded by default.
    Loader { tools: &["karma"], unnamed: &["karma-{}"], ..PLAIN },
    // Documentation of load-grunt-tasks, `pattern`; of jit-grunt, by the name of the task.
    Loader {
        tools: &["load-grunt-tasks", "load-grunt-config", "matchdep"],
        unnamed: &["grunt-{}"],
        ..PLAIN
    },
    Loader { tools: &["jit-grunt"], patterns: &["grunt-{}", "grunt-contrib-{}"], ..PLAIN },
    // Documentation of gulp-load-plugins, `pattern`.
    Loader { tools: &["gulp-load-plugins"], unnamed: &["gulp-{}", "gulp.{}"], ..PLAIN },
    // Documentation of unified-engine, `pluginPrefix`, `presetPrefix`, as remark, rehype and retext set it.
    Loader {
        tools: &["remark", "remark-cli", "unified-engine", "unified-language-server"],
        patterns: &["remark-{}", "remark-preset-{}"],
        ..PLAIN
    },
    Loader {
        tools: &["rehype", "rehype-cli", "unified-engine"],
        patterns: &["rehype-{}", "rehype-preset-{}"],
        ..PLAIN
    },
    Loader { tools: &["retext", "unified-engine"], patterns: &["retext-{}"], ..PLAIN },
    // textlint documentation, "Configuring textlint".
    Loader {
        tools: &["textlint"],
        patterns: &[
            "textlint-rule-{}",
            "textlint-rule-preset-{}",
            "textlint-filter-rule-{}",
            "textlint-plugin-{}",
            "@textlint/textlint-plugin-{}",
            "textlint-config-{}",
        ],
        ..PLAIN
    },
    // Storybook documentation, "Builders", `core.builder`.
    Loader {
        tools: &["storybook", "@storybook/core", "@storybook/core-server"],
        patterns: &["@storybook/builder-{}"],
        ..PLAIN
    },
    // Docusaurus documentation, "Using Plugins", "Module shorthands".
    Loader {
        tools: &["@docusaurus/core"],
        patterns: &[
            "docusaurus-plugin-{}",
            "docusaurus-theme-{}",
            "docusaurus-preset-{}",
            "@docusaurus/plugin-{}",
            "@docusaurus/theme-{}",
            "@docusaurus/preset-{}",
        ],
        ..PLAIN
    },
    // VuePress documentation, "Using a plugin", "Plugin shorthand", "Using a theme".
    Loader {
        tools: &["vuepress", "@vuepress/core"],
        patterns: &[
            "vuepress-plugin-{}",
            "vuepress-theme-{}",
            "@vuepress/plugin-{}",
            "@vuepress/theme-{}",
        ],
        ..PLAIN
    },
    // Vue CLI documentation, "Plugins and Presets": plug-ins of the manifest are loaded.
    Loader {
        tools: &["@vue/cli", "@vue/cli-service"],
        patterns: &["vue-cli-plugin-{}", "@vue/cli-plugin-{}"],
        unnamed: &["vue-cli-plugin-{}", "@vue/cli-plugin-{}"],
        ..PLAIN
    },
    // Hexo documentation, "Plugins", "Themes": everything that begins so is loaded.
    Loader { tools: &["hexo"], patterns: &["hexo-theme-{}"], unnamed: &["hexo-{}"], ..PLAIN },
    // TypeDoc documentation, "Options", `plugin`: before 0.24 whatever is installed is loaded.
    Loader { tools: &["typedoc"], unnamed: &["typedoc-plugin-{}"], ..PLAIN },
    // Yeoman documentation, "Running other generators".
    Loader {
        tools: &["yo", "yeoman-environment"],
        patterns: &["generator-{}"],
        unnamed: &["generator-{}"],
        ..PLAIN
    },
    // Stryker documentation, "Configuration", `plugins`: its own are loaded by default.
    Loader { tools: &["@stryker-mutator/core"], unnamed: &["@stryker-mutator/{}"], ..PLAIN },
    // WebdriverIO documentation, "Configuration", "Custom Services".
    Loader {
        tools: &["@wdio/cli", "@wdio/config", "@wdio/utils", "webdriverio"],
        patterns: &[
            "@wdio/{}-service",
            "@wdio/{}-framework",
            "@wdio/{}-reporter",
            "@wdio/{}-runner",
            "wdio-{}-service",
            "wdio-{}-framework",
            "wdio-{}-reporter",
            "wdio-{}-runner",
        ],
        ..PLAIN
    },
    // TestCafe documentation, "Browser Provider Plugin", "Reporter Plugin".
    Loader {
        tools: &["testcafe"],
        patterns: &["testcafe-browser-provider-{}", "testcafe-reporter-{}"],
        ..PLAIN
    },
    // nodemon documentation, "Using nodemon with other programs"; PM2 documentation, "Transpilers".
    Loader {
        tools: &["nodemon", "pm2"],
        words: &[("ts", &["ts-node", "tsx"]), ("coffee", &["coffee-script", "coffeescript"])],
        ..PLAIN
    },
    // GraphQL Code Generator documentation, "Codegen config", `plugins`, `preset`.
    Loader {
        tools: &["@graphql-codegen/cli"],
        patterns: &[
            "@graphql-codegen/{}",
            "@graphql-codegen/{}-preset",
            "@graphql-codegen/{}-plugin",
            "@graphql-codegen/{}-template",
            "graphql-codegen-{}",
            "graphql-codegen-{}-template",
            "codegen-{}",
        ],
        ..PLAIN
    },
    // Pug documentation, "Filters", by the names of JSTransformers.
    Loader { tools: &["pug", "jade", "pug-filters"], patterns: &["jstransformer-{}"], ..PLAIN },
    // imagemin-cli documentation, `--plugin`.
    Loader { tools: &["imagemin-cli"], patterns: &["imagemin-{}"], ..PLAIN },
    // Knex documentation, "Installation", and the client of each dialect.
    Loader {
        tools: &["knex", "bookshelf", "objection"],
        words: &[
            ("pg", POSTGRES),
            ("postgres", POSTGRES),
            ("postgresql", POSTGRES),
            ("pgnative", POSTGRES),
            ("redshift", POSTGRES),
            ("pg-redshift", POSTGRES),
            ("cockroachdb", POSTGRES),
            ("sqlite", &["sqlite3"]),
            ("sqlite3", &["sqlite3"]),
            ("better-sqlite3", &["better-sqlite3"]),
            ("mssql", &["tedious", "mssql"]),
            ("oracle", &["oracledb"]),
            ("oracledb", &["oracledb"]),
            ("mysql", &["mysql", "mysql2"]),
            ("mysql2", &["mysql2"]),
            ("mariadb", &["mariadb", "mariasql"]),
            ("mariasql", &["mariasql"]),
        ],
        ..PLAIN
    },
    // Sequelize documentation, "Getting Started", "Installing".
    Loader {
        tools: &["sequelize", "@sequelize/core", "sequelize-cli", "sequelize-typescript"],
        patterns: &["@sequelize/{}"],
        words: &[
            ("postgres", POSTGRES),
            ("postgresql", POSTGRES),
            ("mysql", &["mysql2", "mysql"]),
            ("mariadb", &["mariadb"]),
            ("sqlite", &["sqlite3"]),
            ("sqlite3", &["sqlite3"]),
            ("mssql", &["tedious"]),
            ("db2", &["ibm_db"]),
            ("ibmi", &["odbc"]),
            ("snowflake", &["snowflake-sdk"]),
            ("oracle", &["oracledb"]),
        ],
        ..PLAIN
    },
    // TypeORM documentation, "DataSourceOptions", "Drivers".
    Loader {
        tools: &["typeorm", "@nestjs/typeorm"],
        words: &[
            ("postgres", POSTGRES),
            ("cockroachdb", POSTGRES),
            ("aurora-postgres", &["typeorm-aurora-data-api-driver", "pg"]),
            ("aurora-mysql", &["typeorm-aurora-data-api-driver", "mysql2"]),
            ("aurora-data-api", &["typeorm-aurora-data-api-driver"]),
            ("aurora-data-api-pg", &["typeorm-aurora-data-api-driver"]),
            ("mysql", &["mysql2", "mysql"]),
            ("mariadb", &["mysql2", "mysql", "mariadb"]),
            ("sqlite", &["sqlite3", "better-sqlite3"]),
            ("better-sqlite3", &["better-sqlite3"]),
            ("sqljs", &["sql.js"]),
            ("mssql", &["mssql"]),
            ("oracle", &["oracledb"]),
            ("sap", &["@sap/hana-client", "hdb-pool"]),
            ("spanner", &["@google-cloud/spanner"]),
            ("mongodb", &["mongodb"]),
            ("expo", &["expo-sqlite"]),
            ("react-native", &["react-native-sqlite-storage"]),
            ("redis", &["redis", "ioredis"]),
        ],
        ..PLAIN
    },
    // MikroORM documentation, "Configuration", `type` and `driver`.
    Loader {
        tools: &["@mikro-orm/core"],
        patterns: &["@mikro-orm/{}"],
        words: &[("mongo", &["@mikro-orm/mongodb"]), ("postgres", &["@mikro-orm/postgresql"])],
        ..PLAIN
    },
    // Keyv documentation, "Storage Adapters", by the scheme of an address.
    Loader {
        tools: &["keyv"],
        patterns: &["@keyv/{}"],
        words: &[
            ("rediss", &["@keyv/redis"]),
            ("mongodb", &["@keyv/mongo"]),
            ("postgresql", &["@keyv/postgres"]),
        ],
        ..PLAIN
    },
    // Express documentation, "Using template engines with Express": by the setting `view engine`, or by the
    // ending of the file. consolidate.js, "Supported template engines", has others for one name.
    Loader {
        tools: &[
            "express",
            "@ladjs/consolidate",
            "consolidate",
            "koa-views",
            "@ladjs/koa-views",
            "email-templates",
        ],
        words: &[
            ("arc-templates", &["arc-templates"]),
            ("bracket", &["bracket-template"]),
            ("coffeecup", &["coffeecup", "coffee-script"]),
            ("dot", &["dot", "express-dot-engine"]),
            ("dust", &["dust", "dustjs-helpers", "dustjs-linkedin", "adaro"]),
            ("haml", &["hamljs"]),
            ("haml-coffee", &["haml-coffee", "coffee-script"]),
            ("handlebars", &["handlebars", "express-handlebars"]),
            ("hbs", &["hbs", "handlebars", "express-handlebars"]),
            ("hogan", &["hogan.js"]),
            (
                "html",
                &["ejs", "hbs", "handlebars", "mustache", "nunjucks", "swig", "swig-templates"],
            ),
            ("jade", &["jade", "then-jade"]),
            ("jsx", &["react", "react-dom", "express-react-views", "@babel/core", "babel-core"]),
            ("liquid", &["tinyliquid", "liquid-node", "liquidjs"]),
            ("mustache", &["mustache", "mustache-express"]),
            ("njk", &["nunjucks"]),
            ("pug", &["pug", "then-pug"]),
            ("razor", &["razor-tmpl"]),
            ("react", &["react", "react-dom", "@babel/core", "babel-core"]),
            ("swig", &["swig", "swig-templates"]),
            ("tsx", &["react", "react-dom", "express-react-views"]),
            ("velocity", &["velocityjs"]),
            ("vm", &["velocityjs"]),
        ],
        ..PLAIN
    },
];

/// What clients of `PostgreSQL` load (their documentation): the driver, its native part, and what streams.
const POSTGRES: &[&str] = &["pg", "pg-native", "pg-query-stream", "pg-hstore"];
