//! Each kind of step from both sides, and where a host does not let us see.

use crate::{Host, NOON, facts_of, of, state, steps_of, with, write};
use okv_host::engine::{Ending, Entry};
use okv_host::host::Probed;
use okv_host::host::space::Space;
use okv_host::io::journal::Journal;
use okv_host::procedure::{NotConfirmable, SECTIONS, STEPS, State, Step, may_confirm};
use okv_host::subjects::Facts;
use okv_host::subjects::certificates::facts::certificate;
use okv_host::subjects::media::{Isos, Jars};
use okv_host::subjects::preflight::{Interface, Seen, Session};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const HOST: &str = "procedure-staged";

fn subjects(facts: &mut Facts) -> &mut okv_host::subjects::Subjects {
    facts.subjects.as_mut().unwrap()
}

/// The states of a step of the staged host, after each of some changes.
fn states(id: &str, changes: &[&dyn Fn(&mut Facts)]) -> Vec<State> {
    changes.iter().map(|change| state(&with(HOST, |facts| change(facts)), id)).collect()
}

fn upgraded(facts: &mut Facts) {
    subjects(facts).upgrade.release.said = vec![("/etc/issue".into(), "21.8.0.0.0".into())];
}

/// The steps of a host that was upgraded.
fn after(name: &str, change: impl FnOnce(&mut Facts)) -> Vec<Step> {
    with(name, |facts| {
        upgraded(facts);
        change(facts);
    })
}

fn seen(paths: &[&str], processes: &[&str], not_looked_at: &[&str]) -> Seen {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Seen { asked: 1, paths: texts(paths), processes: texts(processes), not_looked_at: texts(not_looked_at) }
}

#[test]
fn the_table_has_each_word_once_and_its_sections_in_order() {
    let mut ids: Vec<&str> = STEPS.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), STEPS.len());
    let places: Vec<(&str, u8)> = STEPS.iter().map(|row| (row.section, row.items.0)).collect();
    assert!(places.is_sorted(), "{places:?}");
    for row in STEPS {
        assert!(SECTIONS.iter().any(|(section, _)| *section == row.section), "{}", row.id);
        assert!(row.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", row.id);
    }
}

#[test]
fn who_runs_it_is_root_or_not() {
    let is = |is_root: Probed<bool>| {
        state(&with(HOST, |facts| subjects(facts).records.operator.is_root = is_root), "be-root")
    };
    assert_eq!(is(Probed::Known(true)), State::Done);
    assert_eq!(is(Probed::Known(false)), State::Ready);
    assert_eq!(is(Probed::Absent), State::NotNeeded, "a saved host");
    assert_eq!(is(Probed::Unreadable("x".into())), State::Unknown);
}

#[test]
fn a_backup_that_runs_blocks_and_none_that_is_seen_is_asked_for() {
    for id in ["back-up", "stop-backup-jobs"] {
        let found = states(
            id,
            &[
                &|facts| subjects(facts).preflight.backup_jobs = seen(&[], &["rman"], &[]),
                &|facts| subjects(facts).preflight.backup_jobs = seen(&["/x/job"], &[], &[]),
                &|facts| subjects(facts).preflight.backup_jobs = seen(&[], &[], &[]),
                &|facts| subjects(facts).preflight.backup_jobs = seen(&[], &[], &["/x: no access"]),
            ],
        );
        assert_eq!(found, [State::Blocked, State::Confirm, State::Confirm, State::Unknown], "{id}");
    }
}

#[test]
fn no_trace_of_an_hsm_is_no_evidence_that_there_is_none() {
    for id in ["hsm-before", "hsm-card", "hsm-after"] {
        let hsm = |seen: Seen| {
            let steps = with(HOST, |facts| {
                if id == "hsm-after" {
                    upgraded(facts);
                }
                subjects(facts).preflight.hsm = seen;
            });
            state(&steps, id)
        };
        let before = id == "hsm-before";
        assert_eq!(hsm(seen(&[], &[], &[])), State::Confirm, "{id}");
        assert_eq!(hsm(seen(&["/opt/hsm"], &[], &[])), State::Confirm, "{id}: its guide is a person's");
        assert_eq!(hsm(seen(&[], &[], &["no access"])), State::Unknown, "{id} {before}");
    }
}

