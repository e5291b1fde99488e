//! Of the configuration: what cannot be followed, and what names the keys.

use std::path::Path;

use super::{Obstacle, halves};
use crate::host::Probed;
use crate::subjects::ssh_keys::facts::{Configuration, DsaKey, Effective, KeyFile, Naming, Ssh, display_path};

pub(super) fn obstacles(ssh: &Ssh, keys: &[DsaKey<'_>]) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    match &ssh.configuration {
        Probed::Known(known) => obstacles.extend(followed(known)),
        Probed::Absent => obstacles.push(Obstacle::new(
            "configuration-unknown",
            "there is no /etc/ssh/sshd_config: sshd does not start without it".into(),
            "restore it",
        )),
        Probed::Unreadable(why) => {
            let message = format!("sshd's configuration could not be read: {why}");
            obstacles.push(Obstacle::new(
                "configuration-unknown",
                message,
                "make it readable, as sshd itself must read it",
            ));
        }
    }
    match &ssh.namings {
        Probed::Known(namings) => obstacles.extend(namings.iter().map(named)),
        Probed::Absent => {}
        Probed::Unreadable(why) => {
            let message = format!("cannot determine whether OpenSSH's configuration names the key: {why}");
            obstacles.push(Obstacle::new(
                "configuration-unknown",
                message,
                "make the file readable, then run it again",
            ));
        }
    }
    match (&ssh.effective, &ssh.configuration) {
        (Probed::Known(effective), Probed::Known(known)) => {
            obstacles.extend(named_by_sshd(ssh, effective, known, keys));
        }
        (Probed::Unreadable(why), _) => {
            let message = format!("sshd -T did not print its configuration: {why}");
            let remedy = "run /usr/sbin/sshd -T and fix the lines that it reports";
            obstacles.push(Obstacle::new("configuration-refused", message, remedy));
        }
        _ => {}
    }
    obstacles
}

/// What cannot be followed, or sshd refuses.
fn followed(known: &Configuration) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    if let Some(line) = &known.other_file {
        let message = format!("{line} starts sshd with another configuration than /etc/ssh/sshd_config");
        obstacles.push(Obstacle::new(
            "other-configuration",
            message,
            "look there for HostKey lines, and retire the key by hand",
        ));
    }
    if let Some(line) = &known.agent {
        let message = format!("{line} lets an agent hold private host keys");
        let remedy = "take the DSA key out of the agent, and retire the file by hand";
        obstacles.push(Obstacle::new("host-key-agent", message, remedy));
    }
    obstacles.extend(known.host_keys.iter().filter(|line| line.in_match).map(|line| {
        let message = format!("{} is a HostKey within a Match block: sshd does not start with it", line.line);
        Obstacle::new("configuration-refused", message, "Move the line above the first Match.")
    }));
    obstacles
}

fn named(naming: &Naming) -> Obstacle {
    let Naming { line, keyword, value, path, is_pattern } = naming;
    let is_host_key = ["hostkey", "hostdsakey"].iter().any(|name| keyword.eq_ignore_ascii_case(name));
    let remedy = if is_host_key {
        "remove the line, then run it again"
    } else {
        "find out what the line uses the file for, and let it name another file; then run it again"
    };
    let (keyword, value) = (keyword.escape_debug(), value.escape_debug());
    let verb = if *is_pattern { "may name" } else { "names" };
    let message = format!("{line} ({keyword} {value}) {verb} {}, a file of a DSA key", display_path(path));
    Obstacle::new("named-by-configuration", message, remedy)
}

/// Host keys that sshd loads and that no line names. Where no line names a host key at all, sshd -T shows the defaults,
/// and those may be missing.
fn named_by_sshd(ssh: &Ssh, effective: &Effective, known: &Configuration, keys: &[DsaKey<'_>]) -> Vec<Obstacle> {
    if known.host_keys.is_empty() {
        return vec![];
    }
    let is_told = |file: &KeyFile| {
        ssh.namings.known().is_some_and(|namings| namings.iter().any(|naming| naming.path == file.path))
    };
    let named = |path: &str| {
        let is_named = |file: &&KeyFile| {
            file.path == Path::new(path) || ssh.key(path).is_some_and(|named| named.is_same_file(file))
        };
        halves(keys).find(is_named).filter(|file| !is_told(file))
    };
    let paths = effective.host_keys.iter().filter_map(|path| Some((path, named(path)?)));
    paths
        .map(|(path, file)| {
            let message = format!(
                "sshd -T shows that sshd loads {}, which is the DSA key {}; no line that was read names it",
                path.escape_debug(),
                file.display_path()
            );
            Obstacle::new("named-by-configuration", message, "find the line or option that names it, and remove it")
        })
        .collect()
}
