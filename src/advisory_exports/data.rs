//! The files of `rows/`.

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, de};

use crate::advisory_id::AdvisoryId;
use crate::policy::ImportTarget;

/// What is written down about one advisory, for one package and one of its lines of versions.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    /// Every name of the advisory.
    pub(super) ids: Vec<AdvisoryId>,
    /// What it is about. All of one package, and never empty.
    #[serde(deserialize_with = "targets")]
    pub(super) targets: Vec<ImportTarget>,
    /// What is wrong there, in a sentence without a full stop.
    pub(super) summary: String,
    /// Where that stands.
    pub(super) source: String,
}

impl Row {
    /// The name of the package in the registry.
    pub(super) fn package(&self) -> &str {
        self.targets.first().map_or("", |target| &target.package)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Document {
    pub(super) advisory: Vec<Row>,
}

/// The files, by name.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("rows/", $name, ".toml")))),*]
    };
}

/// The packages, `+` for the slash behind a scope, and their texts.
pub(super) const FILES: &[(&str, &str)] = files![
    "@hapi+hoek",
    "color-string",
    "content",
    "css-what",
    "dot-prop",
    "ejs",
    "elliptic",
    "fstream",
    "getobject",
    "handlebars",
    "hoek",
    "hosted-git-info",
    "immer",
    "ini",
    "jose",
    "js-yaml",
    "json-pointer",
    "json-schema",
    "jsonpointer",
    "jsonwebtoken",
    "locutus",
    "lodash",
    "mathjs",
    "merge",
    "mime",
    "moment",
    "mpath",
    "mustache",
    "netmask",
    "node-forge",
    "nodemailer",
    "npm-user-validate",
    "nth-check",
    "object-path",
    "property-expr",
    "protobufjs",
    "qs",
    "react-dom",
    "shell-quote",
    "socket.io-parser",
    "sshpk",
    "ssri",
    "systeminformation",
    "tar",
    "tar-fs",
    "tough-cookie",
    "trim-newlines",
    "underscore",
    "underscore.string",
    "unzipper",
    "validator",
    "ws",
    "xml-crypto",
    "xmldom",
    "xmlhttprequest-ssl",
];

/// Every row. A test reads every file.
pub(super) fn rows() -> &'static [Row] {
    static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
        let read = FILES.iter().filter_map(|(_, text)| toml::from_str::<Document>(text).ok());
        read.flat_map(|document| document.advisory).collect()
    });
    &ROWS
}

fn targets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ImportTarget>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let read = |text: &String| {
        ImportTarget::parse(text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` names nothing that is imported")))
    };
    let targets: Vec<ImportTarget> = texts.iter().map(read).collect::<Result<_, _>>()?;
    let Some(first) = targets.first() else {
        return Err(de::Error::custom("it names nothing"));
    };
    if targets.iter().any(|target| target.package != first.package) {
        return Err(de::Error::custom("it names several packages"));
    }
    Ok(targets)
}
