//! The power is cut, and the same disks boot again.

use crate::guest::{Guest, NoAnswer};

pub(crate) fn a_cut_loses_nothing_that_was_flushed(guest: &mut Guest) {
    let before = guest.boot_id().to_owned();
    guest.ok("echo flushed >/root/flushed && sync /root/flushed /root");
    let volumes = guest.ok("cksum /var/lib/oracle/keys /images/keys");
    let running = guest.start("echo begun >/root/begun; sync /root/begun /root; touch /run/synced; sleep 1000");
    guest.ok("until test -e /run/synced; do sleep 0.1; done");
    guest.cut_power();
    assert_eq!(running.wait().unwrap_err(), NoAnswer::Gone);

    guest.boot_again();
    assert_ne!(guest.boot_id(), before);
    assert_eq!(guest.get("/root/flushed"), b"flushed\n");
    assert_eq!(guest.get("/root/begun"), b"begun\n");
    assert_eq!(guest.ok("cksum /var/lib/oracle/keys /images/keys"), volumes);
    crate::node::is_laid_out_as_the_procedure_implies(guest);
}
