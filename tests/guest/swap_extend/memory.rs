//! A node whose memory cannot take back what is swapped out.

use std::time::Duration;

use super::state::{extend, kept, names, refused, swap};
use crate::guest::{Firmware, Spec};
use crate::{OKV_HOST, install, json};

/// Fills memory, marks every page, and keeps checking the marks until it is told to stop; prints how often.
const WITNESS: &str = "
import os, sys, time
memory = bytearray(int(sys.argv[1]) << 20)
marks = bytes((page * 7 + 3) % 251 for page in range(len(memory) // 4096))
memory[::4096] = marks
open('/run/witness-ready', 'w').close()
rounds = 0
while not os.path.exists('/run/witness-stop'):
    if bytes(memory[::4096]) != marks:
        sys.exit(9)
    rounds += 1
    time.sleep(0.1)
print(rounds)
";

#[test]
fn under_memory_pressure_it_is_refused_and_a_temporary_swap_volume_makes_it_possible_without_a_page_lost() {
    let guest = Spec::new(Firmware::Bios).memory_mib(640).boot();
    install(&guest);
    guest.put("/root/witness.py", WITNESS.as_bytes(), 0o755);

    // Strict accounting first: the kernel wants to be able to promise the whole area.
    guest.ok("sysctl --quiet vm.overcommit_ratio=0 vm.overcommit_memory=2");
    let why = refused(&guest, "--size 8GiB", "memory");
    assert!(why.contains("overcommit_memory"), "{why}");
    guest.ok("sysctl --quiet vm.overcommit_memory=0 vm.overcommit_ratio=50");

    // It stays through all that follows, in a guest that swaps: minutes where the host is busy.
    let witness = guest.start_with("exec python3 /root/witness.py 800", &[], Duration::from_secs(600));
    guest.ok("until test -e /run/witness-ready; do sleep 0.2; done");
    let used: u64 = guest.ok("awk 'NR == 2 { print $4 }' /proc/swaps").trim().parse().unwrap();
    assert!(used > 200 << 10, "{used} KiB are swapped out");
    let before = kept(&guest, "");
    let why = refused(&guest, "--size 8GiB", "memory");
    assert!(why.contains("KiB are swapped out") && why.contains("of memory are available"), "{why}");

    let plan = extend(&guest, "--size 8GiB --temporary-swap", 0);
    let header = "write-swap-header";
    let around = ["lvcreate", "mkswap", "swapon", "swapoff", "lvresize", header, "swapon", "swapoff", "lvremove"];
    assert_eq!(names(&plan), around);
    let done = extend(&guest, "--size 8GiB --temporary-swap --apply --yes", 0);
    assert_eq!(done["outcome"], "done", "{done:#}");
    assert_eq!(swap(&guest)[0], "8388604");
    assert_eq!(kept(&guest, ""), before);
    assert_eq!(guest.run("lvs vg_root/lv_swap_okv_host").status, 5, "the temporary volume is gone");
    let rounds = guest.ok("sleep 5; touch /run/witness-stop");
    drop(rounds);
    let witness = witness.wait().unwrap();
    assert_eq!(witness.status, 0, "{witness}");
    assert!(witness.stdout().trim().parse::<u32>().unwrap() > 1, "{witness}");
    assert_eq!(extend(&guest, "--size 8GiB --apply --yes", 0)["outcome"], "nothing-to-do");
    assert_eq!(json(&guest, &format!("{OKV_HOST} status --format json"), 0)["last_run"]["state"], "done");
}
