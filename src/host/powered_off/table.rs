//! The lines of /etc/fstab that the next start of a node mounts.

use std::path::{Component, Path, PathBuf};

use crate::host::fstab::FstabEntry;

/// Most lines that are followed.
const MOST: usize = 256;

/// A line that is mounted.
pub(super) struct Line<'e> {
    pub(super) entry: &'e FstabEntry,
    /// Mount point below the top, as it is written.
    pub(super) point: PathBuf,
    /// Whether it is a file system in memory.
    pub(super) is_in_memory: bool,
    /// Why it is not known which of two lines is mounted.
    pub(super) conflict: Option<String>,
}

/// The lines that are mounted, the topmost first. /boot and what is below it too where a start leaves it out: the boot
/// loader reads it.
///
/// # Errors
/// Where there are more than are followed.
pub(super) fn lines(entries: &[FstabEntry]) -> Result<Vec<Line<'_>>, String> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for entry in entries.iter().filter(|entry| is_mounted(entry)) {
        let point = point(&entry.point);
        let is_full = lines.len() >= MOST;
        match lines.iter_mut().find(|line| line.point == point) {
            Some(line) if line.entry.source != entry.source => {
                let (first, second) = (line.entry.line, entry.line);
                line.conflict = Some(format!("lines {first} and {second} of /etc/fstab have this mount point"));
            }
            Some(_) => {}
            None if is_full => return Err(format!("/etc/fstab has more than {MOST} lines to mount")),
            None => {
                let is_in_memory = matches!(entry.kind.as_str(), "tmpfs" | "ramfs");
                lines.push(Line { entry, point, is_in_memory, conflict: None });
            }
        }
    }
    lines.sort_by_key(|line| line.point.components().count());
    Ok(lines)
}

fn is_mounted(entry: &FstabEntry) -> bool {
    let point = point(&entry.point);
    let is_of_kernel = ["proc", "sys", "dev", "run"].iter().any(|folder| point.starts_with(folder));
    let is_left_out = entry.options.iter().any(|option| option == "noauto") && !point.starts_with("boot");
    entry.point.starts_with('/') && entry.kind != "swap" && !is_of_kernel && !is_left_out
}

/// A mount point below the top.
fn point(path: &str) -> PathBuf {
    Path::new(path).components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::fstab::parse;

    fn shown(table: &str) -> Vec<String> {
        let entries = parse(table.as_bytes()).unwrap();
        let of = |line: &Line<'_>| {
            let memory = if line.is_in_memory { " in memory" } else { "" };
            let conflict = line.conflict.as_ref().map_or("", |_| " twice");
            format!("/{} {}{memory}{conflict}", line.point.display(), line.entry.source)
        };
        lines(&entries).unwrap().iter().map(of).collect()
    }

    #[test]
    fn what_a_start_or_the_boot_loader_reads_is_mounted_the_topmost_first() {
        let table = "LABEL=v /var/lib/x ext4 defaults\nLABEL=r / xfs defaults\nLABEL=b /boot/ ext4 noauto\n\
            LABEL=n /mnt ext4 noauto\nproc /proc proc defaults\nhuge /dev/hugepages hugetlbfs defaults\n\
            tmpfs /tmp tmpfs defaults\nLABEL=s none swap defaults\ns:/x /nfs nfs _netdev\n";
        let expected = ["/ LABEL=r", "/boot LABEL=b", "/tmp tmpfs in memory", "/nfs s:/x", "/var/lib/x LABEL=v"];
        assert_eq!(shown(table), expected);
    }

    #[test]
    fn two_lines_with_one_point_are_a_conflict_unless_they_name_the_same() {
        assert_eq!(
            shown("LABEL=a /x ext4\nLABEL=h /home ext4\nLABEL=b /x/ ext4\n"),
            ["/x LABEL=a twice", "/home LABEL=h"]
        );
        assert_eq!(shown("LABEL=a /x ext4\nLABEL=a //x ext4\n"), ["/x LABEL=a"]);
        let many: String = (0..257).map(|n| format!("LABEL=x /{n} ext4\n")).collect();
        assert!(lines(&parse(many.as_bytes()).unwrap()).is_err());
    }
}
