//! What a disk contains: nothing, a file or another content, and above it the pages that were written.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

pub(crate) const PAGE: usize = 4096;

type Page = Arc<[u8; PAGE]>;

#[derive(Debug, Clone)]
enum Below {
    Nothing,
    File(Arc<File>),
    Content(Arc<Content>),
}

/// A disk's bytes.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    bytes: u64,
    below: Below,
    pages: HashMap<u64, Page>,
}

impl Content {
    pub(crate) fn blank(bytes: u64) -> Self {
        assert!(bytes.is_multiple_of(PAGE as u64), "a whole number of pages");
        Self { bytes, below: Below::Nothing, pages: HashMap::new() }
    }

    pub(crate) fn of_file(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let bytes = file.metadata().expect("its size").len();
        Self { below: Below::File(Arc::new(file)), ..Self::blank(bytes) }
    }

    /// The same bytes as `below`, which stays as it is.
    pub(crate) fn above(below: &Arc<Self>) -> Self {
        Self { below: Below::Content(Arc::clone(below)), ..Self::blank(below.bytes) }
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn page(&self, number: u64) -> Page {
        self.pages.get(&number).map_or_else(|| self.page_below(number), Arc::clone)
    }

    fn page_below(&self, number: u64) -> Page {
        let mut page = [0; PAGE];
        match &self.below {
            Below::Nothing => {}
            Below::File(file) => {
                file.read_exact_at(&mut page, number * PAGE as u64).expect("the disk below can be read");
            }
            Below::Content(content) => return content.page(number),
        }
        Arc::new(page)
    }

    pub(crate) fn read(&self, at: u64, into: &mut [u8]) {
        for (number, within, part) in parts(at, into.len()) {
            let from = self.page(number);
            into[part.clone()].copy_from_slice(&from[within..within + part.len()]);
        }
    }

    pub(crate) fn write(&mut self, at: u64, from: &[u8]) {
        for (number, within, part) in parts(at, from.len()) {
            let mut page = *self.page(number);
            page[within..within + part.len()].copy_from_slice(&from[part]);
            self.pages.insert(number, Arc::new(page));
        }
    }

    /// A sum over what is different from what lies below.
    pub(crate) fn difference(&self) -> u64 {
        let mut pages: Vec<(&u64, &Page)> =
            self.pages.iter().filter(|(number, page)| **page != self.page_below(**number)).collect();
        pages.sort_by_key(|(number, _)| **number);
        let mut sum = DefaultHasher::new();
        pages.hash(&mut sum);
        sum.finish()
    }
}

/// The pages that a range touches: the page's number, where in it the part begins, and which part of the range it is.
fn parts(at: u64, bytes: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        let here = at + done as u64;
        let within = (here % PAGE as u64) as usize;
        let part = done..bytes.min(done + PAGE - within);
        (done < bytes).then(|| {
            done = part.end;
            (here / PAGE as u64, within, part)
        })
    })
}

#[test]
fn what_is_written_across_pages_is_read_and_what_lies_below_stays() {
    let below = Arc::new(Content::blank(1 << 20));
    let mut content = Content::above(&below);
    let same = content.difference();
    content.write(4090, &[7; 5000]);
    let mut read = [9; 5002];
    content.read(4089, &mut read);
    assert_eq!((read[0], read[1], read[5000], read[5001]), (0, 7, 7, 0));
    assert_ne!(content.difference(), same);
    below.read(4089, &mut read);
    assert_eq!(read, [0; 5002]);
    content.write(4090, &[0; 5000]);
    assert_eq!(content.difference(), same);
}
