//! The edges of each threshold, to the byte.

use crate::{verdict_of, whole};
use okv_host::host::{Firmware, Probed, Root, SwapArea};
use okv_host::profile::Profile;
use okv_host::subjects::rule::Verdict;
use okv_host::subjects::table::judge;
use okv_host::subjects::{Facts, of_host};

/// The verdict of `rule` on the good UEFI node, after `change` to its facts.
fn verdict_after(rule: &str, change: impl FnOnce(&mut Facts)) -> Verdict {
    let mut facts = of_host(&Root::fixture(whole("good-uefi")).unwrap());
    change(&mut facts);
    verdict_of(&judge(&facts, &Profile::named(Profile::DEFAULT).unwrap()), rule)
}

#[test]
fn each_threshold_holds_to_the_byte() {
    const MIB: u64 = 1 << 20;
    const TIB: u64 = 1 << 40;
    for (df_bytes, expected) in [
        (487 * MIB, Verdict::Block),
        // df -h rounds up: the first byte beyond 487 MiB shows as 488M.
        (487 * MIB + 1, Verdict::Pass),
        (511_266_816, Verdict::Pass),
        (488 * MIB, Verdict::Pass),
    ] {
        let verdict = verdict_after("boot-size", |facts| {
            let boot = facts.node.disks[0].partitions.iter_mut().find(|p| p.content.label.as_deref() == Some("boot"));
            boot.unwrap().content.df_bytes = Some(df_bytes);
        });
        assert_eq!(verdict, expected, "{df_bytes} B in /boot");
    }
    for (bytes, expected) in [
        (2_000_000_000_000, Verdict::Pass),
        (2_000_000_000_001, Verdict::Note),
        (2 * TIB, Verdict::Note),
        (2 * TIB + 1, Verdict::Block),
    ] {
        let verdict = verdict_after("disk-bios-limit", |facts| {
            facts.node.disks[0].bytes = bytes;
            facts.node.setup.as_mut().unwrap().firmware = Probed::Known(Firmware::Bios);
        });
        assert_eq!(verdict, expected, "a disk of {bytes} B under BIOS");
    }
    for (bytes, expected) in [
        (999_999_999_999, Verdict::Block),
        (1_000_000_000_000, Verdict::Note),
        (TIB - 1, Verdict::Note),
        (TIB, Verdict::Pass),
    ] {
        assert_eq!(
            verdict_after("disk-minimum", |facts| facts.node.disks[0].bytes = bytes),
            expected,
            "a disk of {bytes} B"
        );
    }
    for (kib, expected) in [
        (vec![67_108_860], Verdict::Pass),
        (vec![67_108_859], Verdict::Block),
        // Each area is shown one page short.
        (vec![33_554_428, 33_554_428], Verdict::Pass),
        (vec![33_554_428, 33_554_424], Verdict::Block),
        (vec![], Verdict::Block),
    ] {
        let verdict = verdict_after("swap-size", |facts| {
            let running = facts.node.running.as_mut().unwrap();
            let area =
                |kib: &u64| SwapArea { path: "/dev/dm-0".into(), is_file: false, kib: *kib, used_kib: 0, priority: -2 };
            running.swap_total_kib = Probed::Known(kib.iter().sum());
            running.swaps = Probed::Known(kib.iter().map(area).collect());
        });
        assert_eq!(verdict, expected, "swap areas shown as {kib:?} KiB");
    }
}

#[test]
fn boot_has_room_for_one_more_kernel_or_not_to_the_byte() {
    const MIB: u64 = 1 << 20;
    for (free, expected) in [
        (Some(80 * MIB), Verdict::Pass),
        (Some(80 * MIB - 1), Verdict::Warn),
        (Some(0), Verdict::Warn),
        // xfs, and a journal to replay: /boot is found, and what is free in it is not told.
        (None, Verdict::Note),
    ] {
        let verdict = verdict_after("boot-free", |facts| {
            let boot = facts.node.disks[0].partitions.iter_mut().find(|p| p.content.label.as_deref() == Some("boot"));
            boot.unwrap().content.free_bytes = free;
        });
        assert_eq!(verdict, expected, "{free:?} B free in /boot");
    }
    assert_eq!(verdict_after("boot-free", |facts| facts.node.disks.clear()), Verdict::Unknown);
}
