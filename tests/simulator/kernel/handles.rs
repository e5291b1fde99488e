//! What the code under test has open, and what it does with it.

use std::rc::Rc;

use super::devices::Device;
use super::disk::{SECTOR, index};
use super::errors::{EAGAIN, EBADF, EBUSY, EEXIST, EINVAL, EIO, EISDIR, ELOOP, ENOENT, ENOSPC, ENOTDIR, ENXIO, Errno};
use super::files::{Content, Inode, Kind, Number};
use crate::deliberate::Deliberate;
use crate::world::World;

#[derive(Clone)]
pub struct Handle {
    pub number: Number,
    pub at: u64,
    appends: bool,
    writes: bool,
    wrote: bool,
    locked: bool,
}

/// Flags of `open(2)`.
const WRITES: i32 = 0o3;
const CREATES: i32 = 0o100;
const EXCLUSIVE: i32 = 0o200;
const TRUNCATES: i32 = 0o1000;
const APPENDS: i32 = 0o2000;
const NO_LINK: i32 = 0o400_000;
const FOLDER: i32 = 0o200_000;

impl World {
    pub fn open(&mut self, path: &str, flags: i32, mode: u32) -> Result<usize, Errno> {
        if self.is_dead {
            return Err(EIO);
        }
        let writes = flags & WRITES != 0;
        let number = match self.files.find(path, flags & NO_LINK == 0) {
            Ok(_) if flags & CREATES != 0 && flags & EXCLUSIVE != 0 => return Err(EEXIST),
            Ok(number) => number,
            Err(ENOENT) if flags & CREATES != 0 => {
                self.is_alive("create")?;
                self.files.make(path, Kind::File(Content::new(Vec::new())), mode)?
            }
            Err(why) => return Err(why),
        };
        match &self.files.inodes[number].kind {
            Kind::Folder(_) if writes => return Err(EISDIR),
            Kind::Link(_) => return Err(ELOOP),
            Kind::File(_) | Kind::Device(_) | Kind::Cache(_) if flags & FOLDER != 0 => {
                return Err(ENOTDIR);
            }
            Kind::Device(id) => {
                let device = self.device(*id).ok_or(ENXIO)?;
                if flags & EXCLUSIVE != 0 && self.is_held(device) && !self.has_fault(Deliberate::ClaimsNothing) {
                    return Err(EBUSY);
                }
            }
            _ => {}
        }
        if flags & TRUNCATES != 0 && writes && !matches!(self.inode(number).kind, Kind::Cache(_)) {
            self.set_bytes(number, Vec::new())?;
        }
        let handle = Handle { number, at: 0, appends: flags & APPENDS != 0, writes, wrote: false, locked: false };
        Ok(self.hold(handle))
    }

    fn hold(&mut self, handle: Handle) -> usize {
        match self.handles.iter().position(Option::is_none) {
            Some(free) => {
                self.handles[free] = Some(handle);
                free
            }
            None => {
                self.handles.push(Some(handle));
                self.handles.len() - 1
            }
        }
    }

    pub fn duplicate(&mut self, fd: usize) -> Result<usize, Errno> {
        let handle = self.handle(fd)?.clone();
        Ok(self.hold(handle))
    }

    pub fn handle(&mut self, fd: usize) -> Result<&mut Handle, Errno> {
        self.handles.get_mut(fd).and_then(Option::as_mut).ok_or(EBADF)
    }

    pub fn close(&mut self, fd: usize) -> Result<(), Errno> {
        let closed = self.handle(fd)?.clone();
        self.handles[fd] = None;
        if closed.wrote
            && let Some((_, Device::Plain { disk, from: 0, .. })) = self.device_of(closed.number)?
        {
            // udev looks at what was written to, and has the kernel read the table of the disk again.
            self.to_read.push(disk);
        }
        Ok(())
    }

    pub fn inode(&self, number: Number) -> &Inode {
        &self.files.inodes[number]
    }

    fn device_of(&self, number: Number) -> Result<Option<(u64, Device)>, Errno> {
        match &self.inode(number).kind {
            Kind::Device(id) => Ok(Some((*id, self.device(*id).ok_or(ENXIO)?))),
            _ => Ok(None),
        }
    }

    pub fn read(&mut self, fd: usize, buf: &mut [u8], at: Option<u64>) -> Result<usize, Errno> {
        if self.is_dead {
            return Err(EIO);
        }
        let handle = self.handle(fd)?;
        let (number, from) = (handle.number, at.unwrap_or(handle.at));
        let len = match self.device_of(number)? {
            Some((_, device)) => {
                self.waits_for_ever(device);
                let size = self.device_bytes(device);
                let len = index(size.saturating_sub(from).min(buf.len() as u64));
                self.read_device(device, from, &mut buf[..len])?;
                self.pretend_bytes(device, from, &mut buf[..len]);
                len
            }
            None => match &self.inode(number).kind {
                Kind::Cache(disk) => {
                    let text = format!("{}\n", self.disks[*disk].cache());
                    let rest = text.as_bytes().get(index(from)..).unwrap_or_default();
                    let len = rest.len().min(buf.len());
                    buf[..len].copy_from_slice(&rest[..len]);
                    len
                }
                Kind::File(content) => {
                    let rest = content.bytes.get(index(from.min(content.bytes.len() as u64))..).unwrap_or_default();
                    let len = rest.len().min(buf.len());
                    buf[..len].copy_from_slice(&rest[..len]);
                    len
                }
                _ => return Err(EISDIR),
            },
        };
        if at.is_none() {
            self.handle(fd)?.at = from + len as u64;
        }
        Ok(len)
    }

