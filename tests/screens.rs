//! The first screen of a node in every state, as it appears: at terminals of 60, 80 and 120 columns, with and without
//! colour, and in a pipe. Golden; `SNAPSHOTS=overwrite cargo test --test screens` writes them anew.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use overlay::Host;
use snapbox::{Data, assert_data_eq};
use terminal::{at_terminal, strip};

#[path = "support/overlay.rs"]
mod overlay;
#[path = "support/terminal.rs"]
mod terminal;

/// Where the answer must stand.
const FIRST_LINES: usize = 3;

fn okv_host(command: &str, root: &Path) -> Command {
    let mut process = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    process
        .env_clear()
        .env("TERM", "xterm-256color")
        .args([command, "--root", "."])
        .current_dir(root)
        .stdin(Stdio::null());
    process
}

fn in_pipe(mut process: Command) -> String {
    String::from_utf8(process.output().unwrap().stdout).unwrap()
}

/// The first lines of `runbook`; those behind them fit as well.
fn first_lines(runbook: &str, columns: usize) -> String {
    let plain = strip(runbook);
    let wide = plain.lines().find(|line| line.chars().count() > columns);
    assert_eq!(wide, None);
    runbook.lines().take_while(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// Every way in which the screen of `check` appears, and the first lines of `runbook`.
fn screens(host: &Host) -> String {
    let check = || okv_host("check", host.path());
    let mut all = format!("== pipe\n{}", in_pipe(check()));
    for columns in [60, 80, 120] {
        let text = at_terminal(check(), columns);
        let plain = strip(&text);
        assert!(plain.lines().all(|line| line.chars().count() <= columns.into()), "{plain}");
        write!(all, "== terminal of {columns} columns\n{}", text.replace('\x1b', "\\e")).unwrap();
    }
    let mut plain = check();
    plain.env("NO_COLOR", "1");
    let plain = at_terminal(plain, 80);
    assert!(!plain.contains('\x1b'), "{plain}");
    assert_eq!(plain, in_pipe(check()), "80 columns without colour are those of a pipe");
    let runbook = || okv_host("runbook", host.path());
    write!(all, "== runbook\n{}", first_lines(&in_pipe(runbook()), 80)).unwrap();
    for columns in [60, 120] {
        let text = at_terminal(runbook(), columns);
        let first = first_lines(&text, columns.into()).replace('\x1b', "\\e");
        write!(all, "== runbook at a terminal of {columns} columns\n{first}").unwrap();
    }
    all
}

#[track_caller]
fn is_golden(name: &str, host: &Host, answer: &str) {
    let text = screens(host);
    for screen in text.split("== ").filter(|screen| !screen.is_empty()) {
        let first: Vec<&str> = screen.lines().skip(1).take(FIRST_LINES).collect();
        let first = strip(&first.join(" ").replace("\\e", "\x1b"));
        let first = first.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(first.contains(answer), "{name}: {answer:?} is not in the first lines: {first}");
    }
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/screens").join(format!("{name}.txt"));
    assert_data_eq!(text, Data::read_from(&file, None).raw());
}

#[test]
fn a_healthy_node_fits_in_one_screen() {
    let host = Host::named("good-uefi");
    assert!(in_pipe(okv_host("check", host.path())).lines().count() <= 24);
    is_golden("healthy", &host, "NO BLOCKER FOUND");
}

#[test]
fn a_node_with_an_old_kernel_is_warned() {
    is_golden("warned", &Host::named("kernel-old"), "1 warning");
}

#[test]
fn a_node_with_too_little_swap_is_blocked() {
    is_golden("blocked", &Host::named("vg-free-enough"), "CANNOT BE UPGRADED: 1 blocker");
}

#[test]
fn a_node_with_a_small_boot_must_be_replaced() {
    is_golden("must-be-replaced", &Host::named("boot-500m-ext4"), "THIS NODE MUST BE REPLACED");
}

#[test]
fn a_node_whose_swap_cannot_be_read_is_unknown() {
    is_golden("unreadable", &Host::named("unreadable-swaps"), "CANNOT DETERMINE");
}

#[test]
fn a_node_that_waits_for_its_restart_is_under_way() {
    let log = "okv-host: the upgrade began at=2026-11-26T20:00:00+00:00 messages=0 \
               iso=/var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso\nPlease reboot now\n\
               okv-host: the upgrade ended boot=11111111-2222-4333-8444-555555555555 status=0\n";
    let host = Host::named("procedure-staged")
        .with("sys/class/rtc/rtc0/since_epoch", "1795729205\n")
        .with("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n")
        .with("var/lib/okv-host/upgrade-1.log", log);
    is_golden("during-the-upgrade", &host, "THE UPGRADE IS UNDER WAY");
}

#[test]
fn a_node_after_its_upgrade_is_upgraded() {
    let host = Host::named("kernel-old").with("etc/issue", "Oracle Key Vault Server 21.8.0.0.0\n");
    is_golden("after-the-upgrade", &host, "UPGRADED");
}

#[test]
fn a_runbook_shows_the_steps_in_a_state_alone_and_a_saved_host_has_its_commands_run_there() {
    let host = Host::named("swap-4gib");
    let root = host.path().to_str().unwrap();
    let runbook = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_okv-host"));
        let output = command.env_clear().args(["runbook", "--root", root]).args(words).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, confirm) = runbook(&["confirm"]);
    let states: Vec<&str> = confirm.lines().filter_map(|line| line.split_once(" (7.").map(|(head, _)| head)).collect();
    let steps = states.iter().filter(|head| !head.starts_with("Next")).count();
    assert!(steps >= 10 && confirm.contains("back-up") && !confirm.contains("\nblocked "), "{confirm}");
    assert_eq!(code, Some(1), "the whole procedure counts");
    assert!(runbook(&["7.2-2"]).1.contains("back-up (7.2-2)"));
    assert_eq!(runbook(&["nosuch"]).0, Some(2));
    assert!(confirm.contains("On that node, run: okv-host swap-extend --prepare"), "{confirm}");
}

#[test]
fn a_terminal_of_no_known_width_has_that_of_columns_and_any_other_its_own() {
    let host = Host::named("good-uefi");
    let widest = |columns: u16| {
        let mut check = okv_host("check", host.path());
        check.env("COLUMNS", "70");
        strip(&at_terminal(check, columns)).lines().next().unwrap().chars().count()
    };
    assert_eq!([0, 100].map(widest), [70, 100]);
    let mut check = okv_host("check", host.path());
    check.env("COLUMNS", "70");
    assert_eq!(in_pipe(check), in_pipe(okv_host("check", host.path())), "a pipe has 80");
}
