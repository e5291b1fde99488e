//! What is to be mounted: `/etc/fstab` (fstab(5)).

use super::line::{BadLine, numbered, options, unescape};
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
}

/// Reads it. A host may have none.
pub fn gather(root: &Root) -> Probed<Vec<FstabEntry>> {
    root.parse("/etc/fstab", parse)
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
            source: unquote(unescape(source)),
            point: unescape(point),
            kind: unescape(kind),
            options: options(fields.next().unwrap_or_default()).collect(),
        });
    }
    Ok(entries)
}

/// `UUID="x"` as `UUID=x`: the quotes are the file's, not the name's.
fn unquote(source: String) -> String {
    let quoted = |(tag, value): (&str, &str)| {
        let value = ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q))?;
        Some(format!("{tag}={value}"))
    };
    source.split_once('=').and_then(quoted).unwrap_or(source)
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
