//! The upgrade itself: before, while, and after it.

use crate::{Host, NOON, confirmation, of, records, state, with};
use okv_host::host::Probed;
use okv_host::procedure::{State, Step, open_before, steps};
use okv_host::profile::Profile;
use okv_host::subjects::Facts;
use okv_host::subjects::upgrade::{Releases, UpgradeRun, UpgradeState};

const HOST: &str = "procedure-staged";
const DAY: u64 = 86_400;

/// Everything that waits for a confirmation before the upgrade.
const ASKED: &[&str] = &[
    "back-up",
    "stop-backup-jobs",
    "clear-diagnostics",
    "plan-downtime",
    "disable-limit",
    "plan-nodes",
    "audit-vault",
    "certificate",
    "hsm-before",
    "hsm-card",
    "disable-node",
    "open-ssh",
];

fn subjects(facts: &mut Facts) -> &mut okv_host::subjects::Subjects {
    facts.subjects.as_mut().unwrap()
}

/// The staged host at noon, with root logged in and all confirmed that stands before the upgrade; then changed.
fn staged(change: impl FnOnce(&mut Facts)) -> Vec<Step> {
    with(HOST, |facts| {
        facts.node.now = NOON;
        let subjects = subjects(facts);
        subjects.records.operator.is_root = Probed::Known(true);
        subjects.records.confirmations =
            Probed::Known(records(ASKED.iter().map(|id| confirmation(HOST, id, "seen"))).into());
        change(facts);
    })
}

fn ran(state: UpgradeState) -> Probed<UpgradeRun> {
    Probed::Known(UpgradeRun {
        log: "/var/lib/okv-host/upgrade/1.log".into(),
        number: 1,
        began: Some(NOON - 3600),
        messages: None,
        iso: None,
        state,
    })
}

fn set_release(facts: &mut Facts, release: &str) {
    subjects(facts).upgrade.release =
        Releases { said: vec![("/etc/issue".into(), release.into())], not_looked_at: vec![] };
}

fn clear_release(facts: &mut Facts) {
    subjects(facts).upgrade.release = Releases::default();
}

fn confirm(facts: &mut Facts, id: &str) {
    let Probed::Known(known) = &mut subjects(facts).records.confirmations else { panic!() };
    let more = records([confirmation(HOST, id, "the heading is there")]);
    known.records.extend(more);
}

#[test]
fn with_all_before_it_done_the_upgrade_can_run() {
    let steps = staged(|_| {});
    assert_eq!(open_before(&steps, "run-upgrade"), Vec::<&Step>::new());
    let step = of(&steps, "run-upgrade");
    assert_eq!((step.state, step.command.as_deref()), (State::Ready, Some("okv-host upgrade")));
    assert_eq!((state(&steps, "reboot"), state(&steps, "enable-node")), (State::Blocked, State::Blocked));
}

#[test]
fn each_open_step_before_it_keeps_the_gate_shut() {
    for missing in ASKED {
        let steps = staged(|facts| {
            let Probed::Known(known) = &mut subjects(facts).records.confirmations else { panic!() };
            known.records.retain(|record| record.entry.step != *missing);
        });
        let open: Vec<&str> = open_before(&steps, "run-upgrade").iter().map(|step| step.id).collect();
        assert!(open.contains(missing), "{missing}: {open:?}");
        assert_eq!(state(&steps, "run-upgrade"), State::Blocked, "{missing}");
    }
    let damaged = staged(|facts| subjects(facts).records.confirmations = Probed::Unreadable("damaged".into()));
    assert!(open_before(&damaged, "run-upgrade").len() > ASKED.len());
}

#[test]
fn what_blocks_the_node_keeps_the_gate_shut_wherever_the_procedure_has_it() {
    let steps = with("swap-64gib-less-two-pages", |_| {});
    let open = open_before(&steps, "run-upgrade");
    let gate = open.iter().find(|step| step.id == "all-before").unwrap();
    assert!(gate.state == State::Blocked && gate.evidence.contains("swap-size (see swap-extend)"), "{gate:?}");
    assert!(!open.iter().any(|step| step.section > "7.3"), "what comes after the upgrade is not before it");
}

