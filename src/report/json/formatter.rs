//! Pretty JSON without raw invisible characters.

use std::io::{self, Write};

use serde_json::ser::{Formatter, PrettyFormatter};

use crate::terminal::is_unprintable;

/// [`PrettyFormatter`], with every unprintable character in a string escaped.
///
/// JSON itself only requires the C0 controls to be escaped (RFC 8259, section 7). A report is also
/// read in terminals and logs, where the others are harmful; escaped, they mean the same to a program.
#[derive(Default)]
pub(in crate::report) struct PrintableFormatter(PrettyFormatter<'static>);

impl Formatter for PrintableFormatter {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(is_unprintable) {
            let (visible, hidden) = rest.split_at(at);
            writer.write_all(visible.as_bytes())?;
            let mut characters = hidden.chars();
            if let Some(character) = characters.next() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;

    fn written(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut serializer =
            serde_json::Serializer::with_formatter(&mut bytes, PrintableFormatter::default());
        text.serialize(&mut serializer).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(
            written("\u{1b}\u{7f}\u{9b}\u{202e}é漢\u{e0041}"),
            r#""\u001b\u007f\u009b\u202eé漢\udb40\udc41""#
        );
    }

    proptest! {
        #[test]
        fn any_string_survives_and_nothing_unprintable_is_unescaped(text in any::<String>()) {
            let json = written(&text);
            prop_assert!(!json.chars().any(is_unprintable));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
