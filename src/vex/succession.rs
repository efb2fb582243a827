//! Which of several statements about the same package counts: the newest.
//!
//! An OpenVEX document is a sequence of statements, in which a later one overrides earlier ones
//! (OpenVEX specification, "Introduction"; "Statement Fields": `timestamp`, inherited from the document).
//! If it is unknown which is newer, the one that does not clear counts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Statement;

/// When a statement was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Age {
    /// Its own time, or its document's.
    pub time: Option<Timestamp>,
    /// Whether the time is its own, and not its document's.
    pub is_own: bool,
    /// Its position in a document whose order has a meaning.
    pub order: Option<usize>,
}

/// Those statements of one document that do not clear: everything needed to decide whether any
/// overrules another.
#[derive(Clone, Copy)]
struct NonClearing {
    /// The last position.
    last: usize,
    /// The newest; of several the last.
    newest: usize,
}

/// Statements about one vulnerability of one package.
pub(super) struct Succession<'all> {
    all: &'all [Statement],
    /// Those that do not clear: by document, about any product.
    of_documents: BTreeMap<&'all str, NonClearing>,
    /// The same about one product; `None` for those about the package everywhere.
    of_products: BTreeMap<(Option<&'all str>, &'all str), NonClearing>,
}

impl<'all> Succession<'all> {
    pub(super) fn of(naming: &[usize], all: &'all [Statement]) -> Self {
        let (of_documents, of_products) = (BTreeMap::new(), BTreeMap::new());
        let mut succession = Self { all, of_documents, of_products };
        for position in naming.iter().copied() {
            let statement = &all[position];
            if statement.clears {
                continue;
            }
            let document = statement.location.file.as_str();
            take_in(all, &mut succession.of_documents, document, position);
            for product in products(statement) {
                take_in(all, &mut succession.of_products, (product, document), position);
            }
        }
        succession
    }

    /// The position of a statement that overrules a clearing one.
    pub(super) fn overruling(&self, position: usize) -> Option<usize> {
        let statement = &self.all[position];
        let overrules = |standing: &NonClearing| {
            let both = [standing.last, standing.newest];
            both.into_iter().find(|other| is_overruled(statement, &self.all[*other]))
        };
        if statement.products.is_empty() {
            return self.of_documents.values().find_map(overrules);
        }
        let everywhere = std::iter::once(None);
        let mut products = everywhere.chain(products(statement));
        products.find_map(|product| {
            let from = (product, "");
            let mut of_product = self.of_products.range(from..);
            let standing = of_product.by_ref().take_while(|((of, _), _)| *of == product);
            standing.map(|(_, standing)| standing).find_map(overrules)
        })
    }
}

/// The products of a statement, or `None` for all.
fn products(statement: &Statement) -> impl Iterator<Item = Option<&str>> {
    let everywhere = statement.products.is_empty().then_some(None);
    let named = statement.products.iter().map(|product| Some(product.as_str()));
    everywhere.into_iter().chain(named)
}

fn take_in<Key: Ord>(
    all: &[Statement],
    known: &mut BTreeMap<Key, NonClearing>,
    key: Key,
    position: usize,
) {
    let standing = known.entry(key).or_insert(NonClearing { last: position, newest: position });
    let order = |position: usize| all[position].age.order;
    // A statement without a time may be the newest.
    let newness = |position: usize| {
        let time = all[position].age.time;
        (time.is_none(), time, order(position))
    };
    if order(position) >= order(standing.last) {
        standing.last = position;
    }
    if newness(position) >= newness(standing.newest) {
        standing.newest = position;
    }
}

/// Whether `other`, which does not clear, is newer than a clearing statement, or may be.
fn is_overruled(statement: &Statement, other: &Statement) -> bool {
    let (own, others) = (statement.age, other.age);
    let is_one_document = statement.location.file == other.location.file;
    match (own.order, others.order) {
        (Some(place), Some(place_of_other)) if is_one_document => {
            let is_later = place_of_other > place;
            let is_newer = others.time > own.time;
            let is_no_older = others.time >= own.time;
            is_newer || (is_later && (is_no_older || !own.is_own))
        }
        _ => match (own.time, others.time) {
            (Some(own), Some(others)) => others >= own,
            _ => true,
        },
    }
}
