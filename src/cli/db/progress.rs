//! How far downloads have come: bars on a terminal, plain lines elsewhere, and nothing about what
//! is done in less than half a second.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console;
use crate::database::update::Observer;
use crate::network::Progress;
use crate::settings::stopwatch;
use crate::terminal::printable;

/// What takes less time is not worth a word.
const QUIET: Duration = Duration::from_millis(500);

/// Plain lines about one download are this far apart.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// The most characters of a name that stand before a bar.
const NAME_WIDTH: usize = 20;

/// Tells on standard error what an update is doing.
pub(crate) struct ConsoleObserver {
    /// `None`: nobody sees bars move.
    bars: Option<MultiProgress>,
}

impl ConsoleObserver {
    /// Bars if standard error is a terminal.
    pub(crate) fn new() -> Self {
        let bars = std::io::stderr()
            .is_terminal()
            .then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self { bars }
    }
}

impl Observer for ConsoleObserver {
    fn waits(&self) {
        console::say("another update is running, waiting for it to end");
    }

    fn refreshes(&self, reason: &str) {
        console::say(&format!("{reason}, fetching what is new"));
    }

    fn downloads(&self, source: &str) -> Box<dyn Progress + '_> {
        let name = printable(source).into_owned();
        let state = Mutex::new(State { begun: stopwatch(), said: None, bar: None });
        Box::new(Download { name, bars: self.bars.as_ref(), state })
    }
}

struct Download<'observer> {
    name: String,
    bars: Option<&'observer MultiProgress>,
    state: Mutex<State>,
}

struct State {
    begun: Instant,
    said: Option<Instant>,
    bar: Option<ProgressBar>,
}

impl Progress for Download<'_> {
    fn advance(&self, done: u64, total: Option<u64>) {
        // Whoever held the lock only counted; what is counted next is right again.
        let mut state = match self.state.lock() {
            Ok(state) => state,
            Err(poisoned) => poisoned.into_inner(),
        };
        if state.begun.elapsed() < QUIET {
            return;
        }
        match self.bars {
            Some(bars) => {
                let bar = state.bar.get_or_insert_with(|| bars.add(bar(&self.name, total)));
                if let Some(total) = total {
                    bar.set_length(total);
                }
                bar.set_position(done);
            }
            None => {
                if state.said.is_none_or(|said| said.elapsed() >= BETWEEN_LINES) {
                    state.said = Some(stopwatch());
                    console::say(&line(&self.name, done, total));
                }
            }
        }
    }
}

impl Drop for Download<'_> {
    fn drop(&mut self) {
        let state = match self.state.get_mut() {
            Ok(state) => state,
            Err(poisoned) => poisoned.into_inner(),
        };
        if let Some(bar) = &state.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line that fits into 80 columns. Where nobody knows how much is to come there is no bar.
fn bar(name: &str, total: Option<u64>) -> ProgressBar {
    let style = ProgressStyle::with_template(match total {
        Some(_) => "{prefix:20}  {bar:30}  {bytes} of {total_bytes}",
        None => "{prefix:20}  {bytes}",
    });
    let bar = ProgressBar::no_length().with_prefix(shortened(name));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A name that leaves room for the rest of its line.
fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_WIDTH {
        return name.to_owned();
    }
    let start: String = name.chars().take(NAME_WIDTH - 1).collect();
    start + "…"
}

fn line(name: &str, done: u64, total: Option<u64>) -> String {
    let done = HumanBytes(done);
    match total {
        Some(total) => format!("{name}: {done} of {}", HumanBytes(total)),
        None => format!("{name}: {done}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{NAME_WIDTH, line, shortened};

    #[test]
    fn a_long_name_leaves_room_for_the_rest() {
        assert_eq!(shortened("osv-crates.io"), "osv-crates.io");
        let long = shortened("our mirror of the advisories");
        assert_eq!(long, "our mirror of the a…");
        assert_eq!(long.chars().count(), NAME_WIDTH);
    }

    #[test]
    fn a_line_says_how_far_it_is() {
        assert_eq!(line("npm", 3 << 20, Some(7 << 20)), "npm: 3.00 MiB of 7.00 MiB");
        assert_eq!(line("npm", 3 << 20, None), "npm: 3.00 MiB");
    }
}
