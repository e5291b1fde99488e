//! The names that a text has for its physical volumes.

/// Names of the physical volumes, in order.
#[derive(Default)]
pub(super) struct Names<'t> {
    known: Vec<&'t [u8]>,
    sorted: Vec<(&'t [u8], u32)>,
}

impl<'t> Names<'t> {
    pub(super) fn push(&mut self, name: &'t [u8]) {
        self.known.push(name);
    }

    pub(super) fn find(&mut self, name: &[u8]) -> Option<u32> {
        // LVM2 numbers them from 0: the third is "pv2".
        let number = name.strip_prefix(b"pv").and_then(|n| std::str::from_utf8(n).ok()?.parse::<u32>().ok());
        if let Some(number) = number
            && usize::try_from(number).ok().and_then(|n| self.known.get(n)).is_some_and(|k| *k == name)
        {
            return Some(number);
        }
        if self.sorted.is_empty() {
            self.sorted = self.known.iter().copied().zip(0..).collect();
            self.sorted.sort_unstable();
        }
        let found = self.sorted.binary_search_by_key(&name, |(known, _)| known).ok()?;
        self.sorted.get(found).map(|(_, number)| *number)
    }
}
