//! Swap areas in use: `/proc/swaps` (kernel `mm/swapfile.c`, `swap_show`).
//!
//! A path is written with space, tab, newline and backslash as octal escapes, so columns are told apart by white space
//! alone.

use super::line::{BadLine, number, numbered_whole, unescape};
use super::probed::Probed;
use super::root::Root;

/// A line of /proc/swaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapArea {
    /// Path as the kernel shows it, with octal escapes decoded.
    pub path: String,
    /// Whether it is a file; else a partition or other block device.
    pub is_file: bool,
    /// Size in KiB as the kernel shows it: one page short of the area.
    pub kib: u64,
    pub used_kib: u64,
    pub priority: i32,
}

/// Reads it. Never [`Probed::Absent`].
pub fn gather(root: &Root) -> Probed<Vec<SwapArea>> {
    root.parse_always_there("/proc/swaps", parse)
}

/// The areas, in the kernel's order.
///
/// # Errors
/// With the line that is not as the kernel writes it.
pub fn parse(text: &[u8]) -> Result<Vec<SwapArea>, BadLine> {
    let mut lines = numbered_whole(text)?;
    match lines.next() {
        Some((_, header)) if header.starts_with(b"Filename") => {}
        other => return Err(BadLine::new(1, "not the header of this file", other.unwrap_or_default().1)),
    }
    lines.map(|(at, line)| area(line).ok_or_else(|| BadLine::new(at, "no swap area", line))).collect()
}

fn area(line: &[u8]) -> Option<SwapArea> {
    let mut fields = line.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty());
    let path = unescape(fields.next()?);
    let is_file = match fields.next()? {
        b"partition" => false,
        b"file" => true,
        _ => return None,
    };
    let kib = number(fields.next()?)?;
    let used_kib = number(fields.next()?)?;
    let priority = std::str::from_utf8(fields.next()?).ok()?.parse().ok()?;
    fields.next().is_none().then_some(SwapArea { path, is_file, kib, used_kib, priority })
}

impl SwapArea {
    /// The path without the kernel's mark for a file that was unlinked while in use, and whether there was that mark.
    pub fn unlinked(&self) -> (&str, bool) {
        match self.path.strip_suffix(" (deleted)") {
            Some(path) => (path, true),
            None => (&self.path, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const TWO: &str = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n\
        /dev/dm-0                               partition\t67108860\t1024\t\t-2\n\
        /var/swap\\040file\\040(deleted)          file\t\t1048572\t\t0\t\t10\n";

    #[test]
    fn both_kinds_are_read_by_columns_with_escapes_decoded() {
        let areas = parse(TWO.as_bytes()).unwrap();
        let partition =
            SwapArea { path: "/dev/dm-0".into(), is_file: false, kib: 67_108_860, used_kib: 1024, priority: -2 };
        assert_eq!(areas[0], partition);
        assert_eq!(areas[1].path, "/var/swap file (deleted)");
        assert_eq!(areas[1].unlinked(), ("/var/swap file", true));
        assert_eq!((areas[1].is_file, areas[1].kib, areas[1].priority), (true, 1_048_572, 10));
    }

    #[test]
    fn an_el7_header_without_areas_means_no_swap() {
        assert_eq!(parse(b"Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n"), Ok(vec![]));
    }

    #[test]
    fn a_line_that_the_kernel_would_not_write_is_reported_with_its_number() {
        let header = "Filename Type Size Used Priority\n";
        for bad in ["/dev/sda2 partition 12x 0 -1\n", "/dev/sda2 partition 12 0\n", "/dev/sda2 disk 12 0 -1\n", "\n"] {
            let why = parse(format!("{header}{bad}").as_bytes()).unwrap_err();
            assert_eq!(why.line, 2, "{why}");
        }
        assert!(parse(b"").is_err() && parse(b"/dev/sda2 partition 12 0 -1\n").is_err());
    }

    #[test]
    fn half_a_text_is_never_taken_for_less_swap() {
        for end in 0..TWO.len() {
            if !TWO[..end].ends_with('\n') {
                assert!(parse(&TWO.as_bytes()[..end]).is_err(), "{end}");
            }
        }
        damage::battery(TWO.as_bytes(), parse);
    }
}
