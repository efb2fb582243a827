//! Lists of words in a table of the policy.

use super::LocatedWord;
use super::raw::{Value, escaped};
use super::reader::Reader;

/// The words of a list, each valid by `fits`. `names` are the words for the list and for one of
/// its entries in messages, `help` says how an entry is written.
pub(super) fn words(
    reader: &mut Reader,
    names: [&str; 2],
    value: &Value<'_>,
    example: &str,
    fits: fn(&str) -> bool,
    help: &str,
) -> Vec<LocatedWord> {
    let [list, one] = names;
    let mut words = Vec::new();
    for element in reader.elements(list, value, example) {
        let Some(text) = reader.string(&format!("{one} in {list}"), element, example) else {
            continue;
        };
        if fits(text) {
            let location = reader.location(element.span().start);
            words.push(LocatedWord { text: text.to_owned(), location });
            continue;
        }
        let problem = reader
            .problem(element.span(), format!("`{}` cannot be {one}", escaped(text)))
            .label(format!("not {one}"))
            .help(help);
        reader.note(problem);
    }
    words
}
