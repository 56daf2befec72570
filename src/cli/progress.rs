//! Progress of long work: a bar on a terminal, a line every few seconds anywhere else.

use std::{
    borrow::Cow,
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows how far one piece of work has come.
pub(crate) struct Progress {
    bar: ProgressBar,
    plain: Option<Mutex<Instant>>,
    what: Cow<'static, str>,
}

impl Progress {
    /// Begins to show work on `total` things; 0 when nobody knows how many.
    pub(crate) fn new(what: impl Into<Cow<'static, str>>, total: u64) -> Self {
        let what = what.into();
        let plain = !std::io::stderr().is_terminal();
        let bar = if plain { ProgressBar::hidden() } else { ProgressBar::new(total) };
        bar.set_length(total);
        bar.set_style(style(total));
        bar.set_message(what.clone());
        let plain = plain.then(|| Mutex::new(Instant::now()));
        Self { bar, plain, what }
    }

    /// Sets how many there are in all, once that is known.
    pub(crate) fn of(&self, total: u64) {
        if self.bar.length().unwrap_or(0) == 0 && total > 0 {
            self.bar.set_style(style(total));
        }
        self.bar.set_length(total);
    }

    /// Shows that `done` are done.
    pub(crate) fn at(&self, done: u64) {
        self.bar.set_position(done);
        let Some(last) = &self.plain else { return };
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= LINE_EVERY {
            self.line();
            {
                *last = Instant::now();
            }
        }
    }

    /// Ends the show with the last count.
    pub(crate) fn finish(self) {
        match &self.plain {
            Some(_) => self.line(),
            None => self.bar.finish(),
        }
    }

    /// Ends the show and leaves nothing of it: the result says it all.
    pub(crate) fn clear(self) {
        self.bar.finish_and_clear();
    }

    #[expect(clippy::print_stderr, reason = "progress for people, beside a result on standard output")]
    fn line(&self) {
        let done = HumanCount(self.bar.position());
        match self.bar.length().unwrap_or(0) {
            0 => eprintln!("{}: {done}", self.what),
            total => eprintln!("{}: {done} of {}", self.what, HumanCount(total)),
        }
    }
}

/// A bar where the end is known, a count where it is not.
fn style(total: u64) -> ProgressStyle {
    let template = if total == 0 {
        "{msg} {spinner} {human_pos} in {elapsed}"
    } else {
        "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}"
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
