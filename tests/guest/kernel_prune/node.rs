//! A node with kernels.

use serde_json::Value;

use crate::guest::{Firmware, Guest, Spec};
use crate::kernel_rpms::{Release, Rpms, set_up};
use crate::{OKV_HOST, install, json};

/// All that a prune may change and all that it may not: packages, files of kernels, the menu, what is mounted, data,
/// swap. With /boot not mounted it looks at the partition in a mount namespace of its own.
const STATE: &str = "
    rpm -qa | sort
    unshare --mount sh -c '
        findmnt /boot > /dev/null || mount -o ro /boot
        [ ! -d /sys/firmware/efi ] || findmnt /boot/efi > /dev/null || mount -o ro /boot/efi
        find /boot -type f | sort | xargs cksum'
    find /lib/modules/*uek* /usr/src/kernels /usr/bin/turbotest /usr/include/linux/test.h /lib/firmware/test | sort
    find /lib/modules/*uek* -type f | sort | xargs cksum
    findmnt --raw --noheadings --output TARGET,SOURCE,OPTIONS | sort
    awk '{ print $1, $3 }' /proc/swaps
    cksum /etc/fstab /var/lib/oracle/keys /images/keys";

pub(crate) struct Node {
    pub(crate) guest: Guest,
}

impl Node {
    /// Boots a node without a kernel in rpm's database, which has these packages in /root/rpms. /boot is not mounted.
    pub(super) fn boot(firmware: Firmware, rpms: Rpms) -> Self {
        let guest = Spec::new(firmware).start();
        install(&guest);
        Self::of(guest, rpms)
    }

    /// Makes a guest such a node.
    pub(crate) fn of(guest: Guest, rpms: Rpms) -> Self {
        set_up(&guest);
        rpms.base().copy_to(&guest);
        let node = Self { guest };
        node.install(&["base-system-8.8-1.noarch".to_owned()]);
        node.unmount();
        node
    }

    /// Installs packages, in this order, with /boot mounted; the last kernel becomes the default.
    pub(super) fn install(&self, packages: &[String]) {
        let mounted = self.guest.run("findmnt /boot").status == 0;
        self.mount();
        for package in packages {
            self.guest.ok(&format!("rpm --install --oldpackage --nosignature rpms/{package}.rpm; sync"));
        }
        if !mounted {
            self.unmount();
        }
    }

    /// Installs whole kernels likewise.
    pub(crate) fn install_kernels(&self, kernels: &[Release]) {
        kernels.iter().for_each(|kernel| self.install(&kernel.packages()));
    }

    pub(super) fn mount(&self) {
        self.guest.ok("findmnt /boot > /dev/null || mount /boot
             [ ! -d /sys/firmware/efi ] || findmnt /boot/efi > /dev/null || mount /boot/efi");
    }

    pub(super) fn unmount(&self) {
        self.guest.ok("sync; umount --quiet /boot/efi; umount /boot");
    }

    /// Does something with /boot mounted.
    pub(super) fn in_boot(&self, script: &str) -> String {
        let efi = "[ ! -d /sys/firmware/efi ] || mount /boot/efi; grub=/boot/grub2; [ ! -d /sys/firmware/efi ] || grub=/boot/efi/EFI/redhat";
        self.guest.ok(&format!(
            "set -e; unshare --mount bash -e -c '[ -d /boot/grub2 ] || mount /boot; {efi}; cd /boot; {script}; sync'"
        ))
    }

    /// From now on this kernel is the one that runs, as if GRUB had loaded it.
    pub(crate) fn runs(&self, kernel: &Release) {
        self.guest.ok(&format!("/usr/local/lib/guest/kernel-release {}", kernel.name()));
    }

    /// The file that GRUB loaded, by what it told the kernel, is this kernel's; and that is what is shown as running.
    pub(super) fn has_booted(&self, kernel: &Release) {
        let words = self.guest.ok("cat /proc/cmdline");
        let loaded = format!("BOOT_IMAGE=/vmlinuz-{} ", kernel.name());
        let loaded_on_efi = format!("/vmlinuz-{} ", kernel.name());
        assert!(words.starts_with(&loaded) || words.contains(&loaded_on_efi), "{words}");
        assert_eq!(self.guest.ok("cat /proc/sys/kernel/osrelease").trim(), kernel.name());
    }

    pub(super) fn state(&self) -> String {
        self.guest.ok(STATE)
    }

    /// What `rpm -qa` prints, in order.
    pub(super) fn packages(&self) -> Vec<String> {
        self.guest.ok("rpm -qa | sort").lines().map(str::to_owned).collect()
    }

    pub(super) fn prune(&self, arguments: &str, status: i64) -> Value {
        json(&self.guest, &format!("{OKV_HOST} kernel-prune --format json {arguments}"), status)
    }

    /// Refused for this reason, with nothing changed; what it says.
    pub(super) fn refused(&self, arguments: &str, id: &str) -> String {
        let before = self.state();
        let answer = self.prune(&format!("--apply --yes {arguments}"), 1);
        let reasons = answer["reasons"].as_array().unwrap();
        let reason = reasons.iter().find(|reason| reason["id"] == id);
        let reason = reason.unwrap_or_else(|| panic!("no {id}: {answer:#}"));
        assert_eq!(answer["outcome"], "refused", "{answer:#}");
        assert!(!reason["remedy"].as_str().unwrap().is_empty(), "{answer:#}");
        assert_eq!(self.state(), before);
        reason["message"].as_str().unwrap().to_owned()
    }

    /// Prunes: what was printed is done, these packages and no others are gone, what stays is as it was, and nothing is
    /// left to do.
    pub(super) fn prunes(&self, arguments: &str, gone: &[Release]) -> Value {
        let before = self.state();
        let plan = self.prune(arguments, 0);
        assert_eq!(plan["outcome"], "planned", "{plan:#}");
        assert_eq!(self.state(), before, "a dry run changed something");
        let done = self.prune(&format!("--apply --yes {arguments}"), 0);
        assert_eq!((done["outcome"].as_str(), &done["steps"]), (Some("done"), &plan["steps"]), "{done:#}");
        self.is_without(&before, gone);
        let again = self.prune(&format!("--apply --yes {arguments}"), 0);
        assert_eq!(again["outcome"], "nothing-to-do", "{again:#}");
        done
    }

    /// The state of before, without what is these kernels'. The menu and its default are judged apart.
    pub(super) fn is_without(&self, before: &str, gone: &[Release]) {
        let of_gone = |line: &&str| gone.iter().any(|kernel| line.contains(&kernel.name()));
        let is_menu = |line: &&str| line.ends_with("/grub.cfg") || line.ends_with("/grubenv");
        let left: Vec<&str> = before.lines().filter(|line| !of_gone(line) && !is_menu(line)).collect();
        let after = self.state();
        let after: Vec<&str> = after.lines().filter(|line| !is_menu(line)).collect();
        assert_eq!(after, left);
        let menu = self.in_boot("cat $grub/grub.cfg");
        for kernel in gone {
            assert!(!menu.contains(&kernel.name()), "{menu}");
        }
    }

    /// Verdict and subject of every finding of a rule.
    pub(super) fn findings(&self, rule: &str) -> Vec<(String, String)> {
        let output = self.guest.run(&format!("{OKV_HOST} check --format json"));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let of_rule = report["findings"].as_array().unwrap().iter().filter(|finding| finding["id"] == rule);
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        of_rule.map(|finding| (word(&finding["verdict"]), word(&finding["subject"]))).collect()
    }
}

/// The programs of a plan, by their names.
pub(super) fn programs(answer: &Value) -> Vec<String> {
    let steps = answer["steps"].as_array().unwrap().iter();
    let program =
        |step: &Value| step["action"]["run"]["argv"][0].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    steps.map(program).collect()
}
