//! The descriptor of VMDK: a text that names the extents and the parent ("Virtual Disk Format 5.0" of VMware).

use std::io;

use super::super::{invalid, unsupported};

/// What the text begins with.
pub(in super::super) const BEGINS: &[u8] = b"# Disk DescriptorFile";
/// The longest that is read, in bytes: 2 TiB in extents of 2 GiB are named in 64 KiB.
pub(super) const LONGEST: u64 = 1 << 20;
const MOST_EXTENTS: usize = 4096;
/// The `parentCID` of a disk that has no parent.
const NO_PARENT: u32 = u32::MAX;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Descriptor {
    pub(super) content_id: u32,
    pub(super) parent: Option<Parent>,
    pub(super) extents: Vec<Extent>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) content_id: u32,
    pub(super) name: String,
}

/// A part of the disk; they follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) bytes: u64,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Zero,
    /// The bytes themselves, from an offset on.
    Flat {
        name: String,
        at: u64,
    },
    Sparse {
        name: String,
    },
}

impl Descriptor {
    /// Parses the text, which ends where a NUL is.
    pub(super) fn parse(text: &[u8]) -> io::Result<Self> {
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| unsupported("the descriptor is not UTF-8"))?;
        let (mut content_id, mut parent_id, mut parent_name) = (None, None, None);
        let mut extents = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let access = line.split_ascii_whitespace().next().unwrap_or_default();
            if ["RW", "RDONLY", "NOACCESS"].contains(&access) {
                if extents.len() >= MOST_EXTENTS {
                    return Err(invalid(format!("more than {MOST_EXTENTS} extents")));
                }
                extents.push(extent(line)?);
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "CID" => content_id = u32::from_str_radix(value, 16).ok(),
                "parentCID" => parent_id = u32::from_str_radix(value, 16).ok(),
                "parentFileNameHint" => parent_name = Some(value.to_owned()),
                key if key.starts_with("encryption.") => return Err(unsupported("the image is encrypted (VMware)")),
                _ => {}
            }
        }
        let parent = match (parent_id.filter(|id| *id != NO_PARENT), parent_name) {
            (None, _) => None,
            (Some(content_id), Some(name)) => Some(Parent { content_id, name }),
            (Some(_), None) => return Err(invalid("it has a parent, and no name of it")),
        };
        Ok(Self { content_id: content_id.unwrap_or(NO_PARENT), parent, extents })
    }
}

/// The name of the parent, where there is one, whatever else the text has.
pub(super) fn name_of_parent(text: &[u8]) -> Option<String> {
    let value = |name: &str| {
        let mut pairs = lines(text).filter_map(|line| line.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().trim_matches('"'))
    };
    let id = u32::from_str_radix(value("parentCID")?, 16).ok()?;
    value("parentFileNameHint").filter(|_| id != NO_PARENT).map(str::to_owned)
}

/// The names of the files of the extents, whatever their types.
pub(super) fn names_of_extents(text: &[u8]) -> Vec<String> {
    let extents = lines(text).filter(|line| line.starts_with("RW ") || line.starts_with("RDONLY "));
    extents.filter_map(|line| line.split('"').nth(1)).take(MOST_EXTENTS).map(str::to_owned).collect()
}

/// The lines of a text, which ends where a NUL is, without those that are not UTF-8 and comments.
fn lines(text: &[u8]) -> impl Iterator<Item = &str> {
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| str::from_utf8(line).ok()).map(str::trim);
    lines.filter(|line| !line.starts_with('#'))
}

