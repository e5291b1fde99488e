//! `ssh-dsa-retire`: gives every DSA host key the name `NAME.retire`, the private half first.
//!
//! Refuses all where one thing is in the way: a node half done, or without a host key that sshd takes, is worse than
//! one with a key too many. It never writes over a file, deletes none, and does not edit sshd's configuration.

use super::facts::{Algorithm, Content, DsaKey, Half, KeyFile, Ssh, display_path};
use super::obstacles::Obstacle;
use super::retired::DsaState;
use crate::engine::{Action, FileIdentity, Plan, ProgramRun, Reason, Refusal, Step};
use crate::host::Probed;
use crate::io::tool::Program;

const COMMAND: &str = "ssh-dsa-retire";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// Whether the running sshd is told to read its keys again.
    pub reload: bool,
}

const TARGET: &str = "each DSA host key of SSH is renamed to its name with .retire";

/// The plan of a host without /etc/ssh: there is no key.
pub fn without_ssh() -> Plan {
    Plan { command: COMMAND, target: TARGET.into(), steps: Vec::new(), notes: vec!["there is no /etc/ssh".into()] }
}

/// The plan. Without steps where no DSA key is there to retire.
///
/// # Errors
/// With everything that is in the way.
pub fn plan(ssh: &Ssh, request: &Request) -> Result<Plan, Refusal> {
    let keys = ssh.dsa_keys();
    let obstacles = ssh.obstacles().into_iter();
    let mut reasons: Vec<Reason> =
        obstacles.map(|Obstacle { id, message, remedy }| Reason { id, message, remedy }).collect();
    if !keys.is_empty() && request.reload && ssh.unit.is_none() {
        reasons.push(Reason {
            id: "unit-unknown",
            message: "neither sshd.service nor ssh.service was found".into(),
            remedy: "run without --reload, and reload sshd by hand".into(),
        });
    }
    if !reasons.is_empty() {
        return Err(Refusal { reasons });
    }
    Ok(Plan {
        command: COMMAND,
        target: TARGET.into(),
        steps: if keys.is_empty() { vec![] } else { steps(ssh, &keys, request) },
        notes: notes(ssh, &keys, request),
    })
}

fn steps(ssh: &Ssh, keys: &[DsaKey<'_>], request: &Request) -> Vec<Step> {
    let run = |purpose: &str, program, args: &[&str]| {
        Step::new(purpose, Action::Run(ProgramRun::looks(program, args.iter().copied())))
    };
    let mut steps = vec![run("sshd can load its configuration and keys as they are", Program::Sshd, &["-t"])];
    steps.extend(keys.iter().flat_map(DsaKey::halves).filter_map(rename));
    steps.push(run("sshd can load its configuration and keys without the DSA key", Program::Sshd, &["-t"]));
    if let Some(unit) = ssh.unit.as_deref().filter(|_| request.reload) {
        steps.push(run("the running sshd forgets the DSA key", Program::Systemctl, &["reload", unit]));
    }
    steps
}

/// `None` for a name that is no text, which was refused.
fn rename(file: &KeyFile) -> Option<Step> {
    let key = file.key()?;
    let from = file.path.to_str()?;
    let half = match key.half {
        Half::Private => "private",
        Half::Public => "public",
    };
    let rename = Action::Rename {
        from: from.to_owned(),
        to: format!("{from}.retire"),
        file: FileIdentity { inode: file.inode, bytes: file.bytes, mode: file.mode, sha256: file.sha256 },
    };
    Some(Step::new(format!("the {half} half of the DSA key {} is retired", identity(file)), rename))
}

/// Fingerprint, where there is one, else the path.
fn identity(file: &KeyFile) -> String {
    file.key().and_then(|key| key.fingerprint.clone()).unwrap_or_else(|| file.display_path())
}

fn notes(ssh: &Ssh, keys: &[DsaKey<'_>], request: &Request) -> Vec<String> {
    let mut notes = Vec::new();
    for key in keys {
        if let (Some(private), Some(public)) = (key.private, key.public)
            && key.is_a_pair() == Some(false)
        {
            notes.push(format!(
                "{} and {} are halves of different keys",
                private.display_path(),
                public.display_path()
            ));
        }
        if key.state(ssh) == DsaState::HalfRetired {
            notes.push(format!("{}: one half is retired already; this finishes it", display_path(&key.path)));
        }
    }
    for file in ssh.stray_dsa_public_keys() {
        notes.push(if file.is_dsa_certificate() {
            format!("{} is a certificate of a DSA key that no line names, and stays", file.display_path())
        } else {
            format!("{} is a DSA public key of no host key here, and stays", file.display_path())
        });
    }
    for file in ssh.keys.iter().filter(|file| file.promised() != Some(Algorithm::Dsa)) {
        if let Content::Unknown(why) = &file.content {
            notes.push(format!("{} stays: cannot determine whether it is a DSA key ({why})", file.display_path()));
        }
    }
    match &ssh.makers {
        Probed::Known(makers) => {
            notes.extend(makers.iter().map(|m| format!("a DSA key will be made again: {} {}", m.line, m.what)));
        }
        Probed::Absent => {}
        Probed::Unreadable(why) => notes.push(format!("cannot determine what makes host keys again: {why}")),
    }
    match (keys.is_empty(), request.reload) {
        (false, false) => {
            notes.push(
                "a running sshd may keep the key in memory until it is reloaded, and answer with it until then".into(),
            );
        }
        (true, true) => notes.push(
            "sshd is not reloaded, as there is nothing to retire; it forgets a key retired before when it is reloaded"
                .into(),
        ),
        _ => {}
    }
    notes
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;
    use crate::engine::assert_roles_fit;
    use crate::host::Root;
    use crate::subjects::ssh_keys::facts;

    #[test]
    fn every_step_has_a_role_that_its_way_back_allows() {
        let folder = tempfile::tempdir().unwrap();
        let ssh = folder.path().join("etc/ssh");
        fs::create_dir_all(&ssh).unwrap();
        fs::write(ssh.join("sshd_config"), "").unwrap();
        let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh/keys");
        for (name, mode) in [("dsa", 0o600), ("dsa.pub", 0o644), ("rsa", 0o600), ("rsa.pub", 0o644)] {
            let (kind, public) = name.split_once('.').map_or((name, ""), |(kind, _)| (kind, ".pub"));
            let path = ssh.join(format!("ssh_host_{kind}_key{public}"));
            fs::copy(keys.join(name), &path).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        }
        let found = facts::gather(&Root::fixture(folder.path()).unwrap());
        let plan = plan(found.known().unwrap(), &Request { reload: false }).unwrap();
        assert_eq!(plan.steps.len(), 4, "{plan:?}");
        assert_roles_fit(&plan.steps);
    }
}
