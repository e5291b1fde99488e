//! A machine without a volume group of its own, to which the disks of a node are attached, and taken away again.

use super::place::{Answers, ask, serve};
use crate::guest::{Disk, Firmware, Guest, Spec, rescue_disk};
use crate::nbd::{Content, Disks, Server};

/// Nothing of the node is left behind.
const LEAVE: &str = "
    losetup --detach-all 2> /dev/null; systemctl reset-failed
    vgchange --quiet --activate n vg_root 2> /dev/null
    [ -z \"$(dmsetup ls --target linear 2> /dev/null | grep vg_root)\" ] || dmsetup remove_all --force
    rm -rf /run/lvm/pvs_online/* /run/lvm/vgs_online/* /run/lvm/pvs_lookup/* /run/okv-host
    test \"$(dmsetup ls 2> /dev/null)\" = 'No devices found' && test \"$(wc --lines < /proc/swaps)\" = 1";
const LINE: &str = "root=LABEL=rescue rw fstab=no console=ttyS0 quiet systemd.show_status=0 mitigations=off nowatchdog \
                    random.trust_cpu=on";

pub(super) struct Rescue<'s> {
    guest: Guest,
    server: &'s Server,
    name: String,
}

impl<'s> Rescue<'s> {
    pub(super) fn boot(server: &'s Server, name: &str) -> Self {
        let root = Disks::new(vec![Content::of_file(&rescue_disk())]);
        let root_name = format!("{name}-root");
        server.add(&root_name, &root, 0);
        let disk = Disk::virtio("RESCUE").served(server.socket(), &root_name);
        let guest = Spec::new(Firmware::Bios).system(disk).kernel_line(LINE).boot();
        Self { guest, server, name: name.to_owned() }
    }

    /// Attaches the disks, runs the script on the node, and takes them away.
    pub(super) fn recover(&mut self, serials: &[&str], contents: Vec<Content>, script: &str) -> Answers {
        let disks = serve(self.server, &self.name, serials, contents);
        disks.into_iter().for_each(|disk| self.guest.plug(disk));
        let answers = ask(&self.guest, serials, script);
        let left = self.guest.run(LEAVE);
        serials.iter().for_each(|serial| self.guest.unplug(serial));
        if left.status != 0 {
            println!("the rescue system starts anew: {left}");
            self.guest.cut_power();
            self.guest.boot_again();
        }
        answers
    }
}