    pub fn write(&mut self, fd: usize, bytes: &[u8], at: Option<u64>) -> Result<usize, Errno> {
        let handle = self.handle(fd)?;
        if !handle.writes {
            return Err(EBADF);
        }
        handle.wrote = true;
        let (number, appends, here) = (handle.number, handle.appends, handle.at);
        let from = at.unwrap_or(here);
        if let Some((id, device)) = self.device_of(number)? {
            self.is_alive("write of a device")?;
            self.waits_for_ever(device);
            if !from.is_multiple_of(SECTOR) || !(bytes.len() as u64).is_multiple_of(SECTOR) {
                return Err(EINVAL);
            }
            match self.other_bytes(device, from, bytes) {
                Some(other) => self.write_device(device, from, &other, Some(id))?,
                None => self.write_device(device, from, bytes, Some(id))?,
            }
        } else if let Kind::Cache(disk) = self.inode(number).kind {
            self.is_alive("switch of a cache")?;
            let is_real = !self.has_fault(Deliberate::CachesStayOn);
            self.disks[disk].switch_cache(bytes.starts_with(b"write through"), is_real);
        } else {
            self.is_alive("write of a file")?;
            if self.is_full {
                self.was_full = true;
                return Err(ENOSPC);
            }
            if self.has_fault(Deliberate::BeginNotRecorded) && bytes.windows(10).any(|word| word == b"step-began") {
                return Ok(bytes.len());
            }
            let Kind::File(content) = &mut Rc::make_mut(&mut self.files.inodes[number]).kind else {
                return Err(EISDIR);
            };
            let all = Rc::make_mut(&mut content.bytes);
            let from = if appends { all.len() } else { index(from) };
            if all.len() < from + bytes.len() {
                all.resize(from + bytes.len(), 0);
            }
            all[from..from + bytes.len()].copy_from_slice(bytes);
        }
        if at.is_none() {
            self.handle(fd)?.at = from + bytes.len() as u64;
        }
        Ok(bytes.len())
    }

    /// An access to a volume that is suspended has no end.
    fn waits_for_ever(&mut self, device: Device) {
        if let Device::Mapped(minor) = device
            && self.mapped[minor].as_ref().is_some_and(|mapped| mapped.is_suspended)
        {
            self.violates("hangs: a volume that is suspended is read or written".to_owned());
        }
    }

    fn set_bytes(&mut self, number: Number, bytes: Vec<u8>) -> Result<(), Errno> {
        self.is_alive("truncate")?;
        match &mut Rc::make_mut(&mut self.files.inodes[number]).kind {
            Kind::File(content) => content.bytes = Rc::new(bytes),
            _ => return Err(EINVAL),
        }
        Ok(())
    }

    pub fn truncate(&mut self, fd: usize, to: u64) -> Result<(), Errno> {
        let number = self.handle(fd)?.number;
        let Kind::File(content) = &self.inode(number).kind else { return Err(EINVAL) };
        let mut bytes = (*content.bytes).clone();
        bytes.resize(index(to), 0);
        self.set_bytes(number, bytes)
    }

    /// `fsync(2)`: of a file also the disk below it, which makes durable what anybody wrote there.
    pub fn flush(&mut self, fd: usize) -> Result<(), Errno> {
        let number = self.handle(fd)?.number;
        self.is_alive("flush")?;
        if matches!(self.inode(number).kind, Kind::File(_)) {
            self.watch_record();
        }
        let is_folder = matches!(self.inode(number).kind, Kind::Folder(_));
        match self.device_of(number)? {
            Some((_, Device::Plain { from: 0, .. })) if self.has_fault(Deliberate::NoDiskFlush) => {}
            None if self.has_fault(Deliberate::NoFolderFlush) && is_folder => {}
            None if self.has_fault(Deliberate::NoJournalFlush) && !is_folder => {}
            Some((_, device)) if self.has_fault(Deliberate::NoDeviceFlush) && is_part(device) => {}
            Some((id, device)) if self.has_fault(Deliberate::FlushAfterRecord) && is_part(device) => {
                self.pretended.flushes.push(id);
            }
            Some((id, device)) => self.flush_device(id, device),
            None => {
                for id in std::mem::take(&mut self.pretended.flushes) {
                    if let Some(device) = self.device(id) {
                        self.flush_later.push((id, device));
                    }
                }
                self.files.flush(number);
                let system = self.system;
                self.disks[system].flush();
                for (id, device) in std::mem::take(&mut self.flush_later) {
                    self.is_alive("flush")?;
                    self.flush_device(id, device);
                }
            }
        }
        Ok(())
    }

    pub fn size(&mut self, fd: usize) -> Result<u64, Errno> {
        let number = self.handle(fd)?.number;
        Ok(match self.device_of(number)? {
            Some((_, device)) => self.device_bytes(device),
            None => match &self.inode(number).kind {
                Kind::File(content) => content.bytes.len() as u64,
                _ => 0,
            },
        })
    }

    pub fn lock(&mut self, fd: usize, takes: bool) -> Result<(), Errno> {
        let number = self.handle(fd)?.number;
        let others = self.handles.iter().enumerate().filter_map(|(n, handle)| Some((n, handle.as_ref()?)));
        if takes && others.into_iter().any(|(n, other)| n != fd && other.number == number && other.locked) {
            return Err(EAGAIN);
        }
        self.handle(fd)?.locked = takes;
        Ok(())
    }
}

/// Whether it is a part of a disk, or a volume on parts.
fn is_part(device: Device) -> bool {
    !matches!(device, Device::Plain { from: 0, .. })
}
