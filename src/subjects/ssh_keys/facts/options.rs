//! What is added to sshd's command line: `OPTIONS` of /etc/sysconfig/sshd, `SSHD_OPTS` of Debian's /etc/default/ssh
//! (sshd(8)).

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

/// Adds the host keys that the command line names, and whether it names another configuration.
pub(super) fn gather(root: &Root, found: &mut Configuration) -> Result<(), String> {
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
