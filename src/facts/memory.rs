//! The kernel's own sum of its swap areas: `SwapTotal` of `/proc/meminfo` (proc_meminfo(5)), by the `procfs` crate.
//!
//! The crate is given only what it can take: on other text it cuts a character in two, or multiplies past 64 bits, and either
//! would end this program.

use procfs::{FromBufRead, Meminfo};

use super::Probed;
use super::line::{BadLine, number, numbered_whole};
use super::root::Root;

/// Most digits of a figure: in KiB it then stays under 2^64 bytes.
const MOST_DIGITS: usize = 16;

/// Reads it. Never [`Probed::Absent`].
pub fn gather(root: &Root) -> Probed<u64> {
    root.parse_always_there("/proc/meminfo", parse)
}

/// `SwapTotal` in KiB.
///
/// # Errors
/// With the line that is not as the kernel writes it, or the field that is missing.
pub fn parse(text: &[u8]) -> Result<u64, BadLine> {
    for (at, line) in numbered_whole(text)? {
        if !is_sound(line) {
            return Err(BadLine::new(at, "no figure of memory", line));
        }
    }
    match Meminfo::from_buf_read(text) {
        // The crate turns KiB into bytes.
        Ok(memory) => Ok(memory.swap_total / 1024),
        Err(_) => Err(BadLine::whole("a field that every kernel has is missing")),
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
    use crate::facts::damage;

    /// The fields of a 3.10 kernel, as el7 has it.
    const EL7: &str = "MemTotal:       16266504 kB\nMemFree:         9137984 kB\nMemAvailable:   12909416 kB\n\
        Buffers:            2104 kB\nCached:          4003252 kB\nSwapCached:            0 kB\nActive:          3905204 kB\n\
        Inactive:        2671668 kB\nActive(anon):    2574588 kB\nInactive(anon):    11176 kB\nActive(file):    1330616 kB\n\
        Inactive(file):  2660492 kB\nUnevictable:           0 kB\nMlocked:               0 kB\nSwapTotal:      67108860 kB\n\
        SwapFree:       67108860 kB\nDirty:                20 kB\nWriteback:             0 kB\nAnonPages:       2571516 kB\n\
        Mapped:           120004 kB\nShmem:             14248 kB\nSlab:             311716 kB\nSReclaimable:     252492 kB\n\
        SUnreclaim:        59224 kB\nKernelStack:        7600 kB\nPageTables:        27368 kB\nNFS_Unstable:          0 kB\n\
        Bounce:                0 kB\nWritebackTmp:          0 kB\nCommitLimit:    75242112 kB\nCommitted_AS:    4731112 kB\n\
        VmallocTotal:   34359738367 kB\nVmallocUsed:      192556 kB\nVmallocChunk:   34359310332 kB\nHugePages_Total:       0\n\
        HugePages_Free:        0\nHugepagesize:       2048 kB\nDirectMap4k:      110464 kB\n";

    #[test]
    fn swap_total_of_el7_is_read_in_kib() {
        assert_eq!(parse(EL7.as_bytes()), Ok(67_108_860));
        assert_eq!(parse(EL7.replace("67108860", "0").as_bytes()), Ok(0));
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
