//! A disk with a volatile cache: what was written and not flushed is lost by a power cut, in part or as a whole.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::random::Random;

pub const SECTOR: u64 = 512;

type Sector = Rc<[u8; 512]>;

#[derive(Clone)]
pub struct Disk {
    pub serial: &'static str,
    /// `sda`; another one perhaps after the next start.
    pub name: String,
    pub bytes: u64,
    /// What the medium has and survives, where it is not zero.
    durable: BTreeMap<u64, Sector>,
    /// What a read shows.
    shown: BTreeMap<u64, Sector>,
    /// Writes that are not durable, in order.
    volatile: Vec<Write>,
    /// How many of them were there before the step under way.
    before: usize,
    /// The cache is off: what reached the disk is durable.
    is_through: bool,
    says_through: bool,
    /// Partitions that the kernel shows: number, first byte, bytes.
    pub partitions: Vec<(u32, u64, u64)>,
}

#[derive(Clone)]
struct Write {
    sector: u64,
    bytes: Sector,
    /// It is in memory only, below this device: a flush of the disk does not reach it.
    below: Option<u64>,
    /// It survives only where those of its kind before it do: LVM2 waits for each write of its metadata.
    is_ordered: bool,
}

impl Disk {
    pub fn blank(serial: &'static str, name: &str, bytes: u64) -> Self {
        let (durable, shown) = (BTreeMap::new(), BTreeMap::new());
        Self {
            serial,
            name: name.to_owned(),
            bytes,
            durable,
            shown,
            volatile: Vec::new(),
            before: 0,
            is_through: false,
            says_through: false,
            partitions: Vec::new(),
        }
    }

    pub fn read(&self, buf: &mut [u8], at: u64) {
        buf.fill(0);
        let end = at + buf.len() as u64;
        for (sector, bytes) in self.shown.range(at / SECTOR..end.div_ceil(SECTOR)) {
            let begin = sector * SECTOR;
            let (from, to) = (begin.max(at), (begin + SECTOR).min(end));
            let target = index(from - at)..index(to - at);
            buf[target].copy_from_slice(&bytes[index(from - begin)..index(to - begin)]);
        }
    }

    /// Writes whole sectors; through the page cache of a device where there is one.
    pub fn write(&mut self, at: u64, bytes: &[u8], below: Option<u64>) {
        self.put(at, bytes, below, false);
    }

    /// The same past the page cache, in order.
    pub fn write_in_order(&mut self, at: u64, bytes: &[u8]) {
        self.put(at, bytes, None, true);
    }

    fn put(&mut self, at: u64, bytes: &[u8], below: Option<u64>, is_ordered: bool) {
        assert!(at.is_multiple_of(SECTOR) && (bytes.len() as u64).is_multiple_of(SECTOR), "half a sector at {at}");
        for (n, sector) in bytes.chunks_exact(512).enumerate() {
            let number = at / SECTOR + n as u64;
            let sector: Sector = Rc::new(sector.try_into().unwrap());
            put(&mut self.shown, number, &sector);
            self.volatile.push(Write { sector: number, bytes: sector, below, is_ordered });
        }
        if self.is_through && below.is_none() {
            self.flush();
        }
    }

    /// The pages of a device reach the disk, and perhaps only its cache.
    pub fn write_out(&mut self, device: u64) {
        self.volatile.iter_mut().filter(|write| write.below == Some(device)).for_each(|write| write.below = None);
        if self.is_through {
            self.flush();
        }
    }

    /// The mode of the cache, as sysfs has it.
    pub fn cache(&self) -> &'static str {
        if self.says_through { "write through" } else { "write back" }
    }

    /// Switches the cache. One that is switched off is written out first.
    pub fn switch_cache(&mut self, is_through: bool, is_real: bool) {
        self.says_through = is_through;
        self.is_through = is_through && is_real;
        self.flush();
    }

    /// A step begins: what is written from now on is its own.
    pub fn begin_step(&mut self) {
        self.before = self.volatile.len();
    }

    /// Whether a power cut could lose something that was written since.
    pub fn has_volatile(&self) -> bool {
        self.volatile.len() > self.before
    }

    /// Everything that reached the disk is durable.
    pub fn flush(&mut self) {
        let mut kept = Vec::new();
        for write in self.volatile.drain(..) {
            match write.below {
                Some(_) => kept.push(write),
                None => put(&mut self.durable, write.sector, &write.bytes),
            }
        }
        self.before = self.before.min(kept.len());
        self.volatile = kept;
    }

    /// Any part of what is not durable survives.
    pub fn lose_power(&mut self, random: &mut Random) {
        let way = random.below(4);
        let first = random.below(self.volatile.len() as u64 + 1);
        let ordered = self.volatile.iter().filter(|write| write.is_ordered).count() as u64;
        let mut ordered_left = random.below(ordered + 1);
        for (n, write) in self.volatile.drain(..).enumerate() {
            let survives = match way {
                3 if write.is_ordered => {
                    let survives = ordered_left > 0;
                    ordered_left = ordered_left.saturating_sub(1);
                    survives
                }
                0 => false,
                1 => true,
                2 => (n as u64) < first,
                _ => random.percent(50),
            };
            if survives {
                put(&mut self.durable, write.sector, &write.bytes);
            }
        }
        self.shown = self.durable.clone();
        self.partitions.clear();
        (self.is_through, self.says_through, self.before) = (false, false, 0);
    }

    /// Whether both ends are zero, as of a disk that nobody uses.
    pub fn is_blank(&self) -> bool {
        let end = (2 << 20) / SECTOR;
        let mut used = self.shown.keys();
        used.all(|sector| (end..self.bytes / SECTOR - end).contains(sector))
    }

    /// Every sector that is not zero.
    pub fn content(&self) -> &BTreeMap<u64, Sector> {
        &self.shown
    }
}

fn put(map: &mut BTreeMap<u64, Sector>, number: u64, sector: &Sector) {
    if sector.iter().all(|byte| *byte == 0) {
        map.remove(&number);
    } else {
        map.insert(number, Rc::clone(sector));
    }
}

pub fn index(n: u64) -> usize {
    usize::try_from(n).unwrap()
}
