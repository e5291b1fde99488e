//! A tree of files in memory: what was not flushed is lost by a power cut.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

use super::errors::{EEXIST, ELOOP, ENOENT, ENOTDIR, Errno};
use crate::random::Random;

pub type Number = usize;

#[derive(Clone)]
pub struct Inode {
    pub kind: Kind,
    pub mode: u32,
}

#[derive(Clone)]
pub enum Kind {
    File(Content),
    Folder(Folder),
    Link(Rc<str>),
    /// A block device: the kernel's number of it.
    Device(u64),
    /// The switch of the write cache of this disk.
    Cache(usize),
}

#[derive(Clone)]
pub struct Content {
    pub bytes: Rc<Vec<u8>>,
    durable: Rc<Vec<u8>>,
}

#[derive(Clone, Default)]
pub struct Folder {
    pub names: BTreeMap<Rc<str>, Number>,
    /// Changes that are not durable, in order: each a name that goes, a name that comes, or both at once.
    log: Vec<Change>,
}

#[derive(Clone)]
struct Change {
    gone: Option<(Rc<str>, Number)>,
    come: Option<Rc<str>>,
}

#[derive(Clone)]
pub struct Files {
    pub inodes: Vec<Rc<Inode>>,
    known: Known,
}

/// Where paths lead, until a folder changes. Of a file alone, or of what a link leads to.
#[derive(Default)]
struct Known(RefCell<Places>);

type Places = HashMap<Box<str>, [Option<Number>; 2], BuildHasherDefault<PathHasher>>;

impl Clone for Known {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Known {
    fn get(&self, path: &str, follow: bool) -> Option<Number> {
        self.0.borrow().get(path)?[usize::from(follow)]
    }

    fn put(&self, path: &str, follow: bool, number: Number) {
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

    fn forget(&mut self) {
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

const TOP: Number = 0;
/// No path of the world has more parts.
const DEEPEST: usize = 24;

impl Files {
    pub fn new() -> Self {
        let top = Inode { kind: Kind::Folder(Folder::default()), mode: 0o755 };
        Self { inodes: vec![Rc::new(top)], known: Known::default() }
    }

    /// No files at all, while they are elsewhere.
    pub fn none() -> Self {
        Self { inodes: Vec::new(), known: Known::default() }
    }

    pub fn folder(&self, number: Number) -> Result<&Folder, Errno> {
        match &self.inodes[number].kind {
            Kind::Folder(folder) => Ok(folder),
            _ => Err(ENOTDIR),
        }
    }

    fn folder_mut(&mut self, number: Number) -> Result<&mut Folder, Errno> {
        match &mut Rc::make_mut(&mut self.inodes[number]).kind {
            Kind::Folder(folder) => Ok(folder),
            _ => Err(ENOTDIR),
        }
    }

    /// The folder that `path` is in, and its name there; links on the way are followed, the last name is not.
    pub fn place<'p>(&self, path: &'p str) -> Result<(Number, &'p str), Errno> {
        let path = path.trim_end_matches('/');
        let (folder, name) = path.rsplit_once('/').ok_or(ENOENT)?;
        Ok((self.find(folder, true)?, name))
    }

    pub fn find(&self, path: &str, follow: bool) -> Result<Number, Errno> {
        if let Some(number) = self.known.get(path, follow) {
            return Ok(number);
        }
        let number = self.find_from(TOP, path, follow, 0)?;
        self.known.put(path, follow, number);
        Ok(number)
    }

    fn find_from(&self, from: Number, path: &str, follow: bool, links: u32) -> Result<Number, Errno> {
        if links > 40 {
            return Err(ELOOP);
        }
        let (mut way, mut deep) = ([TOP; DEEPEST], 1);
        way[0] = if path.starts_with('/') { TOP } else { from };
        let mut parts = path.split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
        while let Some(part) = parts.next() {
            if part == ".." {
                deep = (deep - 1).max(1);
                continue;
            }
            let here = way[deep - 1];
            let number = *self.folder(here)?.names.get(part).ok_or(ENOENT)?;
            let number = match &self.inodes[number].kind {
                Kind::Link(target) if follow || parts.peek().is_some() => {
                    // Relative links of this tree lead up one level at a time.
                    if target.starts_with("..") {
                        let (mut rest, mut up): (&str, usize) = (target, deep);
                        while let Some(shorter) = rest.strip_prefix("../") {
                            up -= 1;
                            rest = shorter;
                        }
                        self.find_from(way[up - 1], rest, true, links + 1)?
                    } else {
                        self.find_from(here, target, true, links + 1)?
                    }
                }
                _ => number,
            };
            way[deep] = number;
            deep += 1;
        }
        Ok(way[deep - 1])
    }

    fn change(&mut self, folder: Number, gone: Option<&str>, come: Option<(&str, Number)>) -> Result<(), Errno> {
        self.known.forget();
        let folder = self.folder_mut(folder)?;
        let gone = match gone {
            Some(name) => Some((Rc::from(name), folder.names.remove(name).ok_or(ENOENT)?)),
            None => None,
        };
        let come = come.map(|(name, number)| {
            let name: Rc<str> = Rc::from(name);
            folder.names.insert(Rc::clone(&name), number);
            name
        });
        folder.log.push(Change { gone, come });
        Ok(())
    }

    pub fn make(&mut self, path: &str, kind: Kind, mode: u32) -> Result<Number, Errno> {
        let (folder, name) = self.place(path)?;
        if self.folder(folder)?.names.contains_key(name) {
            return Err(EEXIST);
        }
        let number = self.inodes.len();
        self.inodes.push(Rc::new(Inode { kind, mode }));
        self.change(folder, None, Some((name, number)))?;
        Ok(number)
    }

    pub fn make_folders(&mut self, path: &str) {
        let mut at = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            at = format!("{at}/{part}");
            if self.find(&at, true).is_err() {
                self.make(&at, Kind::Folder(Folder::default()), 0o755).unwrap();
            }
        }
    }

    /// Puts a file there, with the folders that it takes.
    pub fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        let content = Kind::File(Content::new(bytes.into()));
        if let Ok(number) = self.find(path, true) {
            let mode = self.inodes[number].mode;
            self.inodes[number] = Rc::new(Inode { kind: content, mode });
            return;
        }
        if self.place(path).is_err() {
            self.make_folders(path.rsplit_once('/').unwrap().0);
        }
        self.make(path, content, 0o644).unwrap();
    }

