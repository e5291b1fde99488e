//! Swap areas whose header lists bad pages (`mkswap --check`).

use super::node::{FULL, Node, NodeVolume, SWAP, area, request};
use super::{planned, refused};
use crate::subjects::swap::plan::Request;

/// A node whose swap has so many extents, three bad pages, and is in use.
fn node(extents: u64) -> Node {
    let mut node = Node::roomy();
    node.volumes.insert(SWAP.to_owned(), NodeVolume::swap(extents, None));
    let page = &mut node.swap().page;
    page[1032..1036].copy_from_slice(&3_u32.to_le_bytes());
    for (at, bad) in [7_u32, 8, 9].into_iter().enumerate() {
        page[1536 + 4 * at..1540 + 4 * at].copy_from_slice(&bad.to_le_bytes());
    }
    // The kernel leaves them out of the size that it shows.
    let mut used = area("/dev/dm-0", extents, 0, 7);
    used.kib -= 12;
    node.areas = vec![used];
    node
}

#[test]
fn an_area_with_bad_pages_that_is_large_enough_is_left_as_it_is() {
    let smaller = Request { target_bytes: 1 << 30, ..request() };
    assert!(planned(&node(FULL).growth(), &smaller).steps.is_empty());
}

#[test]
fn a_new_header_that_would_forget_bad_pages_is_refused() {
    for extents in [128, FULL] {
        let reason = refused(&node(extents).growth(), &request());
        assert!(reason.id == "swap-bad-pages" && reason.message.contains("(3)"), "{reason:?}");
    }
}
