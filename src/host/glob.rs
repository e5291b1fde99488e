//! File name patterns (glob(7)), on the host that is asked.

use std::ffi::OsString;

use super::probed::Probed;
use super::root::Root;

/// Most paths that one pattern may name.
const MOST: usize = 1024;

/// The paths that `pattern`, an absolute path, names, in order. A path without wildcards is named only where it is
/// there.
///
/// # Errors
/// Where a directory on the way cannot be looked at, or there are more than a thousand paths.
pub(crate) fn expand(root: &Root, pattern: &str) -> Result<Vec<String>, String> {
    let mut paths = vec![String::new()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let mut longer = Vec::new();
        for path in paths {
            if !part.contains(['*', '?', '[', '\\']) {
                longer.push(format!("{path}/{part}"));
                continue;
            }
            for name in names(root, &path)? {
                let bytes = name.as_encoded_bytes();
                if matches(part.as_bytes(), bytes) && (part.starts_with('.') || !bytes.starts_with(b".")) {
                    // A name that is no text matters only where it is meant.
                    let name = name.to_str().ok_or_else(|| format!("{path}: it has a name {name:?}"))?;
                    longer.push(format!("{path}/{name}"));
                }
            }
        }
        if longer.len() > MOST {
            return Err(format!("{pattern}: it names more than {MOST} files"));
        }
        paths = longer;
    }
    let mut there = Vec::new();
    for path in paths {
        match root.at(&path)?.kind() {
            Probed::Known(_) => there.push(path),
            Probed::Absent => {}
            Probed::Unreadable(why) => return Err(why),
        }
    }
    there.sort_unstable();
    Ok(there)
}

fn names(root: &Root, dir: &str) -> Result<Vec<OsString>, String> {
    let place = root.at(if dir.is_empty() { "/" } else { dir })?;
    match place.kind() {
        Probed::Known(kind) if kind.is_dir() => {}
        Probed::Known(_) | Probed::Absent => return Ok(vec![]),
        Probed::Unreadable(why) => return Err(why),
    }
    match place.names() {
        Probed::Known(names) => Ok(names),
        Probed::Absent => Ok(vec![]),
        Probed::Unreadable(why) => Err(why),
    }
}

/// Whether `name` fits `pattern`: `*`, `?`, `[a-z]`, `[!a-z]` and `\` before a byte that stands for itself. Takes no
/// more steps than the product of the two lengths.
pub(crate) fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    // Where to go on when what follows the last `*` does not fit: the `*` takes a byte more.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        if let [b'*', rest @ ..] = pattern {
            pattern = rest;
            retry = Some((rest, name));
            continue;
        }
        match (one(pattern, name.first().copied()), name.split_first()) {
            (Some(rest), Some((_, after))) => (pattern, name) = (rest, after),
            _ if pattern.is_empty() && name.is_empty() => return true,
            _ => match retry.and_then(|(rest, from)| Some((rest, from.split_first()?.1))) {
                Some((rest, from)) => {
                    retry = Some((rest, from));
                    (pattern, name) = (rest, from);
                }
                None => return false,
            },
        }
    }
}

/// What is left of `pattern` behind its first element, where that fits `byte`.
fn one(pattern: &[u8], byte: Option<u8>) -> Option<&[u8]> {
    let byte = byte?;
    match pattern {
        [b'?', rest @ ..] => Some(rest),
        [b'\\', literal, rest @ ..] => (*literal == byte).then_some(rest),
        [b'[', set @ ..] => bracket(set, byte).unwrap_or_else(|| (byte == b'[').then_some(set)),
        [literal, rest @ ..] => (*literal == byte).then_some(rest),
        [] => None,
    }
}

/// A set in brackets, behind the opening one. `None` where it is not closed, and so is no set.
fn bracket(set: &[u8], byte: u8) -> Option<Option<&[u8]>> {
    let (negated, members) = match set {
        [b'!' | b'^', members @ ..] => (true, members),
        members => (false, members),
    };
    // A closing bracket in first place is a member.
    let end = members.iter().skip(1).position(|b| *b == b']')?.checked_add(1)?;
    let rest = members.get(end..)?.split_first()?.1;
    let mut found = false;
    let mut members = members.get(..end)?;
    loop {
        members = match members {
            [low, b'-', high, after @ ..] => {
                found |= (*low..=*high).contains(&byte);
                after
            }
            [member, after @ ..] => {
                found |= *member == byte;
                after
            }
            [] => break,
        };
    }
    Some((found != negated).then_some(rest))
}

/// Whether `name` fits any word of a comma-separated list of patterns.
pub(crate) fn any_of(list: &str, name: &str) -> bool {
    list.split(',').any(|pattern| matches(pattern.trim().as_bytes(), name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_fit_as_in_a_shell() {
        for (pattern, name, fits) in [
            ("*.conf", "50-redhat.conf", true),
            ("*.conf", ".conf", true),
            ("*.conf", "x.conf.bak", false),
            ("a*b*c", "axxbxbxc", true),
            ("a*b*c", "axxbxbx", false),
            ("?", "", false),
            ("[0-9][!x]", "5y", true),
            ("[0-9][!x]", "5x", false),
            ("[]a]", "]", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("**", "", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_take_no_endless_time() {
        let pattern = "*a".repeat(200);
        assert!(!matches(pattern.as_bytes(), "ab".repeat(5_000).as_bytes()));
    }

    #[test]
    fn paths_come_sorted_and_hidden_names_only_when_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.conf", "a.conf", ".c.conf", "d.txt"] {
            std::fs::create_dir_all(dir.path().join("etc/ssh/x.d")).unwrap();
            std::fs::write(dir.path().join("etc/ssh/x.d").join(name), "").unwrap();
        }
        let root = Root::fixture(dir.path()).unwrap();
        let expand = |pattern| expand(&root, pattern).unwrap();
        assert_eq!(expand("/etc/ssh/x.d/*.conf"), ["/etc/ssh/x.d/a.conf", "/etc/ssh/x.d/b.conf"]);
        assert_eq!(expand("/etc/*/x.d/.c*"), ["/etc/ssh/x.d/.c.conf"]);
        assert_eq!(expand("/etc/ssh/x.d/d.txt"), ["/etc/ssh/x.d/d.txt"]);
        assert!(expand("/etc/ssh/none/*").is_empty() && expand("/etc/ssh/none").is_empty());
        assert!(expand("/etc/ssh/x.d/d.txt/*").is_empty());
    }

    #[test]
    fn a_name_that_is_no_text_matters_only_to_a_pattern_that_it_fits() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"a\xff.conf")), "").unwrap();
        std::fs::write(dir.path().join("b.iso"), "").unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        assert_eq!(expand(&root, "/*.iso"), Ok(vec!["/b.iso".to_owned()]));
        assert!(expand(&root, "/*.conf").is_err());
    }
}
