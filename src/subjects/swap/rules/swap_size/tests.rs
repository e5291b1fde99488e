use snapbox::str;

use super::{RULE, judge};
use crate::disk::format::content::{Content, Kind};
use crate::host::Root;
use crate::overlay::Host;
use crate::profile::Profile;
use crate::subjects::rule::tests::assert_found;
use crate::subjects::rule::{Finding, RuleInputs, Verdict};

#[test]
fn an_area_of_64_gib_that_the_kernel_lists_one_page_short_is_enough() {
    assert_found(
        &RULE,
        &Host::named("swap-64gib-less-one-page"),
        str![[r#"
pass node
  message: enough swap
  measured: 68719476736 B (64.00 GiB) in /dev/dm-0 (shown as 67108860 KiB)

"#]],
    );
}

#[test]
fn an_area_one_page_under_64_gib_is_too_little() {
    assert_found(
        &RULE,
        &Host::named("swap-64gib-less-two-pages"),
        str![[r#"
block node
  message: 64.00 GiB of swap, 64.00 GiB required (4.00 KiB missing)
  measured: 68719472640 B (64.00 GiB) in /dev/dm-0 (shown as 67108856 KiB)
  remedy: okv-host swap-extend

"#]],
    );
}

#[test]
fn an_area_of_4_gib_is_too_little_whether_or_not_it_can_be_grown_without_a_disk() {
    assert_found(
        &RULE,
        &Host::named("swap-4gib"),
        str![[r#"
block node
  message: 4.00 GiB of swap, 64.00 GiB required (60.00 GiB missing)
  measured: 4294967296 B (4.00 GiB) in /dev/dm-0 (shown as 4194300 KiB)
  remedy: okv-host swap-extend --prepare

"#]],
    );
    assert_found(
        &RULE,
        &Host::named("vg-free-enough"),
        str![[r#"
block node
  message: 4.00 GiB of swap, 64.00 GiB required (60.00 GiB missing)
  measured: 4294967296 B (4.00 GiB) in /dev/dm-0 (shown as 4194300 KiB)
  remedy: okv-host swap-extend

"#]],
    );
}

#[test]
fn swaps_that_cannot_be_read_are_unknown() {
    assert_found(
        &RULE,
        &Host::named("unreadable-swaps"),
        str![[r#"
unknown node
  message: the swap areas could not be read: /proc/swaps: it is a directory, not a file

"#]],
    );
}

#[test]
fn swap_in_memory_counts_and_is_named() {
    assert_found(
        &RULE,
        &Host::named("good-bios")
            .with(
                "proc/swaps",
                "Filename Type Size Used Priority\n\
                 /dev/dm-0 partition 4194300 0 -2\n\
                 /dev/zram0 partition 62914556 0 100\n",
            )
            .replacing("proc/meminfo", "67108860 kB", "67108856 kB")
            .with("sys/block/zram0/dev", "251:0\n")
            .with("sys/block/zram0/size", "125829120\n"),
        str![[r#"
note node
  message: enough swap by the kernel's sum, but not all of it on a volume: /dev/zram0
  measured: 68719476736 B (64.00 GiB) in /dev/dm-0 (shown as 4194300 KiB), /dev/zram0 (shown as 62914556 KiB)

"#]],
    );
}

#[test]
fn an_area_on_a_device_that_the_host_does_not_have_is_named_and_does_not_count() {
    assert_found(
        &RULE,
        &Host::named("good-uefi").with(
            "proc/swaps",
            "Filename Type Size Used Priority\n\
                 /dev/dm-0 partition 4194300 0 -2\n\
                 /dev/dm-9 partition 62914560 0 -3\n",
        ),
        str![[r#"
block node
  message: 4.00 GiB of swap, 64.00 GiB required (60.00 GiB missing); /dev/dm-9 does not count: this host has no such device
  measured: 4294967296 B (4.00 GiB) in /dev/dm-0 (shown as 4194300 KiB)
  remedy: okv-host swap-extend

"#]],
    );
}

/// What the rule finds where the swap volume holds something else, of a running node or of its disks.
fn found_with(runs: bool, change: impl Fn(&mut Content)) -> Finding {
    let host = Host::named("good-uefi");
    let profile = Profile::named("21.8").unwrap();
    let mut facts = crate::subjects::of_host_at(&Root::fixture(host.path()).unwrap(), &profile.places);
    let volumes = &mut facts.node.disks[0].volume_groups[0].logical_volumes;
    let swap = volumes.iter_mut().find(|volume| volume.name == "lv_swap").unwrap();
    change(swap.content.as_mut().unwrap());
    if !runs {
        facts.node.running = None;
    }
    judge(&RuleInputs { facts: &facts, profile: &profile, rule: &RULE }).remove(0)
}

#[test]
fn an_area_that_the_kernel_will_refuse_does_not_count_live_and_in_an_image() {
    for runs in [true, false] {
        assert_eq!(found_with(runs, |_| ()).verdict, Verdict::Pass);
        let larger = found_with(runs, |content| content.bytes = Some(65 << 30));
        assert!(larger.verdict == Verdict::Block && larger.message.contains("the volume has"), "{}", larger.message);
        let pages = found_with(runs, |content| content.swap.as_mut().unwrap().page_bytes = 65536);
        assert!(pages.verdict == Verdict::Block && pages.message.contains("pages of 65536"), "{}", pages.message);
        let damaged = found_with(runs, |content| content.damage.push("impossible number of bad pages".into()));
        assert!(damaged.verdict == Verdict::Block && damaged.message.contains("bad pages"), "{}", damaged.message);
        let old = found_with(runs, |content| content.version = Some("0"));
        assert!(old.verdict == Verdict::Block && old.message.contains("version 0"), "{}", old.message);
    }
}

#[test]
fn a_volume_without_a_header_does_not_count_and_one_that_was_not_read_counts_as_the_kernel_shows_it() {
    let blank = found_with(true, |content| *content = Content::new(Kind::Blank));
    assert!(blank.verdict == Verdict::Block && blank.message.contains("no swap header"), "{}", blank.message);
    assert_eq!(found_with(true, |content| *content = Content::new(Kind::Unreadable)).verdict, Verdict::Pass);
    assert_eq!(found_with(false, |content| *content = Content::new(Kind::Unreadable)).verdict, Verdict::Unknown);
}
