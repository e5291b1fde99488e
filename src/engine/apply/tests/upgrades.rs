//! The vendor's upgrade is followed to its end; its log shows how it ended.

use super::*;
use crate::engine::Follow;
use crate::subjects::upgrade::facts::upgrade_run::{BEGAN, ENDED, NAME, log_of};

const BOOT: &str = "2416eeb9-1c5d-46d7-b891-73e69b9ac2bc";
const MESSAGES: &str = "/var/log/messages";

/// A host on which the upgrade has begun.
struct Upgrade(Bench);

impl Upgrade {
    fn begun() -> Self {
        let mut bench = bench();
        let base = bench.base.path();
        for folder in ["var/lib/okv-host", "var/log", "proc/sys/kernel/random", "proc/77"] {
            fs::create_dir_all(base.join(folder)).unwrap();
        }
        fs::write(base.join("proc/sys/kernel/random/boot_id"), format!("{BOOT}\n")).unwrap();
        fs::write(base.join("var/log/messages"), "an upgrade of long ago: ERROR\n").unwrap();
        let follow = Follow { log: log_of(1), messages: MESSAGES.into(), limit_seconds: 60 };
        bench.plan.steps = vec![Step::new("it ends well", Action::Follow(follow))];
        let upgrade = Self(bench);
        upgrade.append(&log_of(1), &format!("{BEGAN} at=2026-11-24T03:00:00+00:00 messages=30 iso=/x.iso\n"));
        upgrade
    }

    fn append(&self, path: &str, text: &str) {
        let path = self.0.base.path().join(&path[1..]);
        let text = fs::read_to_string(&path).unwrap_or_default() + text;
        fs::write(path, text).unwrap();
    }

    fn runs(&self) {
        let process = self.0.base.path().join("proc/77");
        fs::write(process.join("stat"), "77 (sh) S 1 77 77 0 -1").unwrap();
        fs::write(process.join("cmdline"), format!("/bin/sh\0-c\0script\0{NAME}\0{}\0", log_of(1))).unwrap();
    }

    fn ends(&self, boot: &str, status: i32) {
        fs::remove_dir_all(self.0.base.path().join("proc/77")).unwrap();
        self.append(&log_of(1), &format!("\n{ENDED} boot={boot} status={status}\n"));
    }

    /// Follows it, and gives what was passed on. `on` is called with each piece of it.
    fn follow(&self, interrupts: &Interrupts, on: &dyn Fn()) -> (Ending, String) {
        let host = self.0.host(&Yes);
        let mut passed_on = String::new();
        let mut report = |news: News<'_>| {
            if let News::Output(bytes) = news {
                passed_on.push_str(&String::from_utf8_lossy(bytes));
                on();
            }
        };
        let mut journal = host.journal().unwrap();
        let outcome = carry_out(&self.0.plan, &host, &mut journal, interrupts, &mut report).unwrap();
        (outcome, passed_on)
    }

    fn fails(&self) -> String {
        match self.follow(&Interrupts::default(), &|| {}).0 {
            Ending::RolledBack { why } => why,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_upgrade_that_runs_is_followed_until_it_asks_for_a_restart_and_all_that_it_prints_is_passed_on() {
    let upgrade = Upgrade::begun();
    upgrade.runs();
    upgrade.append(&log_of(1), "first\n");
    let ended = std::cell::Cell::new(false);
    let end_once = || {
        if !ended.replace(true) {
            upgrade.append(&log_of(1), "Reboot now\n");
            upgrade.ends(BOOT, 0);
        }
    };
    let (outcome, passed_on) = upgrade.follow(&Interrupts::default(), &end_once);
    assert_eq!(outcome, Ending::Done);
    assert!(passed_on.contains("first\nReboot now\n"), "{passed_on}");
}

#[test]
fn a_signal_ends_the_following_and_not_the_upgrade() {
    let upgrade = Upgrade::begun();
    upgrade.runs();
    let interrupts = Interrupts::default();
    let (outcome, _) = upgrade.follow(&interrupts, &|| interrupts.raise());
    assert_eq!(outcome, Ending::Interrupted { steps: 0 });
    assert!(upgrade.0.base.path().join("proc/77").exists());
}

#[test]
fn an_upgrade_that_fails_is_reported_with_the_errors_in_the_system_log_since_it_began() {
    let upgrade = Upgrade::begun();
    upgrade.append(MESSAGES, "upgrade: ERROR of today\n");
    upgrade.ends(BOOT, 3);
    let why = upgrade.fails();
    for part in ["exit status 3", &log_of(1), "ERROR of today"] {
        assert!(why.contains(part), "{part} in {why}");
    }
    assert!(!why.contains("long ago"), "{why}");
}

#[test]
fn one_that_asks_for_nothing_was_cut_off_or_whose_log_is_gone_has_not_ended_well() {
    let silent = Upgrade::begun();
    silent.ends(BOOT, 0);
    assert!(silent.fails().contains("did not ask for a restart"));
    assert!(Upgrade::begun().fails().contains("was cut off"));
    let gone = Upgrade::begun();
    fs::remove_file(gone.0.base.path().join(&log_of(1)[1..])).unwrap();
    assert!(gone.fails().contains("is gone"));
    let another = Upgrade::begun();
    another.append(&log_of(2), "the next\n");
    assert!(another.fails().contains("another upgrade was begun"));
}

#[test]
fn an_upgrade_is_followed_where_the_folder_of_the_state_is_reached_by_a_link() {
    let upgrade = Upgrade::begun();
    let (folder, elsewhere) = ("var/lib/okv-host", "data/okv-host");
    let base = upgrade.0.base.path();
    fs::create_dir(base.join("data")).unwrap();
    fs::rename(base.join(folder), base.join(elsewhere)).unwrap();
    std::os::unix::fs::symlink("../../data/okv-host", base.join(folder)).unwrap();
    upgrade.runs();
    upgrade.append(&log_of(1), "Reboot now\n");
    upgrade.ends(BOOT, 0);
    assert_eq!(upgrade.follow(&Interrupts::default(), &|| {}).0, Ending::Done);
}
