//! What will make a DSA host key again at the next start: el7's AUTOCREATE_SERVER_KEYS, units that run `ssh-keygen -A`
//! or ask for `sshd-keygen@dsa.service`, cloud-init, and the tables and scripts that cron, init and the start run.
//! Found by searching their text; what another script does that one of them runs is not looked into.

use super::sysconfig::last_value;
use super::{Line, Maker};
use crate::host::line::numbered;
use crate::host::{Place, Probed, Root};

mod scripts;

const SYSCONFIG: &str = "/etc/sysconfig/sshd";
/// The script of el7 and older, with the default of AUTOCREATE_SERVER_KEYS in it.
const SCRIPT: &str = "/usr/sbin/sshd-keygen";
const VARIABLE: &str = "AUTOCREATE_SERVER_KEYS";
/// Where units are, the one that counts first (systemd.unit(5)).
const UNITS: &[&str] =
    &["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/usr/local/lib/systemd/system"];
/// The instance that makes a DSA key, where distributions have the template `sshd-keygen@.service`.
const INSTANCE: &[u8] = b"sshd-keygen@dsa";
/// Most unit files that are read.
const MOST_UNITS: usize = 8192;

pub(super) fn gather(root: &Root) -> Probed<Vec<Maker>> {
    Probed::from(look(root))
}

fn look(root: &Root) -> Result<Vec<Maker>, String> {
    let mut found = autocreate(root)?;
    found.extend(scripts::look(root)?);
    let mut seen = Vec::new();
    let mut left = MOST_UNITS;
    for folder in UNITS {
        let names = match root.at(folder)?.list() {
            Probed::Known(names) => names,
            Probed::Absent => continue,
            Probed::Unreadable(why) => return Err(why),
        };
        for name in names {
            let path = format!("{folder}/{name}");
            let place = root.at(&path)?;
            match place.kind() {
                // Masked: the unit of that name in a later folder does not count either.
                _ if is_null(&place) => seen.push(name),
                Probed::Known(kind) if kind.is_dir() => found.extend(below(&place, &path, &mut left)?),
                // A unit of the same name in an earlier folder stands in its place.
                Probed::Known(_) if !seen.contains(&name) => {
                    found.extend(unit(&place, &path, &mut left)?);
                    seen.push(name);
                }
                _ => {}
            }
        }
    }
    // An instance that is masked is not started, whoever asks for it.
    if is_masked(root, "sshd-keygen@dsa.service")? {
        found.retain(|maker| !maker.what.contains("sshd-keygen@dsa"));
    }
    Ok(found)
}

