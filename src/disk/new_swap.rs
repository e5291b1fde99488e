//! The header of a new swap area, to the byte that of `mkswap`. That writes it in several steps: while it runs there is
//! no header at all.
//!
//! Source: `union swap_header` in the kernel's `include/linux/swap.h`, version 1.

use crate::base::ids::Id;

/// Bytes of a page on x86_64; the header is the first page of its area.
pub const PAGE: usize = 4096;
const VERSION_AT: usize = 1024;
const LAST_PAGE_AT: usize = 1028;
const UUID_AT: usize = 1036;
const LABEL_AT: usize = 1052;
/// Bytes that a label may have.
const LONGEST_LABEL: usize = 16;
const SIGNATURE: &[u8] = b"SWAPSPACE2";
const SIGNATURE_AT: usize = PAGE - SIGNATURE.len();
/// The kernel and `mkswap` want an area of ten pages at least.
const FEWEST_PAGES: u64 = 10;

/// The header of an area of `bytes` bytes.
///
/// # Errors
/// Where no area can be like that.
pub fn page(bytes: u64, uuid: Id, label: Option<&str>) -> Result<Vec<u8>, String> {
    let pages = bytes / PAGE as u64;
    let last = pages.checked_sub(1).and_then(|last| u32::try_from(last).ok());
    let Some(last) = last.filter(|_| pages >= FEWEST_PAGES) else {
        return Err(format!("{bytes} bytes are too few or too many for a swap area"));
    };
    let Id::Uuid(uuid) = uuid else { return Err(format!("{uuid} is no UUID")) };
    let label = label.unwrap_or_default().as_bytes();
    if label.len() > LONGEST_LABEL {
        return Err(format!("a label of {} bytes is too long for a swap area", label.len()));
    }
    let mut page = vec![0; PAGE];
    for (at, bytes) in [
        (VERSION_AT, &1_u32.to_le_bytes()[..]),
        (LAST_PAGE_AT, &last.to_le_bytes()),
        (UUID_AT, &uuid),
        (LABEL_AT, label),
        (SIGNATURE_AT, SIGNATURE),
    ] {
        page.iter_mut().skip(at).zip(bytes).for_each(|(to, byte)| *to = *byte);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{MIB, TIB};

    const UUID: &str = "aaaaaaaa-0000-4000-8000-000000000003";

    /// The difference between the headers of two sizes lies in one sector: no power cut leaves a part of each.
    #[test]
    fn an_area_that_becomes_larger_changes_one_sector_of_its_header() {
        let uuid = Id::parse_uuid(UUID).unwrap();
        let (old, new) = (page(4 << 30, uuid, Some("SWAP")).unwrap(), page(64 << 30, uuid, Some("SWAP")).unwrap());
        let differs = |n: &usize| old[n * 512..][..512] != new[n * 512..][..512];
        assert_eq!((0..8).filter(differs).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_no_swap_area_can_be_is_an_error() {
        let uuid = Id::parse_uuid(UUID).unwrap();
        assert!(page(9 * 4096, uuid, None).is_err() && page(10 * 4096, uuid, None).is_ok());
        assert!(page(16 * TIB, uuid, None).is_ok() && page(16 * TIB + 4096, uuid, None).is_err());
        assert!(page(MIB, uuid, Some("0123456789abcdefg")).is_err());
        assert!(page(MIB, Id::Serial32(1), None).is_err());
    }
}
