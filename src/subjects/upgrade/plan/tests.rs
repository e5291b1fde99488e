use super::*;
use crate::engine::{Command, Ending, assert_roles_fit};

const ISO: &str = "/var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso";
const LOG: &str = "/var/lib/okv-host/upgrade-1.log";

/// A node on which all is ready.
fn means() -> Means {
    Means {
        blocked: Vec::new(),
        staged: Some(ISO.into()),
        run: Probed::Absent,
        begun: None,
        boot: Probed::Known("b00t".into()),
        is_upgraded: false,
        has_service_manager: true,
        process: None,
        restarts: false,
        next_start: NextStart::default(),
    }
}

fn after(state: UpgradeState) -> Means {
    let run =
        UpgradeRun { log: LOG.into(), number: 1, began: Some(7), messages: Some(0), iso: Some(ISO.into()), state };
    Means { run: Probed::Known(run), ..means() }
}

fn shown(means: &Means, reboot: bool) -> Vec<String> {
    let plan = plan(&Places::built_in(), &Request { reboot }, means).unwrap();
    assert_roles_fit(&plan.steps);
    let shown = |step: &Step| match &step.action {
        Action::Run(run) => match &run.command {
            Command::Known { program: Program::SystemdRun, args } => format!("begin {}", args[args.len() - 5]),
            other => other.to_string(),
        },
        Action::Follow(follow) => format!("follow {}", follow.log),
        other => panic!("{other:?}"),
    };
    plan.steps.iter().map(shown).collect()
}

fn refused(means: &Means) -> Vec<&'static str> {
    let refusal = plan(&Places::built_in(), &Request::default(), means).unwrap_err();
    assert!(refusal.reasons.iter().all(|reason| !reason.message.is_empty() && !reason.remedy.is_empty()));
    refusal.reasons.iter().map(|reason| reason.id).collect()
}

fn begin(number: u64) -> String {
    format!("begin /var/lib/okv-host/upgrade-{number}.log")
}

fn follow(number: u64) -> String {
    format!("follow /var/lib/okv-host/upgrade-{number}.log")
}

const REBOOT: &str = "/usr/bin/systemctl reboot";

#[test]
fn an_upgrade_is_begun_and_followed_and_the_node_restarted_only_where_that_is_asked_for() {
    assert_eq!(shown(&means(), false), [begin(1), follow(1)]);
    assert_eq!(shown(&means(), true), [begin(1), follow(1), REBOOT.into()]);
}

#[test]
fn an_upgrade_that_runs_is_followed_and_never_begun_again() {
    assert_eq!(shown(&after(UpgradeState::Running), false), [follow(1)]);
    // Whatever has come up since: it runs.
    let blocked = Reason { id: "swap-size", message: "x".into(), remedy: "y".into() };
    let means = Means { blocked: vec![blocked], staged: None, ..after(UpgradeState::Running) };
    assert_eq!(shown(&means, true), [follow(1), REBOOT.into()]);
}

#[test]
fn an_upgrade_that_goes_on_without_its_service_is_not_begun_a_second_time() {
    for run in [means(), after(UpgradeState::CutOff)] {
        // Nor is anything else named: the node is half changed.
        let blocked = vec![Reason { id: "next-start", message: "x".into(), remedy: "y".into() }];
        assert_eq!(refused(&Means { process: Some(77), blocked, ..run }), ["upgrade-runs"]);
    }
}

#[test]
fn one_that_waits_for_a_restart_gets_one_where_that_is_asked_for_and_only_once() {
    let waits = after(UpgradeState::WaitsForReboot);
    assert!(shown(&waits, false).is_empty());
    assert_eq!(shown(&waits, true), [REBOOT]);
    assert!(shown(&Means { restarts: true, ..waits }, true).is_empty());
}

