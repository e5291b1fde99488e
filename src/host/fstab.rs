//! What is to be mounted: `/etc/fstab` (fstab(5)).

use std::path::Path;

use super::line::{BadLine, numbered, options, unescape, unquote_name};
use super::mounts::Mount;
use super::probed::Probed;
use super::root::Root;

/// A line of /etc/fstab that is no comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FstabEntry {
    /// Line number, from 1.
    pub line: u32,
    /// First field: a path, `UUID=`, `LABEL=`, `PARTUUID=`, `PARTLABEL=`; quotes and escapes decoded.
    pub source: String,
    /// Second field; `none` or `swap` for swap.
    pub point: String,
    /// Third field.
    pub kind: String,
    /// Fourth field, in words.
    pub options: Vec<String>,
    pub at_point: AtPoint,
}

/// What lies at a mount point where nothing is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtPoint {
    Folder,
    /// systemd makes the folder.
    Nothing,
    /// A file or a device.
    NoFolder,
    /// Something is mounted there, or looking could wait for a server.
    #[default]
    NotLooked,
}

/// Reads it. A host may have none.
pub fn gather(root: &Root) -> Probed<Vec<FstabEntry>> {
    root.parse("/etc/fstab", parse)
}

/// The same entries with what lies at their mount points. Not looked at is a place below a mount that a server or a
/// daemon answers for, as that can take for ever or mount something; and one below another entry that is not mounted
/// now, as what is seen there is not what the next start finds.
pub fn with_points(mut entries: Vec<FstabEntry>, root: &Root, mounts: &[Mount]) -> Vec<FstabEntry> {
    let points: Vec<String> = entries.iter().map(|entry| entry.point.clone()).collect();
    let is_mounted = |point: &String| mounts.iter().any(|mount| mount.point == *point);
    let is_below = |point: &str, above: &str| point != above && Path::new(point).starts_with(above);
    for entry in entries.iter_mut().filter(|entry| entry.point.starts_with('/') && !is_mounted(&entry.point)) {
        let hidden = points.iter().any(|above| above != "/" && is_below(&entry.point, above) && !is_mounted(above));
        let slow = mounts.iter().any(|mount| waits(&mount.kind) && is_below(&entry.point, &mount.point));
        if hidden || slow {
            continue;
        }
        let kind = root.at(&entry.point).map_or_else(Probed::Unreadable, |place| place.kind());
        entry.at_point = match kind {
            Probed::Known(kind) if kind.is_dir() => AtPoint::Folder,
            Probed::Known(_) => AtPoint::NoFolder,
            Probed::Absent => AtPoint::Nothing,
            Probed::Unreadable(_) => AtPoint::NotLooked,
        };
    }
    entries
}

fn waits(kind: &str) -> bool {
    ["autofs", "nfs", "cifs", "smb", "fuse", "9p", "ceph", "gluster"].iter().any(|word| kind.starts_with(word))
}

/// The entries, in order.
///
/// # Errors
/// With the first line that is neither an entry nor a comment; mount(8) and systemd would pass it over, so what the
/// host does at its next start may not be what the file seems to say.
pub fn parse(text: &[u8]) -> Result<Vec<FstabEntry>, BadLine> {
    let mut entries = Vec::new();
    for (at, line) in numbered(text) {
        let mut fields = line.split(|b| matches!(b, b' ' | b'\t' | b'\r')).filter(|field| !field.is_empty());
        let Some(source) = fields.next().filter(|field| !field.starts_with(b"#")) else { continue };
        let (Some(point), Some(kind)) = (fields.next(), fields.next()) else {
            return Err(BadLine::new(at, "fewer than three fields", line));
        };
        if line.contains(&0) {
            return Err(BadLine::new(at, "a NUL byte", line));
        }
        entries.push(FstabEntry {
            line: at,
            source: unquote_name(unescape(source)),
            point: unescape(point),
            kind: unescape(kind),
            options: options(fields.next().unwrap_or_default()).collect(),
            at_point: AtPoint::default(),
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const NODE: &str = "\n#\n# /etc/fstab\n  # made by hand\n\
        /dev/mapper/vg_root-lv_root /                       xfs     defaults        0 0\n\
        UUID=\"aaaaaaaa-0000-4000-8000-000000000001\" /boot\text4 noauto,nodev 1 2\r\n\
        LABEL=a\\040b /mnt/a\\040b ext4\n\
        /dev/mapper/vg_root-lv_swap swap swap defaults,pri=5 0 0 # note";

    #[test]
    fn entries_keep_their_line_and_lose_quotes_and_escapes() {
        let entries = parse(NODE.as_bytes()).unwrap();
        let seen: Vec<_> =
            entries.iter().map(|e| (e.line, e.source.as_str(), e.point.as_str(), e.kind.as_str())).collect();
        assert_eq!(
            seen,
            [
                (5, "/dev/mapper/vg_root-lv_root", "/", "xfs"),
                (6, "UUID=aaaaaaaa-0000-4000-8000-000000000001", "/boot", "ext4"),
                (7, "LABEL=a b", "/mnt/a b", "ext4"),
                (8, "/dev/mapper/vg_root-lv_swap", "swap", "swap"),
            ]
        );
        assert_eq!(entries[1].options, ["noauto", "nodev"]);
        assert_eq!(entries[3].options, ["defaults", "pri=5"]);
        assert!(entries[2].options.is_empty());
    }

    #[test]
    fn what_lies_at_a_mount_point_is_looked_at_where_no_server_answers_for_it() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("folder")).unwrap();
        std::fs::write(dir.path().join("file"), "").unwrap();
        std::os::unix::fs::symlink("/folder", dir.path().join("link")).unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        let text =
            b"a /folder x\na /file x\na /none x\na /link x\na none swap\na /nfs/file x\na /here x\na /none/below x\n";
        let mounts = b"1 1 0:5 / /nfs rw - nfs4 server:/ rw\n2 1 8:2 / /here rw - ext4 /dev/sda2 rw\n";
        let mounts = crate::host::mounts::parse(mounts).unwrap();
        let seen: Vec<AtPoint> =
            with_points(parse(text).unwrap(), &root, &mounts).iter().map(|entry| entry.at_point).collect();
        use AtPoint::{Folder, NoFolder, NotLooked, Nothing};
        assert_eq!(seen, [Folder, NoFolder, Nothing, Folder, NotLooked, NotLooked, NotLooked, NotLooked]);
    }

    #[test]
    fn a_short_line_is_reported_with_its_number() {
        let why = parse(b"# a comment\n/dev/sda2 /boot\n").unwrap_err().to_string();
        assert_eq!(why, "line 2: fewer than three fields: \"/dev/sda2 /boot\"");
        assert_eq!(parse(b""), Ok(vec![]));
    }

    #[test]
    fn a_quote_that_is_not_closed_belongs_to_the_name() {
        let entries = parse(b"UUID=\"x / ext4\nUUID='y' / ext4\n").unwrap();
        assert_eq!((entries[0].source.as_str(), entries[1].source.as_str()), ("UUID=\"x", "UUID=y"));
        damage::battery(NODE.as_bytes(), parse);
    }
}
