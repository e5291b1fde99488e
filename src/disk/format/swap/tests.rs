#![allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation, clippy::single_range_in_vec_init)]

use super::*;
use crate::disk::format::damage;

const VOLUME: u64 = 4 << 30;

fn area(page: usize, byte_order: ByteOrder, magic: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 65536];
    let last_page = u32::try_from(VOLUME / page as u64 - 1).unwrap();
    for (at, value) in [(1024, 1), (1028, last_page), (1032, 0)] {
        let bytes = match byte_order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        };
        head[at..at + 4].copy_from_slice(&bytes);
    }
    head[1036..1052].fill(3);
    head[1052..1060].copy_from_slice(b"swapping");
    head[page - 10..page - 10 + magic.len()].copy_from_slice(magic);
    head
}

fn found(head: &[u8]) -> Option<Found> {
    find(&Windows::new(VOLUME).with(0, head))
}

fn problems(head: &[u8]) -> Vec<String> {
    found(head).unwrap().problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_area_of_either_byte_order_and_any_page_size_is_understood() {
    for byte_order in [ByteOrder::Little, ByteOrder::Big] {
        for page in PAGE_BYTES {
            let head = area(page as usize, byte_order, b"SWAPSPACE2");
            let Found { content, problems, .. } = found(&head).unwrap();
            assert_eq!(problems, []);
            assert_eq!(content.swap, Some(Swap { page_bytes: page, byte_order, hibernation: false, bad_pages: 0 }));
            assert_eq!((content.kind, content.bytes, content.df_bytes), (Kind::Swap, Some(VOLUME), None));
            assert_eq!((content.uuid, content.label.as_deref()), (Some(Id::Uuid([3; 16])), Some("swapping")));
            assert_eq!(found(&head[..page as usize - 1]), None, "a signature that was not read");
        }
    }
}

#[test]
fn a_signature_in_a_window_of_its_own_is_seen() {
    let head = area(65536, ByteOrder::Big, b"SWAPSPACE2");
    let windows = Windows::new(VOLUME).with(0, &head[..8192]).with(65526, &head[65526..]);
    assert_eq!(find(&windows).unwrap().content.swap.unwrap().page_bytes, 65536);
}

#[test]
fn every_signature_of_hibernation_is_named_as_such() {
    for magic in [&b"S1SUSPEND\0"[..], b"S2SUSPEND\0", b"ULSUSPEND\0", b"LINHIB0001"] {
        let content = found(&area(4096, ByteOrder::Little, magic)).unwrap().content;
        assert!(content.swap.unwrap().hibernation, "{magic:?}");
        assert_eq!(content.uuid, Some(Id::Uuid([3; 16])));
    }
    let mut head = area(4096, ByteOrder::Little, b"SWAPSPACE2");
    head[..8].copy_from_slice(TUXONICE);
    assert!(found(&head).unwrap().content.swap.unwrap().hibernation);
}

#[test]
fn version_0_has_nothing_but_its_signature() {
    let content = found(&area(8192, ByteOrder::Little, b"SWAP-SPACE")).unwrap().content;
    assert_eq!((content.version, content.bytes, content.uuid, content.label), (Some("0"), None, None, None));
    assert_eq!(content.swap.unwrap().page_bytes, 8192);
}

#[test]
fn a_header_that_the_kernel_would_refuse_is_a_problem() {
    let wrong = |at: usize, value: u32| {
        let mut head = area(4096, ByteOrder::Little, b"SWAPSPACE2");
        head[at..at + 4].copy_from_slice(&value.to_le_bytes());
        problems(&head)
    };
    assert_eq!(wrong(1024, 2), ["swap header at byte 1024: unknown version"]);
    assert_eq!(wrong(1028, 0), ["swap header at byte 1028: no page to swap to"]);
    assert_eq!(wrong(1028, 1 << 20), ["swap header at byte 1028: says more pages than the volume has"]);
    assert_eq!(wrong(1032, 638), ["swap header at byte 1032: impossible number of bad pages"]);
    assert_eq!(wrong(1032, 637), [""; 0]);
    let mut largest = area(65536, ByteOrder::Big, b"SWAPSPACE2");
    largest[1028..1032].fill(0xff);
    assert_eq!(found(&largest).unwrap().content.bytes, Some(1 << 48));
}

#[test]
fn a_header_with_bytes_in_its_padding_has_no_identifier() {
    let mut head = area(4096, ByteOrder::Little, b"SWAPSPACE2");
    head[1024 + 172] = 1;
    let content = found(&head).unwrap().content;
    assert_eq!((content.uuid, content.label), (None, None));
}

#[test]
fn no_damage_makes_it_panic_or_turns_a_version_into_another() {
    let head = area(4096, ByteOrder::Little, b"SWAPSPACE2");
    damage::every_truncation(&head[..8192], VOLUME, 4096, find);
    damage::every_flip(&head, VOLUME, 1024..4096, find, |found, which| {
        assert_eq!(found.is_none(), (4086..4096).any(|at| which.starts_with(&format!("byte {at} "))), "{which}");
        let version = (1024..1028).any(|at| which.starts_with(&format!("byte {at} ")));
        assert!(!version || !found.unwrap().problems.is_empty(), "{which}");
    });
    damage::noise(&head, u64::MAX, 0..4096, &[4086..4096], find);
}