#[test]
fn a_node_that_would_not_start_again_is_not_restarted_and_the_prediction_is_shown() {
    let stops = Reason { id: "next-start", message: "it ends at the initramfs".into(), remedy: "mend it".into() };
    let next_start = NextStart { line: "GRUB starts x".into(), stops: Some(stops), is_waived: false };
    for run in [after(UpgradeState::WaitsForReboot), after(UpgradeState::Running)] {
        let means = Means { next_start: next_start.clone(), ..run };
        let planned = |reboot| plan(&Places::built_in(), &Request { reboot }, &means);
        assert_eq!(planned(true).unwrap_err().reasons[0].id, "next-start");
        assert!(planned(false).unwrap().notes.contains(&"next start: GRUB starts x".to_owned()));
    }
    let guard = |is_waived| {
        let next_start = NextStart { is_waived, ..NextStart::default() };
        let means = Means { next_start, ..after(UpgradeState::WaitsForReboot) };
        let plan = plan(&Places::built_in(), &Request { reboot: true }, &means).unwrap();
        let Action::Run(run) = &plan.steps[0].action else { panic!("{plan:?}") };
        run.guard.clone()
    };
    assert_eq!((guard(false), guard(true)), (Some(crate::engine::Guard::NextStart), None));
}

#[test]
fn a_node_is_not_changed_while_an_upgrade_runs_that_nothing_follows() {
    let id = |run: &Probed<UpgradeRun>, process| runs(run, process).map(|reason| reason.id);
    assert_eq!(id(&after(UpgradeState::Running).run, None), Some("upgrade-runs"));
    assert_eq!(id(&Probed::Absent, Some(7)), Some("upgrade-runs"), "begun by hand");
    assert_eq!(id(&after(UpgradeState::CutOff).run, Some(7)), Some("upgrade-runs"));
    assert_eq!(id(&Probed::Unreadable("EIO".into()), None), Some("upgrade-unknown"));
    for ended in [UpgradeState::Failed(3), UpgradeState::CutOff, UpgradeState::WaitsForReboot, UpgradeState::Restarted]
    {
        assert_eq!(id(&after(ended).run, None), None, "{ended:?}");
    }
    assert_eq!(id(&Probed::Absent, None), None);
}

#[test]
fn one_that_failed_is_begun_anew_with_a_log_of_its_own() {
    for state in [UpgradeState::Failed(3), UpgradeState::CutOff, UpgradeState::Silent] {
        assert_eq!(shown(&after(state), false), [begin(2), follow(2)], "{state:?}");
    }
}

#[test]
fn after_the_restart_the_same_iso_is_waited_for_and_another_is_another_upgrade() {
    let restarted = after(UpgradeState::Restarted);
    assert_eq!(refused(&restarted), ["goes-on-after-restart"]);
    assert_eq!(refused(&Means { staged: None, ..restarted.clone() }), ["goes-on-after-restart"]);
    assert!(shown(&Means { is_upgraded: true, ..restarted.clone() }, true).is_empty());
    let other = Means { staged: Some("/var/lib/oracle/okv-upgrade-disc-21.9.iso".into()), ..restarted };
    assert_eq!(shown(&other, false), [begin(2), follow(2)]);
}

#[test]
fn an_upgrade_whose_log_was_moved_away_is_not_begun_again_before_the_restart() {
    let begun = |may_wait, is_restarted| Some(Begun { number: 1, may_wait, is_restarted });
    assert_eq!(refused(&Means { begun: begun(true, false), ..means() }), ["upgrade-log-moved"]);
    for begun in [begun(true, true), begun(false, false)] {
        // A service of its number may still be there.
        assert_eq!(shown(&Means { begun, ..means() }, false), [begin(2), follow(2)]);
    }
    let begun = begun(true, false);
    assert!(shown(&Means { begun: begun.clone(), ..after(UpgradeState::WaitsForReboot) }, false).is_empty());
    assert_eq!(shown(&Means { begun, ..after(UpgradeState::Failed(3)) }, false), [begin(2), follow(2)]);
}

#[test]
fn an_upgrade_whose_output_was_lost_is_not_begun_again() {
    assert_eq!(refused(&after(UpgradeState::Unheard)), ["upgrade-unknown"]);
}

#[test]
fn all_obstacles_are_reported_at_once_and_nothing_is_begun() {
    let blocked = Reason { id: "boot-size", message: "too small".into(), remedy: "replace the node".into() };
    let means = Means {
        blocked: vec![blocked],
        staged: None,
        has_service_manager: false,
        boot: Probed::Unreadable("EIO".into()),
        ..means()
    };
    assert_eq!(refused(&means), ["boot-size", "not-staged", "no-service-manager", "boot-unknown"]);
    assert_eq!(refused(&Means { run: Probed::Unreadable("EIO".into()), ..means }), ["upgrade-unknown"]);
}

