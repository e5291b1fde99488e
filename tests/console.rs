//! Saved answers of the management console: `check --server-info FILE --server-status FILE`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[path = "support/overlay.rs"]
mod overlay;

const INFO: &str = r#"{"result": "Success", "value": {"caCertificateExpirationDate": "2036-03-01 10:00:00", "cpuCores": "8",
    "diskInGB": "2000", "fraInGB": "150", "memoryInKB": "32780112",
    "platformCertificatesExpirationDate": "2036-09-30 23:59:59",
    "serverCertificateExpirationDate": "2020-05-01 00:00:00", "version": "21.8.0.0.0"}}"#;
const STATUS: &str = r#"{"value": {"backupStatus": "Idle", "disk": {"usagePercentage": 41, "usedInGB": "820", "totalInGB": 2000},
    "services": {"KMIPService": "Down", "RESTfulService": "Up"}}}"#;

/// `check` of a node that is ready, with these files.
fn check(folder: &Path, files: &[(&str, &str, &[u8])]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_okv-host"));
    command.args(["check", "--format", "json", "--root", "fixtures/hosts/good-uefi"]);
    for (option, name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        command.arg(option).arg(&path);
    }
    command.output().unwrap()
}

/// Verdict, message and measurement of a rule.
fn found(files: &[(&str, &str, &[u8])], rule: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let report: Value = serde_json::from_slice(&check(folder.path(), files).stdout).unwrap();
    let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == rule).unwrap();
    let text = |field: &str| finding[field].as_str().unwrap().to_owned();
    [text("verdict"), text("message"), text("measured")].join(" ")
}

fn of_info(text: &str, rule: &str) -> String {
    found(&[("--server-info", "info.json", text.as_bytes())], rule)
}

#[test]
fn the_dates_of_the_console_are_judged_whatever_the_case_and_nesting() {
    let flat = r#"{"PLATFORM_CERTIFICATES_EXPIRATION_DATE": "2036-09-30 23:59:59", "serverCertificateExpirationDate":
        "2020-05-01 00:00:00", "CA certificate expiration date": "2036-03-01 10:00:00"}"#;
    for text in [INFO.to_owned(), flat.to_owned(), format!("[{{\"node\": {INFO}}}]")] {
        assert!(of_info(&text, "platform-certificate").starts_with("pass "), "{text}");
        assert!(of_info(&text, "server-certificate").starts_with("block expired on 2020-05-01"), "{text}");
        assert!(of_info(&text, "ca-certificate").starts_with("note expires on 2036-03-01"), "{text}");
    }
}