#[test]
fn the_physical_interfaces_are_shown_where_the_network_mode_is_decided() {
    let evidence = |interfaces: Probed<Vec<Interface>>| {
        let steps = with(HOST, |facts| {
            upgraded(facts);
            subjects(facts).preflight.interfaces = interfaces;
        });
        let step = of(&steps, "network-mode");
        assert_eq!(step.state, State::Confirm);
        step.evidence.clone()
    };
    let interface = |name: &str, has_carrier, mbit| Interface { name: name.to_owned(), has_carrier, mbit };
    let two = vec![interface("eth0", Some(true), Some(10_000)), interface("eth1", Some(false), None)];
    let found = evidence(Probed::Known(two));
    assert!(found.starts_with(
        "2 physical interfaces: eth0 (carrier, 10000 Mb/s), eth1 (no carrier); dual NIC mode is possible"
    ));
    let one = evidence(Probed::Known(vec![interface("eth0", None, None)]));
    assert!(one.starts_with("1 physical interface: eth0 (down); two are needed for dual NIC mode"), "{one}");
    assert!(
        evidence(Probed::Unreadable("no access".into()))
            .starts_with("the network interfaces could not be read: no access")
    );
    assert!(evidence(Probed::Absent).starts_with("the network interfaces are not known"));
}

#[test]
fn a_diagnostics_package_is_there_or_asked_for() {
    let found = states(
        "clear-diagnostics",
        &[
            &|facts| subjects(facts).preflight.diagnostics_package = seen(&["/x.zip"], &[], &[]),
            &|facts| subjects(facts).preflight.diagnostics_package = seen(&[], &[], &[]),
            &|facts| subjects(facts).preflight.diagnostics_package = seen(&[], &[], &["no access"]),
        ],
    );
    assert_eq!(found, [State::Ready, State::Confirm, State::Unknown]);
    let steps = with(HOST, |facts| subjects(facts).preflight.diagnostics_package = seen(&["/x.zip"], &[], &[]));
    assert!(of(&steps, "clear-diagnostics").how.contains("Clear"), "the way for its release");
}

#[test]
fn remote_syslog_is_reached_absent_or_unknown() {
    let with_text = |text: &str| {
        let host = Host::named(HOST);
        write(host.path(), "etc/rsyslog.conf", text);
        state(&steps_of(&facts_of(host.path())), "reach-syslog")
    };
    assert_eq!(with_text("*.* /var/log/messages\n"), State::Done);
    assert_eq!(with_text("*.* @192.0.2.1\n"), State::Confirm, "UDP");
    assert_eq!(with_text("*.* @@192.0.2.1\n"), State::Confirm, "nobody tried");
    assert_eq!(with_text("*.* @@`echo x`\n"), State::Unknown);
}

#[test]
fn the_disk_and_boot_limits_block_pass_or_are_unknown() {
    assert_eq!(state(&with("bios-3tib-boot-disk", |_| {}), "disk-limit"), State::Blocked);
    assert_eq!(state(&with("bios-retail-2tb", |_| {}), "disk-limit"), State::Done);
    assert_eq!(state(&with("boot-500m-ext4", |_| {}), "boot-size"), State::Blocked);
    assert_eq!(state(&with("boot-512m-ext4", |_| {}), "boot-size"), State::Done);
    let blind = with(HOST, |facts| {
        facts.node.disks.clear();
        facts.node.running.as_mut().unwrap().block = Probed::Unreadable("no access".into());
    });
    assert_eq!((state(&blind, "disk-limit"), state(&blind, "boot-size")), (State::Unknown, State::Unknown));
}

