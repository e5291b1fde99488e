//! Paths that were looked up.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::files::Number;

/// Where paths lead, until a folder changes. Of a file alone, or of what a link leads to.
#[derive(Default)]
pub(super) struct Known(RefCell<Places>);

type Places = HashMap<Box<str>, [Option<Number>; 2], BuildHasherDefault<PathHasher>>;

impl Clone for Known {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Known {
    pub(super) fn get(&self, path: &str, follow: bool) -> Option<Number> {
        self.0.borrow().get(path)?[usize::from(follow)]
    }

    pub(super) fn put(&self, path: &str, follow: bool, number: Number) {
        let mut known = self.0.borrow_mut();
        match known.get_mut(path) {
            Some(its) => its[usize::from(follow)] = Some(number),
            None => {
                let mut its = [None; 2];
                its[usize::from(follow)] = Some(number);
                known.insert(path.into(), its);
            }
        }
    }

    pub(super) fn forget(&mut self) {
        self.0.get_mut().clear();
    }
}

/// FNV with words: paths are short, and nobody chooses them to be slow.
#[derive(Default)]
struct PathHasher(u64);

impl Hasher for PathHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut mix = |word: u64| self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| mix(u64::from(*byte)));
    }
}
