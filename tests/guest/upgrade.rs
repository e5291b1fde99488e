//! `upgrade` on a whole node, behind the gates that the runbook keeps: a script stands for the vendor's program and
//! prints what it is documented to print; the service manager, the lost SSH session and the restart are real.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::guest::{Firmware, Guest, Spec};
use crate::stage::iso::Iso;
use crate::stage::{put_profile, stage};
use crate::{OKV_HOST, has_loop_devices, install, json};

/// In the place of the vendor's program: fails where /root/fail is, else goes on once /root/go is there.
const SCRIPT: &str = r#"
echo "the checks before the upgrade, as $(id -un) in $HOME: $*"
if [ -e /root/fail ]; then
    echo 'Nov 24 03:00:00 node upgrade: ERROR: a check failed' >> /var/log/messages
    exit 3
fi
until [ -e /root/go ]; do sleep 0.2; done
echo 'Reboot now'
"#;
/// In the place of ruby.
const RUBY: &str = "#!/bin/sh\nexec /bin/sh \"$@\"\n";
/// What is installed is not known on this guest; an operator who knows it says so.
const WAIVERS: &str = r#"{"schema": "okv-host.waivers.v1", "waivers": [
    {"id": "kernel-running-newest", "reason": "no rpm here", "until": "2099-12-31"},
    {"id": "kernel-old", "reason": "no rpm here", "until": "2099-12-31"},
    {"id": "boot-consistent", "reason": "no rpm here", "until": "2099-12-31"}]}"#;
const JUDGE: &str = "--profile /root/guest.json --waivers /root/waivers.json --format json";
const SOON: Duration = Duration::from_secs(120);

fn upgrade(more: &str) -> String {
    format!("{OKV_HOST} upgrade {JUDGE} {more}")
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + SOON;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// How a step of the runbook stands.
fn state(guest: &Guest, id: &str) -> String {
    steps(guest).iter().find(|step| step["id"] == id).unwrap()["state"].as_str().unwrap().to_owned()
}

fn steps(guest: &Guest) -> Vec<Value> {
    json(guest, &format!("{OKV_HOST} runbook {JUDGE}"), 1)["steps"].as_array().unwrap().clone()
}

#[test]
fn a_node_is_upgraded_only_when_everything_before_is_done_and_whatever_becomes_of_the_connection() {
    let mut guest = Spec::new(Firmware::Bios).start();
    install(&guest);
    put_profile(&guest);
    has_loop_devices(&guest);
    guest.put("/root/waivers.json", WAIVERS.as_bytes(), 0o600);
    guest.put("/usr/bin/ruby", RUBY.as_bytes(), 0o755);
    guest.put("/srv/okv-upgrade-disc-21.8.0.0.0.iso", &Iso::with(SCRIPT, 1 << 20).bytes, 0o600);
    what_is_open_before_it_is_told_and_nothing_is_begun(&guest);
    everything_before_is_done_or_confirmed(&guest);
    one_that_was_begun_by_hand_is_not_begun_again_beside_it(&guest);
    one_that_fails_is_told_with_what_the_system_log_says(&guest);
    a_lost_session_does_not_end_it(&guest);
    the_node_restarts_only_where_that_is_asked_for(&mut guest);
    after_the_restart_it_is_over_once_the_node_says_so(&guest);
}

fn what_is_open_before_it_is_told_and_nothing_is_begun(guest: &Guest) {
    let refused = json(guest, &upgrade("--apply --yes"), 1);
    let ids: Vec<&str> = refused["reasons"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"back-up") && ids.contains(&"not-staged"), "{ids:?}");
    assert_eq!(guest.run("ls /var/lib/okv-host/upgrade-*").status, 2);
}

fn everything_before_is_done_or_confirmed(guest: &Guest) {
    json(guest, &stage("--apply --yes"), 0);
    // Step by step, as the runbook asks: one that is confirmed may open the next.
    for _ in 0..40 {
        let open = steps(guest).into_iter().take_while(|step| step["id"] != "run-upgrade");
        let Some(step) = open.into_iter().find(|step| step["state"] == "confirm") else { break };
        let id = step["id"].as_str().unwrap();
        guest.ok(&format!(
            "{OKV_HOST} confirm {id} --note 'seen at the console' --profile /root/guest.json --waivers /root/waivers.json"
        ));
    }
    assert_eq!(state(guest, "run-upgrade"), "ready", "{:#?}", steps(guest));
    assert_eq!(json(guest, &upgrade(""), 0)["steps"].as_array().unwrap().len(), 2);
    assert_eq!(json(guest, &upgrade("--reboot"), 0)["steps"].as_array().unwrap().len(), 3);
}

