//! The steps before the upgrade.

use super::*;

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
            facts.node.now = now;
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
