//! The binary as a user meets it: arguments, exit status, what goes to which stream.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command as Process;

use assert_cmd::Command;
use command_line::parses;
use overlay::Host;
use predicates::prelude::{PredicateBooleanExt, predicate};
use serde_json::Value;

#[path = "support/command_line.rs"]
#[allow(dead_code)] // this test uses a part
mod command_line;
#[path = "support/overlay.rs"]
mod overlay;
#[path = "support/tls_server.rs"]
mod tls_server;

fn okv_host() -> Command {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.env_clear().current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn json(command: &mut Command) -> Value {
    serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
}

#[test]
fn wrong_usage_exits_with_2_and_prints_the_right_usage() {
    for arguments in [
        &["--no-such-flag"][..],
        &[],
        &["scan", "--format", "yaml"],
        &["scan", "--jobs", "0"],
        &["scan", "--jobs", "many"],
        &["check", "--image"],
        &["check", "--profile", "20.1", "--list"],
        &["check", "--root", "fixtures/hosts/no-such-host"],
        &["check", "--root", "fixtures/hosts/good-uefi", "--image", "x"],
        &["stage"],
        &["stage", "no-such.iso"],
        &["stage", "src"],
        &["stage", "README.md", "--sha256", "abc"],
        &["confirm", "no-such-step", "--note", "x"],
        &["confirm", "back-up"],
        &["frobnicate"],
    ] {
        okv_host().args(arguments).assert().code(2).stdout("").stderr(predicate::str::is_empty().not());
    }
}

#[test]
fn help_fits_in_80_columns() {
    for arguments in [
        &["--help"][..],
        &["scan", "--help"],
        &["check", "--help"],
        &["cluster", "--help"],
        &["capture", "--help"],
        &["compare", "--help"],
        &["ssh-dsa-retire", "--help"],
        &["status", "--help"],
        &["undo", "--help"],
    ] {
        let output = okv_host().args(arguments).assert().code(0).get_output().stdout.clone();
        let text = String::from_utf8(output).unwrap();
        let long: Vec<&str> = text.lines().filter(|l| l.chars().count() > 80).collect();
        assert!(long.is_empty(), "{arguments:?}: {long:?}");
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    okv_host()
        .arg("--version")
        .assert()
        .code(0)
        .stdout(predicate::str::starts_with(format!("okv-host {}", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn what_is_no_disk_is_named_and_the_others_are_still_reported() {
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("good.img");
    fs::write(&good, vec![0; 1 << 20]).unwrap();
    let fifo = dir.path().join("fifo");
    assert!(Process::new("mkfifo").arg(&fifo).status().unwrap().success());
    for (bad, word) in [
        (dir.path().to_path_buf(), "directory"),
        (fifo, "FIFO"),
        (dir.path().join("missing"), "No such file"),
        (Path::new("/dev/null").to_path_buf(), "character device"),
    ] {
        for format in ["json", "jsonl", "text"] {
            let assert = okv_host().arg("scan").args([&bad, &good]).args(["--format", format]).assert();
            let text = String::from_utf8(assert.code(3).get_output().stdout.clone()).unwrap();
            let text = text.replace("\n    ", " "); // where it was wrapped
            assert!(text.contains(word) && text.contains("good.img"), "{format} of {}: {text}", bad.display());
            assert!(text.contains(bad.to_str().unwrap()));
        }
    }
}

#[test]
fn an_empty_file_and_a_file_of_one_byte_are_scanned() {
    let dir = tempfile::tempdir().unwrap();
    for len in [0, 1, 511, 512, 513, 4096] {
        let path = dir.path().join("short.img");
        fs::write(&path, vec![0; len]).unwrap();
        let disks = json(okv_host().args(["scan", "--format", "json"]).arg(&path));
        assert_eq!(disks[0]["bytes"], len, "{disks}");
        assert_eq!(disks[0]["content"]["kind"], if len == 0 { "unreadable" } else { "blank" });
    }
}

#[test]
fn each_disk_of_an_array_shows_how_the_array_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let paths = ["a.img", "b.img"].map(|name| dir.path().join(name));
    paths.iter().for_each(|path| fs::write(path, vec![0; 4096]).unwrap());
    let disks = json(okv_host().args(["scan", "--format", "json"]).args(&paths));
    for disk in disks.as_array().unwrap() {
        let made = &disk["made"];
        assert_eq!((made["read"].as_str(), made["version"].as_str()), (Some("disks"), Some(env!("CARGO_PKG_VERSION"))));
        assert!(made["at"].is_null() && made["host"].is_null(), "the disks may be those of any host: {made}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.img"), vec![0; 4096]).unwrap();
    let binary = assert_cmd::cargo::cargo_bin("okv-host");
    let images = "a.img ".repeat(3000);
    for format in ["json", "jsonl", "text"] {
        let script =
            format!("set -o pipefail; {} scan --format {format} {images} | head -c 10 > /dev/null", binary.display());
        let output = Process::new("bash").args(["-c", &script]).current_dir(&dir).output().unwrap();
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{format}");
    }
}

#[test]
fn jsonl_prints_a_line_for_each_image_in_the_order_given_whatever_the_jobs() {
    let dir = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..500).map(|i| dir.path().join(format!("{i:03}.img"))).collect();
    for (i, path) in paths.iter().enumerate() {
        fs::write(path, vec![0; 512 * (i + 1)]).unwrap();
    }
    let run = |jobs: &str| {
        okv_host().args(["scan", "--format", "jsonl", "--jobs", jobs]).args(&paths).output().unwrap().stdout
    };
    let one = run("1");
    assert_eq!(one, run("7"));
    let lines: Vec<Value> =
        one.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
    let sizes: Vec<u64> = lines.iter().map(|l| l["bytes"].as_u64().unwrap()).collect();
    assert_eq!(sizes, (1..=500).map(|i| 512 * i).collect::<Vec<u64>>());
}

#[test]
fn an_image_is_not_changed_by_reading_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.img");
    fs::write(&path, vec![7; 1 << 20]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    okv_host().arg("scan").arg(&path).assert().code(0);
    okv_host().args(["check", "--image"]).arg(&path).assert().code(3);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    assert_eq!(fs::read(&path).unwrap(), vec![7; 1 << 20]);
}

#[test]
fn a_label_from_a_disk_cannot_drive_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("swap.img");
    let mut bytes = vec![0; 1 << 20];
    bytes[1024..1028].copy_from_slice(&1_u32.to_le_bytes());
    bytes[1028..1032].copy_from_slice(&255_u32.to_le_bytes());
    bytes[1052..1060].copy_from_slice(b"a\x1b[2Jb\nc");
    bytes[4086..4096].copy_from_slice(b"SWAPSPACE2");
    fs::write(&path, bytes).unwrap();
    let assert = okv_host().arg("scan").arg(&path).assert().code(0);
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    assert!(text.contains("swap 1 \"a\\u{1b}[2Jb\\u{a}c\""), "{text}");
    assert!(!text.contains('\x1b'));
}

#[test]
fn check_lists_its_rules_with_thresholds_and_sources() {
    let assert = okv_host().args(["check", "--list"]).assert().code(0);
    let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    for rule in okv_host::subjects::table::RULES {
        assert!(text.contains(rule.id.as_str()), "{} is missing in {text}", rule.id);
    }
    for figure in ["488 MiB", "2199023255552 B", "1000000000000 B", "68719476736 B"] {
        assert!(text.contains(figure), "{figure} is missing in {text}");
    }
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    let list = json(okv_host().args(["check", "--list", "--format", "json"]));
    assert_eq!(list["schema"], "okv-host.rules.v1");
    assert_eq!(list["rules"].as_array().unwrap().len(), okv_host::subjects::table::RULES.len());
}

#[test]
fn check_explains_a_rule_a_step_and_an_item() {
    let explain = |name: &str| {
        let assert = okv_host().args(["check", "--explain", name]).assert().code(0).stderr("");
        let text = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
        assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for rule in okv_host::subjects::table::RULES {
        let text = explain(rule.id.as_str());
        let named = [rule.id.as_str(), rule.title, rule.why].into_iter().chain(rule.procedure.iter().copied());
        for part in named.chain(rule.inputs.iter().copied()) {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }
    assert!(explain("swap-size").contains("required at least 68719476736 B"));
    assert!(explain("vg-health").contains("waivable never: "));
    assert_eq!(explain("7.6-5"), explain("add-disk"));
    let step = explain("7.2-7");
    assert!(
        ["disk-limit", "boot-mode", "disk-bios-limit", "table-health"].iter().all(|id| step.contains(id)),
        "{step}"
    );
    assert!(explain("7.4").contains("network-mode"), "a section without items");
    let section = explain("7.7");
    assert!(["look-at-kernels", "kernel-prune", "boot-free", "kernel-old"].iter().all(|id| section.contains(id)));
    let list = json(okv_host().args(["check", "--format", "json", "--explain", "7.2-9"]));
    assert_eq!((&list["schema"], &list["rules"][0]["id"]), (&"okv-host.rules.v1".into(), &"boot-size".into()));
    assert_eq!(list["rules"][0]["waivable"], false);
}

#[test]
fn check_explains_no_unknown_name_and_shows_the_nearest() {
    let refused = |name: &str| {
        let assert = okv_host().args(["check", "--explain", name]).assert().code(2).stdout("");
        String::from_utf8(assert.get_output().stderr.clone()).unwrap()
    };
    assert!(refused("swap-siz").contains("Nearest: swap-size"), "{}", refused("swap-siz"));
    assert!(refused("kernel").contains("kernel-old"), "{}", refused("kernel"));
    for name in ["", "7.2-15", "7.1", "\u{1b}[2J", "zzzz"] {
        let text = refused(name);
        assert!(text.contains("okv-host check --list") && !text.contains('\u{1b}'), "{text}");
    }
    okv_host().args(["check", "--explain", "hsm", "--root", "x"]).assert().code(2);
}

#[test]
fn a_profile_from_a_file_changes_the_thresholds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("strict.json");
    let built_in = fs::read_to_string("src/profile/21.8.json").unwrap();
    fs::write(&path, built_in.replace("488", "777")).unwrap();
    let list = || okv_host().args(["check", "--list", "--profile"]).arg(&path).assert();
    list().code(0).stdout(predicate::str::contains("777 MiB"));
    fs::write(&path, "{}").unwrap();
    list().code(2).stderr(predicate::str::contains("missing field"));
}

#[test]
fn the_built_in_profiles_are_listed_with_a_source_for_each_figure() {
    let text = okv_host().args(["check", "--profile", "list"]).assert().code(0).get_output().stdout.clone();
    let text = String::from_utf8(text).unwrap();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let list = json(okv_host().args(["check", "--profile", "list", "--format", "json"]));
    let profiles = list["profiles"].as_array().unwrap();
    let names: Vec<&str> = profiles.iter().map(|profile| profile["release"].as_str().unwrap()).collect();
    assert_eq!(names, ["21.8", "21.9", "21.10", "21.11"]);
    for profile in profiles {
        assert!(text.contains(&format!("\n{}", profile["release"].as_str().unwrap())), "{text}");
        assert!(profile["figures"].as_array().unwrap().iter().all(|figure| figure["source"] != ""), "{profile}");
    }
    assert_eq!((&profiles[1]["deployment"], &profiles[2]["deployment"]), (&"standalone".into(), &Value::Null));
    okv_host()
        .args(["runbook", "--profile", "list"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("check --profile list"));
}

#[test]
fn a_release_without_a_profile_is_judged_by_the_nearest_lower_one_and_says_so() {
    let findings = |profile: &str| {
        let mut check = okv_host();
        json(check.args(["check", "--format", "json", "--root", "fixtures/hosts/good-uefi", "--profile", profile]))
    };
    let report = findings("21.13");
    assert_eq!(report["profile"], "21.13");
    let about = |f: &&Value| f["subject"] == "release profile";
    let note = report["findings"].as_array().unwrap().iter().find(about).unwrap();
    assert_eq!((&note["verdict"], &note["id"]), (&"note".into(), &"release".into()));
    assert!(note["message"].as_str().unwrap().contains("the figures are those of 21.11"), "{note}");
    assert_eq!(findings("21.10")["findings"].as_array().unwrap().iter().filter(about).count(), 0);
    okv_host().args(["check", "--profile", "21.7"]).assert().code(2).stderr(predicate::str::contains("there is 21.8"));
}

#[test]
fn memory_is_compared_with_an_earlier_report_on_the_same_machine() {
    let dir = tempfile::tempdir().unwrap();
    let root = ["check", "--format", "json", "--root", "fixtures/hosts/good-uefi"];
    let earlier = dir.path().join("earlier.json");
    let report = json(okv_host().args(root));
    let memory = report["memory_kib"].as_u64().unwrap();
    let verdict = |report: &Value| {
        fs::write(&earlier, report.to_string()).unwrap();
        let report = json(okv_host().args(root).arg("--earlier").arg(&earlier));
        report["findings"].as_array().unwrap().iter().find(|f| f["id"] == "memory-not-less").unwrap()["verdict"].clone()
    };
    assert_eq!(verdict(&report), "pass");
    let mut more = report.clone();
    more["memory_kib"] = (2 * memory).into();
    assert_eq!(verdict(&more), "warn");
    let mut other = report;
    other["host"] = "okv9".into();
    assert_eq!(verdict(&other), "unknown");
    assert_eq!(verdict(&Value::Null), "unknown");
    okv_host().args(root).args(["--earlier", "/nowhere/x.json"]).assert().code(2);
    okv_host().args(["check", "--image", "x", "--earlier", "y"]).assert().code(2);
}

#[test]
fn a_certificate_is_judged_by_the_clock_of_the_node_and_in_either_encoding() {
    let dir = tempfile::tempdir().unwrap();
    let clock = dir.path().join("sys/class/rtc/rtc0/since_epoch");
    fs::create_dir_all(clock.parent().unwrap()).unwrap();
    // The certificates hold from 2026-11-24 on, for three years.
    for (now, verdict) in
        [("1700000000", "block"), ("1800000000", "pass"), ("1888000000", "warn"), ("1900000000", "block")]
    {
        fs::write(&clock, now).unwrap();
        for file in ["server.pem", "server.der", "chain.pem"] {
            let mut command = okv_host();
            command.args(["check", "--format", "json", "--root"]).arg(dir.path());
            let report = json(command.arg("--certificate").arg(format!("fixtures/certificates/{file}")));
            let finding =
                report["findings"].as_array().unwrap().iter().find(|f| f["id"] == "server-certificate").unwrap();
            assert_eq!(finding["verdict"], verdict, "{file} at {now}: {finding}");
        }
    }
    okv_host().args(["check", "--image", "x", "--certificate", "y"]).assert().code(2);
}

#[test]
fn the_certificate_that_a_port_shows_is_a_note_at_most_as_nothing_proves_whose_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let clock = dir.path().join("sys/class/rtc/rtc0/since_epoch");
    fs::create_dir_all(clock.parent().unwrap()).unwrap();
    let port = tls_server::serve(&[fs::read("fixtures/certificates/server.der").unwrap()], &rustls::version::TLS13);
    let finding = |address: &str| {
        let mut command = okv_host();
        command.args(["check", "--format", "json", "--certificate-from", address, "--root"]).arg(dir.path());
        let report = json(&mut command);
        report["findings"].as_array().unwrap().iter().find(|f| f["id"] == "server-certificate").unwrap().clone()
    };
    for (now, words) in [("1800000000", "days left"), ("1888000000", "close to expiry"), ("1900000000", "expired on")] {
        fs::write(&clock, now).unwrap();
        let found = finding(&port.to_string());
        assert_eq!((&found["verdict"], &found["subject"]), (&"note".into(), &port.to_string().into()), "{found}");
        assert!(found["message"].as_str().unwrap().contains(words), "{found}");
        assert!(found["measured"].as_str().unwrap().contains("issued by CN=okv1.example"), "{found}");
    }
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let found = finding(&gone.to_string());
    assert_eq!(found["verdict"], "unknown", "{found}");
    assert!(found["message"].as_str().unwrap().contains("refused") && found["remedy"] != "", "{found}");
    okv_host().args(["check", "--fingerprint", &"0".repeat(64)]).assert().code(2);
    for with in [["--image", "x"], ["--certificate", "x"], ["--fingerprint", "short"]] {
        okv_host().args(["check", "--certificate-from", "h:443"]).args(with).assert().code(2);
    }
    okv_host()
        .args(["check", "--certificate-from", "h"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("HOST:PORT"));
}

#[test]
fn a_port_of_the_profile_is_not_asked_for_a_host_that_does_not_run() {
    let dir = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut profile: Value = serde_json::from_str(&fs::read_to_string("src/profile/21.8.json").unwrap()).unwrap();
    profile["places"]["server_certificate_address"] = listener.local_addr().unwrap().to_string().into();
    let path = dir.path().join("with-port.json");
    let run = |profile: &Value| {
        fs::write(&path, profile.to_string()).unwrap();
        let mut command = okv_host();
        command.args(["check", "--format", "json", "--root", "fixtures/hosts/good-uefi", "--profile"]).arg(&path);
        command
    };
    let report = json(&mut run(&profile));
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["id"] == "server-certificate").unwrap();
    assert_eq!(finding["verdict"], "confirm", "{finding}");
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "somebody connected");
    profile["places"]["server_certificate"] = "/etc/made-up.pem".into();
    run(&profile).assert().code(2).stderr(predicate::str::contains("both a file and a port"));
    profile["places"]["server_certificate"] = Value::Null;
    profile["places"]["server_certificate_address"] = "okv1.example".into();
    run(&profile).assert().code(2).stderr(predicate::str::contains("HOST:PORT"));
}

#[test]
fn colour_is_for_terminals_only() {
    let plain = okv_host().args(["check", "--root", "fixtures/hosts/good-uefi"]).output().unwrap().stdout;
    assert!(!plain.contains(&0x1b));
}

#[test]
fn a_verdict_is_the_exit_status() {
    for (host, code, verdict) in
        [("good-uefi", 0, "ready"), ("boot-500m-ext4", 1, "blocked"), ("unreadable-swaps", 3, "unknown")]
    {
        let root = Host::named(host);
        let mut command = okv_host();
        command.args(["check", "--format", "json", "--root"]).arg(root.path());
        assert_eq!(json(&mut command)["verdict"], verdict, "{host}");
        command.assert().code(code);
    }
}

/// Some images, one of them with a newline in its name, and their names.
fn few_images(dir: &Path) -> Vec<String> {
    let names: Vec<String> = ["b.img", "a.img", "with space.img", "two\nlines.img"].map(String::from).into();
    for name in &names {
        fs::write(dir.join(name), vec![0; 4096]).unwrap();
    }
    names
}

/// The paths of the lines that came out.
fn paths_of(stdout: &[u8]) -> Vec<String> {
    let path = |line: &str| serde_json::from_str::<Value>(line).unwrap()["path"].as_str().unwrap().to_owned();
    std::str::from_utf8(stdout).unwrap().lines().map(path).collect()
}

#[test]
fn a_list_of_files_follows_the_named_ones_in_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let names = few_images(dir.path());
    fs::write(dir.path().join("list"), "b.img\n\nwith space.img").unwrap();
    fs::write(dir.path().join("list0"), names.iter().map(|n| format!("{n}\0")).collect::<String>()).unwrap();
    let scan = |arguments: &[&str], stdin: &str| {
        let mut command = okv_host();
        command.current_dir(dir.path()).args(["scan", "--format", "jsonl"]).args(arguments).write_stdin(stdin);
        paths_of(&command.assert().code(0).stderr("").get_output().stdout)
    };
    assert_eq!(scan(&["--files-from", "list"], ""), ["b.img", "with space.img"]);
    assert_eq!(scan(&["a.img", "--files-from", "list"], ""), ["a.img", "b.img", "with space.img"]);
    assert_eq!(scan(&["--files-from", "-"], "a.img\nb.img\n"), ["a.img", "b.img"]);
    assert_eq!(scan(&["-0", "--files-from", "list0"], ""), names);
    assert_eq!(scan(&["--files-from", "-"], ""), [""; 0], "an empty list is no disk, not every disk of this machine");
    let many: Vec<String> = names[..3].iter().cycle().take(1000).cloned().collect();
    assert_eq!(scan(&["--jobs", "7", "--files-from", "-"], &many.join("\n")), many);
}

#[test]
fn a_list_of_files_serves_every_format() {
    let dir = tempfile::tempdir().unwrap();
    few_images(dir.path());
    let scan = |format: &str| {
        let mut command = okv_host();
        command
            .current_dir(dir.path())
            .args(["scan", "--files-from", "-", "--format", format])
            .write_stdin("b.img\na.img\n");
        command
    };
    assert_eq!(json(&mut scan("json")).as_array().unwrap().len(), 2);
    scan("text").assert().code(0).stdout(predicate::str::contains("a.img").and(predicate::str::contains("b.img")));
}

#[test]
fn a_list_that_never_ends_and_names_nothing_is_refused() {
    let mut command = Command::cargo_bin("okv-host").unwrap();
    command.args(["scan", "-0", "--files-from", "/dev/zero"]).timeout(std::time::Duration::from_secs(60));
    let stderr = command.assert().code(3).stdout("").get_output().stderr.clone();
    assert!(String::from_utf8(stderr).unwrap().contains("empty lines in a row"));
}

#[test]
fn a_list_of_files_that_cannot_be_read_is_reported_after_what_came_before() {
    let dir = tempfile::tempdir().unwrap();
    few_images(dir.path());
    let scan = |list: &str| {
        let mut command = okv_host();
        command.current_dir(dir.path()).args(["scan", "--format", "jsonl", "--files-from", list]);
        command
    };
    scan("no-such-list").assert().code(2).stdout("").stderr(predicate::str::contains("no-such-list"));
    scan(".").assert().code(2).stdout("").stderr(predicate::str::contains("directory"));
    let list = format!("a.img\n{}\nb.img\n", "x".repeat(5000));
    let assert = scan("-").write_stdin(list).assert().code(3).stderr(predicate::str::contains("4095 bytes"));
    assert_eq!(paths_of(&assert.get_output().stdout), ["a.img"]);
    okv_host().args(["scan", "-0"]).assert().code(2);
}

#[test]
fn a_command_that_changes_a_node_asks_before_it_does_and_never_changes_another_root() {
    for arguments in [
        &["ssh-dsa-retire", "--yes"][..],
        &["ssh-dsa-retire", "--apply", "--root", "fixtures/hosts/good-uefi"],
        &["undo", "--yes"],
        &["status", "--apply"],
    ] {
        okv_host().args(arguments).assert().code(2).stdout("");
    }
}

#[test]
fn a_host_without_ssh_has_nothing_to_retire_as_check_has_it() {
    let assert = okv_host().args(["ssh-dsa-retire", "--root", "fixtures/hosts/good-uefi"]).assert().code(0);
    assert.stdout(predicate::str::contains("othing to do").and(predicate::str::contains("there is no /etc/ssh")));
}

/// The names of all commands.
fn commands() -> Vec<String> {
    let program = okv_host::cli::Cli::in_groups();
    program.get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[test]
fn the_help_of_every_command_has_two_examples_that_parse() {
    for name in commands() {
        let text = okv_host().args([&name, "--help"]).assert().code(0).get_output().stdout.clone();
        let text = String::from_utf8(text).unwrap();
        let examples: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("  okv-host ")).collect();
        assert_eq!(examples.len(), 2, "{name}: {text}");
        for example in examples {
            parses(example);
        }
    }
}

#[test]
fn man_pages_and_completions_are_made_from_the_arguments() {
    for name in commands() {
        okv_host()
            .args(["man", &name])
            .assert()
            .code(0)
            .stdout(predicate::str::contains(format!("okv\\-host\\-{}", name.replace('-', "\\-"))));
    }
    okv_host().args(["man", "nope"]).assert().code(2).stdout("");
    for shell in ["bash", "zsh", "fish"] {
        let made = okv_host().args(["completions", shell]).assert().code(0).get_output().stdout.clone();
        let made = String::from_utf8(made).unwrap();
        for word in ["swap-size", "back-up", "7.2-2", "kernel-prune"] {
            assert!(made.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn an_image_that_is_missing_empty_or_no_file_is_a_usage_error_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("empty.img"), "").unwrap();
    for (name, why) in [("none.img", "No such file"), ("empty.img", "empty: 0 bytes"), (".", "a directory")] {
        let mut check = okv_host();
        let assert = check.current_dir(dir.path()).args(["check", "--image", name]).assert().code(2).stdout("");
        let text = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        let named = text.matches(name).count();
        assert!(text.contains(why) && (named == 1 || name == ".") && text.contains("Name the disks"), "{text}");
    }
    let mut scan = okv_host();
    let scan = scan.current_dir(dir.path()).args(["scan", "empty.img"]).assert().code(3);
    scan.stdout(predicate::str::contains("! empty: 0 bytes").and(predicate::str::contains("blank").not()));
}

#[test]
fn no_message_shows_the_number_of_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    let file = file.to_str().unwrap();
    for arguments in [
        &["scan", "none.img"][..],
        &["scan", "--format", "json", "/dev/null"],
        &["scan", "--format", "jsonl", "--files-from", "none"],
        &["check", "--image", "none.img"],
        &["check", "--root", "none"],
        &["check", "--root", file],
        &["check", "--waivers", "none", "--root", "."],
        &["check", "--profile", "none.json", "--root", "."],
        &["check", "--certificate", "none", "--root", "."],
        &["check", "--server-info", "none", "--root", "."],
        &["check", "--certificate-from", "127.0.0.1:1", "--all", "--root", "fixtures/hosts/good-uefi"],
        &["cluster", "none.json"],
        &["compare", "none.json", "none.json"],
        &["stage", "none.iso"],
        &["stage", "none.iso", "--root", "fixtures/hosts/good-uefi"],
        &["check", "--all", "--root", "tests"],
        &["runbook", "--root", "tests"],
        &["upgrade", "--root", "tests"],
    ] {
        let output = okv_host().args(arguments).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.is_empty() && !text.contains("os error"), "{arguments:?}: {text}");
    }
}

#[test]
fn a_fifo_that_nobody_writes_to_is_refused_and_a_pipe_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let fifo = dir.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let fifo = fifo.to_str().unwrap();
    let root = ["--root", "fixtures/hosts/good-uefi"];
    for arguments in [
        &["check", "--certificate", fifo][..],
        &["check", "--waivers", fifo],
        &["check", "--profile", &format!("./{fifo}")],
        &["cluster", fifo],
        &["scan", "--files-from", fifo],
    ] {
        let mut command = okv_host();
        command.args(arguments).timeout(std::time::Duration::from_secs(20));
        if arguments[0] == "check" {
            command.args(root);
        }
        command.assert().code(2).stdout("");
    }
    let script = "$0 check --root fixtures/hosts/good-uefi --certificate <(sleep 0.2; cat fixtures/certificates/server.pem) \
                  --profile <(cat src/profile/21.8.json) --only server-certificate";
    let mut bash = Command::new("bash");
    let bash = bash.args(["-c", script]).arg(assert_cmd::cargo::cargo_bin("okv-host"));
    bash.current_dir(env!("CARGO_MANIFEST_DIR")).assert().code(0).stdout(predicate::str::contains("days left"));
}

#[test]
fn help_shows_the_help_of_a_command_and_a_man_page_no_option_that_its_command_lacks() {
    let shown = |arguments: &[&str]| okv_host().args(arguments).assert().code(0).get_output().stdout.clone();
    assert_eq!(shown(&["help"]), shown(&["--help"]));
    assert_eq!(shown(&["help", "swap-extend"]), shown(&["swap-extend", "--help"]));
    okv_host().args(["help", "nope"]).assert().code(2);
    let page = |arguments: &[&str]| String::from_utf8(shown(arguments)).unwrap();
    assert!(page(&["man"]).contains("version") && !page(&["man", "check"]).contains("\\-\\-version"));
}
