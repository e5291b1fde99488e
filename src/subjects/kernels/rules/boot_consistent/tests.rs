use snapbox::str;

use super::RULE;
use crate::overlay::Host;
use crate::subjects::rule::tests::assert_found;

#[test]
fn a_boot_that_is_not_mounted_is_noted() {
    assert_found(
        &RULE,
        &Host::named("good-uefi"),
        str![[r#"
note /boot
  message: not judged: it is not mounted (/etc/fstab line 5)
  remedy: Mount /boot, then run: okv-host check

"#]],
    );
}

#[test]
fn files_of_a_kernel_below_the_mount_point_are_a_warning() {
    assert_found(
        &RULE,
        &Host::named("boot-shadowed"),
        str![[r#"
note /boot
  message: not judged: it is not mounted (/etc/fstab line 5)
  remedy: Mount /boot, then run: okv-host check
warn /boot
  message: files of kernels lie below the mount point, where no boot loader finds them: a kernel was installed or made while /boot was not mounted
  measured: initramfs-5.4.17-2136.330.7.1.el8uek.x86_64.img, vmlinuz-5.4.17-2136.330.7.1.el8uek.x86_64
  remedy: mount /boot, see that each installed kernel has its files and entry there

"#]],
    );
}

#[test]
fn kernels_cannot_be_compared_where_rpm_does_not_answer() {
    assert_found(
        &RULE,
        &Host::named("rpm-not-asked"),
        str![[r#"
unknown node
  message: it could not be looked at: a saved host has no rpm to ask, and there is no /rpm-qa.txt

"#]],
    );
}
