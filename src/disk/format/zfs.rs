//! Devices of ZFS pools ("ZFS On-Disk Specification", chapter 1: vdev labels).
//!
//! A device has four labels, two at each end. The name-value list in each, encoded as XDR, is what `zpool import`
//! goes by; it is looked for here in the first, third and fourth label.

use super::Malformed;
use super::content::{Content, Found, Kind, Place};
use super::far::{self, ZFS_NVLIST};
use super::windows::Windows;
use crate::base::bytes::{Fields, Truncated, be32, be64, label};
use crate::base::ids::Id;

const FORMAT: &str = "ZFS label";
/// What is read of a list; the fields that count are at its start.
const BYTES: usize = 4096;
/// `DATA_TYPE_UINT64` and `DATA_TYPE_STRING`.
const UINT64: u32 = 8;
const STRING: u32 = 9;

/// Looks for the labels. A label that is missing beside another one is a problem.
pub fn find(windows: &Windows<'_>) -> Option<Found> {
    let [third, fourth] = far::zfs_tail(windows.volume_bytes());
    let mut found: Option<Found> = None;
    let mut missing = [None; 3];
    for (gap, at) in missing.iter_mut().zip([Some(0), third, fourth]) {
        let Some(at) = at.and_then(|at| at.checked_add(ZFS_NVLIST)) else { continue };
        let Some(list) = windows.get(at, BYTES) else { continue };
        match pool(list) {
            Some(content) if found.is_none() => {
                found = Some(Found { content, place: Place::BothEnds, problems: Vec::new() });
            }
            Some(_) => {}
            None => *gap = Some(at),
        }
    }
    let found = found?;
    Some(missing.into_iter().flatten().fold(found, |found, at| {
        found.with_problem(Malformed::new(FORMAT, at, "this label is gone; another one is there"))
    }))
}

/// What the list of a label says, or `None` where there is none.
fn pool(list: &[u8]) -> Option<Content> {
    // Encoding XDR, either byte order, version 0, names are unique.
    let header = list.get(..12)?;
    if !matches!(header, [1, 0 | 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) {
        return None;
    }
    let mut content = Content::new(Kind::Zfs);
    let mut known = false;
    let mut at = 12;
    // A list that goes on beyond what was read ends the walk; every pair moves it on.
    while let Ok(Some((pair, next))) = pair(list, at) {
        match (pair.name, pair.value) {
            (b"version" | b"guid", Value::Number(_)) => known = true,
            (b"pool_guid", Value::Number(guid)) => content = content.uuid(Id::Decimal64(guid)),
            (b"name", Value::Text(text)) => content = content.label(label(text)),
            _ => {}
        }
        at = next;
    }
    known.then_some(content)
}

enum Value<'b> {
    Number(u64),
    Text(&'b [u8]),
    Other,
}

struct Pair<'b> {
    name: &'b [u8],
    value: Value<'b>,
}

/// The pair at `at` and where the next one is; `None` at the end of the list.
fn pair(list: &[u8], at: usize) -> Result<Option<(Pair<'_>, usize)>, Truncated> {
    let length = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let size = length(be32(list, at)?);
    if size < 20 {
        return Ok(None);
    }
    let pair = list.take(at, size.min(list.len().saturating_sub(at)))?;
    let name_len = length(be32(pair, 8)?);
    let name = pair.take(12, name_len)?;
    let data = 12_usize.saturating_add(name_len).checked_next_multiple_of(4).unwrap_or(usize::MAX);
    let field = |offset: usize| data.saturating_add(offset);
    let value = match be32(pair, data)? {
        UINT64 => Value::Number(be64(pair, field(8))?),
        STRING => Value::Text(pair.take(field(12), length(be32(pair, field(8))?))?),
        _ => Value::Other,
    };
    Ok(Some((Pair { name, value }, at.saturating_add(size))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_whose_pairs_run_past_its_end_does_not_count() {
        let mut list = vec![0; BYTES];
        list[..12].copy_from_slice(&[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(pool(&list), None, "no pairs");
        list[12..16].copy_from_slice(&u32::MAX.to_be_bytes());
        list[20..24].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(pool(&list), None, "a name of 4 GiB");
    }

    #[test]
    fn a_spare_has_a_version_but_no_pool() {
        let mut list = vec![0; BYTES];
        list[..12].copy_from_slice(&[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        list[12..16].copy_from_slice(&36_u32.to_be_bytes());
        list[20..24].copy_from_slice(&7_u32.to_be_bytes());
        list[24..31].copy_from_slice(b"version");
        list[35] = 8;
        list[39] = 1;
        assert_eq!(pool(&list), Some(Content::new(Kind::Zfs)));
    }
}
