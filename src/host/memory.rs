//! Memory and the kernel's own sum of its swap areas: `/proc/meminfo` (proc_meminfo(5)), by the `procfs` crate, and
//! `/proc/sys/vm/overcommit_memory` (kernel `Documentation/admin-guide/sysctl/vm.rst`).
//!
//! The crate is given only what it can take: on other text it cuts a character in two, or multiplies past 64 bits, and
//! either would end this program.

use procfs::{FromBufRead, Meminfo};

use super::line::{BadLine, number, numbered_whole};
use super::probed::Probed;
use super::root::Root;
use super::swaps::SwapArea;

/// Most digits of a figure: in KiB it then stays under 2^64 bytes.
const MOST_DIGITS: usize = 16;

/// Memory, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// All of it (`MemTotal`).
    pub total_kib: u64,
    /// What can be had without swapping (`MemAvailable`); `None` on a kernel before 3.14 that does not tell it.
    pub available_kib: Option<u64>,
    /// All swap areas together (`SwapTotal`).
    pub swap_total_kib: u64,
    /// What may be promised in all (`CommitLimit`).
    pub commit_limit_kib: Option<u64>,
    /// What is promised (`Committed_AS`).
    pub committed_kib: u64,
    /// Whether nothing may be promised beyond that limit (`vm.overcommit_memory` is 2).
    pub is_strict: bool,
}

/// Reads `MemTotal` and `SwapTotal`, in KiB. Never [`Probed::Absent`].
pub fn totals(root: &Root) -> Probed<Totals> {
    root.parse_always_there("/proc/meminfo", parse)
}

/// All memory, and all swap, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    pub memory_kib: u64,
    pub swap_kib: u64,
}

/// Reads all of it. Never [`Probed::Absent`].
pub fn whole(root: &Root) -> Probed<Memory> {
    whole_with(root, root.parse_always_there("/proc/sys/vm/overcommit_memory", overcommit))
}

fn whole_with(root: &Root, mode: Probed<u8>) -> Probed<Memory> {
    let is_strict = match mode {
        Probed::Known(mode) => mode == 2,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    root.parse_always_there("/proc/meminfo", |text| {
        let memory = fields(text)?;
        Ok::<_, BadLine>(Memory {
            // The crate turns KiB into bytes.
            total_kib: memory.mem_total / 1024,
            available_kib: memory.mem_available.map(|bytes| bytes / 1024),
            swap_total_kib: memory.swap_total / 1024,
            commit_limit_kib: memory.commit_limit.map(|bytes| bytes / 1024),
            committed_kib: memory.committed_as / 1024,
            is_strict,
        })
    })
}

/// The same of a saved host. One that does not have `vm.overcommit_memory` has what the kernel begins with.
pub fn saved(root: &Root) -> Probed<Memory> {
    let mode = match root.parse("/proc/sys/vm/overcommit_memory", overcommit) {
        Probed::Absent => Probed::Known(0),
        mode => mode,
    };
    whole_with(root, mode)
}

fn overcommit(text: &[u8]) -> Result<u8, &'static str> {
    match text.trim_ascii() {
        b"0" => Ok(0),
        b"1" => Ok(1),
        b"2" => Ok(2),
        _ => Err("no such mode is known"),
    }
}

/// `MemTotal` and `SwapTotal` in KiB.
///
/// # Errors
/// With the line that is not as the kernel writes it, or the field that is missing.
pub fn parse(text: &[u8]) -> Result<Totals, BadLine> {
    let memory = fields(text)?;
    Ok(Totals { memory_kib: memory.mem_total / 1024, swap_kib: memory.swap_total / 1024 })
}

fn fields(text: &[u8]) -> Result<Meminfo, BadLine> {
    for (at, line) in numbered_whole(text)? {
        if !is_sound(line) {
            return Err(BadLine::new(at, "no figure of memory", line));
        }
    }
    Meminfo::from_buf_read(text).map_err(|_| BadLine::whole("a field that every kernel has is missing"))
}

/// What taking one swap area out of use costs, and what there is for it, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Pages that are swapped out to the area.
    pub used_kib: u64,
    /// Memory that can be had; `None` where the kernel does not tell it.
    pub available_kib: Option<u64>,
    /// What is free in the other areas.
    pub elsewhere_kib: u64,
    /// Under strict accounting: the size of the area, which the kernel wants to be able to promise, and what it still
    /// may.
    pub promise_kib: Option<(u64, u64)>,
}

