//! A kernel image, verified against the setup header in it (Linux, `Documentation/arch/x86/boot.rst`).
//!
//! The header says how long the image is, and which release it is of. It has no sum that survives a signature: whether
//! the bytes between are right is not proved.

use serde::{Deserialize, Serialize};

use std::io::Read;

use super::verdict::Verdict;
use crate::base::bytes::{Truncated, le16, le32, u8_at};
use crate::base::cause::cause;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelImage {
    pub bytes: u64,
    /// As `uname -r` shows it; `None` where the image does not say it.
    pub release: Option<String>,
    /// Whether UEFI can start it by itself.
    pub has_efi_stub: bool,
}

const SECTOR: u64 = 512;
const SETUP_SECTORS: usize = 0x1f1;
const SYSTEM_SIZE: usize = 0x1f4;
const BOOT_FLAG: usize = 0x1fe;
const MAGIC: usize = 0x202;
const PROTOCOL: usize = 0x206;
const VERSION_TEXT: usize = 0x20e;
const PAYLOAD: usize = 0x248;
const PE_OFFSET: usize = 0x3c;
/// The boot sector and at most 255 sectors of setup.
const MOST_SETUP: u64 = 256 * SECTOR;
/// The protocol since which `syssize` has four bytes, and since which the payload has a place.
const LONG_SYSTEM_SIZE: u16 = 0x0204;
const HAS_PAYLOAD: u16 = 0x0208;
const LONGEST_VERSION: usize = 256;

/// Reads the setup of a kernel image of `bytes`.
pub fn verify(file: impl Read, bytes: u64) -> Verdict<KernelImage> {
    let mut setup = Vec::new();
    if let Err(why) = file.take(MOST_SETUP).read_to_end(&mut setup) {
        return Verdict::Unknown(format!("its setup header cannot be read: {}", cause(&why)));
    }
    if bytes == 0 {
        return broken(0, "the file is empty");
    }
    read(&setup, bytes).unwrap_or_else(|Truncated { at, need }| {
        broken(bytes, &format!("the file ends in its setup header, which has {need} bytes at {at}"))
    })
}

fn read(setup: &[u8], bytes: u64) -> Result<Verdict<KernelImage>, Truncated> {
    let is_pe = setup.starts_with(b"MZ");
    if is_pe && setup.get(4..8) == Some(b"zimg") {
        return Ok(Verdict::Unknown("it is a compressed EFI image, whose size is not in a setup header".into()));
    }
    if setup.starts_with(b"\x7fELF") || setup.starts_with(b"\x1f\x8b") {
        return Ok(Verdict::Unknown("it is no bzImage".into()));
    }
    if le32(setup, MAGIC)? != u32::from_le_bytes(*b"HdrS") {
        return Ok(broken(MAGIC as u64, "it has no setup header (HdrS) there"));
    }
    if le16(setup, BOOT_FLAG)? != 0xaa55 {
        return Ok(broken(BOOT_FLAG as u64, "the signature of its boot sector (55 aa) is wrong"));
    }
    let protocol = le16(setup, PROTOCOL)?;
    // Zero is what the first kernels had there.
    let sectors = match u8_at(setup, SETUP_SECTORS)? {
        0 => 4,
        sectors => u64::from(sectors),
    };
    let system = match protocol {
        LONG_SYSTEM_SIZE.. => u64::from(le32(setup, SYSTEM_SIZE)?),
        _ => u64::from(le16(setup, SYSTEM_SIZE)?),
    };
    let system_at = sectors.saturating_add(1).saturating_mul(SECTOR);
    let end = system_at.saturating_add(system.saturating_mul(16));
    if bytes < end {
        return Ok(broken(
            bytes,
            &format!("it is cut off: its setup header requires {end} bytes, the file has {bytes}"),
        ));
    }
    if protocol >= HAS_PAYLOAD {
        let (offset, length) = (u64::from(le32(setup, PAYLOAD)?), u64::from(le32(setup, PAYLOAD + 4)?));
        let payload_end = system_at.saturating_add(offset).saturating_add(length);
        if payload_end > end {
            let why = format!("its payload ends at byte {payload_end}, behind the image, which ends at {end}");
            return Ok(broken(PAYLOAD as u64, &why));
        }
    }
    if let Some(at) = wrong_pe(setup, is_pe) {
        return Ok(broken(at, "it begins as a PE image, and has no PE header"));
    }
    match release(setup, system_at) {
        Ok(release) => Ok(Verdict::Whole(KernelImage { bytes, release, has_efi_stub: is_pe })),
        Err(why) => Ok(broken(VERSION_TEXT as u64, why)),
    }
}

/// Where the PE header should be, and is not.
fn wrong_pe(setup: &[u8], is_pe: bool) -> Option<u64> {
    let at = le32(setup, PE_OFFSET).ok().filter(|_| is_pe)?;
    let header = usize::try_from(at).ok().and_then(|at| le32(setup, at).ok());
    (header != Some(u32::from_le_bytes(*b"PE\0\0"))).then_some(u64::from(at))
}

/// The first word of the text to which the header points.
fn release(setup: &[u8], system_at: u64) -> Result<Option<String>, &'static str> {
    let Ok(pointer @ 1..) = le16(setup, VERSION_TEXT) else { return Ok(None) };
    let at = usize::from(pointer).saturating_add(0x200);
    if at as u64 >= system_at {
        return Err("the text of its version lies outside of its setup");
    }
    let text = setup.get(at..).unwrap_or_default();
    let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
    let word = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    if word.is_empty() || word.len() > LONGEST_VERSION || !word.iter().all(u8::is_ascii_graphic) {
        return Err("the text of its version is damaged");
    }
    Ok(Some(String::from_utf8_lossy(word).into_owned()))
}

fn broken(at: u64, why: &str) -> Verdict<KernelImage> {
    Verdict::Broken { at, why: why.to_owned() }
}

#[cfg(test)]
mod tests;
