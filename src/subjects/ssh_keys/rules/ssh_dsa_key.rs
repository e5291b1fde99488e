//! `ssh-dsa-key`: no DSA host key is there, none came back, and nothing will make one again.
//!
//! The procedure asks for it after the upgrade, so nothing here blocks one.

use super::host_keys;
use crate::host::Probed;
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::ssh_keys::facts::{Algorithm, Content, DsaKey, KeyFile, Ssh, Unknown, display_path};
use crate::subjects::ssh_keys::obstacles::Obstacle;
use crate::subjects::ssh_keys::retired::DsaState;

pub(crate) const ID: RuleId = RuleId::new("ssh-dsa-key");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "no SSH DSA host key is there, and nothing will make one again",
    why: "DSA keys are obsolete, scanners report them, and the upgrade leaves them behind. A key that the next \
        start makes again is no better than one that is there.",
    fix: "Run: okv-host ssh-dsa-retire --apply. If it refuses because a line names the key, take that line out and \
        run it again.",
    required: |_| "none, judged by content as well as by name".into(),
    source: |p| p.ssh_source.clone(),
    inputs: &[
        "the files in /etc/ssh and each file that a HostKey line names, by content",
        "sshd_config with its includes, and sshd -T",
        "ssh_config, /etc/sysconfig/sshd, sshd-keygen and the systemd units of sshd (what names or makes a key)",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.8-2", "7.8-6"],
    judge,
};

/// Most obstacles that a remedy tells: `ssh-dsa-retire` tells all.
const SHOWN: usize = 3;

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let ssh = match host_keys(inputs) {
        Ok(ssh) => ssh,
        Err(finding) => return vec![*finding],
    };
    let remedy = remedy(&ssh.obstacles());
    let mut findings: Vec<Finding> = ssh.dsa_keys().iter().map(|key| present(inputs, ssh, key, &remedy)).collect();
    findings.extend(ssh.stray_dsa_public_keys().map(|file| stray(inputs, ssh, file)));
    findings.extend(ssh.keys.iter().filter_map(|file| misnamed(inputs, ssh, file)));
    findings.extend(ssh.keys.iter().filter_map(|file| unknown(inputs, ssh, file)));
    findings.extend(makers(inputs, ssh));
    if findings.is_empty() {
        let message = "there is no DSA host key, and nothing was found that makes one";
        findings.push(inputs.finding(Verdict::Pass, "node", message).figures(Figures::of_count(0)));
    }
    findings
}

/// The command that retires, and before it what it would refuse for.
fn remedy(obstacles: &[Obstacle]) -> Remedy {
    let mut todo: Vec<String> = obstacles.iter().take(SHOWN).map(|o| format!("{} ({})", o.remedy, o.message)).collect();
    if let Some(more) = obstacles.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        todo.push(format!("and {more} more: okv-host ssh-dsa-retire"));
    }
    let before: String = todo.iter().map(|one| format!("{one}; then ")).collect();
    Remedy::words(before).run("okv-host ssh-dsa-retire")
}

fn present(inputs: &RuleInputs<'_>, ssh: &Ssh, key: &DsaKey<'_>, remedy: &Remedy) -> Finding {
    let state = key.state(ssh);
    let message = match state {
        DsaState::Present => "a DSA key is there, which the upgraded release flags",
        DsaState::HalfRetired => "one half of this DSA key is retired, and the other is not: retiring it was cut off",
        DsaState::CameBack => "this DSA key was retired once and is there again",
    };
    inputs
        .finding(Verdict::Warn, display_path(&key.path), message)
        .measured(key.halves().map(describe).collect::<Vec<_>>().join("; "))
        .figures(Figures::of_count(ssh.dsa_keys().len()))
        .remedy(match state {
            DsaState::Present => remedy.clone(),
            DsaState::HalfRetired => remedy.clone().then(", which finishes it"),
            DsaState::CameBack => remedy.clone().after("find what made it; "),
        })
}

fn stray(inputs: &RuleInputs<'_>, ssh: &Ssh, file: &KeyFile) -> Finding {
    let (message, remedy) = if let Some(obstacle) = ssh.misnamed(file) {
        (obstacle.message, obstacle.remedy)
    } else if file.is_dsa_certificate() {
        ("a certificate of a DSA key".into(), "okv-host ssh-dsa-retire leaves it; move it away with the key".into())
    } else {
        (
            "a DSA public key that is no half of a host key: someone's, or an authority's".into(),
            "find out who uses it; okv-host ssh-dsa-retire leaves it".into(),
        )
    };
    inputs.finding(Verdict::Warn, file.display_path(), message).measured(describe(file)).remedy(remedy)
}

/// A key of another type with the name of a DSA key: `ssh-dsa-retire` refuses, and whoever goes by names takes it for
/// one.
fn misnamed(inputs: &RuleInputs<'_>, ssh: &Ssh, file: &KeyFile) -> Option<Finding> {
    let key = file.key().filter(|key| key.algorithm != Algorithm::Dsa)?;
    let Obstacle { message, remedy, .. } = ssh.misnamed(file)?;
    let measured = format!("{} {} bits", key.algorithm, key.bits);
    Some(inputs.finding(Verdict::Warn, file.display_path(), message).measured(measured).remedy(remedy))
}

/// What cannot be told of a file is neither a DSA key nor the absence of one. Where no bytes can be a key, only the
/// name counts.
fn unknown(inputs: &RuleInputs<'_>, ssh: &Ssh, file: &KeyFile) -> Option<Finding> {
    let Content::Unknown(why) = &file.content else { return None };
    let can_be = !matches!(why, Unknown::Empty | Unknown::NotAKey | Unknown::NotRegular(_));
    (can_be || file.promised() == Some(Algorithm::Dsa)).then(|| {
        let message = format!("cannot determine whether it is a DSA key: {why}");
        let remedy = match why {
            Unknown::Unreadable(_) if !ssh.seen_by_root => "Run as root.",
            _ => "look at the file",
        };
        inputs.finding(Verdict::Unknown, file.display_path(), message).remedy(remedy)
    })
}

fn makers(inputs: &RuleInputs<'_>, ssh: &Ssh) -> Vec<Finding> {
    match &ssh.makers {
        Probed::Known(makers) => makers
            .iter()
            .map(|maker| {
                inputs
                    .finding(
                        Verdict::Warn,
                        maker.line.to_string(),
                        "will make a DSA host key again at a start of this node",
                    )
                    .measured(maker.what.clone())
                    .remedy("Remove DSA from it; mask a unit by systemctl mask.")
            })
            .collect(),
        Probed::Absent => vec![],
        Probed::Unreadable(why) => {
            vec![inputs.finding(Verdict::Unknown, "node", format!("cannot determine what makes host keys: {why}"))]
        }
    }
}

/// Path, size and fingerprint.
fn describe(file: &KeyFile) -> String {
    let Some(key) = file.key() else { return file.display_path() };
    let fingerprint = key.fingerprint.as_deref().unwrap_or("fingerprint not stored");
    format!("{}: {} bits, {fingerprint}, mode {:04o}", file.display_path(), key.bits, file.mode)
}
