//! Logs in each round and with each end.

use super::{BLOCK, VERSIONS, block_at, opened};
use crate::disk::filesystem::xfs::Unreplayed;
use crate::readers::xfs_files::{LOG, LOG_BLOCKS, log_record, put, sample, seal};

/// The sample with this log.
fn with_log(version: u8, fill: impl FnOnce(&mut [u8])) -> Unreplayed {
    let mut image = sample(version);
    let log = &mut image[block_at(LOG)..][..LOG_BLOCKS as usize * BLOCK];
    log.fill(0);
    fill(log);
    opened(&image).unreplayed()
}

/// A log in round `cycle`, whose newest record ends before block `head`.
fn round(log: &mut [u8], head: usize, cycle: u32) {
    for (n, block) in log.chunks_exact_mut(512).enumerate() {
        put(block, 0, &(if n < head { cycle } else { cycle - 1 }).to_be_bytes());
    }
}

#[test]
fn a_log_is_clean_where_its_newest_record_is_that_of_an_unmount() {
    for version in VERSIONS {
        assert_eq!(opened(&sample(version)).unreplayed(), Unreplayed::Clean);
        assert_eq!(with_log(version, |_| ()), Unreplayed::Clean, "never used");
        for head in [0, 1, 2, 3, 9, 15] {
            for (flags, expected) in [(0x20, Unreplayed::Clean), (0x1, Unreplayed::Dirty)] {
                let found = with_log(version, |log| {
                    round(log, head, 7);
                    let (at, cycle) = if head < 2 { (14 + head, 6) } else { (head - 2, 7) };
                    if at < 15 {
                        log_record(log, at, cycle, flags);
                    } else {
                        // Round the end of the ring.
                        let mut both = [0; 1024];
                        log_record(&mut both, 0, 6, flags);
                        put(log, 15 * 512, &both[..512]);
                        put(&mut both, 512, &7_u32.to_be_bytes());
                        put(log, 0, &both[512..]);
                    }
                });
                assert_eq!(found, expected, "{head}");
            }
        }
    }
}

#[test]
fn a_record_that_did_not_get_there_whole_does_not_count_after_an_unmount() {
    let torn = with_log(5, |log| {
        round(log, 8, 3);
        log_record(log, 2, 3, 0x20);
        put(log, 4 * 512, &2_u32.to_be_bytes());
        log_record(log, 6, 3, 0);
    });
    assert_eq!(torn, Unreplayed::Clean);
}

#[test]
fn a_log_without_order_or_of_another_file_system_is_unknown() {
    let unknown = |found| matches!(found, Unreplayed::Unknown(why) if why.starts_with("the log: it "));
    assert!(unknown(with_log(5, |log| put(log, 0, &9_u32.to_be_bytes()))));
    assert!(unknown(with_log(5, |log| put(log, 8 * 512, &9_u32.to_be_bytes()))));
    let other = with_log(5, |log| {
        log_record(log, 0, 1, 0x20);
        log[304] ^= 1;
    });
    assert_eq!(other, Unreplayed::Unknown("the log: it belongs to another file system".into()));
    let mut image = sample(5);
    put(&mut image, 48, &[0; 8]);
    seal(&mut image);
    assert_eq!(opened(&image).unreplayed(), Unreplayed::Unknown("the log is on another device".into()));
}
