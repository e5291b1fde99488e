//! Swap, old kernels and DSA keys.

use okv_host::disk::format::content::{Content, Kind};

use super::*;
use crate::{judge, profile};

#[test]
fn swap_is_enough_grown_at_once_grown_after_a_disk_or_unknown() {
    let ids = ["add-disk", "swap-extend", "restart-for-swap"];
    let of_host = |name: &str| ids.map(|id| state(&with(name, |_| {}), id));
    assert_eq!(of_host("good-uefi"), [State::NotNeeded; 3]);
    assert_eq!(of_host("vg-free-enough"), [State::NotNeeded, State::Ready, State::Blocked]);
    assert_eq!(of_host("vg-free-one-short"), [State::Ready, State::Blocked, State::Blocked]);
    assert_eq!(of_host("unreadable-swaps"), [State::Unknown; 3]);
    assert_eq!(of_host("swap-reference-broken"), [State::NotNeeded, State::NotNeeded, State::Blocked]);
    assert_eq!(state(&with("vg-missing-pv", |_| {}), "look-at-swap"), State::Blocked);
    let added = with("vg-free-one-short", add_blank_disk);
    assert_eq!((state(&added, "add-disk"), state(&added, "swap-extend")), (State::Done, State::Ready));
    assert!(of(&added, "add-disk").evidence.contains("/dev/sdb"));
}

fn add_blank_disk(facts: &mut Facts) {
    let mut blank = facts.node.disks[0].clone();
    blank.path = "/dev/sdb".into();
    blank.content = Content::new(Kind::Blank);
    (blank.partitions, blank.volume_groups) = (vec![], vec![]);
    facts.node.disks.push(blank);
}

#[test]
fn once_a_blank_disk_is_there_no_rule_asks_for_another_one_or_for_prepare() {
    let remedies = |change: &dyn Fn(&mut Facts)| {
        let mut facts = facts_of(Host::named("vg-free-one-short").path());
        change(&mut facts);
        let findings = judge(&facts, &profile());
        ["swap-size", "vg-free"]
            .map(|id| findings.iter().find(|finding| finding.id.as_str() == id).unwrap().remedy.clone())
    };
    let [size, free] = remedies(&|_| ());
    assert!(size.ends_with("--prepare") && free.starts_with("Add one blank disk"), "{size}; {free}");
    assert_eq!(remedies(&add_blank_disk), ["okv-host swap-extend"; 2]);
}

/// A journal with one run of `swap-extend`, as the module that changes hosts writes it, on a host that was started at
/// `booted`.
fn grown(endings: &[Ending], booted: &str) -> Vec<Step> {
    let host = Host::named(HOST);
    write(host.path(), "var/lib/okv-host/journal", "");
    write(host.path(), "proc/stat", booted);
    let mut journal = Journal::open(&host.path().join("var/lib/okv-host/journal")).unwrap();
    let target = "64 GiB of swap".into();
    journal.append(Entry::Began { command: "swap-extend".into(), target, steps: vec![] }).unwrap();
    for ending in endings {
        if *ending == Ending::Undone {
            journal.append(Entry::UndoBegan).unwrap();
        }
        journal.append(Entry::Ended(ending.clone())).unwrap();
    }
    steps_of(&facts_of(host.path()))
}

#[test]
fn swap_that_our_command_grew_is_done_and_the_restart_after_it_is_seen() {
    let both = |steps: &[Step]| (state(steps, "swap-extend"), state(steps, "restart-for-swap"));
    let (before, after) = ("btime 1000000\n", "cpu 1\nbtime 99999999999\n");
    assert_eq!(both(&grown(&[Ending::Done], before)), (State::Done, State::Ready));
    assert_eq!(both(&grown(&[Ending::Done], after)), (State::Done, State::Done));
    assert_eq!(both(&grown(&[Ending::Done], "cpu 1\n")), (State::Done, State::Unknown));
    for cut in [
        &[][..],
        &[Ending::Interrupted { steps: 1 }],
        &[Ending::RolledBack { why: String::new() }],
        &[Ending::Done, Ending::Undone],
    ] {
        assert_eq!(both(&grown(cut, before)), (State::NotNeeded, State::NotNeeded), "{cut:?}");
    }
    let damaged = with(HOST, |facts| subjects(facts).records.runs = Probed::Unreadable("damaged".into()));
    assert_eq!(both(&damaged), (State::NotNeeded, State::Unknown));
}

#[test]
fn old_kernels_go_after_the_upgrade_and_once_the_newest_runs() {
    let ids = ["look-at-kernels", "kernel-prune"];
    let of_host = |name: &str| ids.map(|id| state(&after(name, |_| {}), id));
    assert_eq!(ids.map(|id| state(&with("kernel-old", |_| {}), id)), [State::Blocked; 2], "before the upgrade");
    assert_eq!(of_host("good-uefi"), [State::Done; 2]);
    assert_eq!(of_host("kernel-old"), [State::Done, State::Ready]);
    assert_eq!(of_host("kernel-reboot-first"), [State::Ready, State::Blocked]);
    assert_eq!(of_host("rpm-not-asked"), [State::Unknown; 2]);
    assert_eq!(of(&after("kernel-old", |_| {}), "kernel-prune").command.as_deref(), Some("okv-host kernel-prune"));
}

#[test]
fn dsa_keys_are_there_gone_or_not_to_be_seen() {
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh/keys");
    let with_key = |name: &str| {
        let host = Host::named(HOST);
        for (name, key) in [("ssh_host_rsa_key", "rsa"), (name, "dsa")] {
            let place = format!("etc/ssh/{name}");
            write(host.path(), &place, std::fs::read(keys.join(key)).unwrap());
            std::fs::set_permissions(host.path().join(place), std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        write(host.path(), "etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\n");
        let mut facts = facts_of(host.path());
        upgraded(&mut facts);
        steps_of(&facts)
    };
    let there = with_key("ssh_host_dsa_key");
    let both = (state(&there, "ssh-dsa-retire"), state(&there, "open-ssh-again"));
    assert_eq!(both, (State::Ready, State::Confirm), "{:?}", of(&there, "ssh-dsa-retire"));
    let none = after(HOST, |_| {});
    assert_eq!((state(&none, "ssh-dsa-retire"), state(&none, "open-ssh-again")), (State::NotNeeded, State::NotNeeded));
    assert_eq!(state(&none, "close-ssh-again"), State::Confirm, "that SSH is closed no node shows");
    let hidden = after(HOST, |facts| facts.subjects.as_mut().unwrap().ssh = Probed::Unreadable("no access".into()));
    assert_eq!(state(&hidden, "ssh-dsa-retire"), State::Unknown);
}