#[test]
fn open_before_asks_only_for_what_is_before_and_for_all_where_the_step_is_not_known() {
    let steps = with(HOST, |facts| subjects(facts).media.isos = Probed::Absent);
    let ids = |id: &str| open_before(&steps, id).iter().map(|step| step.id).collect::<Vec<_>>();
    assert!(ids("back-up").iter().all(|id| *id == "be-root"));
    assert!(ids("run-upgrade").contains(&"stage-iso") && !ids("stage-iso").contains(&"stage-iso"));
    assert!(ids("no-such-step").contains(&"reboot"), "an unknown step opens no gate");
}

#[test]
fn a_node_whose_release_cannot_be_read_asks_for_it_before_the_upgrade() {
    let silent = staged(clear_release);
    assert_eq!((state(&silent, "all-before"), state(&silent, "run-upgrade")), (State::Confirm, State::Blocked));
    let confirmed = staged(|facts| {
        clear_release(facts);
        confirm(facts, "all-before");
    });
    assert_eq!(state(&confirmed, "run-upgrade"), State::Ready);
}

#[test]
fn the_progress_is_read_from_the_run_of_the_upgrade() {
    use UpgradeState::{CutOff, Failed, Restarted, Running, Silent, Unheard, WaitsForReboot};
    for (run, upgrade, reboot) in [
        (Running, State::Blocked, State::Blocked),
        (Failed(3), State::Blocked, State::Blocked),
        (CutOff, State::Blocked, State::Blocked),
        (Silent, State::Unknown, State::Blocked),
        (Unheard, State::Unknown, State::Blocked),
        (WaitsForReboot, State::Done, State::Ready),
        (Restarted, State::Done, State::Blocked),
    ] {
        let steps = staged(|facts| subjects(facts).upgrade.run = ran(run));
        assert_eq!((state(&steps, "run-upgrade"), state(&steps, "reboot")), (upgrade, reboot), "{run:?}");
        assert_eq!(state(&steps, "enable-node"), State::Blocked, "{run:?}");
    }
    let hidden = staged(|facts| subjects(facts).upgrade.run = Probed::Unreadable("no access".into()));
    assert_eq!((state(&hidden, "run-upgrade"), state(&hidden, "reboot")), (State::Unknown, State::Unknown));
}

#[test]
fn once_it_has_begun_the_time_of_what_stands_before_is_over() {
    let steps = with(HOST, |facts| {
        facts.node.now = NOON;
        subjects(facts).upgrade.run = ran(UpgradeState::WaitsForReboot);
    });
    let step = of(&steps, "back-up");
    assert_eq!(step.state, State::NotNeeded);
    assert!(step.evidence.contains("was not seen to be done"), "{step:?}");
    assert_eq!(okv_host::procedure::next(&steps).unwrap().id, "reboot");
}

#[test]
fn the_restart_waits_for_an_iso_that_was_taken_away() {
    let steps = staged(|facts| {
        let Probed::Known(isos) = &mut subjects(facts).media.isos else { panic!() };
        isos.here.clear();
        subjects(facts).upgrade.run = ran(UpgradeState::WaitsForReboot);
    });
    assert_eq!((state(&steps, "stage-iso"), state(&steps, "reboot")), (State::Ready, State::Blocked));
    let step = of(&steps, "reboot");
    assert!(step.command.is_none() && step.evidence.contains("ISO"), "{step:?}");
}

#[test]
fn a_restarted_node_is_upgraded_when_its_files_name_the_release_and_not_before() {
    let steps = staged(|facts| {
        subjects(facts).upgrade.run = ran(UpgradeState::Restarted);
        set_release(facts, "21.8.0.0.0");
    });
    for id in ["run-upgrade", "reboot", "stage-iso", "mount-iso", "clean-cache"] {
        assert_eq!(state(&steps, id), State::Done, "{id}");
    }
    assert_eq!(state(&steps, "enable-node"), State::Confirm);
    let half = staged(|facts| {
        subjects(facts).upgrade.run = ran(UpgradeState::WaitsForReboot);
        set_release(facts, "21.8.0.0.0");
    });
    assert_eq!(state(&half, "reboot"), State::Ready, "files of the new release, before the restart");
    let disagree = staged(|facts| {
        subjects(facts).upgrade.run = ran(UpgradeState::Restarted);
        subjects(facts).upgrade.release.said.push(("/etc/motd".into(), "21.5".into()));
    });
    assert_ne!(state(&disagree, "reboot"), State::Done);
}