/// `RW 4192256 SPARSE "disk-s001.vmdk"`; of a flat one with the offset in sectors.
fn extent(line: &str) -> io::Result<Extent> {
    let damaged = || invalid(format!("the extent {}", line.chars().take(100).collect::<String>()));
    let (words, rest) = line.split_once('"').unwrap_or((line, ""));
    let mut words = words.split_ascii_whitespace().skip(1);
    let sectors: u64 = words.next().and_then(|word| word.parse().ok()).ok_or_else(damaged)?;
    let bytes = sectors.checked_mul(512).filter(|bytes| *bytes > 0).ok_or_else(damaged)?;
    let (name, at) = rest.split_once('"').unwrap_or_default();
    let at = match at.split_ascii_whitespace().next() {
        None => 0,
        Some(word) => word.parse().ok().and_then(|at: u64| at.checked_mul(512)).ok_or_else(damaged)?,
    };
    let named = |kind| if name.is_empty() { Err(damaged()) } else { Ok(kind) };
    let kind = match words.next().ok_or_else(damaged)? {
        "ZERO" => Kind::Zero,
        "FLAT" | "VMFS" => named(Kind::Flat { name: name.to_owned(), at })?,
        "SPARSE" => named(Kind::Sparse { name: name.to_owned() })?,
        other => {
            let other: String = other.chars().take(20).collect();
            return Err(unsupported(format!("extents of the type {other} are not read")));
        }
    };
    Ok(Extent { bytes, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=0000000a\n\
        parentFileNameHint=\"base.vmdk\"\ncreateType=\"twoGbMaxExtentSparse\"\n\n# Extent description\n\
        RW 4192256 SPARSE \"disk=s001.vmdk\"\r\nRW 16 FLAT \"a flat.vmdk\" 8\nRDONLY 2 ZERO\n\n\
        ddb.adapterType = \"ide\"\n\0\0\0junk\nRW 1 ZERO";

    #[test]
    fn a_descriptor_has_its_extents_and_its_parent() {
        let found = Descriptor::parse(TEXT.as_bytes()).unwrap();
        assert_eq!((found.content_id, found.parent.as_ref().unwrap().content_id), (0xffff_fffe, 10));
        assert_eq!(found.parent.unwrap().name, "base.vmdk");
        let kinds = [
            Kind::Sparse { name: "disk=s001.vmdk".into() },
            Kind::Flat { name: "a flat.vmdk".into(), at: 4096 },
            Kind::Zero,
        ];
        assert_eq!(found.extents.iter().map(|e| e.kind.clone()).collect::<Vec<_>>(), kinds);
        assert_eq!(found.extents[0].bytes, 4_192_256 * 512);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (line, why) in [
            ("RW 8 VMFSSPARSE \"x\"", "type VMFSSPARSE"),
            ("RW 8 SESPARSE \"x\"", "type SESPARSE"),
            ("RW x FLAT \"x\"", "the extent RW x"),
            ("RW 0 ZERO", "the extent RW 0"),
            ("RW 99999999999999999999 ZERO", "the extent"),
            ("RW 18446744073709551615 ZERO", "the extent"),
            ("RW 8 FLAT", "the extent"),
            ("RW 8 FLAT \"x\" -1", "the extent"),
            ("RW 8", "the extent"),
            ("parentCID=1", "no name"),
            ("encryption.keySafe = \"vmware:key\"", "encrypted"),
        ] {
            let refused = Descriptor::parse(format!("# Disk DescriptorFile\n{line}\n").as_bytes()).unwrap_err();
            assert!(refused.to_string().contains(why), "{line}: {refused}");
        }
        let many = "RW 8 ZERO\n".repeat(MOST_EXTENTS + 1);
        assert!(Descriptor::parse(many.as_bytes()).unwrap_err().to_string().contains("more than 4096"));
    }

    #[test]
    fn no_damage_to_a_descriptor_makes_it_panic() {
        for at in 0..TEXT.len() {
            let _ = Descriptor::parse(&TEXT.as_bytes()[..at]);
            for byte in [0, 0xff, b'"', b'=', b'9', b' '] {
                let mut text = TEXT.as_bytes().to_vec();
                text[at] = byte;
                let _ = Descriptor::parse(&text);
            }
        }
    }
}
