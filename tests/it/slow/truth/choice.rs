//! Which things are written differently.

use super::forms::{FORMS, Form};
use super::rewriting::Written;
use super::tables::{Language, Place, Rewriting, Tables, Way};

/// How many rewritings are tried of a way that does not ask for all.
const SOME: usize = 10;
/// How many of one that needs a process of its own.
const FEW: usize = 4;
/// How a name is written that no text of the repository says.
const HIDDEN: &str = "base64 of a buffer";

/// What is chosen of each table. Nothing: as the table of the way has it.
#[derive(Clone, Copy, Default)]
pub(super) struct Choice<'table> {
    pub(super) written: Written<'table>,
    pub(super) form: Option<&'table Form>,
    pub(super) place: Option<&'table Place>,
}

impl Choice<'_> {
    /// Both, where they are about different things.
    fn and(self, other: Self) -> Self {
        Self {
            written: self.written.or(other.written),
            form: self.form.or(other.form),
            place: self.place.or(other.place),
        }
    }

    pub(super) fn name(&self) -> String {
        let rows = self.written.rows().map(|row| row.name.as_str());
        let form = self.form.map(|form| form.name);
        let place = self.place.map(|place| place.name.as_str());
        let names: Vec<&str> = rows.chain(form).chain(place).collect();
        if names.is_empty() { "as it is".to_owned() } else { names.join(" + ") }
    }
}

/// What is tried of a way: as it is, with a name that no text says, and with one or two things written differently.
pub(super) fn choices<'table>(
    tables: &'table Tables,
    position: usize,
    way: &'table Way,
) -> Vec<Choice<'table>> {
    let offered = offered(tables, way);
    let mut chosen = vec![Choice::default()];
    if way.every {
        chosen.extend(offered.into_iter().flatten());
        return chosen;
    }
    let is_hidden =
        |choice: &&Choice<'_>| choice.written.string.is_some_and(|row| row.name == HIDDEN);
    chosen.extend(offered.iter().flatten().find(is_hidden));
    let all: usize = offered.iter().map(Vec::len).sum();
    let wanted = if way.run.is_some() { FEW } else { SOME };
    for number in 0..wanted.min(all) {
        let (round, kind) = (number / offered.len(), number % offered.len());
        // Every way starts elsewhere in the tables, so that all together go through all of them.
        let row = round * 5 + position * 11;
        let first = offered[kind][row % offered[kind].len()];
        let others = &offered[(kind + 1) % offered.len()];
        let second = others[(row + number) % others.len()];
        // Every third one has two things written differently.
        chosen.push(if number % 3 == 2 { first.and(second) } else { first });
    }
    chosen
}

/// What may be chosen for a way, by table. None of them is empty.
fn offered<'table>(tables: &'table Tables, way: &'table Way) -> Vec<Vec<Choice<'table>>> {
    let asks_for = |place: char| {
        let mut texts = [&way.head, &way.body].into_iter().chain(way.files.values());
        texts.any(|text| text.contains(place))
    };
    let rows = |rewritings: &'table [Rewriting],
                is_offered: bool,
                choose: fn(&'table Rewriting) -> Written<'table>| {
        let rows = rewritings.iter().filter(move |row| is_offered && fits(row, way));
        rows.map(|row| Choice { written: choose(row), ..Choice::default() }).collect()
    };
    let has_code = way.language != Language::Files;
    let forms = FORMS.iter().filter(|form| has_code && is_of(form.only, way.language));
    let places = tables.places.iter();
    let places = places.filter(|place| way.file.is_none() && place.only.contains(&way.language));
    let mut all: Vec<Vec<Choice<'table>>> = vec![
        rows(&tables.strings, asks_for('«'), Written::string),
        rows(&tables.literals, asks_for('‹'), Written::literal),
        rows(&tables.loaders, asks_for('¦'), Written::loader),
        rows(&tables.wrappers, !way.body.is_empty(), Written::wrapper),
        forms.map(|form| Choice { form: Some(form), ..Choice::default() }).collect(),
        places.map(|place| Choice { place: Some(place), ..Choice::default() }).collect(),
    ];
    all.retain(|table| !table.is_empty());
    all
}

fn fits(row: &Rewriting, way: &Way) -> bool {
    is_of(&row.only, way.language)
        && (row.may_await || !way.body.contains("await "))
        && (!row.require_only || way.body.contains("¦require¦"))
}

/// Whether a list of languages names one, or none at all.
fn is_of(only: &[Language], language: Language) -> bool {
    only.is_empty() || only.contains(&language)
}
