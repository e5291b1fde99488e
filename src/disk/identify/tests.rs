use super::*;
use crate::disk::format::content::Kind;
use crate::io::image::Memory;

/// A swap area to the end of its volume, with these bytes at 4096.
fn swap_with(behind: &[u8]) -> Content {
    let mut bytes = vec![0; 1 << 20];
    bytes[1024..1028].copy_from_slice(&1_u32.to_le_bytes());
    bytes[1028..1032].copy_from_slice(&255_u32.to_le_bytes());
    bytes[4086..4096].copy_from_slice(b"SWAPSPACE2");
    bytes[4096..4096 + behind.len()].copy_from_slice(behind);
    identify_logical(&Memory::new(bytes), &mut VolumeBuffers::default()).content
}

#[test]
fn an_array_or_a_cache_behind_a_valid_area_in_a_logical_volume_is_seen() {
    assert_eq!(swap_with(&[]).kind, Kind::Swap);
    let mut bcache = vec![0; 40];
    bcache[24..].copy_from_slice(b"\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81");
    let mut md = vec![0; 256];
    md[..4].copy_from_slice(&0xa92b_4efc_u32.to_le_bytes());
    md[4] = 1;
    md[144..152].copy_from_slice(&8_u64.to_le_bytes());
    for (behind, kind) in [(bcache, Kind::Bcache), (md, Kind::Md)] {
        let found = swap_with(&behind);
        assert_eq!(found.kind, Kind::Ambiguous, "{kind:?}: {found:?}");
        assert!(found.candidates.contains(&kind), "{found:?}");
    }
}
