//! `ssh-dsa-key`: no DSA host key is there, none came back, and nothing will make one again.
//!
//! The procedure asks for it after the upgrade, so nothing here blocks one.

use super::{Case, Finding, Rule, Verdict};
use crate::facts::Probed;
use crate::facts::ssh::{Algorithm, Content, DsaKey, DsaState, KeyFile, Ssh, Unknown, shown};

pub(super) const RULE: Rule = Rule {
    id: "ssh-dsa-key",
    summary: "no SSH DSA host key is there, and nothing will make one again",
    required: |_| "none, judged by content as well as by name".into(),
    source: |p| p.ssh_source.clone(),
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Finding> {
    let ssh = match case.ssh() {
        Ok(ssh) => ssh,
        Err(finding) => return vec![*finding],
    };
    let mut findings: Vec<Finding> = ssh.dsa_keys().iter().map(|key| present(case, key)).collect();
    findings.extend(ssh.stray_dsa_public_keys().map(|file| stray(case, file)));
    findings.extend(ssh.keys.iter().filter_map(|file| unknown(case, file)));
    findings.extend(makers(case, ssh));
    if findings.is_empty() {
        findings.push(case.finding(
            Verdict::Pass,
            "node",
            "there is no DSA host key, and nothing was found that makes one",
        ));
    }
    findings
}

fn present(case: &Case<'_>, key: &DsaKey<'_>) -> Finding {
    let message = match key.state {
        DsaState::Present => "a DSA key is there, which the upgraded release flags",
        DsaState::HalfRetired => "one half of this DSA key is retired, and the other is not: retiring it was cut off",
        DsaState::CameBack => "this DSA key was retired once and is there again",
    };
    case.finding(Verdict::Warn, shown(&key.path), message)
        .measured(key.halves().map(describe).collect::<Vec<_>>().join("; "))
        .remedy(match key.state {
            DsaState::Present => "okv-host ssh-dsa-retire",
            DsaState::HalfRetired => "okv-host ssh-dsa-retire, which finishes it",
            DsaState::CameBack => "find what made it, move the older .retire away, then okv-host ssh-dsa-retire",
        })
}

fn stray(case: &Case<'_>, file: &KeyFile) -> Finding {
    case.finding(
        Verdict::Warn,
        file.shown(),
        "a DSA public key that is no half of a host key: someone's, or an authority's",
    )
    .measured(describe(file))
    .remedy("find out who uses it; okv-host ssh-dsa-retire leaves it")
}

/// What cannot be told of a file is neither a DSA key nor the absence of one. Where no bytes can be a key, only the name counts.
fn unknown(case: &Case<'_>, file: &KeyFile) -> Option<Finding> {
    let Content::Unknown(why) = &file.content else { return None };
    let can_be = !matches!(why, Unknown::Empty | Unknown::NotAKey | Unknown::NotRegular(_));
    (can_be || file.promised() == Some(Algorithm::Dsa)).then(|| {
        let message = format!("whether it is a DSA key could not be told: {why}");
        case.finding(Verdict::Unknown, file.shown(), message).remedy("look at the file; run as root")
    })
}

fn makers(case: &Case<'_>, ssh: &Ssh) -> Vec<Finding> {
    match &ssh.makers {
        Probed::Known(makers) => makers
            .iter()
            .map(|maker| {
                case.finding(
                    Verdict::Warn,
                    maker.line.to_string(),
                    "will make a DSA host key again at a start of this node",
                )
                .measured(maker.what.clone())
                .remedy("take DSA out of it; a unit is masked by systemctl mask")
            })
            .collect(),
        Probed::Absent => vec![],
        Probed::Unreadable(why) => {
            vec![case.finding(Verdict::Unknown, "node", format!("what makes host keys could not be told: {why}"))]
        }
    }
}

/// Path, size and fingerprint.
fn describe(file: &KeyFile) -> String {
    let Some(key) = file.key() else { return file.shown() };
    let fingerprint = key.fingerprint.as_deref().unwrap_or("fingerprint not stored");
    format!("{}: {} bits, {fingerprint}, mode {:04o}", file.shown(), key.bits, file.mode)
}
