//! What is added to sshd's command line: `OPTIONS` of /etc/sysconfig/sshd, `SSHD_OPTS` of Debian's /etc/default/ssh
//! (sshd(8)), and behind them `CRYPTO_POLICY` of el8, which is started with `$OPTIONS $CRYPTO_POLICY`.

use super::sysconfig::last_value;
use super::{Configuration, HostKeyLine, Line, words};
use crate::host::{Probed, Root};

const SOURCES: &[(&str, &str)] = &[("/etc/sysconfig/sshd", "OPTIONS"), ("/etc/default/ssh", "SSHD_OPTS")];

/// Line, variable and value of each.
///
/// # Errors
/// Where a file cannot be read.
pub(super) fn read(root: &Root) -> Result<Vec<(Line, &'static str, String)>, String> {
    let mut found = Vec::new();
    for (file, name) in SOURCES {
        let text = match root.read(file) {
            Probed::Known(text) => text,
            Probed::Absent => continue,
            Probed::Unreadable(why) => return Err(why),
        };
        if let Some((number, options)) = last_value(&text, name) {
            found.push((Line { file: (*file).to_owned(), number }, *name, options));
        }
    }
    Ok(found)
}

/// The words of the system's cryptographic policy. /etc/sysconfig/sshd can set others, or none.
const POLICY: &str = "CRYPTO_POLICY";
const POLICY_SOURCES: &[&str] = &["/etc/sysconfig/sshd", "/etc/crypto-policies/back-ends/opensshserver.config"];

fn policy(root: &Root) -> Result<Option<(Line, String)>, String> {
    for file in POLICY_SOURCES {
        let text = match root.read(file) {
            Probed::Known(text) => text,
            Probed::Absent => continue,
            Probed::Unreadable(why) => return Err(why),
        };
        if let Some((number, words)) = last_value(&text, POLICY) {
            return Ok(Some((Line { file: (*file).to_owned(), number }, words)));
        }
    }
    Ok(None)
}

/// Adds the list of algorithms of the policy, which stands over every file. Of two words on the command line the first
/// counts.
fn take_policy(root: &Root, found: &mut Configuration) -> Result<(), String> {
    let Some((line, words)) = policy(root)? else { return Ok(()) };
    let lists = words.split_ascii_whitespace().filter_map(|word| word.strip_prefix("-o")?.split_once('='));
    let mut lists = lists.filter(|(keyword, _)| keyword.eq_ignore_ascii_case("hostkeyalgorithms"));
    if let Some((_, list)) = lists.next() {
        found.algorithms = Some((line, list.to_owned()));
    }
    Ok(())
}

/// Adds the host keys that the command line names, and whether it names another configuration.
pub(super) fn gather(root: &Root, found: &mut Configuration) -> Result<(), String> {
    take_policy(root, found)?;
    for (line, _, options) in read(root)? {
        let mut rest = options.split_ascii_whitespace();
        while let Some(word) = rest.next() {
            let Some((option, joined)) = word.strip_prefix('-').and_then(|word| word.split_at_checked(1)) else {
                continue;
            };
            if !matches!(option, "h" | "o" | "f") {
                continue;
            }
            let value = if joined.is_empty() { rest.next().unwrap_or_default() } else { joined };
            match option {
                "f" if value != "/etc/ssh/sshd_config" => found.other_file = Some(line.clone()),
                "h" => found.host_keys.push(host_key(&line, value)),
                "o" => match words::split(value.as_bytes()) {
                    Some((keyword, arguments)) if keyword.eq_ignore_ascii_case("hostkey") => {
                        found.host_keys.extend(arguments.first().map(|path| host_key(&line, path)));
                    }
                    // The command line comes before every file.
                    Some((keyword, arguments)) if keyword.eq_ignore_ascii_case("hostkeyalgorithms") => {
                        found.algorithms = arguments.first().map(|list| (line.clone(), list.clone()));
                    }
                    Some((keyword, arguments)) if keyword.eq_ignore_ascii_case("requiredrsasize") => {
                        let bits = arguments.first().and_then(|bits| bits.parse().ok());
                        found.smallest_rsa = bits.map(|bits| (line.clone(), bits));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
    Ok(())
}

fn host_key(line: &Line, path: &str) -> HostKeyLine {
    HostKeyLine { line: line.clone(), path: super::absolute(path), in_match: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn algorithms(files: &[(&str, &str)]) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join("etc").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut found = Configuration::default();
        gather(&Root::fixture(dir.path()).unwrap(), &mut found).unwrap();
        found.algorithms.map(|(line, list)| format!("{} {list}", line.file))
    }

    #[test]
    fn options_come_before_the_policy_and_the_policy_before_files() {
        const POLICY: (&str, &str) = (
            "crypto-policies/back-ends/opensshserver.config",
            "CRYPTO_POLICY='-oCiphers=aes256-ctr -oHostKeyAlgorithms=rsa-sha2-256'\n",
        );
        let file = "/etc/crypto-policies/back-ends/opensshserver.config rsa-sha2-256";
        assert_eq!(algorithms(&[POLICY]).as_deref(), Some(file));
        let options = ("sysconfig/sshd", "OPTIONS=\"-oHostKeyAlgorithms=ssh-ed25519\"\n");
        assert_eq!(algorithms(&[POLICY, options]).as_deref(), Some("/etc/sysconfig/sshd ssh-ed25519"));
        assert_eq!(algorithms(&[POLICY, ("sysconfig/sshd", "CRYPTO_POLICY=\n")]), None, "the node opted out");
        assert_eq!(algorithms(&[("sysconfig/sshd", "# nothing\n")]), None);
    }
}
