//! Log lines on their way to standard error. A busy node writes thousands a second, and each call of the system for one costs as much as
//! making it: so they are gathered for a moment. What somebody must hear of, warnings and errors, takes everything before it along at once.

use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// A line waits this long at most; a process that is killed takes so much of its log along.
const MOMENT: Duration = Duration::from_millis(10);
/// So many bytes are written at once, however short the moment was.
const ENOUGH: usize = 16 * 1024;

/// Lines that wait to be written to `W`.
pub(super) struct Lines<W> {
    waiting: Mutex<Waiting<W>>,
    arrived: Condvar,
}

struct Waiting<W> {
    text: Vec<u8>,
    to: W,
    /// Without the thread that comes after a moment, nothing may wait for it.
    gathering: bool,
}

impl<W: Write + Send + 'static> Lines<W> {
    /// Gathers for `to`, as long as the process lives.
    pub fn begin(to: W) -> &'static Self {
        let waiting = Waiting { text: Vec::new(), to, gathering: false };
        let lines: &'static Self = Box::leak(Box::new(Self { waiting: Mutex::new(waiting), arrived: Condvar::new() }));
        let gathering = thread::Builder::new().name("log".into()).spawn(move || lines.write_after_a_moment()).is_ok();
        lines.lock().gathering = gathering;
        lines
    }

    /// Writes what waits.
    pub fn finish(&self) {
        self.lock().write();
    }

    fn write_after_a_moment(&self) {
        loop {
            let waiting = self.arrived.wait_while(self.lock(), |waiting| waiting.text.is_empty());
            drop(waiting);
            thread::sleep(MOMENT);
            self.finish();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<W>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Waiting<W> {
    /// A log that cannot be written stops nobody.
    fn write(&mut self) {
        _ = self.to.write_all(&self.text);
        _ = self.to.flush();
        self.text.clear();
    }
}

/// One line.
pub(super) struct Line<W: 'static> {
    lines: &'static Lines<W>,
    urgent: bool,
}

impl<W: Write + Send + 'static> MakeWriter<'_> for &'static Lines<W> {
    type Writer = Line<W>;

    fn make_writer(&self) -> Self::Writer {
        Line { lines: self, urgent: false }
    }

    fn make_writer_for(&self, of: &Metadata<'_>) -> Self::Writer {
        Line { lines: self, urgent: *of.level() <= Level::WARN }
    }
}

impl<W: Write + Send + 'static> Write for Line<W> {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let mut waiting = self.lines.lock();
        let first = waiting.text.is_empty();
        waiting.text.extend_from_slice(line);
        if self.urgent || !waiting.gathering || waiting.text.len() >= ENOUGH {
            waiting.write();
        } else if first {
            self.lines.arrived.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<String>>>);

    impl Page {
        fn read(&self) -> Vec<String> {
            self.0.lock().unwrap().clone()
        }
    }

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(String::from_utf8(bytes.to_vec()).unwrap());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Nobody comes after a moment, so that a test decides what is written when.
    fn lines(page: &Page) -> &'static Lines<Page> {
        let waiting = Waiting { text: Vec::new(), to: page.clone(), gathering: true };
        Box::leak(Box::new(Lines { waiting: Mutex::new(waiting), arrived: Condvar::new() }))
    }

    fn log(lines: &'static Lines<Page>, what: impl FnOnce()) {
        let log = tracing_subscriber::fmt().without_time().with_level(false).with_target(false).with_ansi(false).with_writer(lines);
        tracing::subscriber::with_default(log.finish(), what);
    }

    #[test]
    fn lines_that_can_wait_are_written_together() {
        let page = Page::default();
        let lines = lines(&page);
        log(lines, || {
            tracing::info!("one");
            tracing::info!("two");
        });
        assert!(page.read().is_empty());
        lines.finish();
        assert_eq!(page.read(), ["one\ntwo\n"]);
    }

    #[test]
    fn a_warning_waits_for_nothing_and_keeps_its_place() {
        let page = Page::default();
        log(lines(&page), || {
            tracing::info!("before");
            tracing::warn!("the disk is full");
            tracing::error!("nobody can sign in");
        });
        assert_eq!(page.read(), ["before\nthe disk is full\n", "nobody can sign in\n"]);
    }

    #[test]
    fn no_more_than_enough_waits() {
        let page = Page::default();
        let lines = lines(&page);
        log(lines, || (0..200).for_each(|_| tracing::info!("{}", "x".repeat(200))));
        let written: usize = page.read().iter().map(String::len).sum();
        assert!(written >= 200 * 201 - ENOUGH, "{written}");
        assert!(page.read().iter().all(|text| text.ends_with('\n') && text.len() < ENOUGH + 201));
    }

    #[test]
    fn a_line_is_written_after_a_moment() {
        let page = Page::default();
        log(Lines::begin(page.clone()), || tracing::info!("alone"));
        while page.read().is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(page.read(), ["alone\n"]);
    }
}
