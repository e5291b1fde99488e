//! The controller: Ansible with its inventory, keys and logs in a folder that is removed, and a leash on what it runs.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::node::{Node, PASSWORD};
use crate::release;
use crate::tools::run;

/// Longest that a playbook takes, where other work shares the processors.
const LIMIT: Duration = Duration::from_secs(900);

pub(super) struct Controller(TempDir);

impl Controller {
    pub(super) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("ansible").tempdir().expect("a folder");
        let controller = Self(folder);
        let key = controller.path("key");
        run("ssh-keygen", &["-q", "-N", "", "-t", "ed25519", "-f", key.to_str().expect("UTF-8")]);
        fs::copy(release::binary(), controller.path("okv-host")).expect("the release build");
        controller
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn put(&self, name: &str, text: &str) {
        let file = File::options().create(true).truncate(true).write(true).mode(0o600).open(self.path(name));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("a file of ours");
    }

    pub(super) fn public_key(&self) -> String {
        fs::read_to_string(self.path("key.pub")).expect("a key").trim().to_owned()
    }

    /// The inventory: these nodes, and variables of all.
    pub(super) fn knows(&self, nodes: &[&Node], variables: &str) {
        let hosts = nodes.iter().map(|node| format!("    {}: {{ansible_port: {}}}\n", node.name, node.port));
        let (folder, hosts) = (self.0.path().display(), hosts.collect::<String>());
        self.put(
            "inventory.yml",
            &format!(
                "okv:\n  hosts:\n{hosts}  vars:\n    ansible_host: 127.0.0.1\n    ansible_user: support\n    \
                 ansible_ssh_private_key_file: {folder}/key\n    ansible_become: true\n    \
                 ansible_become_method: su\n    ansible_become_password: {PASSWORD}\n    \
                 okv_host_binary: {folder}/okv-host\n{variables}"
            ),
        );
        self.put(
            "ansible.cfg",
            &format!(
                "[defaults]\ninventory = {folder}/inventory.yml\nhost_key_checking = false\nlocal_tmp = {folder}/tmp\n\
                 log_path = {folder}/ansible.log\nforks = 8\ntimeout = 60\nretry_files_enabled = false\n\
                 [ssh_connection]\ncontrol_path_dir = {folder}/cp\n\
                 ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null\n"
            ),
        );
    }

    /// Starts a playbook of the collection.
    pub(super) fn start(&self, playbook: &str, arguments: &[&str]) -> Run {
        let log = self.path(&format!("{playbook}.log"));
        let out = File::options().create(true).append(true).open(&log).expect("a log");
        let also = out.try_clone().expect("a second handle");
        let collections = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
        let mut command = Command::new("ansible-playbook");
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.0.path()).env("LC_ALL", "C.UTF-8");
        command.env("ANSIBLE_COLLECTIONS_PATH", collections).env("ANSIBLE_CONFIG", self.path("ansible.cfg"));
        command.env("PYTHONDONTWRITEBYTECODE", "1").arg(format!("okv.host.{playbook}")).args(arguments);
        command.stdin(Stdio::null()).stdout(out).stderr(also).current_dir(self.0.path()).process_group(0);
        Run { child: command.spawn().expect("ansible-playbook can be run"), log }
    }

    /// Runs it to its end, and returns the exit status and what it printed.
    pub(super) fn play(&self, playbook: &str, arguments: &[&str]) -> (i32, String) {
        let _ = fs::remove_file(self.path(&format!("{playbook}.log")));
        let started = Instant::now();
        let ended = self.start(playbook, arguments).wait();
        println!("{playbook} {arguments:?}: {:.1} s", started.elapsed().as_secs_f32());
        ended
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }
}

impl Drop for Controller {
    /// The shared SSH connections are processes of their own.
    fn drop(&mut self) {
        for socket in fs::read_dir(self.path("cp")).into_iter().flatten().flatten() {
            let control = format!("ControlPath={}", socket.path().display());
            let mut exit = Command::new("ssh");
            exit.args(["-F", "none", "-O", "exit", "-o", &control, "node"]);
            let _ = exit.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
    }
}

/// A playbook that runs. It is killed with all that it started when this is dropped.
pub(super) struct Run {
    child: Child,
    log: PathBuf,
}

impl Run {
    pub(super) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("our own child")
    }

    pub(super) fn wait(mut self) -> (i32, String) {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.ended() {
                return (status.code().unwrap_or(-1), self.log());
            }
            assert!(Instant::now() < end, "it does not end\n{}", self.log());
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// The controller dies, at once, with all of its processes.
    pub(super) fn kill(self) {
        drop(self);
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}
