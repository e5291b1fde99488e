use snapbox::str;

use super::RULE;
use crate::overlay::Host;
use crate::subjects::rule::Verdict;
use crate::subjects::rule::tests::assert_found;

#[test]
fn fstab_by_uuid_and_resume_by_path_name_the_swap_volume() {
    assert_found(
        &RULE,
        &Host::named("good-uefi"),
        str![[r#"
pass /etc/fstab line 9
  message: names vg_root/lv_swap, which is swap
  measured: UUID=5a5a5a5a-0000-4000-8000-000000000002
pass resume= of the kernel line
  message: names vg_root/lv_swap, which is swap
  measured: /dev/mapper/vg_root-lv_swap

"#]],
    );
}

#[test]
fn an_uuid_that_no_volume_has_blocks_in_fstab_and_in_resume() {
    assert_found(
        &RULE,
        &Host::named("swap-reference-broken"),
        str![[r#"
block /etc/fstab line 9
  message: names nothing that exists
  measured: UUID=deadbeef-0000-4000-8000-00000000dead
  remedy: Give the line the UUID or path of the swap volume before the next restart.
block resume= of the kernel line
  message: names nothing that exists
  measured: UUID=deadbeef-0000-4000-8000-00000000dead
  remedy: Give the line the UUID or path of the swap volume before the next restart.

"#]],
    );
}

#[test]
fn an_fstab_without_swap_blocks_because_the_node_has_none_after_its_next_start() {
    assert_found(
        &RULE,
        &Host::named("good-bios")
            .with("etc/fstab", "UUID=0b0070b0-0000-4000-8000-000000000001 /boot ext4 noauto 0 0\n"),
        str![[r#"
block /etc/fstab
  message: names no swap: the node has none after its next start
  remedy: Add a line for the swap volume to /etc/fstab.
pass resume= of the kernel line
  message: names vg_root/lv_swap, which is swap
  measured: /dev/mapper/vg_root-lv_swap

"#]],
    );
}

#[test]
fn beside_resume_offset_the_volume_of_resume_has_a_file_system_with_the_swap_file() {
    let resume =
        |new: &str| Host::named("good-uefi").replacing("proc/cmdline", "resume=/dev/mapper/vg_root-lv_swap", new);
    assert_found(
        &RULE,
        &resume("resume=/dev/mapper/vg_root-lv_var resume_offset=34816"),
        str![[r#"
pass /etc/fstab line 9
  message: names vg_root/lv_swap, which is swap
  measured: UUID=5a5a5a5a-0000-4000-8000-000000000002
note resume= of the kernel line
  message: names vg_root/lv_var, whose file system has the swap file that resume_offset= is a place in
  measured: /dev/mapper/vg_root-lv_var

"#]],
    );
    assert_found(
        &RULE,
        &resume("resume=/dev/mapper/vg_root-lv_var"),
        str![[r#"
pass /etc/fstab line 9
  message: names vg_root/lv_swap, which is swap
  measured: UUID=5a5a5a5a-0000-4000-8000-000000000002
block resume= of the kernel line
  message: names vg_root/lv_var, which is ext4 and not swap
  measured: /dev/mapper/vg_root-lv_var
  remedy: Give the line the UUID or path of the swap volume.

"#]],
    );
}

#[test]
fn what_was_not_opened_is_unknown_and_names_its_container() {
    use crate::disk::format::content::{Content, Kind};

    let host = Host::named("swap-reference-broken");
    let profile = crate::profile::Profile::named("21.8").unwrap();
    let root = crate::host::Root::fixture(host.path()).unwrap();
    let mut facts = crate::subjects::of_host_at(&root, &profile.places);
    facts.node.disks[0].partitions[1].content = Content::new(Kind::Luks);
    let inputs = crate::subjects::rule::RuleInputs { facts: &facts, profile: &profile, rule: &RULE };
    for found in (RULE.judge)(&inputs) {
        let is_named = found.message.contains("(luks) was not read");
        assert!(found.verdict == crate::subjects::rule::Verdict::Unknown && is_named, "{found:?}");
    }
}

/// Verdict and message of each finding.
fn found(host: &Host) -> Vec<(Verdict, String)> {
    let profile = crate::profile::Profile::named("21.8").unwrap();
    let root = crate::host::Root::fixture(host.path()).unwrap();
    let facts = crate::subjects::of_host_at(&root, &profile.places);
    let inputs = crate::subjects::rule::RuleInputs { facts: &facts, profile: &profile, rule: &RULE };
    (RULE.judge)(&inputs).into_iter().map(|finding| (finding.verdict, finding.message)).collect()
}

const RAW: &str = "UUID=5a5a5a5a-0000-4000-8000-000000000002";

/// A host whose swap volume is below a mapping that each start makes anew.
fn encrypted(device: &str, options: &str) -> Host {
    Host::named("good-uefi")
        .replacing("etc/fstab", RAW, "/dev/mapper/swap0")
        .replacing("proc/cmdline", "resume=/dev/mapper/vg_root-lv_swap", "quiet")
        .with("etc/crypttab", format!("swap0 {device} /dev/urandom {options}\n"))
}

#[test]
fn an_encrypted_swap_is_named_by_its_mapping_in_every_form_of_the_device_below() {
    for device in
        ["/dev/vg_root/lv_swap", "/dev/mapper/vg_root-lv_swap", RAW, "UUID=\"5a5a5a5a-0000-4000-8000-000000000002\""]
    {
        let found = found(&encrypted(device, "swap,cipher=aes-xts-plain64"));
        assert_eq!(found.len(), 1);
        assert!(found[0].0 == Verdict::Pass && found[0].1.ends_with("as swap at each start"), "{found:?}");
    }
}

#[test]
fn an_encrypted_swap_on_nothing_blocks_and_one_whose_content_lasts_is_unknown() {
    let gone = &found(&encrypted("/dev/vg_root/lv_gone", "swap"))[0];
    assert!(gone.0 == Verdict::Block && gone.1.contains("line 1 of /etc/crypttab makes of /dev/vg_root/lv_gone"));
    let lasting = &found(&encrypted("/dev/vg_root/lv_swap", "luks"))[0];
    assert!(lasting.0 == Verdict::Unknown && lasting.1.contains("could not be read"), "{lasting:?}");
    let link = &found(&encrypted("/dev/disk/by-path/pci-0000:00:05.0-part9", "swap"))[0];
    assert!(link.0 == Verdict::Unknown && link.1.contains("was not found"), "{link:?}");
}

#[test]
fn a_crypttab_that_could_not_be_read_may_have_the_mapping() {
    let host = encrypted("/dev/vg_root/lv_swap", "swap").with("etc/crypttab", "swap0\n");
    let found = &found(&host)[0];
    assert!(
        found.0 == Verdict::Unknown && found.1.contains("/etc/crypttab: line 1: fewer than two fields"),
        "{found:?}"
    );
}

#[test]
fn the_uuid_within_an_encrypted_swap_never_lasts() {
    let host = encrypted("/dev/vg_root/lv_swap", "swap").replacing(
        "etc/fstab",
        "/dev/mapper/swap0",
        "UUID=deadbeef-0000-4000-8000-00000000dead",
    );
    let found = &found(&host)[0];
    assert!(found.0 == Verdict::Block && found.1.contains("/dev/mapper/swap0 gets another UUID"), "{found:?}");
}

#[test]
fn a_line_that_names_what_is_below_the_encrypted_swap_is_ambiguous() {
    let host = encrypted("/dev/vg_root/lv_swap", "swap").replacing("etc/fstab", "/dev/mapper/swap0", RAW);
    let found = &found(&host)[0];
    assert!(found.0 == Verdict::Warn && found.1.contains("of which line 1 of /etc/crypttab makes"), "{found:?}");
}

#[test]
fn nothing_resumes_from_an_encrypted_swap() {
    let host = encrypted("/dev/vg_root/lv_swap", "swap").replacing("proc/cmdline", "quiet", "resume=/dev/mapper/swap0");
    let found = &found(&host)[1];
    assert!(found.0 == Verdict::Warn && found.1.contains("nothing can resume from it"), "{found:?}");
}

#[test]
fn resume_takes_every_form_of_a_name() {
    for form in [RAW, "UUID=\"5a5a5a5a-0000-4000-8000-000000000002\"", "/dev/disk/by-label/none"] {
        let resume = format!("resume={form}");
        let host = Host::named("good-uefi").replacing("proc/cmdline", "resume=/dev/mapper/vg_root-lv_swap", &resume);
        let found = &found(&host)[1];
        let expected = if form.ends_with("none") { Verdict::Block } else { Verdict::Pass };
        assert_eq!(found.0, expected, "{form}: {found:?}");
    }
}

#[test]
fn swap_that_no_start_turns_on_blocks() {
    let host = |options: &str| {
        Host::named("good-uefi").replacing("etc/fstab", "swap    defaults", &format!("swap    {options}"))
    };
    assert_found(
        &RULE,
        &host("sw,noauto"),
        str![[r#"
block /etc/fstab
  message: names no swap that a start turns on: the node has none after its next start
  measured: noauto in line 9
  remedy: Remove noauto from the line of the swap volume in /etc/fstab.
pass resume= of the kernel line
  message: names vg_root/lv_swap, which is swap
  measured: /dev/mapper/vg_root-lv_swap

"#]],
    );
}
