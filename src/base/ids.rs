//! Identifiers found on disks, each shown the way the field's own tools show it, without an allocation.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// An identifier of a volume, a table or a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// RFC 4122 UUID in the byte order it is printed: `aaaaaaaa-0000-4000-8000-000000000001`.
    Uuid([u8; 16]),
    /// FAT and exFAT volume serial number: `CAFE-0001`.
    Serial32(u32),
    /// NTFS volume serial number: sixteen hexadecimal digits.
    Serial64(u64),
    /// Of a UDF volume set: sixteen hexadecimal digits.
    Hex64(u64),
    /// MBR disk identifier: `0x11223344`.
    MbrDisk(u32),
    /// LVM2 identifier, 32 characters shown in groups: `F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH`.
    Lvm([u8; 32]),
    /// ISO 9660 has no UUID; `blkid` shows its volume date: `2026-11-24-03-46-00-00`.
    IsoDate([u8; 16]),
    /// ZFS pool GUID: a decimal number.
    Decimal64(u64),
}

impl Id {
    /// A UUID from its text form; `None` where it is none.
    pub fn parse_uuid(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let id = Self::Uuid(u128::from_str_radix(&digits, 16).ok()?.to_be_bytes());
        id.to_string().eq_ignore_ascii_case(text).then_some(id)
    }

    /// A GPT GUID, whose first three fields are little-endian on disk.
    pub fn from_guid(bytes: [u8; 16]) -> Self {
        let [a0, a1, a2, a3, b0, b1, c0, c1, rest @ ..] = bytes;
        let [d0, d1, d2, d3, d4, d5, d6, d7] = rest;
        Self::Uuid([a3, a2, a1, a0, b1, b0, c1, c0, d0, d1, d2, d3, d4, d5, d6, d7])
    }

    /// Writes the text form into `buf` and returns it.
    pub fn text<'b>(&self, buf: &'b mut [u8; 48]) -> &'b str {
        std::str::from_utf8(self.ascii(buf)).unwrap_or_default()
    }

    /// The same as bytes.
    fn ascii<'b>(&self, buf: &'b mut [u8; 48]) -> &'b [u8] {
        let len = match self {
            Self::Uuid(bytes) => grouped::<8, 12>(bytes.map(lower_hex).as_flattened(), buf),
            Self::Lvm(chars) => grouped::<6, 6>(&chars.map(|c| if c.is_ascii_graphic() { c } else { b'?' }), buf),
            _ => self.short_text(buf),
        };
        buf.get(..len).unwrap_or_default()
    }

    /// The text form of what is not long and common; its length.
    fn short_text(&self, buf: &mut [u8; 48]) -> usize {
        let mut out = Cursor { buf, len: 0 };
        match self {
            Self::Uuid(_) | Self::Lvm(_) => {}
            Self::Serial32(n) => {
                let [a, b, c, d] = n.to_be_bytes();
                for byte in [a, b] {
                    out.hex(byte, b"0123456789ABCDEF");
                }
                out.push(b'-');
                for byte in [c, d] {
                    out.hex(byte, b"0123456789ABCDEF");
                }
            }
            Self::Hex64(n) => n.to_be_bytes().iter().for_each(|b| out.hex(*b, b"0123456789abcdef")),
            Self::Serial64(n) => n.to_be_bytes().iter().for_each(|b| out.hex(*b, b"0123456789ABCDEF")),
            Self::MbrDisk(n) => {
                out.push(b'0');
                out.push(b'x');
                n.to_be_bytes().map(lower_hex).as_flattened().iter().for_each(|c| out.push(*c));
            }
            Self::IsoDate(digits) => {
                for (i, c) in digits.iter().enumerate() {
                    if matches!(i, 4 | 6 | 8 | 10 | 12 | 14) {
                        out.push(b'-');
                    }
                    out.push(if c.is_ascii_digit() { *c } else { b'?' });
                }
            }
            Self::Decimal64(n) => {
                // Twenty digits hold every u64; leading zeros are left out.
                let mut unit = 10_u64.pow(19);
                while unit > 1 && unit > *n {
                    unit /= 10;
                }
                while unit > 0 {
                    let digit = u8::try_from(n / unit % 10).unwrap_or_default();
                    out.push(b'0' + digit);
                    unit /= 10;
                }
            }
        }
        out.len
    }

    /// Whether every byte of it is zero, which in all formats means "no identifier".
    pub fn is_nil(&self) -> bool {
        match self {
            Self::Uuid(b) => *b == [0; 16],
            Self::Serial32(n) | Self::MbrDisk(n) => *n == 0,
            Self::Serial64(n) | Self::Hex64(n) | Self::Decimal64(n) => *n == 0,
            Self::Lvm(b) => *b == [0; 32],
            Self::IsoDate(b) => *b == [0; 16],
        }
    }
}