#[test]
fn what_has_no_documented_meaning_is_shown() {
    let files =
        [("--server-status", "status.json", STATUS.as_bytes()), ("--server-info", "info.json", INFO.as_bytes())];
    let shown = found(&files, "console-status");
    for part in [
        "note ",
        "KMIPService Down",
        "backup: Idle",
        "disk 41 % of 2000 GB",
        "memory 32780112 KB",
        "release 21.8.0.0.0",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(found(&[], "console-status").starts_with("not-applicable "));
}

#[test]
fn a_version_alone_is_a_missing_privilege_and_what_cannot_be_understood_is_unknown() {
    let alone = of_info(r#"{"value": {"version": "21.10.0.0.0"}}"#, "platform-certificate");
    assert!(alone.starts_with("confirm ") && alone.contains("lacks a privilege"), "{alone}");
    for text in ["", "okv: command not found", r#"{"value": {"version": "21"#, r#"{"value": {"other": 1}}"#] {
        assert!(of_info(text, "platform-certificate").starts_with("unknown "), "{text}");
    }
    let large = vec![b' '; 100 << 20];
    assert!(found(&[("--server-info", "large.json", &large)], "platform-certificate").starts_with("unknown "));
    assert!(found(&[("--server-status", "status.json", b"{}")], "console-status").starts_with("warn "));
}

/// The status of okv-host in an address space of 64 MiB, which memory cannot exceed: it dies where it wants more.
fn status_in_64_mib(arguments: &[&str]) -> Option<i32> {
    let mut bash = Command::new("/bin/bash");
    bash.args(["-c", "ulimit -d 65536 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_okv-host")]);
    bash.args(arguments).output().unwrap().status.code()
}

#[test]
fn whatever_the_size_and_density_of_an_answer_it_takes_no_more_than_64_mib() {
    let large = 100 << 20;
    let dense = |mebibytes: usize, opens: &str, item: &str, closes: &str| {
        let items = item.repeat(mebibytes * (1 << 20) / item.len());
        format!("{opens}{}{closes}", items.trim_end_matches(',')).into_bytes()
    };
    let just_fits = |opens: &str, item: &str, closes: &str| {
        let mut text = dense(1, opens, item, closes);
        text.truncate(1 << 20);
        text
    };
    let files = [
        vec![b' '; large],
        dense(100, "{\"version\": \"", "x", "\"}"),
        dense(100, "[", "1,", "]"),
        just_fits("[", "1,", "]"),
        just_fits("[", "{},", "]"),
        just_fits("[", "{\"a\":1},", "]"),
        vec![b'['; 1 << 20],
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("report.json"), check(folder.path(), &[]).stdout).unwrap();
    for (number, bytes) in files.iter().enumerate() {
        fs::write(path("saved.json"), bytes).unwrap();
        let of_node = format!("good-uefi={}", path("saved.json"));
        for option in ["--server-info", "--server-status"] {
            let root = ["check", "--root", "fixtures/hosts/good-uefi", option, &path("saved.json")];
            let cluster = ["cluster", &path("report.json"), option, &of_node];
            for arguments in [&root[..], &cluster] {
                let status = status_in_64_mib(arguments);
                assert!(matches!(status, Some(0 | 3)), "{number}: {arguments:?}: {status:?}");
            }
        }
    }
}

#[test]
fn no_hash_token_or_key_content_appears_in_any_output() {
    const SECRET: &str = "S3CR3T";
    let folder = tempfile::tempdir().unwrap();
    let host = overlay::Host::named("good-uefi")
        .with("etc/shadow", format!("root:$6${SECRET}:20000:0:99999:7:::\nsupport:!{SECRET}:1:0:1:7:::\n"))
        .with("etc/issue", "Oracle Key Vault Server 21.8.0.0.0\n")
        .with("var/lib/oracle/cwallet_hsm_upgrade.sso", SECRET)
        .with("etc/hsm.key", SECRET)
        .with(
            "usr/local/okv/hsm/generic/okv_hsm.conf",
            format!("PIN=\"{SECRET}\"\nPKCS11_LIB_LOC=/none.so\nPRESERVED_FILES=/etc/hsm.key\n"),
        )
        .with("etc/ssh/ssh_host_rsa_key", format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{SECRET}\n"))
        .with("etc/ssh/sshd_config", "HostKey /etc/ssh/ssh_host_rsa_key\n");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let info =
        INFO.replace("\"cpuCores\"", &format!("\"token\": \"{SECRET}\", \"password\": \"{SECRET}\", \"cpuCores\""));
    fs::write(path("info.json"), info).unwrap();
    fs::write(path("status.json"), STATUS.replace("\"disk\"", &format!("\"apiToken\": \"{SECRET}\", \"disk\"")))
        .unwrap();
    fs::write(path("damaged.json"), format!("{{\"token\": \"{SECRET}\", ")).unwrap();
    let root = host.path().display().to_string();
    let report =
        Command::new(env!("CARGO_BIN_EXE_okv-host")).args(["check", "--format", "json", "--root", &root]).output();
    fs::write(path("report.json"), report.unwrap().stdout).unwrap();
    let mut looked = 0;
    for info in [path("info.json"), path("damaged.json")] {
        let saved =
            ["--root", &root, "--server-info", &info, "--server-status", &path("status.json")].map(str::to_owned);
        let on_node = [format!("good-uefi={info}"), format!("good-uefi={}", path("status.json"))];
        for command in [
            &["check"][..],
            &["check", "--all"],
            &["check", "--quiet"],
            &["check", "--format", "json"],
            &["runbook"],
            &["runbook", "--format", "markdown"],
            &["runbook", "--format", "json"],
            &["cluster"],
            &["cluster", "--format", "json"],
        ] {
            let mut process = Command::new(env!("CARGO_BIN_EXE_okv-host"));
            process.args(command);
            if command[0] == "cluster" {
                process.arg(path("report.json")).args(["--server-info", &on_node[0], "--server-status", &on_node[1]]);
            } else {
                process.args(&saved);
            }
            let output = process.output().unwrap();
            assert!(!output.stdout.is_empty(), "{command:?}: {output:?}");
            for stream in [output.stdout, output.stderr] {
                let text = String::from_utf8(stream).unwrap();
                assert!(!text.contains(SECRET), "{command:?}: {text}");
            }
            looked += 1;
        }
    }
    assert_eq!(looked, 18);
}

#[test]
fn a_file_that_is_not_there_and_disks_beside_it_are_usage_errors() {
    let run = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_okv-host")).args(args).output().unwrap();
    let root = ["check", "--root", "fixtures/hosts/good-uefi"];
    for option in ["--server-info", "--server-status"] {
        let output = run(&[&root[..], &[option, "/nowhere/x.json"]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/x.json"));
        assert_eq!(run(&["check", option, "x", "--image", "y"]).status.code(), Some(2));
    }
}
