//! Swap areas, in either byte order and of any page size, and hibernation images in them.
//!
//! Source: `union swap_header` in the kernel's `include/linux/swap.h`, `read_swap_header` in `mm/swapfile.c`, and for
//! the signatures of hibernation libblkid. The signature is in the last ten bytes of the first page, the header at byte
//! 1024.

#[cfg(test)]
mod tests;

use super::Malformed;
use super::content::{ByteOrder, Content, Found, Kind, Swap};
use super::windows::Windows;
use crate::base::bytes::{self, Fields, all_zero, be32, le32};
use crate::base::ids::Id;

const FORMAT: &str = "swap header";
/// Page sizes in bytes that Linux has had; the signature ends where the first page does.
pub const PAGE_BYTES: [u32; 5] = [4096, 8192, 16384, 32768, 65536];
const MAGIC_LEN: u32 = 10;
const HEADER_AT: u64 = 1024;
/// From the version to the end of the padding that follows the label.
const HEADER_LEN: usize = 512;
/// TuxOnIce writes this at the very start of the area, and keeps the swap header at the page's end.
const TUXONICE: &[u8] = &[0xed, 0xc3, 0x02, 0xe9, 0x98, 0x56, 0xe5, 0x0c];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signature {
    /// `SWAP-SPACE`: a bitmap of usable pages, no header.
    Version0,
    /// `SWAPSPACE2`.
    Version1,
    /// The memory image of a hibernated machine is in a version 1 area.
    Hibernation,
}

impl Signature {
    fn of(magic: &[u8]) -> Option<Self> {
        // One glance is enough for nearly everything that is no swap area.
        if !matches!(magic.first(), Some(b'S' | b'U' | b'L')) {
            return None;
        }
        match magic {
            b"SWAPSPACE2" => Some(Self::Version1),
            b"SWAP-SPACE" => Some(Self::Version0),
            b"LINHIB0001" => Some(Self::Hibernation),
            _ if magic.starts_with(b"S1SUSPEND") || magic.starts_with(b"S2SUSPEND") => Some(Self::Hibernation),
            _ if magic.starts_with(b"ULSUSPEND") => Some(Self::Hibernation),
            _ => None,
        }
    }
}

/// Looks for a swap area. `None` where no signature is in what was read; page sizes whose signature was not read are
/// not found, so a caller that wants 16 KiB and more has to read the last ten bytes of those pages too
/// ([`PAGE_BYTES`]).
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let mut signature = PAGE_BYTES.into_iter().find_map(|page| {
        let magic = windows.get(u64::from(page.checked_sub(MAGIC_LEN)?), 10)?;
        Some((page, Signature::of(magic)?))
    });
    if windows.has(0, TUXONICE) {
        // Its own page size is the one of the swap header that it kept.
        signature = Some((signature.map_or(4096, |(page, _)| page), Signature::Hibernation));
    }
    let (page, signature) = signature?;
    let hibernation = signature == Signature::Hibernation;
    let swap = |byte_order, bad_pages| Swap { page_bytes: page, byte_order, hibernation, bad_pages };
    let mut content = Content::new(Kind::Swap);
    if signature == Signature::Version0 {
        // Neither size nor byte order is in it.
        content.swap = Some(swap(ByteOrder::Little, 0));
        return Some(Found::at_start(content.version("0")));
    }
    let header = windows.get(HEADER_AT, HEADER_LEN)?;
    let byte_order = if be32(header, 0) == Ok(1) { ByteOrder::Big } else { ByteOrder::Little };
    let field = |at| match byte_order {
        ByteOrder::Little => le32(header, at),
        ByteOrder::Big => be32(header, at),
    };
    let (version, last_page, bad_pages) = (field(0).ok()?, field(4).ok()?, field(8).ok()?);
    content = content.version("1");
    content.swap = Some(swap(byte_order, bad_pages));
    // As libblkid: bytes where only padding can be say that no identifier and label were written.
    if all_zero(header.take(172, 8).ok()?) {
        content = content.uuid(Id::Uuid(header.array(12).ok()?)).label(bytes::label(header.take(28, 16).ok()?));
    }
    let bytes = u64::from(last_page).saturating_add(1).saturating_mul(u64::from(page));
    let mut found = Found::at_start(content.bytes(bytes));
    // The list of bad pages lies between the padding and the signature.
    let most_bad = page.saturating_sub(1536).saturating_sub(MAGIC_LEN) / 4;
    let mut wrong = |wrong: bool, at: u64, why: &'static str| {
        if wrong {
            found.problems.push(Malformed::new(FORMAT, HEADER_AT.saturating_add(at), why));
        }
    };
    wrong(version != 1, 0, "unknown version");
    wrong(last_page == 0, 4, "no page to swap to");
    wrong(bytes > windows.volume_bytes(), 4, "says more pages than the volume has");
    wrong(bad_pages > most_bad || bad_pages > last_page, 8, "impossible number of bad pages");
    Some(found)
}
