use snapbox::str;

use super::RULE;
use crate::overlay::Host;
use crate::subjects::rule::tests::assert_found;

/// A good node on which the line for /var has this device and these options.
fn with_var(device: &str, options: &str) -> Host {
    let line = "/dev/mapper/vg_root-lv_var                    /var            ext4    defaults ";
    let new = format!("{device} /var ext4 {options} ");
    Host::named("good-uefi").replacing("etc/fstab", line, &new)
}

const NOBODY: &str = "UUID=77777777-0000-4000-8000-000000000077";

#[test]
fn a_good_node_has_each_device_that_its_next_start_waits_for_and_a_share_is_no_device() {
    for host in [Host::named("good-uefi"), with_var("server:/export", "defaults")] {
        assert_found(
            &RULE,
            &host,
            str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var, /var/lib/oracle

"#]],
        );
    }
}

#[test]
fn a_device_that_does_not_exist_ends_the_next_start_in_emergency_mode() {
    assert_found(
        &RULE,
        &with_var(NOBODY, "defaults"),
        str![[r#"
block /etc/fstab line 7
  message: the device for /var does not exist: the next start ends in emergency mode
  measured: UUID=77777777-0000-4000-8000-000000000077
  remedy: correct the line or attach the device; if the node can start without it, add nofail to its options

"#]],
    );
}

#[test]
fn a_line_that_the_start_does_not_require_may_name_anything() {
    for options in ["noauto", "defaults,nofail", "_netdev", "x-systemd.automount"] {
        assert_found(
            &RULE,
            &with_var(NOBODY, options),
            str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var/lib/oracle

"#]],
        );
    }
}

#[test]
fn a_device_that_may_be_on_an_unreadable_disk_is_unknown() {
    assert_found(
        &RULE,
        &with_var(NOBODY, "defaults").without("dev/sda"),
        str![[r#"
unknown /etc/fstab line 7
  message: cannot determine whether the device for /var exists: /dev/sda: cannot open: No such file or directory
  measured: UUID=77777777-0000-4000-8000-000000000077
  remedy: verify it with: findmnt --verify

"#]],
    );
}

fn with_line(line: &str) -> Host {
    let fstab = format!("/dev/mapper/vg_root-lv_root / xfs defaults 0 0\n{line}\n");
    Host::named("good-uefi").with("etc/fstab", fstab)
}

#[test]
fn a_second_line_for_a_mount_point_is_passed_over() {
    assert_found(
        &RULE,
        &with_line("/dev/mapper/vg_root-lv_var /var ext4\nUUID=7777 /var/ ext4"),
        str![[r#"
warn /etc/fstab line 3
  message: systemd passes it over: line 2 has the same mount point or device
  measured: UUID=7777
  remedy: remove one of the two lines

"#]],
    );
}

#[test]
fn a_type_that_is_not_that_of_the_file_system_ends_the_start_in_emergency_mode() {
    assert_found(
        &RULE,
        &with_line("/dev/mapper/vg_root-lv_var /var xfs"),
        str![[r#"
block /etc/fstab line 2
  message: vg_root/lv_var is ext4 and not xfs: the next start ends in emergency mode
  measured: /dev/mapper/vg_root-lv_var
  remedy: give the line the type of the file system

"#]],
    );
}

#[test]
fn a_file_in_the_place_of_the_mount_point_ends_the_start_and_a_folder_or_nothing_does_not() {
    let line = "/dev/mapper/vg_root-lv_var /srv/data ext4";
    assert_found(
        &RULE,
        &with_line(line).with("srv/data", "a file"),
        str![[r#"
block /etc/fstab line 2
  message: /srv/data is not a folder: the mount fails, and the start ends in emergency mode
  measured: /dev/mapper/vg_root-lv_var
  remedy: move the file away, or correct the mount point

"#]],
    );
    for host in [with_line(line), with_line(line).with("srv/data/file", "in a folder")] {
        assert_found(
            &RULE,
            &host,
            str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /srv/data

"#]],
        );
    }
}

#[test]
fn an_option_that_a_kernel_does_not_know_is_a_note() {
    assert_found(
        &RULE,
        &with_line("/dev/mapper/vg_root-lv_oracle /var/lib/oracle xfs defaults,nobarrier"),
        str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var/lib/oracle
note /etc/fstab line 2
  message: xfs does not know the option nobarrier of /var/lib/oracle: kernel 5.4 may refuse the mount
  measured: /dev/mapper/vg_root-lv_oracle
  remedy: verify the option with mount(8); remove it if it is not needed

"#]],
    );
}

#[test]
fn a_root_line_that_names_nothing_is_a_warning() {
    assert_found(
        &RULE,
        &Host::named("good-uefi").with("etc/fstab", "UUID=7777 / xfs defaults 0 0\n"),
        str![[r#"
warn /etc/fstab line 1
  message: the device for / does not exist: the root file system is mounted by root= alone
  measured: UUID=7777
  remedy: give the line the device of root=

"#]],
    );
}

#[test]
fn bind_mounts_and_file_systems_without_a_device_need_none() {
    let lines = "/srv /a none bind\ntmpfs /b tmpfs\nserver:/x /c nfs\nproc /proc proc\n/dev/shm /d tmpfs";
    assert_found(
        &RULE,
        &with_line(lines),
        str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /a, /b, /d

"#]],
    );
}

#[test]
fn a_logical_volume_that_its_group_does_not_have_is_missing() {
    assert_found(
        &RULE,
        &with_line("/dev/vg_root/lv_gone /var ext4"),
        str![[r#"
block /etc/fstab line 2
  message: the device for /var does not exist: the next start ends in emergency mode
  measured: /dev/vg_root/lv_gone
  remedy: correct the line or attach the device; if the node can start without it, add nofail to its options

"#]],
    );
}

#[test]
fn a_powered_off_node_has_no_fstab_to_read() {
    let facts = crate::subjects::of_disks(vec![]);
    let profile = crate::profile::Profile::named("21.8").unwrap();
    let inputs = crate::subjects::rule::RuleInputs { facts: &facts, profile: &profile, rule: &RULE };
    let found = &(RULE.judge)(&inputs)[0];
    assert!(found.is_not_judged(), "{found:?}");
}

#[test]
fn a_device_of_crypttab_that_does_not_exist_delays_the_start_and_one_that_exists_is_no_finding() {
    let with = |source: &str, options: &str| {
        Host::named("good-uefi").with("etc/crypttab", format!("data {source} none {options}\n"))
    };
    assert_found(
        &RULE,
        &with(NOBODY, "luks"),
        str![[r#"
warn /etc/crypttab line 1
  message: the device does not exist: the start waits for it
  measured: UUID=77777777-0000-4000-8000-000000000077
  remedy: correct the line, or add nofail to it

"#]],
    );
    assert_found(
        &RULE,
        &with("/dev/disk/by-path/x", "luks"),
        str![[r#"
unknown /etc/crypttab line 1
  message: cannot determine whether the device exists: no link /dev/disk/by-path/x was read
  measured: /dev/disk/by-path/x
  remedy: correct the line, or add nofail to it

"#]],
    );
    let good = with_var("server:/export", "defaults");
    for host in [with(NOBODY, "luks,nofail"), with("/dev/vg_root/lv_var", "luks"), good] {
        assert_found(
            &RULE,
            &host,
            str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var, /var/lib/oracle

"#]],
        );
    }
}

#[test]
fn a_crypttab_that_cannot_be_read_is_unknown() {
    assert_found(
        &RULE,
        &Host::named("good-uefi").with("etc/crypttab", "data\n"),
        str![[r#"
unknown /etc/crypttab
  message: cannot read it: /etc/crypttab: line 1: fewer than two fields: "data"

"#]],
    );
}

#[test]
fn a_mount_of_a_mapping_needs_what_is_below_it() {
    let host = || with_var("/dev/mapper/data", "defaults");
    let with = |source: &str| host().with("etc/crypttab", format!("data {source} none luks,nofail\n"));
    assert_found(
        &RULE,
        &with("/dev/vg_root/lv_var"),
        str![[r#"
pass /etc/fstab
  message: each device that is waited for exists
  measured: /var, /var/lib/oracle

"#]],
    );
    assert_found(
        &RULE,
        &with(NOBODY),
        str![[r#"
block /etc/fstab line 7
  message: the device for /var does not exist: the next start ends in emergency mode
  measured: /dev/mapper/data
  remedy: correct the line or attach the device; if the node can start without it, add nofail to its options

"#]],
    );
}
