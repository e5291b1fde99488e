//! `okv-host confirm` as root, with a state folder of its own in a mount namespace that ends with the call.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const STATE: &str = "/var/lib/okv-host";

/// Runs the program with `folder` in the place of the state folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let script =
        format!(r#"set -e; mount --make-rprivate /; mkdir -p {STATE}; mount --bind "$1" {STATE}; shift; exec "$@""#);
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", &script, "bash"]).arg(folder).arg(env!("CARGO_BIN_EXE_okv-host"));
    command.env_remove("SUDO_USER").args(arguments).output().unwrap()
}

fn text(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8(output.stdout.clone()).unwrap())
}

/// The record of the step, as the runbook shows it.
fn confirmed(folder: &Path, id: &str) -> Value {
    let output = run(folder, &["runbook", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let step = report["steps"].as_array().unwrap().iter().find(|step| step["id"] == id).unwrap().clone();
    assert_eq!(step["state"] == "done", step["confirmed"] != Value::Null, "{step}");
    step["confirmed"].clone()
}

fn lines(folder: &Path) -> usize {
    fs::read_to_string(folder.join("confirmations")).map_or(0, |text| text.lines().count())
}

#[test]
fn what_is_confirmed_is_kept_and_withdrawn_and_every_word_stays() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said) = text(&run(dir.path(), &["confirm", "plan-downtime", "--note", "agreed with all"]));
    assert_eq!(code, 0, "{said}");
    assert!(said.starts_with("recorded on ") && said.contains(": plan-downtime is done: confirmed by "), "{said}");
    assert_eq!(confirmed(dir.path(), "plan-downtime")["note"], "agreed with all");
    let mode = fs::metadata(dir.path().join("confirmations")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(text(&run(dir.path(), &["confirm", "plan-downtime", "--note", "again"])).0, 0);
    assert_eq!(confirmed(dir.path(), "plan-downtime")["note"], "again");
    let (code, _) = text(&run(dir.path(), &["confirm", "plan-downtime", "--withdraw", "--note", "not all"]));
    assert_eq!((code, confirmed(dir.path(), "plan-downtime")), (0, Value::Null));
    let (code, said) = text(&run(dir.path(), &["confirm", "plan-downtime", "--withdraw", "--note", "not all"]));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("nothing to withdraw"), "{said}");
    assert_eq!(lines(dir.path()), 3);
}

#[test]
fn what_is_not_a_persons_is_refused_and_not_recorded() {
    let dir = tempfile::tempdir().unwrap();
    for (step, why) in [
        ("stage-iso", "okv-host stage ISO --sha256 HEX does and proves it"),
        ("enable-node", "comes after the upgrade of this node"),
        ("be-root", "is done"),
    ] {
        let (code, said) = text(&run(dir.path(), &["confirm", step, "--note", "x"]));
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, 1, "{said}");
        assert!(said.starts_with("not recorded: ") && said.contains(why), "{said}");
    }
    let output = run(dir.path(), &["confirm", "stage-iso", "--note", "x", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["schema"], &report["recorded"]), (&"okv-host.confirm.v1".into(), &false.into()));
    assert_eq!(lines(dir.path()), 0);
}

#[test]
fn a_step_that_there_is_not_is_answered_with_one_of_a_like_name() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["confirm", "backup", "--note", "x"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("Nearest: back-up"), "{said}");
    assert_eq!(lines(dir.path()), 0);
}

#[test]
fn the_user_of_sudo_is_recorded_where_it_is_a_name() {
    for (user, recorded) in [("ann", "ann"), ("a b\u{1b}", "")] {
        let dir = tempfile::tempdir().unwrap();
        let script = format!("SUDO_USER=$'{user}'");
        let mut command = Command::new("unshare");
        let script = format!(
            r#"set -e; mount --make-rprivate /; mkdir -p {STATE}; mount --bind "$1" {STATE}; export {script}; exec "$2" confirm hsm-before --note none"#
        );
        command.args(["--mount", "bash", "-c", &script, "bash"]).arg(dir.path()).arg(env!("CARGO_BIN_EXE_okv-host"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let by = confirmed(dir.path(), "hsm-before")["by"].as_str().unwrap().to_owned();
        assert!(if recorded.is_empty() { !by.contains(' ') } else { by == recorded }, "{by}");
    }
}

#[test]
fn a_damaged_record_leaves_the_other_steps_and_its_own_is_recorded_again() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(text(&run(dir.path(), &["confirm", "back-up", "--note", "tape 7"])).0, 0);
    let file = dir.path().join("confirmations");
    let damaged = fs::read_to_string(&file).unwrap().replace("tape 7", "tape 8");
    fs::write(&file, &damaged).unwrap();
    assert_eq!(text(&run(dir.path(), &["confirm", "hsm-before", "--note", "none"])).0, 0);
    assert_eq!(confirmed(dir.path(), "hsm-before")["note"], "none");
    assert_eq!(confirmed(dir.path(), "back-up"), Value::Null);
    let (code, said) = text(&run(dir.path(), &["confirm", "back-up", "--withdraw", "--note", "x"]));
    assert!(code == 0 && said.contains("back-up is confirm:"), "what was not done is withdrawn: {said}");
    assert_eq!(text(&run(dir.path(), &["confirm", "back-up", "--note", "tape 9"])).0, 0);
    assert_eq!(confirmed(dir.path(), "back-up")["note"], "tape 9");
    assert!(fs::read_to_string(&file).unwrap().starts_with(&damaged), "what was there stays");
}

#[test]
fn while_another_run_holds_the_lock_nothing_is_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let lock = fs::File::create(dir.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let output = run(dir.path(), &["confirm", "back-up", "--note", "tape 7"]);
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(lines(dir.path()), 0);
}
