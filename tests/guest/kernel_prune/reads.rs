//! What a dry run looks at: packages, /boot and modules, and nothing of another subject.

use super::node::Node;
use crate::guest::Firmware;
use crate::kernel_rpms::{Rpms, UEK5, UEK6};
use crate::record::Record;

#[test]
fn a_dry_run_asks_rpm_and_looks_at_nothing_of_another_subject() {
    let node = Node::boot(Firmware::Bios, Rpms::new().kernel(&UEK5).kernel(&UEK6));
    node.install_kernels(&[UEK5, UEK6]);
    node.runs(&UEK6);
    node.guest
        .ok("echo '*.* /var/log/messages' > /etc/rsyslog.conf; mkdir -p /etc/rsyslog.d; touch /var/lib/oracle/okv.iso");

    let before = node.state();
    let (output, record) = Record::of(&node.guest, "kernel-prune");
    assert!(output.status == 0 && output.stdout().contains(&UEK5.name()), "{output}");
    assert_eq!(node.state(), before);
    for place in ["/proc/self/mountinfo", "/etc/fstab", "/dev/vda"] {
        assert!(record.looked_at.contains(place), "{place} is missing: {record:#?}");
    }
    // It mounts /boot where nobody else sees it.
    for kernel in [UEK5, UEK6] {
        let image = format!("/boot/vmlinuz-{}", kernel.name());
        assert!(record.looked_at.contains(&image), "{image} is missing: {record:#?}");
    }
    assert_eq!(record.started, ["okv-host", "rpm"].map(str::to_owned).into());
    // Outside these places it looks at a few files; /lib, /sbin and /etc/os-release are links.
    let known = ["/proc", "/sys", "/dev", "/boot", "/usr/lib/modules", "/usr/bin", "/usr/sbin"];
    let own = ["/var/lib/okv-host", "/var/lib/rpm"];
    let others = [
        "/etc/crypttab",
        "/etc/default/grub",
        "/etc/fstab",
        "/etc/lvm/lvm.conf",
        "/etc/lvm/lvmlocal.conf",
        "/etc/os-release",
        "/lib",
        "/sbin",
        "/usr/lib/os-release",
    ];
    assert_eq!(record.leaves(&[&known[..], &own].concat()), others);
    for place in ["/etc/ssh", "/etc/rsyslog.conf", "/etc/rsyslog.d", "/var/lib/oracle", "/var/log", "/usr/local/okv"] {
        assert_eq!(record.below(place), [""; 0]);
    }
}
