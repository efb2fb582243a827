//! Source lines with marks under them, drawn by `annotate-snippets`.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer};

use crate::diagnostic::excerpt::Excerpt;
use crate::problem::{Location, SourceText};
use crate::terminal::{Style, Tone, one_line, printable};

/// Labels longer than this are cut: they stand beside the marks, and do not wrap.
const LABEL_LIMIT: usize = 80;
/// Wider than any excerpt, so that the library never cuts a line that was already cut to fit.
const UNLIMITED: usize = 10_000;

/// Some bytes of a file, to be shown in their lines.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The bytes. They may lie anywhere: what is outside the text is moved into it.
    pub(crate) span: Range<usize>,
    /// A few words beside the mark; `None` draws no mark and only shows the line.
    pub(crate) label: Option<String>,
}

/// Lines of one file, with a place and marks.
#[derive(Debug)]
pub(crate) struct Snippet {
    place: String,
    excerpt: Excerpt,
    labels: Vec<Option<String>>,
}

impl Snippet {
    /// The first mark is the one that it is about; others are shown if they are near.
    pub(crate) fn new(source: &SourceText, marks: Vec<Mark>, style: Style) -> Self {
        let (spans, labels): (Vec<_>, Vec<_>) =
            marks.into_iter().map(|mark| (mark.span, mark.label)).unzip();
        // The frame takes the digits of a line number and ` | `.
        let columns = style.columns().saturating_sub(10);
        let excerpt = Excerpt::new(source, &spans, columns);
        let path = printable(&source.path);
        Self { place: format!("{path}:{}:{}", excerpt.line, excerpt.column), excerpt, labels }
    }

    /// Names another place than that of the first mark.
    #[must_use]
    pub(crate) fn at(mut self, place: &Location) -> Self {
        self.place = printable(&place.to_string()).into_owned();
        self
    }

    /// How many columns the line numbers take.
    pub(crate) fn gutter(&self) -> usize {
        self.excerpt.last_line.to_string().len()
    }

    /// The lines, each ended by a line feed, with line numbers in `gutter` columns.
    pub(crate) fn render(&self, tone: Tone, gutter: usize, style: Style) -> String {
        let mut drawn = origin(&self.place, gutter, style);
        let indent = " ".repeat(gutter.saturating_sub(self.gutter()));
        for line in self.draw(tone, style).lines() {
            drawn.push_str(&indent);
            drawn.push_str(line);
            drawn.push('\n');
        }
        drawn
    }

    fn draw(&self, tone: Tone, style: Style) -> String {
        let annotations = self.excerpt.marks.iter().zip(&self.labels).enumerate();
        let annotations = annotations.filter_map(|(index, (span, label))| {
            let span = span.clone()?;
            let Some(label) = label else {
                return Some(AnnotationKind::Visible.span(span));
            };
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = one_line(label, LABEL_LIMIT);
            Some(kind.span(span).label((!label.is_empty()).then_some(label)))
        });
        let snippet = annotate_snippets::Snippet::source(&self.excerpt.text)
            .line_start(self.excerpt.first_line)
            .annotations(annotations);
        // Without a title the level is not named; it only chooses the colour of the mark.
        let group = Group::with_level(Level::ERROR).element(snippet);
        renderer(tone, style).render(&[group])
    }
}

/// The line that names a place, as `  --> Cargo.lock:812:1`.
pub(crate) fn origin(place: &str, gutter: usize, style: Style) -> String {
    let arrow = style.paint(Tone::Frame, "-->");
    format!("{}{arrow} {place}\n", " ".repeat(gutter))
}

/// The end of a frame, to which help, facts or another snippet are attached.
pub(crate) fn bar(gutter: usize, style: Style) -> String {
    let bar = style.paint(Tone::Frame, "|");
    format!("{} {bar}\n", " ".repeat(gutter))
}

fn renderer(tone: Tone, style: Style) -> Renderer {
    if !style.color {
        return Renderer::plain().term_width(UNLIMITED);
    }
    Renderer::styled()
        .term_width(UNLIMITED)
        .error(tone.style())
        .line_num(Tone::Frame.style())
        .context(Tone::Frame.style())
}