#[test]
fn jars_are_asked_for_only_where_room_may_be_short() {
    let jars = |facts: &mut Facts| {
        subjects(facts).media.jars = Probed::Known(Jars { jars: vec![("a.jar".into(), 1000)], others: 1 });
    };
    let no_iso = |facts: &mut Facts, space: Probed<Space>| {
        jars(facts);
        let Probed::Known(isos) = &mut subjects(facts).media.isos else { panic!() };
        isos.here.clear();
        subjects(facts).media.space = space;
    };
    let found = states(
        "free-space",
        &[
            &|_| {},
            &jars,
            &|facts| no_iso(facts, Probed::Known(Space { available: 5 })),
            &|facts| subjects(facts).media.jars = Probed::Absent,
            &|facts| subjects(facts).media.jars = Probed::Unreadable("no access".into()),
        ],
    );
    assert_eq!(found, [State::NotNeeded, State::NotNeeded, State::Confirm, State::NotNeeded, State::Unknown]);
    let mut profile = crate::profile();
    profile.iso_bytes = Some(1 << 30);
    let mut facts = facts_of(Host::named(HOST).path());
    no_iso(&mut facts, Probed::Known(Space { available: 5 }));
    let steps = okv_host::procedure::steps(&facts, &okv_host::subjects::table::judge(&facts, &profile), &profile);
    assert_eq!((state(&steps, "free-space"), state(&steps, "iso-space")), (State::Ready, State::Blocked));
    assert_eq!(state(&steps, "stage-iso"), State::Blocked);
}

#[test]
fn the_certificate_holds_is_close_to_its_end_or_over() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certificates/server.pem");
    let known = certificate::of_file(&file).unwrap();
    let last = known.known().unwrap().not_after;
    let at = |now: u64| {
        let steps = with(HOST, |facts| {
            subjects(facts).certificates.server = Some(known.clone());
            subjects(facts).certificates.platform = Some(known.clone());
            facts.node.running.as_mut().unwrap().now = now;
        });
        state(&steps, "certificate")
    };
    assert_eq!((at(last - 100 * 86_400), at(last - 86_400), at(last + 1)), (State::Done, State::Ready, State::Blocked));
    let found = states(
        "certificate",
        &[&|facts| subjects(facts).certificates.server = None, &|facts| {
            subjects(facts).certificates.server = Some(Probed::Unreadable("no access".into()))
        }],
    );
    assert_eq!(found, [State::Confirm, State::Unknown]);
}

#[test]
fn a_session_outlives_its_connection_or_is_to_be_begun_anew() {
    let found = states(
        "session",
        &[
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Multiplexer("tmux".into())),
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Console),
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Ssh),
            &|facts| subjects(facts).preflight.session = Probed::Known(Session::Other(vec!["cron".into()])),
            &|facts| subjects(facts).preflight.session = Probed::Absent,
            &|facts| subjects(facts).preflight.session = Probed::Unreadable("no access".into()),
        ],
    );
    let states = [State::Done, State::Done, State::Ready, State::Ready, State::NotNeeded, State::Unknown];
    assert_eq!(found, states, "a saved host has no session");
    let ssh = |session: Session| {
        state(&with(HOST, |facts| subjects(facts).preflight.session = Probed::Known(session)), "open-ssh")
    };
    assert_eq!((ssh(Session::Ssh), ssh(Session::Console)), (State::Done, State::Confirm));
}

#[test]
fn the_iso_is_there_missing_cut_off_or_not_to_be_seen() {
    let change = |by: &dyn Fn(&mut Isos)| {
        with(HOST, |facts| {
            let Probed::Known(isos) = &mut subjects(facts).media.isos else { panic!() };
            by(isos);
        })
    };
    assert_eq!(state(&change(&|_| {}), "stage-iso"), State::Done);
    assert_eq!(state(&change(&|isos| isos.here[0].bytes -= 1), "stage-iso"), State::Blocked);
    assert_eq!(state(&change(&|isos| isos.not_looked_at.push("x".into())), "stage-iso"), State::Unknown);
    assert_eq!(state(&change(&|isos| isos.misplaced.push("/root/x.iso".into())), "stage-iso"), State::Done);
    let missing = with(HOST, |facts| {
        let Probed::Known(isos) = &mut subjects(facts).media.isos else { panic!() };
        isos.here.clear();
        facts.node.running.as_mut().unwrap().mounts = Probed::Known(vec![]);
    });
    assert_eq!((state(&missing, "stage-iso"), state(&missing, "clean-cache")), (State::Ready, State::Blocked));
    assert_eq!(of(&missing, "stage-iso").command.as_deref(), Some("okv-host stage ISO --sha256 HEX"));
    let hidden = with(HOST, |facts| subjects(facts).media.isos = Probed::Unreadable("no access".into()));
    assert_eq!(state(&hidden, "stage-iso"), State::Unknown);
}

