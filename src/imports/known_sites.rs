//! Places in well-known packages that load what they are given a name of, and who gives it to them.
//!
//! Nobody can say what `require(name)` loads. But where it is known that the name comes from whoever uses the
//! package, it stands as a text in the code of those: in the repository, or in a package that loads this
//! one. A row is one place, and holds for the line as it is written there and for no other.

use std::path::Path;

/// A place in a package that loads by a name which users of the package give it.
#[derive(Debug)]
struct KnownSite {
    package: &'static str,
    /// The end of the path of the file.
    file: &'static str,
    /// The line, without the white space around it.
    line: &'static str,
}

/// From the documentation and the source of each package.
const KNOWN_SITES: &[KnownSite] = &[
    // Express, "app.engine", "app.set": a view engine is the package that a view's ending or the setting
    // `view engine` names.
    KnownSite { package: "express", file: "lib/view.js", line: "var fn = require(mod).__express" },
    // Sequelize, "Dialect Specific Things": the driver is the one that the package names for a dialect, or the
    // module that `dialectModulePath` names.
    KnownSite {
        package: "sequelize",
        file: "lib/dialects/abstract/connection-manager.js",
        line: "return require(moduleName);",
    },
    KnownSite {
        package: "sequelize",
        file: "lib/dialects/abstract/connection-manager.js",
        line: "return require(this.sequelize.config.dialectModulePath);",
    },
    // It hands `module` to its own function, which writes `exports` into it.
    KnownSite {
        package: "toposort-class",
        file: "build/toposort.js",
        line: "factory( exports, module );",
    },
];

/// Whether a line of a package's file is a place where users of the package name what is loaded.
pub(super) fn is_known(package: &str, file: &Path, line: &str) -> bool {
    let path = file.to_string_lossy().replace('\\', "/");
    KNOWN_SITES.iter().any(|site| {
        site.package == package
            && path.ends_with(&format!("/{}", site.file))
            && site.line == line.trim()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_known_as_it_is_written_there_alone() {
        for site in KNOWN_SITES {
            let file = Path::new("/app/node_modules").join(site.package).join(site.file);
            assert!(is_known(site.package, &file, &format!("  {} ", site.line)));
            assert!(!is_known(site.package, &file, &format!("{} // more", site.line)));
            assert!(!is_known("other", &file, site.line));
        }
    }
}