/// Whether a unit of that name is masked in any folder.
fn is_masked(root: &Root, name: &str) -> Result<bool, String> {
    for folder in UNITS {
        if is_null(&root.at(format!("{folder}/{name}"))?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a masked unit is linked to.
fn is_null(place: &Place<'_>) -> bool {
    place.host_path() == "/dev/null"
}

/// Folders beside units: drop-ins, and links to the units that are wanted.
fn below(folder: &Place<'_>, shown: &str, left: &mut usize) -> Result<Vec<Maker>, String> {
    if ![".d", ".wants", ".requires"].iter().any(|end| shown.ends_with(end)) {
        return Ok(vec![]);
    }
    let names = match folder.list() {
        Probed::Known(names) => names,
        Probed::Absent => return Ok(vec![]),
        Probed::Unreadable(why) => return Err(why),
    };
    let mut found = Vec::new();
    for name in names {
        let path = format!("{shown}/{name}");
        if shown.ends_with(".d") {
            found.extend(unit(&folder.below(&name)?, &path, left)?);
        } else if name.as_bytes().starts_with(INSTANCE) {
            let what = "asks for sshd-keygen@dsa.service".into();
            found.push(Maker { line: Line { file: path, number: 0 }, what });
        }
    }
    Ok(found)
}

fn unit(place: &Place<'_>, shown: &str, left: &mut usize) -> Result<Vec<Maker>, String> {
    if is_null(place) {
        return Ok(vec![]);
    }
    *left = left.checked_sub(1).ok_or_else(|| format!("{shown}: there are more than {MOST_UNITS} unit files"))?;
    match place.read() {
        Probed::Known(text) => Ok(in_unit(&text, shown)),
        Probed::Absent => Ok(vec![]),
        Probed::Unreadable(why) => Err(why),
    }
}

fn in_unit(text: &[u8], shown: &str) -> Vec<Maker> {
    let maker = |(number, line): (u32, &[u8])| {
        let line = line.trim_ascii();
        let (key, value) = line.split_at_checked(line.iter().position(|b| *b == b'=')?)?;
        let value = value.get(1..)?;
        let what = match key.trim_ascii_end() {
            key if key.starts_with(b"Exec") => in_command(value)?,
            b"Wants" | b"Requires" | b"BindsTo" | b"Upholds" | b"Also" => {
                super::pem::contains(value, INSTANCE).then_some("asks for sshd-keygen@dsa.service")?
            }
            _ => return None,
        };
        Some(Maker { line: Line { file: shown.to_owned(), number }, what: what.to_owned() })
    };
    numbered(text).filter_map(maker).collect()
}

/// What a command line makes. `ssh-keygen -A` of OpenSSH 7.4 (el7) and 8.0 (el8) makes a DSA key too.
fn in_command(line: &[u8]) -> Option<&'static str> {
    let words: Vec<&[u8]> = line.split(|b| b.is_ascii_whitespace() || b"'\";".contains(b)).collect();
    let at = words.iter().position(|word| word.ends_with(b"ssh-keygen"))?;
    let arguments = words.get(at..)?;
    if arguments.contains(&&b"-A"[..]) {
        return Some("runs ssh-keygen -A");
    }
    let dsa = arguments.windows(2).any(|pair| pair == [&b"-t"[..], b"dsa"]) || arguments.contains(&&b"-tdsa"[..]);
    dsa.then_some("runs ssh-keygen -t dsa")
}

/// AUTOCREATE_SERVER_KEYS: a list of `DSA`, `RSA`, `ECDSA`, `ED25519`; el7's default is "RSA ECDSA ED25519". The script
/// of el6 took `NO`, `RSAONLY`, and made DSA keys too with `YES`.
fn autocreate(root: &Root) -> Result<Vec<Maker>, String> {
    for file in [SYSCONFIG, SCRIPT] {
        let text = match root.read(file) {
            Probed::Known(text) => text,
            Probed::Absent => continue,
            Probed::Unreadable(why) => return Err(why),
        };
        if let Some((number, value)) = last_value(&text, VARIABLE) {
            let makes = value.split_ascii_whitespace().any(|word| matches!(word, "DSA" | "YES"));
            let what = format!("{VARIABLE} is \"{}\"", value.escape_debug());
            // The file of settings stands over the default in the script.
            return Ok(makes
                .then(|| Maker { line: Line { file: file.to_owned(), number }, what })
                .into_iter()
                .collect());
        }
    }
    Ok(vec![])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_make_dsa_keys_are_distinguished_from_those_that_do_not() {
        for (line, what) in [
            ("/usr/bin/ssh-keygen -A", Some("runs ssh-keygen -A")),
            ("/bin/sh -c 'ssh-keygen -q -A'", Some("runs ssh-keygen -A")),
            ("-/usr/bin/ssh-keygen -q -t dsa -f /etc/ssh/ssh_host_dsa_key", Some("runs ssh-keygen -t dsa")),
            ("/usr/bin/ssh-keygen -t rsa", None),
            ("/usr/sbin/sshd-keygen", None),
            ("/usr/bin/tool -A", None),
        ] {
            assert_eq!(in_command(line.as_bytes()), what, "{line}");
        }
    }

    #[test]
    fn comments_and_other_keys_of_a_unit_make_nothing() {
        let text =
            b"# ExecStart=ssh-keygen -A\n[Service]\nDescription=ssh-keygen -A\nExecStartPre = /usr/bin/ssh-keygen -A\n";
        let found = in_unit(text, "/u");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, Line { file: "/u".into(), number: 4 });
    }
}
