//! What the log says when the clock was set: it is held against one that nobody can set.

use std::time::Instant;

use time::{Duration, OffsetDateTime};

use crate::clock::{Clock, JUMP};

const CURE: &str = "look at the machine's time service; the node goes on, and docs/operations.md says what a jump does";
const HALF_A_SECOND: Duration = Duration::milliseconds(500);

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    wall: OffsetDateTime,
    steady: Instant,
}

impl Reading {
    /// Now. In a sandbox that is the clock that people move: it jumps for us as any other does.
    #[must_use]
    pub fn of(clock: &Clock) -> Self {
        Self { wall: clock.now(), steady: Instant::now() }
    }

    /// Tells the operator when the clock was set since `before`.
    pub fn tell_since(self, before: Self) {
        match self.set_since(before) {
            None => {}
            Some(seconds @ ..0) => {
                tracing::warn!(
                    cure = CURE,
                    "the clock was set back by {} s: what is to end lives that much longer",
                    seconds.unsigned_abs()
                );
            }
            Some(seconds) => {
                tracing::warn!(
                    cure = CURE,
                    "the clock was set ahead by {seconds} s, or the machine slept: what has ended meanwhile is over"
                );
            }
        }
    }

    /// By how many seconds the clock was set since `before`, when it was.
    fn set_since(self, before: Self) -> Option<i64> {
        let passed = Duration::try_from(self.steady.saturating_duration_since(before.steady)).unwrap_or(Duration::MAX);
        let off = (self.wall - before.wall).saturating_sub(passed);
        let rounded = if off.is_negative() { off.saturating_sub(HALF_A_SECOND) } else { off.saturating_add(HALF_A_SECOND) };
        (off.abs() > JUMP).then(|| rounded.whole_seconds())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    /// What is said of a clock that went on by `wall` while `steady` passed.
    fn set_by(wall: Duration, steady: Duration) -> Option<i64> {
        let before = Reading { wall: datetime!(2026-03-02 05:00 UTC), steady: Instant::now() };
        let after = Reading { wall: before.wall + wall, steady: before.steady + steady.unsigned_abs() };
        after.set_since(before)
    }

    #[test]
    fn a_jump_is_told_in_whole_seconds_and_in_its_direction() {
        let second = Duration::SECOND;
        assert_eq!(set_by(second - Duration::HOUR, second), Some(-3600));
        assert_eq!(set_by(second + Duration::DAY, second), Some(86_400));
        assert_eq!(set_by(second - Duration::milliseconds(59_700), second), Some(-60));
        assert_eq!(set_by(Duration::days(365_000), second), Some(365_000 * 86_400 - 1));
    }

    #[test]
    fn time_that_passes_and_corrections_are_no_jump() {
        let second = Duration::SECOND;
        assert_eq!(set_by(second, second), None);
        assert_eq!(set_by(Duration::DAY, Duration::DAY), None, "a look that comes late");
        assert_eq!(set_by(second + JUMP, second), None);
        assert_eq!(set_by(second - JUMP, second), None);
        assert_eq!(set_by(-JUMP, second), Some(-6));
    }
}
