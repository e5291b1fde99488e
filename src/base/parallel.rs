//! Work on all processors, with the results in the order of the work.

use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

/// Fewer pieces of work than this are done sooner than a thread starts.
const FEW: usize = 8;

/// What `work` makes of each item, in their order. Each thread has a `scratch` of its own. A thread that the kernel
/// refuses is done without.
pub fn map<T: Sync, S, R: Send>(
    items: &[T],
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&T, &mut S) -> R + Sync,
) -> Vec<R> {
    if items.len() < FEW {
        let mut scratch = scratch();
        return items.iter().map(|item| work(item, &mut scratch)).collect();
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let (mut scratch, mut done) = (scratch(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(item, &mut scratch)));
        }
    };
    let others = processors().saturating_sub(1).min(items.len());
    let mut done = scope(|scope| {
        let threads: Vec<_> = (0..others).map_while(|_| Builder::new().spawn_scoped(scope, run).ok()).collect();
        let mut done = run();
        for thread in threads {
            done.extend(thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What both say; `beside` on another thread, where there is a processor for it.
pub fn both<A: Send, B>(beside: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    if processors() > 1 {
        scope(|scope| match Builder::new().spawn_scoped(scope, &beside) {
            Ok(thread) => {
                let here = here();
                (thread.join().unwrap_or_else(|panic| resume_unwind(panic)), here)
            }
            Err(_) => (beside(), here()),
        })
    } else {
        (beside(), here())
    }
}

/// Asked once: the answer takes the kernel as long as a disk.
fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| available_parallelism().map_or(1, usize::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_each_once() {
        for count in [0, 1, FEW - 1, FEW, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let squares = map(
                &items,
                || 0_usize,
                |item, seen| {
                    *seen += 1;
                    assert!(*seen <= count);
                    item * item
                },
            );
            assert_eq!(squares, items.iter().map(|item| item * item).collect::<Vec<_>>());
        }
    }

    #[test]
    fn both_answer_each_in_its_place() {
        assert_eq!(both(|| "beside", || "here"), ("beside", "here"));
    }

    #[test]
    fn a_panic_of_a_piece_of_work_is_not_lost() {
        let items = [1_u8; 100];
        let run = || map(&items, || (), |_, ()| panic!("on purpose"));
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
