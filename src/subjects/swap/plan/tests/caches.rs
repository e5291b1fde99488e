//! Write caches are off while the group gets the disk.

use super::node::{Node, request};
use super::resume::{WHOLE, after, remembering};
use super::{argv, planned};
use crate::engine::Role;
use crate::host::Probed;
use crate::host::block::WriteCache;
use crate::subjects::swap::facts::Growth;
use crate::subjects::swap::plan::{Request, left_off};

/// The same, with write caches that the kernel can switch, in these modes.
fn with_caches(mut growth: Growth, modes: &[(&str, &str)]) -> Growth {
    for (path, mode) in modes {
        let state = growth.disks.iter_mut().find(|state| state.path == *path).unwrap();
        let file = format!("/sys/class/block/{}/cache_type", path.trim_start_matches("/dev/"));
        state.write_cache = Probed::Known(WriteCache { file, mode: (*mode).into(), can_switch: true });
    }
    growth
}

const BOTH: [(&str, &str); 2] = [("/dev/sda", WriteCache::ON), ("/dev/sdb", WriteCache::ON)];
const OFF: &str = "/dev/sda write through, /dev/sdb write through";
const ON: &str = "/dev/sda write back, /dev/sdb write back";

/// Its steps, with those of the caches around vgextend.
fn around_extend(off: &'static str, on: &'static str) -> Vec<&'static str> {
    [&WHOLE[..6], &[off, WHOLE[6], on], &WHOLE[7..11]].concat()
}

#[test]
fn the_caches_of_the_group_and_of_the_new_disk_are_off_while_it_joins_and_on_again_behind_it() {
    let growth = with_caches(Node::small().growth(), &BOTH);
    let plan = planned(&growth, &request());
    assert_eq!(argv(&plan), around_extend(OFF, ON));
    assert_eq!(plan.steps[6].role, Role::Temporary, "they come back on however the run ends");
}

#[test]
fn a_disk_without_a_cache_or_without_a_switch_for_it_is_left_as_it_is() {
    let growth = with_caches(Node::small().growth(), &[("/dev/sda", WriteCache::OFF), ("/dev/sdb", "none")]);
    assert_eq!(argv(&planned(&growth, &request())), WHOLE[..11]);
    let growth = with_caches(Node::small().growth(), &[("/dev/sdb", WriteCache::ON)]);
    assert_eq!(argv(&planned(&growth, &request())), around_extend("/dev/sdb write through", "/dev/sdb write back"));
}

#[test]
fn a_disk_whose_cache_cannot_be_switched_joins_with_a_note() {
    let mut growth = with_caches(Node::small().growth(), &BOTH);
    assert!(!planned(&growth, &request()).notes.iter().any(|note| note.contains("cannot be switched off")));
    for state in &mut growth.disks {
        let Probed::Known(cache) = &mut state.write_cache else { continue };
        cache.can_switch = state.path != "/dev/sdb";
    }
    let plan = planned(&growth, &request());
    assert_eq!(argv(&plan), around_extend("/dev/sda write through", "/dev/sda write back"));
    assert!(plan.notes.iter().any(|note| note.contains("/dev/sdb cannot be switched off")), "{:?}", plan.notes);
}

#[test]
fn caches_that_a_run_which_was_cut_off_left_off_are_on_again_behind_the_next_one() {
    let node = Node::small();
    let first = planned(&with_caches(node.growth(), &BOTH), &request());
    let off_now = [("/dev/sda", WriteCache::OFF), ("/dev/sdb", WriteCache::OFF)];
    for (done, left) in [(6, [&WHOLE[5..7], &[ON], &WHOLE[7..11]].concat()), (7, [&[ON], &WHOLE[7..11]].concat())] {
        let began = first.steps.iter().take(7);
        let request = Request { caches_off: left_off(began), ..remembering(&node, &request()) };
        let growth = with_caches(after(&node, &request, done).growth(), &off_now);
        assert_eq!(argv(&planned(&growth, &request)), left, "after {done} steps");
    }
}

#[test]
fn caches_that_are_on_again_were_not_left_off() {
    let steps = planned(&with_caches(Node::small().growth(), &BOTH), &request()).steps;
    assert_eq!(left_off(&steps[..7]).len(), 2);
    assert_eq!(left_off(&steps), []);
    // A start of the machine has switched them on.
    let request = Request { caches_off: left_off(&steps[..7]), ..remembering(&Node::small(), &request()) };
    let growth = with_caches(after(&Node::small(), &request, 7).growth(), &BOTH);
    assert_eq!(argv(&planned(&growth, &request)), WHOLE[7..11]);
}