#[test]
fn where_no_release_can_be_read_an_operator_confirms_that_the_node_came_up() {
    let silent = |run: Probed<UpgradeRun>, confirmed: bool| {
        staged(|facts| {
            clear_release(facts);
            subjects(facts).upgrade.run = run;
            if confirmed {
                confirm(facts, "reboot");
            }
        })
    };
    let restarted = || ran(UpgradeState::Restarted);
    assert_eq!(state(&silent(restarted(), false), "reboot"), State::Confirm);
    let done = silent(restarted(), true);
    assert_eq!((state(&done, "reboot"), state(&done, "enable-node")), (State::Done, State::Confirm));
    assert_eq!(of(&done, "reboot").confirmed.as_ref().unwrap().note, "the heading is there");
    let by_hand = silent(Probed::Absent, true);
    assert_eq!((state(&by_hand, "run-upgrade"), state(&by_hand, "enable-node")), (State::Done, State::Confirm));
    let running = silent(ran(UpgradeState::Running), true);
    assert_eq!((state(&running, "reboot"), state(&running, "enable-node")), (State::Blocked, State::Blocked));
}

#[test]
fn a_confirmation_against_the_release_of_the_node_does_not_make_it_upgraded() {
    let steps = staged(|facts| confirm(facts, "reboot"));
    assert_eq!((state(&steps, "reboot"), state(&steps, "enable-node")), (State::Blocked, State::Blocked));
}

#[test]
fn the_run_of_an_earlier_upgrade_is_not_that_of_this_one() {
    let old = |age: u64, state: UpgradeState| {
        staged(|facts| {
            let log = "/var/lib/okv-host/upgrade/1.log".into();
            subjects(facts).upgrade.run =
                Probed::Known(UpgradeRun { log, number: 1, began: Some(NOON - age), messages: None, iso: None, state });
        })
    };
    for run in [UpgradeState::Restarted, UpgradeState::Failed(1), UpgradeState::CutOff] {
        assert_eq!(state(&old(300 * DAY, run), "run-upgrade"), State::Ready, "{run:?}");
    }
    assert_eq!(state(&old(DAY, UpgradeState::Restarted), "reboot"), State::Blocked, "it may still be at work");
    assert_eq!(state(&old(300 * DAY, UpgradeState::WaitsForReboot), "run-upgrade"), State::Done);
}

#[test]
fn endpoints_come_after_every_node() {
    let upgraded = |confirmed: &[&str]| {
        staged(|facts| {
            set_release(facts, "21.8.0.0.0");
            confirmed.iter().for_each(|id| confirm(facts, id));
        })
    };
    assert_eq!(state(&upgraded(&[]), "endpoint-stop"), State::Blocked);
    assert_eq!(state(&upgraded(&["endpoint-stop"]), "endpoint-stop"), State::Blocked, "confirmed too early");
    assert_eq!(state(&upgraded(&["next-nodes"]), "endpoint-stop"), State::Confirm);
    assert_eq!(state(&upgraded(&["next-nodes", "endpoint-stop"]), "endpoint-stop"), State::Done);
}

#[test]
fn the_procedure_of_a_powered_off_node_is_unknown() {
    let mut facts = crate::facts_of(Host::named(HOST).path());
    (facts.node.running, facts.subjects) = (None, None);
    let profile = Profile::named("21.8").unwrap();
    let steps = steps(&facts, &okv_host::subjects::table::judge(&facts, &profile), &profile);
    for id in ["be-root", "run-upgrade", "enable-node", "session", "stage-iso"] {
        assert_eq!(state(&steps, id), State::Unknown, "{id}");
    }
    assert_eq!(state(&steps, "boot-size"), State::Done, "its disks do");
}
