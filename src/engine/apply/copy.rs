//! A file that is copied: what an earlier run left of it is compared and kept, and only what reads back whole gets its
//! name.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::host::TargetHost;
use super::watch::{Performed, Watch};
use crate::base::cause::cause;
use crate::base::digest::{PIECE, Sha256, Summing, sum_of};
use crate::engine::FileCopy;
use crate::io::sys::{self, O_NOFOLLOW, O_NONBLOCK, filesystem, rename_without_replacing};

/// Bytes after which what was written is flushed: a power cut costs no more, and other writers do not wait for long.
const FLUSHED: u64 = 64 << 20;
/// Root reads and writes it, everybody reads it, as after scp(1).
const MODE: u32 = 0o644;

impl TargetHost<'_> {
    pub(super) fn copy(&self, copy: &FileCopy, watch: &mut Watch<'_>) -> Result<Performed, String> {
        if self.exists(&copy.to)? {
            return Err(format!("{} is there already", copy.to));
        }
        let place = self.path(&copy.part());
        let source = self.source(copy)?;
        let part = open_part(&place).map_err(|e| format!("{}: {}", copy.part(), cause(&e)))?;
        let failed = |e: io::Error| format!("{} cannot be copied to {}: {}", copy.from, copy.to, cause(&e));
        let mut copying = Copying { source, part, bytes: copy.bytes, done: 0, sum: Summing::default(), watch };
        if !copying.compare().map_err(failed)? || !copying.append().map_err(failed)? {
            return Ok(Performed::Stopped);
        }
        if copying.sum.clone().finish() != copy.sha256 {
            return Err(format!(
                "{} does not sum up to {}: it changed since the plan was made",
                copy.from, copy.sha256
            ));
        }
        match copying.read_back().map_err(failed)? {
            None => return Ok(Performed::Stopped),
            Some(sum) if sum == copy.sha256 => {}
            Some(sum) => {
                return Err(format!("what was written reads back as {sum}, not as {}: look at the disk", copy.sha256));
            }
        }
        let part = &copying.part;
        part.set_permissions(Permissions::from_mode(MODE)).and_then(|()| part.sync_all()).map_err(failed)?;
        rename_without_replacing(&place, &self.path(&copy.to)).map_err(failed)?;
        Ok(Performed::Done)
    }

    /// That the copy has its name and its size. Its bytes were read back before it got that name.
    pub(super) fn is_copied(&self, copy: &FileCopy) -> Result<(), String> {
        let meta = fs::symlink_metadata(self.path(&copy.to)).map_err(|e| format!("{}: {}", copy.to, cause(&e)))?;
        match meta.is_file() && meta.len() == copy.bytes {
            true => Ok(()),
            false => Err(format!("{} is not the copy that was made", copy.to)),
        }
    }

    /// That removing the copy loses nothing: it is the one that was made, and its source is the same still. Both are
    /// read.
    pub(super) fn can_remove_copy(&self, copy: &FileCopy) -> Result<(), String> {
        if !self.exists(&copy.to)? {
            return Ok(());
        }
        if !self.is_the_copy(copy)? {
            return Err(format!("{} is not the copy that was made, and stays", copy.to));
        }
        let only = |why: String| format!("{} stays, it may be the only one left: {why}", copy.to);
        let source = self.source(copy).map_err(only)?;
        if self.is_same_file(&source, &copy.to)? {
            return Err(only(format!("{} is a name of the same file now", copy.from)));
        }
        match self.sums_up(&copy.from, copy)? {
            true => Ok(()),
            false => Err(only(format!("{} is another file now", copy.from))),
        }
    }

    /// The same where nobody knows how far the copy came: another file may have its name.
    pub(super) fn can_remove_copy_begun(&self, copy: &FileCopy) -> Result<(), String> {
        match self.exists(&copy.to)? && self.is_the_copy(copy)? {
            true => self.can_remove_copy(copy),
            false => Ok(()),
        }
    }

    /// Removes the copy, where that loses nothing, and what there is of one.
    pub(super) fn remove_copy(&self, copy: &FileCopy) -> Result<(), String> {
        self.can_remove_copy(copy)?;
        if self.exists(&copy.to)? {
            remove(&self.path(&copy.to)).map_err(|e| format!("{} cannot be removed: {}", copy.to, cause(&e)))?;
        }
        self.remove_part(copy)
    }

    /// The same where nobody knows how far it came: another file may have the name.
    pub(super) fn remove_copy_begun(&self, copy: &FileCopy) -> Result<(), String> {
        match self.exists(&copy.to)? && self.is_the_copy(copy)? {
            true => self.remove_copy(copy),
            false => self.remove_part(copy),
        }
    }

    fn remove_part(&self, copy: &FileCopy) -> Result<(), String> {
        let place = self.path(&copy.part());
        let failed = |e: io::Error| format!("{} cannot be removed: {}", copy.part(), cause(&e));
        match fs::symlink_metadata(&place) {
            Ok(meta) if meta.is_file() => remove(&place).map_err(failed),
            // What is no file is not ours: it kept the copy from being begun.
            Ok(_) => Ok(()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(failed(e)),
        }
    }

    fn is_the_copy(&self, copy: &FileCopy) -> Result<bool, String> {
        if self.is_copied(copy).is_err() {
            return Ok(false);
        }
        self.sums_up(&copy.to, copy)
    }

    /// Whether `file` is the one at `path`: by device and inode, whatever their names are.
    fn is_same_file(&self, file: &File, path: &str) -> Result<bool, String> {
        let identity = |meta: fs::Metadata| (meta.dev(), meta.ino());
        let (one, other) = (file.metadata(), fs::metadata(self.path(path)));
        Ok(one.map(identity).map_err(|e| cause(&e))?
            == other.map(identity).map_err(|e| format!("{path}: {}", cause(&e)))?)
    }

    /// Whether the file at `path` sums up to what was copied.
    fn sums_up(&self, path: &str, copy: &FileCopy) -> Result<bool, String> {
        let sum = File::open(self.path(path)).and_then(|file| sum_of(file, &mut |_| ControlFlow::Continue(())));
        Ok(sum.map_err(|e| format!("{path}: {}", cause(&e)))? == Some(copy.sha256))
    }

    /// The file to copy, where it still has its size.
    fn source(&self, copy: &FileCopy) -> Result<File, String> {
        let open = || OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(self.path(&copy.from));
        let file = open().map_err(|e| format!("{}: {}", copy.from, cause(&e)))?;
        let meta = file.metadata().map_err(|e| format!("{}: {}", copy.from, cause(&e)))?;
        match meta.is_file() && meta.len() == copy.bytes {
            true => Ok(file),
            false => Err(format!("{} is not the file that it was when the plan was made", copy.from)),
        }
    }
}

