//! Modules that a tool has put together of others.

/// A larger module may be put together of several, in bytes.
const LARGEST_MODULE: usize = 300_000;
/// No person writes longer lines.
const LONGEST_LINE: usize = 5_000;

/// Whether a text looks as if a bundler or minifier had written it.
pub(super) fn is_put_together(text: &[u8]) -> bool {
    text.len() > LARGEST_MODULE
        || text.split(|byte| *byte == b'\n').any(|line| line.len() > LONGEST_LINE)
}
