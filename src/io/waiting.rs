//! What this process waits for just now: a program, a port, the copy of a file. Whoever shows it to people asks here,
//! so that nothing below has to know whether it is shown.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

static NOW: Mutex<Vec<(u64, String, Instant)>> = Mutex::new(Vec::new());
static LISTENER: OnceLock<Box<dyn Fn(&Ended<'_>) + Send + Sync>> = OnceLock::new();

/// Something that is waited for, until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Waiting {
    number: u64,
    outcome: Option<String>,
}

/// Something that was waited for.
#[derive(Debug)]
pub struct Ended<'e> {
    pub what: &'e str,
    pub took: Duration,
    /// How it ended, where that is more than that it did.
    pub outcome: Option<&'e str>,
}

impl Waiting {
    /// From now on `what` is waited for.
    pub fn begin(what: impl Into<String>) -> Self {
        let mut now = now();
        let number = now.last().map_or(0, |(last, ..)| last.wrapping_add(1));
        now.push((number, what.into(), Instant::now()));
        Self { number, outcome: None }
    }

    /// Notes how it ended.
    pub fn ended_with(&mut self, outcome: impl Into<String>) {
        self.outcome = Some(outcome.into());
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut now = now();
        let Some(index) = now.iter().position(|(number, ..)| *number == self.number) else { return };
        let (_, what, since) = now.remove(index);
        drop(now);
        if let Some(listener) = LISTENER.get() {
            listener(&Ended { what: &what, took: since.elapsed(), outcome: self.outcome.as_deref() });
        }
    }
}

/// What is waited for, and for how long already.
pub fn waits() -> Vec<(String, Duration)> {
    now().iter().map(|(_, what, since)| (what.clone(), since.elapsed())).collect()
}

/// Has `listener` called with all that ends from now on. Only the first one is taken.
pub fn listen(listener: impl Fn(&Ended<'_>) + Send + Sync + 'static) {
    let _ = LISTENER.set(Box::new(listener));
}

fn now() -> MutexGuard<'static, Vec<(u64, String, Instant)>> {
    NOW.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_is_named_until_it_ends() {
        let named = |what: &str| waits().iter().filter(|(name, _)| name == what).count();
        let (first, mut second) = (Waiting::begin("a test"), Waiting::begin("a test"));
        assert_eq!(named("a test"), 2);
        second.ended_with("exit status 1");
        drop(first);
        assert_eq!(named("a test"), 1);
        drop(second);
        assert_eq!(named("a test"), 0);
    }
}