impl Memory {
    /// What taking the area that the kernel shows as `device` out of use costs. Without such an area, nothing.
    pub fn room_without(&self, device: &str, areas: &[SwapArea]) -> Room {
        let area = areas.iter().find(|area| area.path == device);
        let others = areas.iter().filter(|area| area.path != device);
        let promise =
            |area: &SwapArea| (area.kib, self.commit_limit_kib.unwrap_or(0).saturating_sub(self.committed_kib));
        Room {
            used_kib: area.map_or(0, |area| area.used_kib),
            available_kib: self.available_kib,
            elsewhere_kib: others.map(|area| area.kib.saturating_sub(area.used_kib)).fold(0, u64::saturating_add),
            promise_kib: area.filter(|_| self.is_strict).map(promise),
        }
    }
}

impl Room {
    /// What is missing for the pages and `margin_kib` more, in words with the figures; `None` where there is room.
    pub fn short_of(&self, margin_kib: u64) -> Option<String> {
        if let Some((area, may)) = self.promise_kib
            && area > may
        {
            return Some(format!(
                "vm.overcommit_memory is 2, and the kernel may promise {may} KiB more, \
                 where the swap area has {area} KiB"
            ));
        }
        if self.used_kib == 0 {
            return None;
        }
        let Self { used_kib, elsewhere_kib, .. } = self;
        let Some(available) = self.available_kib else {
            return Some(format!(
                "{used_kib} KiB are swapped out, and the kernel does not show how much memory is available"
            ));
        };
        let needed = used_kib.saturating_add(margin_kib);
        (available.saturating_add(*elsewhere_kib) < needed).then(|| {
            format!(
                "{used_kib} KiB are swapped out and {margin_kib} KiB are to stay free; \
                 {available} KiB of memory are available, and {elsewhere_kib} KiB of other swap"
            )
        })
    }
}

/// Whether a line is a name with a colon, a figure, and `kB` or nothing.
fn is_sound(line: &[u8]) -> bool {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (name, figure, unit, more) = (words.next(), words.next(), words.next(), words.next());
    name.is_some_and(|name| name.is_ascii() && name.ends_with(b":"))
        && figure.is_some_and(|figure| figure.len() <= MOST_DIGITS && number(figure).is_some())
        && matches!(unit, None | Some(b"kB"))
        && more.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    /// The fields of a 3.10 kernel, as el7 has it.
    const EL7: &str = "MemTotal:       16266504 kB\nMemFree:         9137984 kB\nMemAvailable:   12909416 kB\n\
        Buffers:            2104 kB\nCached:          4003252 kB\n\
        SwapCached:            0 kB\nActive:          3905204 kB\n\
        Inactive:        2671668 kB\nActive(anon):    2574588 kB\n\
        Inactive(anon):    11176 kB\nActive(file):    1330616 kB\n\
        Inactive(file):  2660492 kB\nUnevictable:           0 kB\n\
        Mlocked:               0 kB\nSwapTotal:      67108860 kB\n\
        SwapFree:       67108860 kB\nDirty:                20 kB\n\
        Writeback:             0 kB\nAnonPages:       2571516 kB\n\
        Mapped:           120004 kB\nShmem:             14248 kB\n\
        Slab:             311716 kB\nSReclaimable:     252492 kB\n\
        SUnreclaim:        59224 kB\nKernelStack:        7600 kB\n\
        PageTables:        27368 kB\nNFS_Unstable:          0 kB\n\
        Bounce:                0 kB\nWritebackTmp:          0 kB\n\
        CommitLimit:    75242112 kB\nCommitted_AS:    4731112 kB\n\
        VmallocTotal:   34359738367 kB\nVmallocUsed:      192556 kB\n\
        VmallocChunk:   34359310332 kB\nHugePages_Total:       0\n\
        HugePages_Free:        0\nHugepagesize:       2048 kB\nDirectMap4k:      110464 kB\n";

    #[test]
    fn the_totals_of_el7_are_read_in_kib() {
        let of = |text: &str| parse(text.as_bytes()).map(|totals| (totals.memory_kib, totals.swap_kib));
        assert_eq!(of(EL7), Ok((16_266_504, 67_108_860)));
        assert_eq!(of(&EL7.replace("67108860", "0")), Ok((16_266_504, 0)));
    }

    #[test]
    fn what_would_break_the_crate_is_refused_before() {
        for bad in ["x\u{e9}", "\u{e9} 1 kB", "18446744073709551615 kB", "1 GB", "1 kB x", "-1 kB", ""] {
            let text = EL7.replace("SwapTotal:      67108860 kB", &format!("SwapTotal: {bad}"));
            assert!(parse(text.as_bytes()).is_err(), "{bad}");
        }
        let text = EL7.replace("SwapTotal:", "Swap\u{e9}");
        assert!(parse(text.as_bytes()).is_err());
        assert!(parse(EL7.replace("67108860 kB", "9999999999999999 kB").as_bytes()).is_ok());
    }

    #[test]
    fn a_text_without_swap_total_is_an_error() {
        assert!(parse(EL7.replace("SwapTotal:", "SwapTotle:").as_bytes()).is_err());
        damage::battery(EL7.as_bytes(), parse);
    }
}
