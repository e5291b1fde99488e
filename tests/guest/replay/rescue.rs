//! A machine without a volume group of its own, to which the disks of a node are attached, and taken away again.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::guest::{Disk, Firmware, Guest, Spec, rescue_disk};
use crate::nbd::{Content, Disks, Server};

/// What a node does when it starts, and what an operator does then; see there.
const RECOVER: &str = include_str!("recover");
/// Nothing of the node is left behind.
const LEAVE: &str = "
    losetup --detach-all 2> /dev/null; systemctl reset-failed
    vgchange --quiet --activate n vg_root 2> /dev/null
    [ -z \"$(dmsetup ls --target linear 2> /dev/null | grep vg_root)\" ] || dmsetup remove_all --force
    rm -rf /run/lvm/pvs_online/* /run/lvm/vgs_online/* /run/lvm/pvs_lookup/* /run/okv-host
    test \"$(dmsetup ls 2> /dev/null)\" = 'No devices found' && test \"$(wc --lines < /proc/swaps)\" = 1";
const LIMIT: Duration = Duration::from_secs(900);
const LINE: &str = "root=LABEL=rescue rw fstab=no console=ttyS0 quiet systemd.show_status=0 mitigations=off nowatchdog \
                    random.trust_cpu=on";

/// What each part of the script printed, and its exit status.
pub(super) type Answers = BTreeMap<String, (i32, String)>;

pub(super) struct Rescue<'s> {
    guest: Guest,
    server: &'s Server,
    name: String,
    attached: u32,
}

impl<'s> Rescue<'s> {
    pub(super) fn boot(server: &'s Server, name: &str) -> Self {
        let root = Disks::new(vec![Content::of_file(&rescue_disk())]);
        let root_name = format!("{name}-root");
        server.add(&root_name, &root, 0);
        let disk = Disk::virtio("RESCUE").served(server.socket(), &root_name);
        let guest = Spec::new(Firmware::Bios).system(disk).kernel_line(LINE).boot();
        guest.put("/root/recover", RECOVER.as_bytes(), 0o755);
        Self { guest, server, name: name.to_owned(), attached: 0 }
    }

    /// Attaches the disks, recovers the node, and takes them away.
    pub(super) fn recover(&mut self, serials: &[&str], contents: Vec<Content>, script: &str) -> Answers {
        let disks = Disks::new(contents);
        let names: Vec<String> = (0..serials.len()).map(|i| format!("{}-{}-{i}", self.name, self.attached)).collect();
        self.attached += 1;
        for (number, serial) in serials.iter().enumerate() {
            self.server.add(&names[number], &disks, number);
            self.guest.plug(Disk::scsi(serial).served(self.server.socket(), &names[number]));
        }
        let script = format!("SERIALS='{}'; . /root/recover\n{script}\n", serials.join(" "));
        let run = "cat > /run/script; exec unshare --mount --propagation private bash /run/script";
        let output = self.guest.run_with(run, script.as_bytes(), LIMIT);
        let left = self.guest.run(LEAVE);
        for serial in serials {
            self.guest.unplug(serial);
        }
        names.iter().for_each(|name| self.server.remove(name));
        if left.status != 0 {
            println!("the rescue system starts anew: {left}");
            self.guest.cut_power();
            self.guest.boot_again();
        }
        parse(&output.stdout())
    }
}

/// The parts: each has a line `@@ NAME STATUS` before it.
fn parse(text: &str) -> Answers {
    let parts = text.split("@@ ").skip(1);
    let part = |part: &str| {
        let (head, text) = part.split_once('\n')?;
        let (name, status) = head.split_once(' ')?;
        Some((name.to_owned(), (status.parse().ok()?, text.to_owned())))
    };
    parts.filter_map(part).collect()
}
