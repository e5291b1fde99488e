//! What a change of the swap looks at: disks, LVM2, memory and swap, and nothing of another subject.

use super::state::{FULL_KIB, GIB, disk, extend, settle, swap};
use crate::guest::{Disk, Firmware, Spec};
use crate::install;
use crate::record::Record;

/// Places of other subjects, each of which `check` looks at.
const OF_OTHERS: [&str; 8] = [
    "/boot",
    "/etc/ssh",
    "/etc/rsyslog.conf",
    "/etc/rsyslog.d",
    "/usr/lib/modules",
    "/usr/local/okv",
    "/var/lib/oracle",
    "/var/log/messages",
];

#[test]
fn a_growth_looks_at_nothing_of_another_subject_and_never_starts_rpm() {
    let mut guest = Spec::new(Firmware::Bios).start();
    install(&guest);
    guest.ok(
        "echo '$IncludeConfig /etc/rsyslog.d/*.conf' > /etc/rsyslog.conf; mkdir -p /etc/rsyslog.d /usr/local/okv/ssl
         echo '*.* /var/log/messages' > /etc/rsyslog.d/local.conf
         touch /var/log/messages /usr/local/okv/ssl/a.jar /var/lib/oracle/okv.iso
         mkdir -p /etc/rpm; echo '%_dbpath /var/lib/rpm' > /etc/rpm/macros; rpm --initdb",
    );
    extend(&guest, "--prepare", 0);
    guest.plug(Disk::scsi("NEW").bytes(64 * GIB));
    settle(&guest, "NEW");
    let new = format!("/dev/{}", disk(&guest, "NEW"));

    let (output, record) = Record::of(&guest, "swap-extend --apply --yes");
    assert_eq!(output.status, 0, "{output}");
    assert_eq!(swap(&guest)[0], FULL_KIB);
    for place in ["/proc/swaps", "/proc/self/mountinfo", "/etc/fstab", "/dev/vda", &new] {
        assert!(record.looked_at.contains(place), "{place} is missing: {record:#?}");
    }
    for program in ["pvs", "pvcreate", "vgextend", "swapoff", "lvresize", "swapon"] {
        assert!(record.started.contains(program), "{program} is missing: {:?}", record.started);
    }
    // Outside these places it looks at a few files, and at what is in the place of each mount point. The programs are
    // searched for where they are.
    let known = ["/proc", "/sys", "/dev", "/usr/bin", "/usr/sbin", "/var/lib/okv-host"];
    let kernel = guest.ok("uname -r");
    let kernel = kernel.trim();
    let mut places = vec![
        // The default entry of the menu, whose resume= must lead to swap: its files are not opened.
        "/boot/grub2/grub.cfg".to_owned(),
        "/boot/grub2/grubenv".to_owned(),
        format!("/boot/initramfs-{kernel}.img"),
        format!("/boot/vmlinuz-{kernel}"),
    ];
    let others = [
        "/etc/crypttab",
        "/etc/default/grub",
        "/etc/fstab",
        "/etc/lvm/devices/system.devices",
        "/etc/lvm/lvm.conf",
        "/etc/lvm/lvmlocal.conf",
        "/etc/os-release",
        "/usr/lib/os-release",
    ];
    places.extend(others.map(str::to_owned));
    assert_eq!(record.leaves(&known), places);
    for place in OF_OTHERS.into_iter().filter(|place| *place != "/boot") {
        assert_eq!(record.below(place), [""; 0]);
    }
    for program in ["rpm", "dnf", "yum", "sshd"] {
        assert!(!record.started.contains(program), "{:?}", record.started);
    }

    // A record does show who looks there.
    let (output, record) = Record::of(&guest, "check --format json");
    OF_OTHERS.into_iter().for_each(|place| assert_ne!(record.below(place), [""; 0], "{place}: {output}"));
    assert!(record.started.contains("rpm"), "{:?}", record.started);
}
