//! Tables and scripts that run at the start or by the clock, and cloud-init, which makes the keys that it is configured
//! to make at the first start of an instance.

use super::in_command;
use crate::host::line::numbered;
use crate::host::{Probed, Root, glob};
use crate::subjects::ssh_keys::facts::{Line, Maker};

/// Files whose lines are commands, or end with one.
const COMMANDS: &[&str] = &[
    "/etc/crontab",
    "/etc/anacrontab",
    "/etc/cron.d/*",
    "/etc/cron.hourly/*",
    "/etc/cron.daily/*",
    "/etc/cron.weekly/*",
    "/etc/cron.monthly/*",
    "/var/spool/cron/*",
    "/var/spool/cron/crontabs/*",
    "/etc/rc.local",
    "/etc/rc.d/rc.local",
    "/etc/init.d/*",
    "/etc/rc.d/init.d/*",
    "/etc/sysconfig/sshd",
    "/usr/libexec/openssh/sshd-keygen",
];
/// The configuration of cloud-init (`ssh_genkeytypes` of the module `cc_ssh`).
const CLOUD_INIT: &[&str] = &["/etc/cloud/cloud.cfg", "/etc/cloud/cloud.cfg.d/*.cfg"];
/// Longest file that is searched, in bytes: a table or a script is shorter.
const LONGEST: u64 = 1 << 20;

/// # Errors
/// Where a file is there and cannot be read.
pub(super) fn look(root: &Root) -> Result<Vec<Maker>, String> {
    let mut found = Vec::new();
    for pattern in COMMANDS {
        for_each(root, pattern, "commands that make keys in", commands, &mut found)?;
    }
    for pattern in CLOUD_INIT {
        for_each(root, pattern, "keys that cloud-init makes by", cloud_init, &mut found)?;
    }
    // One script can have two names.
    found.dedup_by(|one, other| one.line == other.line);
    Ok(found)
}

/// Numbers of lines, and what each does.
type Found = Vec<(u32, String)>;

/// A script may have a password: a capture keeps what `judge` finds, by the name of the question, and not the file.
fn for_each(
    root: &Root,
    pattern: &str,
    question: &str,
    judge: fn(&[u8]) -> Found,
    found: &mut Vec<Maker>,
) -> Result<(), String> {
    for path in glob::expand(root, pattern)? {
        let place = root.at(&path)?;
        let is_searched = place.metadata().known().is_some_and(|meta| meta.is_file() && meta.len() <= LONGEST);
        if !is_searched {
            continue;
        }
        let maker = |(number, what)| Maker { line: Line { file: path.clone(), number }, what };
        match place.judged(question, judge) {
            Probed::Known(lines) => found.extend(lines.into_iter().map(maker)),
            Probed::Absent => {}
            Probed::Unreadable(why) => return Err(why),
        }
    }
    Ok(())
}

fn commands(text: &[u8]) -> Found {
    let lines = numbered(text).filter(|(_, line)| !line.trim_ascii_start().starts_with(b"#"));
    lines.filter_map(|(number, line)| Some((number, in_command(line)?.to_owned()))).collect()
}

/// `ssh_genkeytypes: [rsa, dsa]`, or a list of one a line.
fn cloud_init(text: &[u8]) -> Found {
    let mut listed = false;
    for (number, line) in numbered(text) {
        let line = String::from_utf8_lossy(line);
        let line = line.split(" #").next().unwrap_or_default().trim();
        let value = match line.strip_prefix("ssh_genkeytypes:") {
            Some(value) => {
                listed = true;
                value
            }
            None if listed && line.starts_with('-') => line,
            None if line.is_empty() || line.starts_with('#') => continue,
            None => {
                listed = false;
                continue;
            }
        };
        let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
        if words.any(|word| word.eq_ignore_ascii_case("dsa")) {
            return vec![(number, "has cloud-init make a DSA key (ssh_genkeytypes)".to_owned())];
        }
    }
    Found::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<(String, u32, String)> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let makers = look(&Root::fixture(dir.path()).unwrap()).unwrap();
        makers.into_iter().map(|maker| (maker.line.file, maker.line.number, maker.what)).collect()
    }

    #[test]
    fn cron_and_the_scripts_of_the_start_are_searched() {
        let seen = found(&[
            ("etc/cron.d/keys", "# ssh-keygen -A\n@reboot root /usr/bin/ssh-keygen -A\n"),
            ("etc/rc.d/rc.local", "#!/bin/sh\nssh-keygen -q -t dsa -f /etc/ssh/ssh_host_dsa_key -N ''\n"),
            ("var/spool/cron/root", "0 1 * * * ssh-keygen -t rsa -f /root/k\n"),
        ]);
        let seen: Vec<_> = seen.iter().map(|(file, line, what)| (file.as_str(), *line, what.as_str())).collect();
        assert_eq!(
            seen,
            [("/etc/cron.d/keys", 2, "runs ssh-keygen -A"), ("/etc/rc.d/rc.local", 2, "runs ssh-keygen -t dsa")]
        );
    }

    #[test]
    fn cloud_init_makes_the_types_that_are_listed() {
        for text in ["ssh_genkeytypes: ['rsa', 'dsa']\n", "a: 1\nssh_genkeytypes:\n  - ed25519\n  - dsa\n"] {
            let seen = found(&[("etc/cloud/cloud.cfg.d/10.cfg", text)]);
            assert!(seen.len() == 1 && seen[0].2.contains("cloud-init"), "{seen:?}");
        }
        for text in ["ssh_genkeytypes: [rsa]\nusers:\n  - dsa\n", "# ssh_genkeytypes: [dsa]\n"] {
            assert_eq!(found(&[("etc/cloud/cloud.cfg", text)]), [], "{text}");
        }
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("etc")).unwrap();
        std::os::unix::fs::symlink("loop", dir.path().join("etc/loop")).unwrap();
        std::os::unix::fs::symlink("loop", dir.path().join("etc/crontab")).unwrap();
        let looked = look(&Root::fixture(dir.path()).unwrap());
        assert!(looked.is_err() || looked == Ok(vec![]), "{looked:?}");
    }
}
