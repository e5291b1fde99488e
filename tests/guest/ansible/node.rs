//! A node that Ansible reaches by SSH on loopback, and that has no Python.

use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use super::controller::Run;
use crate::guest::{Firmware, Guest, Spec};

/// Of root on every node. No log may have it.
pub(super) const PASSWORD: &str = "a-password-that-no-log-has";
/// Longest that something takes that the tests wait for.
const SOON: Duration = Duration::from_secs(300);

/// A node, and where SSH of it is reached.
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) guest: Guest,
    pub(super) port: u16,
}

impl Node {
    /// Starts it; `prepare` makes it what it is before Python is gone and SSH is open to this key.
    pub(super) fn start(name: &'static str, firmware: Firmware, key: &str, prepare: impl Fn(Guest) -> Guest) -> Self {
        let guest = prepare(Spec::new(firmware).start());
        guest.ok(&format!("echo {name} > /etc/hostname; hostname {name}"));
        guest.put("/root/make-node", include_bytes!("set-up"), 0o700);
        guest.ok(&format!("/root/make-node '{key}' '{PASSWORD}'; rm /root/make-node"));
        let mut node = Self { name, guest, port: free_port() };
        node.connect();
        node
    }

    /// Plugs in its network card, which a restart takes out, and waits for sshd.
    pub(super) fn connect(&mut self) {
        self.guest.forward(self.port, 22);
        self.until("answers by SSH", "pgrep --full '^sshd: /usr/sbin/sshd'", || None);
    }

    /// Waits until a script exits with 0. Where it never will, `lost` says why.
    pub(super) fn until(&self, what: &str, script: &str, mut lost: impl FnMut() -> Option<String>) {
        let end = Instant::now() + SOON;
        while self.guest.run(script).status != 0 {
            let why = lost().or_else(|| (Instant::now() > end).then(String::new));
            assert!(why.is_none(), "{} never {what}: {}", self.name, why.unwrap_or_default());
            thread::sleep(Duration::from_millis(300));
        }
    }

    /// Waits until this playbook restarts it, and lets it come back.
    pub(super) fn restarts(&mut self, run: &mut Run) {
        while !self.guest.has_ended() {
            assert!(run.ended().is_none(), "{} is not restarted: {}", self.name, run.log());
            thread::sleep(Duration::from_millis(100));
        }
        self.guest.restarts_by_itself();
        self.connect();
    }
}

/// A port that nothing listens at.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}
