//! What the next start opens as encrypted: `/etc/crypttab` (crypttab(5)).

use super::line::{BadLine, numbered, options, unquote_name};
use super::probed::Probed;
use super::root::Root;

/// A line of /etc/crypttab that is no comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CryptEntry {
    /// Line number, from 1.
    pub line: u32,
    /// Name of the mapping: the device is `/dev/mapper/NAME`.
    pub name: String,
    /// The device below: a path, `UUID=`, `LABEL=`, `PARTUUID=`, `PARTLABEL=`, without quotes.
    pub source: String,
    /// Fourth field, in words.
    pub options: Vec<String>,
}

impl CryptEntry {
    /// Path of the mapping.
    pub fn device(&self) -> String {
        format!("/dev/mapper/{}", self.name)
    }

    /// Whether each start makes swap of it anew, with another UUID.
    pub fn is_swap(&self) -> bool {
        self.has("swap")
    }

    /// Whether what is in it is made anew at each start, so that nothing in it has a name that lasts.
    pub fn is_made_anew(&self) -> bool {
        self.is_swap() || self.options.iter().any(|option| option == "tmp" || option.starts_with("tmp="))
    }

    pub fn has(&self, option: &str) -> bool {
        self.options.iter().any(|own| own == option)
    }
}

/// Reads it. A host may have none.
pub fn gather(root: &Root) -> Probed<Vec<CryptEntry>> {
    root.parse("/etc/crypttab", parse)
}

/// The entries, in order. It has no escapes: systemd decodes none here.
///
/// # Errors
/// With the first line that is neither an entry nor a comment; systemd passes it over.
pub fn parse(text: &[u8]) -> Result<Vec<CryptEntry>, BadLine> {
    let mut entries = Vec::new();
    for (at, line) in numbered(text) {
        let mut fields = line.split(|b| matches!(b, b' ' | b'\t' | b'\r')).filter(|field| !field.is_empty());
        let Some(name) = fields.next().filter(|field| !field.starts_with(b"#")) else { continue };
        let Some(source) = fields.next() else { return Err(BadLine::new(at, "fewer than two fields", line)) };
        if line.contains(&0) {
            return Err(BadLine::new(at, "a NUL byte", line));
        }
        let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
        entries.push(CryptEntry {
            line: at,
            name: text(name),
            source: unquote_name(text(source)),
            options: options(fields.nth(1).unwrap_or_default()).collect(),
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const TAB: &[u8] = b"# name device key options\n\
        swap0 /dev/vg_root/lv_swap /dev/urandom swap,cipher=aes-xts-plain64\n\
        \n  data\tUUID=\"aaaaaaaa-0000-4000-8000-000000000001\" none luks,nofail\r\n\
        tmp LABEL=a\\040b /dev/urandom tmp=ext4\nshort /dev/sdb";

    #[test]
    fn entries_keep_their_line_and_lose_quotes_and_no_escape() {
        let entries = parse(TAB).unwrap();
        let seen: Vec<_> = entries.iter().map(|e| (e.line, e.device(), e.source.as_str(), e.is_made_anew())).collect();
        let mapped = |name: &str| format!("/dev/mapper/{name}");
        assert_eq!(
            seen,
            [
                (2, mapped("swap0"), "/dev/vg_root/lv_swap", true),
                (4, mapped("data"), "UUID=aaaaaaaa-0000-4000-8000-000000000001", false),
                (5, mapped("tmp"), r"LABEL=a\040b", true),
                (6, mapped("short"), "/dev/sdb", false),
            ]
        );
        assert!(entries[0].is_swap() && !entries[2].is_swap() && entries[1].has("nofail"));
    }

    #[test]
    fn a_short_line_is_reported_with_its_number() {
        let why = parse(b"# a comment\nswap0\n").unwrap_err().to_string();
        assert_eq!(why, "line 2: fewer than two fields: \"swap0\"");
        damage::battery(TAB, parse);
    }
}