/// A copy under way. Each part of it answers `false`, or nothing, where it was to stop.
struct Copying<'c, 'w> {
    source: File,
    part: File,
    bytes: u64,
    /// Bytes of the part that are those of the source.
    done: u64,
    /// The sum of that many bytes.
    sum: Summing,
    watch: &'c mut Watch<'w>,
}

impl Copying<'_, '_> {
    /// Keeps what an earlier run copied, up to the first difference: a crash may leave zeros where bytes were to be.
    fn compare(&mut self) -> io::Result<bool> {
        let there = self.part.metadata()?.len().min(self.bytes);
        let (mut ours, mut theirs) = (vec![0; PIECE], vec![0; PIECE]);
        while self.done < there {
            let ours = next(&mut ours, there, self.done);
            let theirs = next(&mut theirs, there, self.done);
            self.part.read_exact(ours)?;
            self.source.read_exact(theirs)?;
            if ours != theirs {
                break;
            }
            self.take(theirs);
            if !self.watch.goes_on("found there already", self.done, self.bytes) {
                return Ok(false);
            }
        }
        self.part.set_len(self.done)?;
        self.source.seek(SeekFrom::Start(self.done))?;
        self.part.seek(SeekFrom::Start(self.done))?;
        Ok(true)
    }

    /// Copies what is left. Whether or not it was to stop, what was copied is on the disk.
    fn append(&mut self) -> io::Result<bool> {
        // That the disk is full is better known before than after an hour.
        sys::reserve(&self.part, self.done, self.bytes.saturating_sub(self.done))?;
        let mut piece = vec![0; PIECE];
        let mut flushed = self.done;
        while self.done < self.bytes {
            let piece = next(&mut piece, self.bytes, self.done);
            self.source.read_exact(piece)?;
            self.part.write_all(piece)?;
            self.take(piece);
            if self.done.saturating_sub(flushed) >= FLUSHED {
                self.part.sync_data()?;
                flushed = self.done;
            }
            if !self.watch.goes_on("copied", self.done, self.bytes) {
                self.part.sync_all()?;
                return Ok(false);
            }
        }
        self.part.sync_all()?;
        Ok(true)
    }

    /// The sum of what is on the disk, not of what the kernel remembers of it.
    fn read_back(&mut self) -> io::Result<Option<Sha256>> {
        filesystem::forget(&self.part);
        self.part.seek(SeekFrom::Start(0))?;
        sum_of(&self.part, &mut |read| match self.watch.goes_on("read back", read, self.bytes) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        })
    }

    fn take(&mut self, piece: &[u8]) {
        self.sum.update(piece);
        self.done = self.done.saturating_add(piece.len() as u64);
    }
}

/// As much of `piece` as there is from `done` to `end`.
fn next(piece: &mut [u8], end: u64, done: u64) -> &mut [u8] {
    let left = usize::try_from(end.saturating_sub(done)).unwrap_or(usize::MAX);
    let length = left.min(piece.len());
    piece.get_mut(..length).unwrap_or_default()
}

fn open_part(place: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(O_NOFOLLOW | O_NONBLOCK);
    let part = options.open(place)?;
    match part.metadata()?.is_file() {
        true => Ok(part),
        false => Err(io::Error::new(io::ErrorKind::AlreadyExists, "something else than a file is there")),
    }
}

fn remove(place: &Path) -> io::Result<()> {
    fs::remove_file(place)?;
    place.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}
