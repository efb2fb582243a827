//! Texts in a module that may be the name of another one.

/// Whether a text has the form of the name of a package, with or without a path in it (npm documentation,
/// "package.json", `name`; names of older packages have capitals).
pub(super) fn may_name_package(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~*'()".contains(&byte);
    let (scope, rest) = match text.strip_prefix('@') {
        Some(rest) => match rest.split_once('/') {
            Some((scope, rest)) => (Some(scope), rest),
            None => return false,
        },
        None => (None, text),
    };
    let name = rest.split('/').next().unwrap_or_default();
    let fits =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_of_name);
    text.len() <= 300 && scope.is_none_or(fits) && fits(name)
}

#[cfg(test)]
mod tests {
    use super::may_name_package;

    #[test]
    fn a_name_has_the_form_of_a_specifier() {
        for (text, may) in [
            ("lodash", true),
            ("lodash/template.js", true),
            ("@acme/left", true),
            ("JSONStream", true),
            ("@acme", false),
            ("./lodash", false),
            ("use strict", false),
            ("", false),
            (".bin", false),
        ] {
            assert_eq!(may_name_package(text), may, "{text}");
        }
    }
}
