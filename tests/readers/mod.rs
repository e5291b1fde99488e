//! Every reader of what the world sends, by name: what `scripts/fuzz` and the test of damaged inputs feed with bytes.
//!
//! A reader is fed alone and in this process. Where a checksum guards a format, the reader here makes it right first,
//! so that what lies behind it is reached. What must hold of an answer is asserted; a panic is a finding.

use std::collections::BTreeSet;

mod boot;
mod disks;
mod documents;
pub mod ext_files;
mod fat_files;
mod files;
pub mod groups;
mod host;
mod images;
mod keys;
mod live;
mod lvm2;
pub mod parts;
mod programs;
mod records;
mod scratch;
mod seeds;
mod versions;
pub mod xfs_files;

#[cfg(test)]
mod mutations;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod tests;

/// A reader, and what it is fed with at first.
#[derive(Debug)]
pub struct Reader {
    pub name: &'static str,
    /// The files below `src` that it is in. A file that reads and is in no entry fails a test.
    pub sources: &'static [&'static str],
    /// Inputs that it understands, from the fixtures.
    pub seeds: fn() -> Vec<Vec<u8>>,
    pub read: fn(&[u8]),
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Reader> {
    [
        disks::READERS,
        lvm2::READERS,
        fat_files::READERS,
        ext_files::READERS,
        xfs_files::READERS,
        boot::READERS,
        host::READERS,
        files::READERS,
        live::READERS,
        images::READERS,
        keys::READERS,
        programs::READERS,
        documents::READERS,
        records::READERS,
        versions::READERS,
    ]
    .into_iter()
    .flatten()
}

pub fn named(name: &str) -> Option<&'static Reader> {
    all().find(|reader| reader.name == name)
}

impl Reader {
    /// Seeds of the fixtures, and what fuzzing found and is kept in the repository.
    pub fn inputs(&self) -> Vec<Vec<u8>> {
        let mut inputs = (self.seeds)();
        inputs.extend(seeds::kept(self.name));
        inputs
    }

    /// The words of its seeds: a dictionary.
    pub fn words(&self) -> BTreeSet<Vec<u8>> {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-$%@".contains(byte);
        let inputs = (self.seeds)();
        let words = inputs.iter().flat_map(|input| input.split(|byte| !is_word(byte)));
        words.filter(|word| (3..=32).contains(&word.len())).take(4000).map(<[u8]>::to_vec).collect()
    }
}