    /// Puts what no power cut concerns into a folder, where nothing has its name yet: sysfs and /dev are made anew.
    pub fn put_in(&mut self, folder: Number, name: &str, kind: Kind) -> Number {
        let mode = match kind {
            Kind::Folder(_) => 0o755,
            Kind::Link(_) => 0o777,
            Kind::Device(_) => 0o660,
            Kind::File(_) | Kind::Cache(_) => 0o644,
        };
        let number = self.inodes.len();
        self.inodes.push(Rc::new(Inode { kind, mode }));
        self.folder_mut(folder).unwrap().names.insert(Rc::from(name), number);
        number
    }

    pub fn file_in(&mut self, folder: Number, name: &str, bytes: Vec<u8>) -> Number {
        self.put_in(folder, name, Kind::File(Content::new(bytes).flushed()))
    }

    pub fn folder_in(&mut self, folder: Number, name: &str) -> Number {
        self.put_in(folder, name, Kind::Folder(Folder::default()))
    }

    /// The folder of this name in `folder`, without what was in it.
    pub fn emptied_in(&mut self, folder: Number, name: &str) -> Number {
        self.known.forget();
        let new = Rc::new(Inode { kind: Kind::Folder(Folder::default()), mode: 0o755 });
        match self.folder(folder).unwrap().names.get(name).copied() {
            Some(number) => {
                self.inodes[number] = new;
                number
            }
            None => self.folder_in(folder, name),
        }
    }

    pub fn remove(&mut self, path: &str) -> Result<(), Errno> {
        let (folder, name) = self.place(path)?;
        self.change(folder, Some(name), None)
    }

    /// Never over another file where `replaces` is false.
    pub fn rename(&mut self, from: &str, to: &str, replaces: bool) -> Result<(), Errno> {
        let ((folder, old), (other, new)) = (self.place(from)?, self.place(to)?);
        let number = *self.folder(folder)?.names.get(old).ok_or(ENOENT)?;
        if self.folder(other)?.names.contains_key(new) && !replaces {
            return Err(EEXIST);
        }
        if folder == other {
            return self.change(folder, Some(old), Some((new, number)));
        }
        self.change(other, None, Some((new, number)))?;
        self.change(folder, Some(old), None)
    }