#[test]
fn the_service_manager_expands_nothing_in_the_script() {
    // systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers".
    assert!(["${", "$$", "%"].iter().all(|special| !script().contains(special)) && !script().starts_with('$'));
}

/// What the service would run, with a shell script in the place of the vendor's program and a log of at most 1 KiB.
fn service(log: &str, vendor: &str) -> std::process::Child {
    let script = script().replace("/usr/bin/ruby", "/bin/sh").replace("sleep 5", "sleep 0.1").replace("cd /root; ", "");
    // What would end a program that writes too much is ignored, so that a write fails as it does on a full disk.
    let full = "trap '' XFSZ; ulimit -f 2; exec /bin/sh -c \"$@\"";
    std::process::Command::new("/bin/sh")
        .args(["-c", full, "sh", &script, "okv-host-upgrade", log, vendor, "b00t", ISO, "/nowhere"])
        .spawn()
        .unwrap()
}

#[test]
fn an_upgrade_ran_without_a_trace_where_its_log_could_not_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let (vendor, ran) = (folder.path().join("upgrade.rb"), folder.path().join("ran"));
    std::fs::write(&vendor, format!("echo > {}", ran.display())).unwrap();
    assert!(!service("/dev/full", vendor.to_str().unwrap()).wait().unwrap().success());
    assert!(!ran.exists(), "it was begun, and nobody would have known");
}

#[test]
fn an_upgrade_that_fills_the_disk_and_ends_well_is_logged_once_the_log_has_room() {
    let folder = tempfile::tempdir().unwrap();
    let (vendor, log) = (folder.path().join("upgrade.rb"), folder.path().join("log"));
    let full = folder.path().join("full");
    std::fs::write(&vendor, format!("head -c 4000 /dev/zero; echo > {}", full.display())).unwrap();
    let mut service = service(log.to_str().unwrap(), vendor.to_str().unwrap());
    let waits = |what: &mut dyn FnMut() -> bool| {
        (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(20));
            what()
        })
    };
    assert!(waits(&mut || full.exists()));
    assert!(!waits(&mut || service.try_wait().unwrap().is_some()), "it ended, and its log does not say how");
    std::fs::File::options().write(true).open(&log).unwrap().set_len(0).unwrap();
    assert!(service.wait().unwrap().success());
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(text.contains("\nokv-host: the upgrade ended boot=b00t status=0 lost=output\n"), "{text}");
}

#[test]
fn a_run_has_ended_since_where_the_journal_has_its_end_and_is_longer() {
    let entry = |number, entry| Record { number, at: 0, user: None, version: None, entry };
    let records = [
        entry(1, Entry::Began { command: COMMAND.into(), target: String::new(), steps: vec![] }),
        entry(2, Entry::Ended(Ending::Done)),
    ];
    assert!(has_ended_since(&records, 0) && has_ended_since(&records, 1));
    assert!(!has_ended_since(&records, 2), "it ended before this command looked");
    assert!(!has_ended_since(&records[..1], 0), "it goes on");
}

#[test]
fn the_service_manager_gets_every_dollar_doubled_and_a_description_of_its_own() {
    let iso = "/var/lib/oracle/a ${HOME} $$.iso";
    let step = super::start(1, "/log", "boot", iso, &Places::built_in());
    let Action::Run(run) = &step.action else { panic!("{step:?}") };
    let Command::Known { args, .. } = &run.command else { panic!("{run:?}") };
    assert!(args.contains(&"/var/lib/oracle/a $${HOME} $$$$.iso".to_owned()), "{args:?}");
    assert!(args.iter().any(|arg| arg.starts_with("--description=")), "{args:?}");
    let script = &args[args.iter().position(|arg| arg == "-c").unwrap() + 1];
    assert!(script.replace("$$", "").find('$').is_none(), "{script}");
    assert_eq!(script.replace("$$", "$"), super::script());
}
