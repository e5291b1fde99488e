//! The Ansible collection without a guest: ansible-lint, its documentation, and its playbooks on hosts in folders,
//! which the controller itself reads. The whole story, with SSH and restarts, is in `tests/guest/ansible`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use overlay::Host;
use serde_json::Value;
use tempfile::TempDir;

#[path = "support/overlay.rs"]
mod overlay;

/// Two nodes that can be upgraded, and one that cannot.
const NODES: [(&str, &str); 3] = [("okv1", "good-bios"), ("okv2", "swap-4gib"), ("okv3", "good-uefi")];

fn collections() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

/// A controller, and nodes that are folders of it.
struct Controller(TempDir, Vec<Host>);

impl Controller {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hosts: Vec<Host> = NODES.iter().map(|(_, host)| Host::named(host)).collect();
        let host = |(name, host): (&str, &Host)| {
            let own = folder.path().join(name);
            fs::create_dir(&own).unwrap();
            format!(
                "    {name}: {{okv_host_path: {}/okv-host, okv_host_arguments: [--root, {}]}}\n",
                own.display(),
                host.path().display()
            )
        };
        let lines: String = NODES.iter().map(|(name, _)| *name).zip(&hosts).map(host).collect();
        let inventory = format!(
            "okv:\n  hosts:\n{lines}  vars:\n    ansible_connection: local\n    okv_host_binary: {}\n    \
             okv_host_reports: {}\n    okv_host_order: [okv3, okv1, okv2]\n",
            env!("CARGO_BIN_EXE_okv-host"),
            folder.path().join("reports").display()
        );
        fs::write(folder.path().join("inventory.yml"), inventory).unwrap();
        Self(folder, hosts)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A program of Ansible with these arguments.
    fn run(&self, program: &str, arguments: &[&str]) -> (i32, String) {
        self.run_in(self.0.path(), program, arguments)
    }

    fn run_in(&self, folder: &Path, program: &str, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.0.path()).env("LC_ALL", "C.UTF-8");
        command.env("ANSIBLE_COLLECTIONS_PATH", collections()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env("ANSIBLE_LOCAL_TEMP", self.path("tmp")).env("ANSIBLE_REMOTE_TEMP", self.path("remote"));
        let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output();
        let Output { status, stdout, stderr } = output.unwrap_or_else(|e| panic!("{program}: {e}"));
        let text = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        (status.code().unwrap_or(-1), text)
    }

    fn play(&self, playbook: &str, arguments: &[&str]) -> (i32, String) {
        let playbook = format!("okv.host.{playbook}");
        self.run("ansible-playbook", &[&["-i", "inventory.yml", &playbook], arguments].concat())
    }

    /// One task on a node.
    fn task(&self, node: &str, action: &str, arguments: &Value) -> (i32, String) {
        let arguments = arguments.to_string();
        self.run("ansible", &[node, "-i", "inventory.yml", "-m", &format!("okv.host.{action}"), "-a", &arguments])
    }
}

#[test]
fn ansible_lint_finds_nothing_and_every_action_has_its_documentation() {
    let controller = Controller::new();
    let folder = controller.path("scripts/ansible_collections/okv/host");
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    // A copy, as ansible-lint keeps what it knows beside what it reads.
    let from = collections().join("ansible_collections/okv/host");
    let copied = Command::new("cp").arg("-r").arg(&from).arg(&folder).status().unwrap();
    assert!(copied.success());
    let (status, text) = controller.run_in(&folder, "ansible-lint", &["--nocolor"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("Passed with production profile: 0 failure(s), 0 warning(s)"), "{text}");
    for action in ["run", "put", "restart", "cluster"] {
        let (status, text) = controller.run("ansible-doc", &["--json", &format!("okv.host.{action}")]);
        assert_eq!(status, 0, "{text}");
        let known: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
        assert!(known[format!("okv.host.{action}")]["return"].is_object(), "{text}");
    }
}

#[test]
fn preflight_reports_every_node_and_a_dry_run_leaves_nothing() {
    let controller = Controller::new();
    let (status, text) = controller.play("preflight", &["--check"]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("CANNOT BE UPGRADED: of 3 nodes, 1 blocked"), "{text}");
    assert!(!controller.path("okv1/okv-host").exists() && !controller.path("reports").exists());

    let (status, text) = controller.play("preflight", &[]);
    assert_eq!(status, 0, "{text}");
    let (status, again) = controller.play("preflight", &["-vv"]);
    assert!(status == 0 && !again.contains("changed=1") && !again.contains("findings"), "no report in a log: {again}");
    for name in ["okv1.json", "okv2.json", "okv3.json", "cluster.json", "cluster.txt", "cluster.html"] {
        let mode = fs::metadata(controller.path("reports").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(text.contains("okv1                       : ok=4    changed=1"), "its file alone: {text}");
}

#[test]
fn the_upgrade_refuses_a_blocked_node_before_anything_is_changed() {
    let controller = Controller::new();
    let (status, text) = controller.play("upgrade", &[]);
    assert_ne!(status, 0, "{text}");
    assert!(
        text.contains("Refused, and no node was changed") && text.contains("okv2 is not ready, blocked by swap-size"),
        "{text}"
    );
    assert!(!text.contains("Upgrade one node at a time"), "{text}");
    let (_, text) = controller.play("upgrade", &["--check", "--limit", "!okv2"]);
    let places = ["(item=okv3)", "(item=okv1)"].map(|item| text.find(item).unwrap_or_else(|| panic!("{item}: {text}")));
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn a_file_of_another_sum_is_replaced_and_a_refusal_fails_with_its_reasons() {
    let controller = Controller::new();
    fs::write(controller.path("okv1/okv-host"), "another").unwrap();
    let node = controller.1[1].path();
    let check = serde_json::json!({"argv": ["check", "--root", node]});
    let (status, text) = controller.task("okv1", "run", &check);
    assert!(status == 0 && text.contains("CHANGED"), "{text}");
    let (status, text) = controller.task("okv1", "run", &check);
    assert!(status == 0 && text.contains("\"changed\": false"), "{text}");
    let extend = serde_json::json!({"argv": ["swap-extend", "--root", node]});
    let (status, text) = controller.task("okv1", "run", &extend);
    assert!(status != 0 && text.contains("Refused, and nothing was changed. disk-none:"), "{text}");
}
