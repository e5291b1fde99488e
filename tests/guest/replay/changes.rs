//! `ssh-dsa-retire`, `kernel-prune` and `stage`.

use super::runs::{Node, Run, Task};
use crate::guest::{Firmware, kernel_image};
use crate::kernel_prune::node::Node as KernelNode;
use crate::kernel_rpms::{Rpms, UEK5, UEK6, UEK6_OLDER};
use crate::nbd::Server;
use crate::stage::iso::Iso;
use crate::stage::put_profile;

const DSA_KEY: &str = "
    cd /etc/ssh; rm -f ssh_host_*; ssh-keygen -q -N '' -t dsa -f ssh_host_dsa_key
    ssh-keygen -q -N '' -t ed25519 -f ssh_host_ed25519_key";

fn ssh_dsa_retire() -> Task {
    Task {
        name: "ssh-dsa-retire",
        command: "ssh-dsa-retire",
        ready: "mkdir -p /run/sshd",
        start: "sshd -t",
        kept: "cksum /etc/fstab /etc/ssh/sshd_config /etc/ssh/ssh_host_ed25519_key*",
        result: "cd /etc/ssh; stat --format '%n %a %u %g' ssh_host_*; cksum ssh_host_*",
    }
}

/// Of the kernels UEK5 and an older UEK6; what stays is [`UEK6`].
fn kernel_prune() -> Task {
    Task {
        name: "kernel-prune",
        command: "kernel-prune",
        ready: "/usr/local/lib/guest/kernel-release 5.4.17-2136.329.3.1.el8uek.x86_64",
        start: include_str!("bootable"),
        kept: "
            rpm --query --all '*2136.329.3.1*' | sort
            mount -o ro /boot; cksum /boot/*2136.329.3.1*; umount /boot
            find /lib/modules/*2136.329.3.1* /usr/src/kernels/*2136.329.3.1* -type f | sort | xargs cksum
            cksum /etc/fstab /var/lib/oracle/keys /images/keys",
        result: "
            rpm --query --all | sort
            mount -o ro /boot; find /boot -type f | sort | xargs cksum; umount /boot
            find /lib/modules/*uek* /usr/src/kernels | sort
            ! findmnt /boot",
    }
}

fn stage() -> Task {
    Task {
        name: "stage",
        command: "stage /srv/okv-upgrade-disc-21.8.0.0.0.iso --profile /root/guest.json",
        ready: "modprobe loop",
        start: "cd /var/lib/oracle; test ! -e *.iso || cmp *.iso /srv/*.iso",
        kept: "cksum /srv/*.iso /etc/fstab /var/lib/oracle/keys",
        result: "
            cksum /var/lib/oracle/*.iso; ls --almost-all /var/lib/oracle
            findmnt --raw --noheadings --output FSTYPE,OPTIONS /images | tail -1; cat /images/upgrade.repo",
    }
}

/// The runs on a node with kernels.
pub(super) fn on_bios(server: &Server) -> Vec<Run> {
    let node = Node::boot(server, "kernels", Firmware::Bios, &[]);
    let mut runs = Vec::new();
    node.guest.ok(DSA_KEY);
    runs.push(node.record(ssh_dsa_retire()));

    let rpms = Rpms::new().kernel(&UEK5).kernel(&UEK6_OLDER).kernel(&UEK6);
    let node = node.becomes(|guest| {
        let kernels = KernelNode::of(guest, rpms);
        kernels.install_kernels(&[UEK5, UEK6_OLDER, UEK6]);
        kernels.runs(&UEK6);
        kernels.guest.put("/root/vmlinuz", &std::fs::read(kernel_image()).expect("the kernel"), 0o600);
        kernels.guest
    });
    runs.push(node.record(kernel_prune()));

    let iso = Iso::with("echo not run here", 1 << 20);
    node.guest.put("/srv/okv-upgrade-disc-21.8.0.0.0.iso", &iso.bytes, 0o600);
    put_profile(&node.guest);
    runs.push(node.record(stage()));
    runs
}