#[test]
fn the_mount_and_the_cache_go_together() {
    let both = |change: &dyn Fn(&mut Facts)| {
        let steps = with(HOST, |facts| change(facts));
        (state(&steps, "mount-iso"), state(&steps, "clean-cache"))
    };
    let mounts = |facts: &mut Facts, mounts| facts.node.running.as_mut().unwrap().mounts = mounts;
    assert_eq!(both(&|_| {}), (State::Done, State::Done));
    assert_eq!(both(&|facts| mounts(facts, Probed::Known(vec![]))), (State::Ready, State::Ready));
    assert_eq!(both(&|facts| mounts(facts, Probed::Unreadable("x".into()))), (State::Unknown, State::Unknown));
    let (mount, cache) = both(&|facts| facts.node.running.as_mut().unwrap().loops = Probed::Known(vec![]));
    assert_eq!((mount, cache), (State::Blocked, State::Blocked), "a DVD");
}

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
    let added = with("vg-free-one-short", |facts| {
        let mut blank = facts.node.disks[0].clone();
        blank.path = "/dev/sdb".into();
        blank.content = okv_host::disk::format::content::Content::new(okv_host::disk::format::content::Kind::Blank);
        (blank.partitions, blank.volume_groups) = (vec![], vec![]);
        facts.node.disks.push(blank);
    });
    assert_eq!((state(&added, "add-disk"), state(&added, "swap-extend")), (State::Done, State::Ready));
    assert!(of(&added, "add-disk").evidence.contains("/dev/sdb"));
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

#[test]
fn a_waived_finding_makes_a_step_not_needed_and_is_reported() {
    use okv_host::base::dates::Date;
    use okv_host::subjects::table::judge;
    use okv_host::subjects::waivers;
    let profile = crate::profile();
    let facts = facts_of(Host::named("swap-64gib-less-two-pages").path());
    let text = r#"{"schema": "okv-host.waivers.v1", "waivers": [
        {"id": "swap-size", "reason": "the disk is on its way", "until": "2099-12-31"}]}"#;
    let mut findings = judge(&facts, &profile);
    let steps = okv_host::procedure::steps(&facts, &findings, &profile);
    assert_eq!((state(&steps, "swap-extend"), state(&steps, "all-before")), (State::Ready, State::Blocked));
    waivers::apply(&mut findings, &waivers::parse(text).unwrap(), Date::of_second(NOON));
    let steps = okv_host::procedure::steps(&facts, &findings, &profile);
    let step = of(&steps, "swap-extend");
    assert_eq!(step.state, State::NotNeeded);
    assert!(step.evidence.contains("waived until 2099-12-31: the disk is on its way"), "{step:?}");
    assert!(!of(&steps, "all-before").evidence.contains("swap-size"));
}

#[test]
fn what_may_be_confirmed_and_what_to_do_instead() {
    let steps = with("everything-wrong", |_| {});
    let refused = |id: &str| match may_confirm(of(&steps, id)) {
        Ok(()) => String::new(),
        Err(NotConfirmable(why)) => why,
    };
    for id in ["back-up", "plan-downtime", "hsm-before", "certificate"] {
        assert_eq!(refused(id), "", "{id}");
    }
    assert!(refused("disable-node").contains("comes after all-before"));
    assert!(refused("disk-limit").contains("a confirmation does not change that"));
    assert!(refused("add-disk").contains("okv-host swap-extend --prepare"));
    assert!(refused("swap-extend").contains("okv-host swap-extend does and proves it"));
    assert!(refused("stage-iso").contains("okv-host stage ISO --sha256 HEX does and proves it"));
    assert!(refused("enable-node").contains("comes after the upgrade"));
    assert!(refused("free-space").contains("is not-needed"));
}