fn one_that_was_begun_by_hand_is_not_begun_again_beside_it(guest: &Guest) {
    let by_hand = guest.start("exec /usr/bin/ruby /images/upgrade.rb --confirm");
    until("it runs", || guest.run("pgrep -f 'images/upgrade.rb --confirm'").status == 0);
    let refused = json(guest, &upgrade("--apply --yes"), 1);
    assert_eq!(refused["reasons"][0]["id"], "upgrade-runs", "{refused:#}");
    guest.ok("touch /root/go");
    by_hand.wait().unwrap();
    guest.ok("rm /root/go");
}

fn one_that_fails_is_told_with_what_the_system_log_says(guest: &Guest) {
    guest.ok("touch /root/fail /var/log/messages");
    let failed = json(guest, &upgrade("--apply --yes"), 4);
    let message = failed["message"].as_str().unwrap();
    for part in ["exit status 3", "/var/lib/okv-host/upgrade-1.log", "ERROR: a check failed"] {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 4);
    assert_eq!(state(guest, "run-upgrade"), "blocked");
    guest.ok("rm /root/fail");
}

fn a_lost_session_does_not_end_it(guest: &Guest) {
    guest.ok(include_str!("stage/start-sshd"));
    let client = guest.start(&format!("exec setsid sh /root/get-in '{}'", upgrade("--apply --yes")));
    let log = "/var/lib/okv-host/upgrade-2.log";
    until("it begins", || guest.run(&format!("grep 'checks before' {log}")).status == 0);
    guest.ok("pkill -KILL --full '^ssh .*-p 2222'");
    drop(client.wait());
    until("okv-host ends with the session", || guest.run("pgrep -x okv-host").status == 1);
    guest.ok("systemctl is-active okv-host-upgrade-2.service");
    let beneath = json(guest, &stage("--apply --yes"), 1);
    assert_eq!(beneath["reasons"][0]["id"], "upgrade-runs", "the lock is free, and the upgrade runs: {beneath:#}");
    assert_eq!(guest.ok(&format!("sed -n 2p {log}")), "the checks before the upgrade, as root in /root: --confirm\n");
    assert_eq!(state(guest, "run-upgrade"), "blocked", "it runs");
    assert_eq!(json(guest, &upgrade(""), 0)["steps"].as_array().unwrap().len(), 1, "it is followed, not begun again");

    // The lock is taken before the plan is made: that it follows shows in the journal.
    let records = || guest.ok("wc -l < /var/lib/okv-host/journal").trim().parse::<u32>().unwrap();
    let before = records();
    let follower = guest.start(&upgrade("--apply --yes"));
    until("it is followed", || records() >= before + 2);
    assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 5);
    guest.ok("touch /root/go");
    let followed = follower.wait().unwrap();
    assert_eq!(followed.status, 0, "{followed}");
    assert!(followed.stderr().contains("Reboot now"), "{followed}");
    assert_eq!(guest.run("systemctl is-active okv-host-upgrade-2.service").status, 3);
}

fn the_node_restarts_only_where_that_is_asked_for(guest: &mut Guest) {
    let boot = guest.boot_id().to_owned();
    assert_eq!(json(guest, &upgrade("--apply --yes"), 0)["outcome"], "nothing-to-do");
    assert_eq!((state(guest, "run-upgrade").as_str(), state(guest, "reboot").as_str()), ("done", "ready"));
    drop(guest.start(&upgrade("--apply --yes --reboot")));
    guest.restarts_by_itself();
    assert_ne!(guest.boot_id(), boot);
}

fn after_the_restart_it_is_over_once_the_node_says_so(guest: &Guest) {
    assert_eq!(json(guest, &format!("{OKV_HOST} status --format json"), 0)["upgrade"]["state"], "restarted");
    let refused = json(guest, &upgrade("--apply --yes"), 1);
    assert_eq!(refused["reasons"][0]["id"], "goes-on-after-restart", "{refused:#}");
    guest.ok("echo 'Oracle Key Vault Server 21.8.0.0.0' > /etc/issue");
    assert_eq!(json(guest, &upgrade("--apply --yes"), 0)["outcome"], "nothing-to-do");
    assert_eq!((state(guest, "run-upgrade").as_str(), state(guest, "reboot").as_str()), ("done", "done"));
}
