//! What is in the way of retiring the DSA keys. Told here, so that `check` names as a remedy only what would be done.

mod configuration;
mod files;

use super::facts::{DsaKey, KeyFile, Ssh};
use super::loads::Load;
use crate::host::Probed;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// A fixed word for scripts.
    pub id: &'static str,
    /// What it is, with path and line.
    pub message: String,
    pub remedy: String,
}

impl Obstacle {
    fn new(id: &'static str, message: String, remedy: impl Into<String>) -> Self {
        Self { id, message, remedy: remedy.into() }
    }
}

impl Ssh {
    /// Everything that is in the way of retiring the DSA keys. Where there are none, only what is not what its name
    /// says.
    pub fn obstacles(&self) -> Vec<Obstacle> {
        let keys = self.dsa_keys();
        let mut obstacles = files::obstacles(self, &keys);
        if !keys.is_empty() {
            obstacles.extend(read_only(self));
            obstacles.extend(configuration::obstacles(self, &keys));
            obstacles.extend(no_other_key(self));
        }
        obstacles
    }

    /// What is in the way at this file: its name promises something else than it holds, and one of the two is a DSA
    /// key.
    pub fn misnamed(&self, file: &KeyFile) -> Option<Obstacle> {
        files::misnamed(file)
    }
}

fn read_only(ssh: &Ssh) -> Option<Obstacle> {
    let Probed::Known(Some(point)) = &ssh.read_only else { return None };
    let message = format!("/etc/ssh lies on {point}, which is mounted read-only");
    Some(Obstacle::new("read-only", message, format!("find out why; then mount -o remount,rw {point}")))
}

fn no_other_key(ssh: &Ssh) -> Option<Obstacle> {
    // Where that could not be told, the configuration is an obstacle already.
    let loads = ssh.loads().ok()?;
    if loads.iter().any(|(_, load)| matches!(load, Load::Yes(..))) {
        return None;
    }
    let why: Vec<String> = loads
        .iter()
        .map(|(path, load)| match load {
            Load::Yes(..) => String::new(),
            Load::No(why) => format!("{}: {why}", path.escape_debug()),
            Load::Unknown(why) => format!("{}: {why}", path.escape_debug()),
        })
        .collect();
    let message = format!("sshd would be left without a host key that it can load: {}", why.join("; "));
    Some(Obstacle::new("no-other-host-key", message, format!("{}; then run again", ssh.remedy_without_key())))
}

/// The halves of all keys.
fn halves<'k>(keys: &'k [DsaKey<'_>]) -> impl Iterator<Item = &'k KeyFile> {
    keys.iter().flat_map(DsaKey::halves)
}
