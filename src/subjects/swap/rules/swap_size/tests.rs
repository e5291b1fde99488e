use snapbox::str;

use super::RULE;
use crate::overlay::Host;
use crate::subjects::rule::tests::assert_found;

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
  remedy: okv-host swap-extend --prepare

"#]],
    );
}

#[test]
fn an_area_of_4_gib_is_too_little_whether_or_not_it_can_be_grown_without_a_disk() {
    for name in ["swap-4gib", "vg-free-enough"] {
        assert_found(
            &RULE,
            &Host::named(name),
            str![[r#"
block node
  message: 4.00 GiB of swap, 64.00 GiB required (60.00 GiB missing)
  measured: 4294967296 B (4.00 GiB) in /dev/dm-0 (shown as 4194300 KiB)
  remedy: okv-host swap-extend --prepare

"#]],
        );
    }
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
            .replacing("proc/meminfo", "67108860 kB", "67108856 kB"),
        str![[r#"
note node
  message: enough swap by the kernel's sum, but not all of it on a volume: /dev/zram0
  measured: 68719476736 B (64.00 GiB) in /dev/dm-0 (shown as 4194300 KiB), /dev/zram0 (shown as 62914556 KiB)

"#]],
    );
}
