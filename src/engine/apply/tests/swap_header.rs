//! The header of a swap volume that goes away.

use super::*;
use crate::base::ids::Id;
use crate::disk::new_swap;

const AREA: &str = "/dev/vg_root/lv_swap_okv_host";

/// A volume of 1 MiB that begins with this page.
fn holding(bench: &Bench, page: &[u8]) -> std::path::PathBuf {
    let place = bench.base.path().join(AREA.trim_start_matches('/'));
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let mut bytes = vec![0; 1 << 20];
    bytes[..page.len()].copy_from_slice(page);
    bytes[8192] = 7;
    fs::write(&place, bytes).unwrap();
    place
}

fn swap() -> Vec<u8> {
    new_swap::page(1 << 20, Id::parse_uuid("aaaaaaaa-0000-4000-8000-000000000003").unwrap(), None).unwrap()
}

#[test]
fn a_swap_header_is_cleared_and_nothing_behind_it() {
    let bench = bench();
    let host = bench.host(&Yes);
    let place = holding(&bench, &swap());
    assert!(host.has_no_swap_header(AREA).unwrap_err().contains("not zero"));
    host.clear_swap_header(AREA).unwrap();
    assert_eq!(host.has_no_swap_header(AREA), Ok(()));
    let bytes = fs::read(&place).unwrap();
    assert!(bytes[..4096].iter().all(|byte| *byte == 0) && bytes[8192] == 7);
    host.clear_swap_header(AREA).unwrap();
}

#[test]
fn a_file_system_that_somebody_made_there_is_not_written_over() {
    let bench = bench();
    let host = bench.host(&Yes);
    let mut page = vec![0; 4096];
    page[..4].copy_from_slice(b"XFSB");
    page[4..8].copy_from_slice(&4096_u32.to_be_bytes());
    let place = holding(&bench, &page);
    let before = fs::read(&place).unwrap();
    let why = host.clear_swap_header(AREA).unwrap_err();
    assert!(why.contains("nothing was written over it"), "{why}");
    assert!(fs::read(&place).unwrap() == before);
}

#[test]
fn a_volume_that_is_not_there_is_not_one_without_a_header() {
    let bench = bench();
    assert!(bench.host(&Yes).has_no_swap_header(AREA).is_err());
}
