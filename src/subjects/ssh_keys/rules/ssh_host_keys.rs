//! `ssh-host-keys`: sshd loads a host key that is no DSA key.
//!
//! Warns and does not block: the upgrade runs without sshd, and its first start makes missing keys; but until then
//! whoever loses the session cannot come back, and `ssh-dsa-retire` refuses.

use super::host_keys;
use crate::host::Probed;
use crate::subjects::rule::{Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};
use crate::subjects::ssh_keys::facts::Ssh;
use crate::subjects::ssh_keys::loads::Load;

pub(crate) const ID: RuleId = RuleId::new("ssh-host-keys");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "sshd has a host key other than DSA that it can load",
    why: "Without another host key that sshd can load, nobody can log in over SSH once the DSA key is retired.",
    fix: "Give the key files owner root and mode 0600, or make a key with ssh-keygen at a path that sshd reads. \
        Verify with sshd -t.",
    required: |_| "at least one: whole, without passphrase, of root, closed to others".into(),
    source: |p| p.ssh_source.clone(),
    inputs: &[
        "the files in /etc/ssh and each file that a HostKey line names, by content",
        "sshd_config with its includes, and sshd -T",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.8-6"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    vec![match host_keys(inputs) {
        Ok(ssh) => loads(inputs, ssh),
        Err(finding) => *finding,
    }]
}

fn loads(inputs: &RuleInputs<'_>, ssh: &Ssh) -> Finding {
    let loads = match ssh.loads() {
        Ok(loads) => loads,
        Err(why) => {
            let message = format!("cannot determine which host keys sshd loads: {why}");
            return inputs.finding(Verdict::Unknown, "sshd", message);
        }
    };
    let measured: Vec<String> = loads.iter().map(|(path, load)| describe(path, load)).collect();
    let finding = |verdict, message: &str| inputs.finding(verdict, "sshd", message).measured(measured.join("; "));
    let refused = ssh.configuration.known().and_then(|known| known.host_keys.iter().find(|line| line.in_match));
    if let Some(line) = refused.filter(|_| !matches!(ssh.effective, Probed::Known(_))) {
        let message = format!("{} is a HostKey within a Match block: sshd does not start with it", line.line);
        return finding(Verdict::Warn, &message).remedy("Move the line above the first Match.");
    }
    if loads.iter().any(|(_, load)| matches!(load, Load::Yes(..))) {
        return finding(Verdict::Pass, "sshd has a host key other than DSA");
    }
    if loads.iter().any(|(_, load)| matches!(load, Load::Unknown(_))) {
        return finding(Verdict::Unknown, "cannot determine whether sshd can load a host key other than DSA")
            .remedy(if ssh.seen_by_root { "Check the files." } else { "Run as root." });
    }
    finding(Verdict::Warn, "sshd has no host key other than DSA that it can load").remedy(ssh.remedy_without_key())
}

fn describe(path: &str, load: &Load<'_>) -> String {
    match load {
        Load::Yes(_, key) => {
            let fingerprint = key.fingerprint.as_deref().unwrap_or_default();
            format!("{path}: {} {} bits, {fingerprint}", key.algorithm, key.bits)
        }
        Load::No(why) => format!("{path}: {why}"),
        Load::Unknown(why) => format!("{path}: {why}"),
    }
}
