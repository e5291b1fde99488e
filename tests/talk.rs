//! How much is printed: `--quiet` and `--verbose`.

use assert_cmd::Command;
use overlay::Host;
use predicates::prelude::predicate;

#[path = "support/overlay.rs"]
mod overlay;

fn okv_host(arguments: &[&str], host: &Host) -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().args(arguments).arg("--root").arg(host.path());
    command
}

#[test]
fn quiet_prints_the_verdict_in_one_line_and_keeps_the_exit_status() {
    for (name, code, words) in [
        ("good-uefi", 0, "NO BLOCKER FOUND: 3 not judged, 13 steps to confirm\n"),
        ("boot-500m-ext4", 1, "THIS NODE MUST BE REPLACED: 1 blocker, 3 not judged\n"),
        (
            "unreadable-swaps",
            3,
            "CANNOT DETERMINE WHETHER IT CAN BE UPGRADED: 1 unknown, 3 not judged, 13 steps to confirm\n",
        ),
    ] {
        let host = Host::named(name);
        okv_host(&["check", "--quiet"], &host).assert().code(code).stdout(words).stderr("");
        okv_host(&["runbook", "-q"], &host).assert().code(1).stdout(words).stderr("");
    }
}

#[test]
fn quiet_prints_a_plan_or_a_refusal_in_one_line() {
    let one_line = |text: &str| text.ends_with('\n') && text.matches('\n').count() == 1;
    for (name, command, code, begin) in [
        ("vg-free-enough", &["swap-extend", "-q"][..], 0, "Planned, "),
        ("good-uefi", &["swap-extend", "-q"], 0, "Nothing to do."),
        ("vg-free-one-short", &["swap-extend", "-q"], 1, "Refused: "),
        ("vg-free-one-short", &["swap-extend", "-q", "--prepare"], 0, "Add one blank disk of 1 GiB or more "),
        ("good-uefi", &["swap-extend", "-q", "--prepare"], 0, "No disk is needed"),
    ] {
        let is_it = predicate::function(|text: &str| one_line(text) && text.starts_with(begin));
        okv_host(command, &Host::named(name)).assert().code(code).stdout(is_it).stderr("");
    }
}

#[test]
fn verbose_names_what_was_waited_for_and_how_long() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let host = Host::named("good-uefi");
    let words = format!(" s: the certificate of {gone}\n");
    let mut check = okv_host(&["check", "-v", "--certificate-from", &gone], &host);
    check.assert().stderr(predicate::str::contains(words));
    okv_host(&["check", "--certificate-from", &gone], &host).assert().stderr("");
    okv_host(&["check", "-v", "-q"], &host).assert().code(2);
}

#[test]
fn json_is_whole_however_quiet() {
    let host = Host::named("good-uefi");
    let of = |arguments: &[&str]| okv_host(arguments, &host).output().unwrap().stdout;
    assert_eq!(of(&["check", "-q", "--format", "json"]), of(&["check", "--format", "json"]));
}
