//! What was read or unpacked last, shared by all files of a disk: its memory does not grow with their number.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// The most that is kept, in bytes: a cluster of qcow2 may have 2 MiB, and the tables beside it must not push it out.
const MOST: usize = 4 << 20;

/// A file, a place in it, and whether what lies there is unpacked.
pub(super) type Key = (u32, u64, Kept);

/// What is kept of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// Bytes as they are.
    Page,
    /// What they unpack to.
    Unpacked,
}

/// The pieces, the last used one at the end.
#[derive(Default)]
pub(super) struct Cache(Mutex<Vec<(Key, Arc<[u8]>)>>);

impl Cache {
    /// The piece of `key`; it is made where it is not kept.
    pub(super) fn get(&self, key: Key, make: impl FnOnce() -> io::Result<Arc<[u8]>>) -> io::Result<Arc<[u8]>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut pieces = lock();
            if let Some(at) = pieces.iter().rposition(|(other, _)| *other == key) {
                if let Some(used) = pieces.get_mut(at..) {
                    used.rotate_left(1);
                }
                return pieces.last().map(|(_, piece)| Arc::clone(piece)).ok_or_else(|| io::Error::other("not kept"));
            }
        }
        let piece = make()?;
        let mut pieces = lock();
        let mut kept = pieces.iter().fold(piece.len(), |sum, (_, piece)| sum.saturating_add(piece.len()));
        let old = pieces.iter().take_while(|(_, piece)| {
            let is_over = kept > MOST;
            kept = kept.saturating_sub(piece.len());
            is_over
        });
        let old = old.count();
        pieces.drain(..old);
        pieces.push((key, Arc::clone(&piece)));
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(cache: &Cache) -> Vec<u64> {
        cache.0.lock().unwrap().iter().map(|((_, at, _), _)| *at).collect()
    }

    #[test]
    fn what_was_used_last_is_kept_within_the_limit() {
        let cache = Cache::default();
        let put = |at, len| cache.get((1, at, Kept::Page), || Ok(vec![0; len].into())).unwrap();
        (0..4).for_each(|at| assert_eq!(put(at, MOST / 4).len(), MOST / 4));
        put(0, 1);
        assert_eq!(kept(&cache), [1, 2, 3, 0]);
        put(9, MOST / 4);
        assert_eq!(kept(&cache), [2, 3, 0, 9]);
        put(7, 2 * MOST);
        assert_eq!(kept(&cache), [7], "one piece is always kept");
        assert!(cache.get((2, 7, Kept::Page), || Err(io::Error::other("no"))).is_err());
        assert_eq!(kept(&cache), [7]);
    }
}