    pub fn text(&self, path: &str) -> Option<Rc<Vec<u8>>> {
        match &self.inodes[self.find(path, true).ok()?].kind {
            Kind::File(content) => Some(Rc::clone(&content.bytes)),
            _ => None,
        }
    }

    /// Whether a file would survive as it is: its bytes, and its name.
    pub fn is_durable(&self, path: &str) -> bool {
        let (Ok(number), Ok((folder, name))) = (self.find(path, true), self.place(path)) else { return false };
        let is_flushed = match &self.inodes[number].kind {
            Kind::File(content) => Rc::ptr_eq(&content.bytes, &content.durable),
            _ => true,
        };
        let is_named = |change: &Change| change.come.as_deref() == Some(name);
        is_flushed && self.folder(folder).is_ok_and(|folder| !folder.log.iter().any(is_named))
    }

    pub fn flush(&mut self, number: Number) {
        match &mut Rc::make_mut(&mut self.inodes[number]).kind {
            Kind::File(content) => content.durable = Rc::clone(&content.bytes),
            Kind::Folder(folder) => folder.log.clear(),
            Kind::Link(_) | Kind::Device(_) | Kind::Cache(_) => {}
        }
    }

    /// Everything is durable, as at the begin of a history.
    pub fn flush_all(&mut self) {
        (0..self.inodes.len()).for_each(|number| self.flush(number));
    }

    pub fn lose_power(&mut self, random: &mut Random) {
        self.known.forget();
        for inode in &mut self.inodes {
            let is_durable = match &inode.kind {
                Kind::File(content) => Rc::ptr_eq(&content.bytes, &content.durable),
                Kind::Folder(folder) => folder.log.is_empty(),
                Kind::Link(_) | Kind::Device(_) | Kind::Cache(_) => true,
            };
            if !is_durable {
                match &mut Rc::make_mut(inode).kind {
                    Kind::File(content) => content.lose_power(random),
                    Kind::Folder(folder) => folder.lose_power(random),
                    Kind::Link(_) | Kind::Device(_) | Kind::Cache(_) => {}
                }
            }
        }
    }
}

impl Content {
    pub fn new(bytes: Vec<u8>) -> Self {
        let bytes = Rc::new(bytes);
        Self { durable: Rc::new(Vec::new()), bytes }
    }

    fn flushed(mut self) -> Self {
        self.durable = Rc::clone(&self.bytes);
        self
    }

    /// The old bytes, the new ones, or new ones of which some sectors did not reach the disk.
    fn lose_power(&mut self, random: &mut Random) {
        match random.below(3) {
            0 => self.bytes = Rc::clone(&self.durable),
            1 => {}
            _ => {
                let mut torn = (*self.bytes).clone();
                let same = self.bytes.iter().zip(self.durable.iter()).take_while(|(a, b)| a == b).count();
                let end = same + crate::kernel::disk::index(random.below((torn.len() - same) as u64 + 1));
                if random.percent(50) {
                    torn.truncate(end.max(self.durable.len().min(torn.len())));
                }
                for (n, sector) in torn.chunks_mut(512).enumerate() {
                    if (n + 1) * 512 > same && random.percent(30) {
                        let kept = same.saturating_sub(n * 512).min(sector.len());
                        sector[kept..].fill(0);
                        let old = self.durable.get(n * 512 + kept..).unwrap_or_default();
                        sector[kept..].iter_mut().zip(old).for_each(|(to, from)| *to = *from);
                    }
                }
                self.bytes = Rc::new(torn);
            }
        }
        self.durable = Rc::clone(&self.bytes);
    }
}

impl Folder {
    /// Changes survive in their order.
    fn lose_power(&mut self, random: &mut Random) {
        let kept = crate::kernel::disk::index(random.below(self.log.len() as u64 + 1));
        while self.log.len() > kept {
            let change = self.log.pop().unwrap();
            if let Some(name) = change.come {
                self.names.remove(&name);
            }
            if let Some((name, number)) = change.gone {
                self.names.insert(name, number);
            }
        }
        self.log.clear();
    }
}
