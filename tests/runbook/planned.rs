//! A step that the runbook calls ready is one that its command plans without refusal.

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::golden::confirmed_host;
use crate::overlay::names;
use crate::ssh_hosts::{DSA, NAMES_NONE, RSA, put};
use crate::{Host, write};

const ISO: &str = "okv-upgrade-disc-21.8.0.0.0.iso";

fn okv_host(arguments: &[&str], root: &Path) -> Output {
    Command::cargo_bin("okv-host").unwrap().env_clear().args(arguments).arg("--root").arg(root).output().unwrap()
}

/// The changing commands that the runbook of `root` calls ready.
fn ready(root: &Path) -> Vec<String> {
    let output = okv_host(&["runbook", "--format", "json"], root);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let ready = report["steps"].as_array().unwrap().iter().filter(|step| step["state"] == "ready");
    let commands = ready.filter_map(|step| step["command"].as_str()?.strip_prefix("okv-host "));
    commands.filter(|command| !command.starts_with("confirm ") && *command != "check").map(str::to_owned).collect()
}

/// The node and what becomes of it: before its upgrade, and after it.
fn hosts(name: &str) -> [Host; 2] {
    let iso = std::fs::read(Host::named("procedure-staged").path().join("var/lib/oracle").join(ISO)).unwrap();
    let before = Host::named(name);
    let path = before.path().join("root");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join(ISO), iso).unwrap();
    for folder in ["var/lib/oracle", "images"] {
        std::fs::create_dir_all(before.path().join(folder)).unwrap();
    }
    let after = Host::named(name);
    write(after.path(), "etc/issue", "Oracle Key Vault Server 21.8.0.0.0\n");
    [before, after]
}

/// A node after its upgrade that still has a DSA key beside an RSA key. Git keeps no mode of a key.
fn with_dsa_key() -> Host {
    let [_, host] = hosts("good-uefi");
    put(host.path(), &[NAMES_NONE, RSA, DSA]);
    host
}

/// Has each step that the runbook calls ready planned by its command, and gives the commands.
fn plan_ready(name: &str, host: &Host) -> Vec<String> {
    let commands = ready(host.path());
    for command in &commands {
        let iso = format!("/root/{ISO}");
        let sum = std::fs::read(host.path().join(&iso[1..])).map(|bytes| hex::encode(Sha256::digest(bytes)));
        let sum = sum.unwrap_or_default();
        let given = |word| match word {
            "ISO" => iso.as_str(),
            "HEX" => sum.as_str(),
            _ => word,
        };
        let arguments: Vec<&str> = command.split(' ').map(given).collect();
        let output = okv_host(&arguments, host.path());
        let text = String::from_utf8_lossy(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {command}: {text}{said}");
    }
    commands
}

#[test]
fn every_ready_step_of_every_host_is_planned_by_its_command() {
    let mut planned = plan_ready("with a DSA key", &with_dsa_key());
    for name in names() {
        planned.extend(hosts(&name).iter().flat_map(|host| plan_ready(&name, host)));
    }
    let confirmed = confirmed_host();
    assert_eq!(ready(confirmed.path()), ["upgrade"]);
    let output = okv_host(&["upgrade"], confirmed.path());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    planned.sort_unstable();
    planned.dedup();
    let all = ["kernel-prune", "ssh-dsa-retire", "stage ISO --sha256 HEX", "swap-extend", "swap-extend --prepare"];
    assert_eq!(planned, all, "no host asks for another command, and one asks for each of these");
}
