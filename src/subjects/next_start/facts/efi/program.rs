//! An EFI program, verified against its own headers (Microsoft, "PE Format"; UEFI 2.10, section 2.1).
//!
//! They give the place of every section and of the signature in the file. Whether the firmware trusts the signature is
//! not proved. The file names in it show what it starts next: shim has that of GRUB (`DEFAULT_LOADER`).

use serde::{Deserialize, Serialize};

use std::io::Read;

use crate::base::bytes::{Truncated, le16, le32};
use crate::subjects::next_start::facts::verdict::Verdict;

const PE_OFFSET: usize = 0x3c;
const COFF_BYTES: usize = 24;
const SECTION_BYTES: usize = 40;
/// The most that is read of a program: shim has 1 MiB, GRUB 2 to 4 MiB.
const MOST_READ: u64 = 16 << 20;
/// Offset of the subsystem in the optional header; the same for 32 and 64 bits.
const SUBSYSTEM: usize = 68;
const EFI_APPLICATION: u16 = 10;
/// The signature is entry 4 of the data directories, whose place depends on the width.
const SIGNATURE_32: usize = 96 + 4 * 8;
const SIGNATURE_64: usize = 112 + 4 * 8;

/// What a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// It starts the GRUB in its own folder.
    Shim,
    Other,
}

/// The names that shim has of what it starts.
const STARTED_BY_SHIM: [&str; 2] = ["grubx64.efi", "grubia32.efi"];

/// Reads a program of `bytes`.
pub fn verify(file: impl Read, bytes: u64) -> Verdict<Kind> {
    let mut head = Vec::new();
    if let Err(why) = file.take(MOST_READ).read_to_end(&mut head) {
        return Verdict::Unknown(format!("it cannot be read: {why}"));
    }
    if bytes == 0 {
        return broken(0, "the file is empty".to_owned());
    }
    let is_cut = (head.len() as u64) >= bytes;
    read(&head, bytes).unwrap_or_else(|Truncated { at, need }| match is_cut {
        true => broken(bytes, format!("the file ends in its headers, which have {need} bytes at {at}")),
        false => Verdict::Unknown(format!("its headers are longer than {MOST_READ} bytes")),
    })
}

fn read(head: &[u8], bytes: u64) -> Result<Verdict<Kind>, Truncated> {
    if !head.starts_with(b"MZ") {
        return Ok(broken(0, "it is no EFI program: it does not begin with MZ".to_owned()));
    }
    let Ok(pe) = usize::try_from(le32(head, PE_OFFSET)?) else { return Ok(no_header(0)) };
    if le32(head, pe)? != u32::from_le_bytes(*b"PE\0\0") {
        return Ok(no_header(pe));
    }
    let sections = usize::from(le16(head, pe.saturating_add(6))?);
    let optional_bytes = usize::from(le16(head, pe.saturating_add(20))?);
    let optional = pe.saturating_add(COFF_BYTES);
    let signature = match le16(head, optional)? {
        0x10b => SIGNATURE_32,
        0x20b => SIGNATURE_64,
        other => return Ok(broken(optional as u64, format!("the magic of its optional header is {other:#06x}"))),
    };
    let subsystem = le16(head, optional.saturating_add(SUBSYSTEM))?;
    if subsystem != EFI_APPLICATION {
        return Ok(broken(optional as u64, format!("it is no EFI application: its subsystem is {subsystem}")));
    }
    let table = optional.saturating_add(optional_bytes);
    let mut parts = Vec::new();
    for n in 0..sections {
        let at = table.saturating_add(n.saturating_mul(SECTION_BYTES));
        parts.push((le32(head, at.saturating_add(20))?, le32(head, at.saturating_add(16))?));
    }
    if optional_bytes >= signature.saturating_add(8) {
        let at = optional.saturating_add(signature);
        parts.push((le32(head, at)?, le32(head, at.saturating_add(4))?));
    }
    let used = parts.iter().filter(|(_, length)| *length > 0);
    let end = used.map(|(at, length)| u64::from(*at).saturating_add(u64::from(*length))).max().unwrap_or_default();
    Ok(match end {
        0 => broken(table as u64, "it has no section".to_owned()),
        end if end > bytes => {
            broken(bytes, format!("it is cut off: its headers require {end} bytes, and the file has {bytes}"))
        }
        _ => Verdict::Whole(kind(head)),
    })
}

/// shim has the name of GRUB in UCS-2, as the firmware takes it; GRUB has its own names in ASCII.
fn kind(program: &[u8]) -> Kind {
    let has = |name: &&str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        program.windows(name.len()).any(|part| part == name)
    };
    if STARTED_BY_SHIM.iter().any(has) { Kind::Shim } else { Kind::Other }
}

fn no_header(at: usize) -> Verdict<Kind> {
    broken(at as u64, "it is no EFI program: it has no PE header".to_owned())
}

fn broken(at: u64, why: String) -> Verdict<Kind> {
    Verdict::Broken { at, why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::next_start::facts::sample::{efi_program, efi_shim};

    fn why(bytes: &[u8]) -> String {
        match verify(bytes, bytes.len() as u64) {
            Verdict::Broken { why, .. } => why,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_program_is_whole_where_the_file_has_each_section_and_the_signature() {
        let program = efi_program();
        assert_eq!(verify(program.as_slice(), program.len() as u64), Verdict::Whole(Kind::Other));
        let shim = efi_shim();
        assert_eq!(verify(shim.as_slice(), shim.len() as u64), Verdict::Whole(Kind::Shim));
        for length in 1..program.len() {
            let why = why(&program[..length]);
            assert!(why.contains("the file ends in its headers") || why.contains("cut off") || why.contains("no EFI"));
        }
        assert_eq!(why(b""), "the file is empty");
    }

    #[test]
    fn what_is_no_program_is_named_so() {
        let changed = |at: usize, byte: u8| {
            let mut program = efi_program();
            program[at] ^= byte;
            program
        };
        assert!(why(b"#!/bin/sh\n").contains("does not begin with MZ"));
        assert!(why(&changed(0x80, 1)).contains("no PE header"));
        assert!(why(&changed(0x98, 1)).contains("magic"));
        assert!(why(&changed(0x98 + 68, 1)).contains("subsystem is 11"));
    }

    #[test]
    fn no_byte_makes_it_panic() {
        let program = efi_program();
        for at in 0..program.len().min(512) {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut other = program.clone();
                other[at] = byte;
                let _ = verify(other.as_slice(), other.len() as u64);
            }
        }
    }
}
