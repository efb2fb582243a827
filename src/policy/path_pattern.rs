//! Patterns over dependency paths: `* > sqlx > rsa`.

use std::fmt;

use super::PathPattern;

/// The step that matches any number of packages.
pub(super) const ANY: &str = "*";

/// Why a text is not a path pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathPatternError {
    /// There is nothing before, after or between two `>`.
    #[error("there is a `>` with no package beside it")]
    EmptyStep,
    /// A step contains a blank, which no package name does.
    #[error("a step is one package name, without a version")]
    Blank,
    /// `**`, which in other tools means the same as `*` here.
    #[error("`*` alone already stands for any number of packages")]
    DoubleStar,
}

impl PathPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// If a step is empty, contains a blank or a control character, or is `**`.
    pub fn parse(text: &str) -> Result<Self, PathPatternError> {
        let steps = text.split('>').map(|step| match step.trim() {
            "" => Err(PathPatternError::EmptyStep),
            step if step.contains("**") => Err(PathPatternError::DoubleStar),
            step if step.contains(|character: char| {
                character.is_whitespace() || character.is_control()
            }) =>
            {
                Err(PathPatternError::Blank)
            }
            step => Ok(step.to_owned()),
        });
        Ok(Self { steps: steps.collect::<Result<_, _>>()? })
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.steps.join(" > "))
    }
}

/// Whether a name matches a step in which `*` stands for any characters.
pub(super) fn step_matches(step: &str, name: &str) -> bool {
    let Some((prefix, rest)) = step.split_once('*') else {
        return step == name;
    };
    let Some(mut name) = name.strip_prefix(prefix) else {
        return false;
    };
    let mut pieces = rest.split('*').collect::<Vec<_>>();
    let suffix = pieces.pop().unwrap_or_default();
    for piece in pieces {
        // The leftmost match leaves the most text for the following pieces.
        match name.find(piece) {
            Some(index) => name = &name[index + piece.len()..],
            None => return false,
        }
    }
    name.ends_with(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_and_written_back() {
        for (text, steps) in [
            ("* > sqlx > rsa", &["*", "sqlx", "rsa"][..]),
            ("app>@scope/na*", &["app", "@scope/na*"][..]),
            ("*", &["*"][..]),
        ] {
            let pattern = PathPattern::parse(text).unwrap();
            assert_eq!(pattern.steps, steps);
            assert_eq!(PathPattern::parse(&pattern.to_string()), Ok(pattern));
        }
    }

    #[test]
    fn an_invalid_path_is_refused() {
        use PathPatternError::{Blank, DoubleStar, EmptyStep};
        for (text, error) in [
            ("", EmptyStep),
            (" ", EmptyStep),
            ("> rsa", EmptyStep),
            ("sqlx >", EmptyStep),
            ("sqlx >> rsa", EmptyStep),
            ("* sqlx > rsa", Blank),
            ("sqlx 0.7.0 > rsa", Blank),
            ("sq\u{7}lx > rsa", Blank),
            ("** > rsa", DoubleStar),
        ] {
            assert_eq!(PathPattern::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_star_in_a_step_matches_any_characters() {
        for (step, name, expected) in [
            ("rsa", "rsa", true),
            ("rsa", "rsa2", false),
            ("rsa*", "rsa", true),
            ("rsa*", "rsa-pkcs1", true),
            ("*rsa", "not-rsa", true),
            ("@scope/*", "@scope/name", true),
            ("*/name", "@scope/name", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a*a", "a", false),
            ("é*", "éa", true),
        ] {
            assert_eq!(step_matches(step, name), expected, "{step} {name}");
        }
    }
}