/// `text` in groups with dashes between: `FIRST` characters, then four and four, then `LAST`. The length of it all.
///
/// Lengths are constants, because a fleet has dozens of identifiers a disk.
fn grouped<const FIRST: usize, const LAST: usize>(text: &[u8], buf: &mut [u8; 48]) -> usize {
    let write = |buf: &mut [u8; 48]| {
        let (first, rest) = text.split_first_chunk::<FIRST>()?;
        let (middle, last) = rest.split_last_chunk::<LAST>()?;
        let (to, rest) = buf.split_first_chunk_mut()?;
        *to = *first;
        let groups = middle.as_chunks().0;
        let (to, rest) = rest.split_at_mut_checked(groups.len().checked_mul(5)?)?;
        for (to, [a, b, c, d]) in to.as_chunks_mut().0.iter_mut().zip(groups) {
            *to = [b'-', *a, *b, *c, *d];
        }
        let (dash, rest) = rest.split_first_mut()?;
        *dash = b'-';
        *rest.first_chunk_mut()? = *last;
        text.len().checked_add(groups.len())?.checked_add(1)
    };
    write(buf).unwrap_or_default()
}

/// Both digits of every byte: a fleet has hundreds of them a disk.
static LOWER_HEX: [[u8; 2]; 256] = lower_hex_of_all();

#[allow(clippy::indexing_slicing)] // Computed while this is compiled, where a panic is an error of the compiler.
const fn lower_hex_of_all() -> [[u8; 2]; 256] {
    let digits = b"0123456789abcdef";
    let mut all = [[0; 2]; 256];
    let mut byte = 0_u8;
    loop {
        all[byte as usize] = [digits[(byte >> 4) as usize], digits[(byte & 15) as usize]];
        byte = match byte.checked_add(1) {
            Some(next) => next,
            None => return all,
        };
    }
}

fn lower_hex(byte: u8) -> [u8; 2] {
    LOWER_HEX.get(usize::from(byte)).copied().unwrap_or_default()
}

struct Cursor<'b> {
    buf: &'b mut [u8; 48],
    len: usize,
}

impl Cursor<'_> {
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.buf.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    fn hex(&mut self, byte: u8, digits: &[u8; 16]) {
        for nibble in [byte >> 4, byte & 15] {
            self.push(digits.get(usize::from(nibble)).copied().unwrap_or(b'?'));
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text(&mut [0; 48]))
    }
}

impl JsonSchema for Id {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut buf = [0; 48];
        // Of letters, digits and a few signs: a writer of lines need not look for what takes an escape.
        if serializer.is_human_readable() {
            serializer.serialize_str(self.text(&mut buf))
        } else {
            serializer.serialize_bytes(self.ascii(&mut buf))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_printed_as_its_own_tools_print_it() {
        let guid = [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];
        assert_eq!(Id::from_guid(guid).to_string(), "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
        assert_eq!(Id::Serial32(0xcafe_0001).to_string(), "CAFE-0001");
        assert_eq!(Id::Serial64(0x0123_4567_89ab_cdef).to_string(), "0123456789ABCDEF");
        assert_eq!(Id::Hex64(0x0123_4567_89ab_cdef).to_string(), "0123456789abcdef");
        assert_eq!(Id::MbrDisk(0x1122_3344).to_string(), "0x11223344");
        assert_eq!(Id::Lvm(*b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH").to_string(), "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH");
        assert_eq!(Id::IsoDate(*b"2026112403460000").to_string(), "2026-11-24-03-46-00-00");
        for n in [0, 7, 10, 1_234_567_890_123_456_789, u64::MAX] {
            assert_eq!(Id::Decimal64(n).to_string(), n.to_string());
        }
    }

    #[test]
    fn a_damaged_lvm_identifier_prints_no_control_characters() {
        let mut chars = *b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH";
        chars[0] = 0x1b;
        assert!(Id::Lvm(chars).to_string().starts_with("?1eDfY-"));
    }
}
