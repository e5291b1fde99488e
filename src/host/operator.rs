//! Who runs this program: `/proc/self/status` and `/proc/self/loginuid` (proc(5), pam_loginuid(8)).

use super::probed::Probed;
use super::root::Root;
use crate::base::chars::is_hidden;

/// The login uid of a process that no login began.
const NOBODY: u32 = u32::MAX;
/// Longest name of a user that is taken from the environment.
const LONGEST: usize = 64;

/// Who runs this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Whether with the rights of root; `Absent` on a host in a directory that has no process of its own.
    pub is_root: Probed<bool>,
    /// The user who logged in, whoever he became since; `Absent` where no login began this.
    pub login: Probed<String>,
}

impl Operator {
    /// The name to record: the user who called sudo, where it is a name; else who logged in; else root.
    pub fn name(&self, sudo_user: Option<&str>) -> String {
        let is_name = |name: &&str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "._-@$\\".contains(c);
            (1..=LONGEST).contains(&name.len()) && name.chars().all(fits)
        };
        match (sudo_user.filter(is_name), &self.login) {
            (Some(name), _) => name.to_owned(),
            (None, Probed::Known(name)) => name.clone(),
            (None, Probed::Absent | Probed::Unreadable(_)) => "root".to_owned(),
        }
    }
}

/// Asks for it.
pub fn gather(root: &Root) -> Operator {
    let is_root = root.parse("/proc/self/status", |text| parse_status(text).ok_or("it names no user"));
    let login = root.parse("/proc/self/loginuid", |text| parse_number(text).ok_or("it is no number"));
    let login = login.and_then(|uid| if uid == NOBODY { Probed::Absent } else { Probed::Known(name(root, uid)) });
    Operator { is_root, login }
}

/// Whether the effective user of `Uid: REAL EFFECTIVE SAVED FILESYSTEM` is root.
fn parse_status(text: &[u8]) -> Option<bool> {
    let line = text.split(|b| *b == b'\n').find_map(|line| line.strip_prefix(b"Uid:"))?;
    let uid: u32 = std::str::from_utf8(line).ok()?.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(uid == 0)
}

fn parse_number(text: &[u8]) -> Option<u32> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

/// The name of a user in `/etc/passwd` (passwd(5)); the number where it has none that can be shown.
fn name(root: &Root, uid: u32) -> String {
    let passwd = root.read("/etc/passwd");
    let text = String::from_utf8_lossy(passwd.known().map(Vec::as_slice).unwrap_or_default());
    let named = text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty() && !name.contains(is_hidden))?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn host(files: &[(&str, &str)]) -> Operator {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        gather(&Root::fixture(dir.path()).unwrap())
    }

    const PASSWD: (&str, &str) =
        ("etc/passwd", "root:x:0:0::/root:/bin/sh\nsupport:x:1001:1001::/home/support:/bin/sh\n");

    #[test]
    fn who_logged_in_is_named_though_he_became_root() {
        let found =
            host(&[PASSWD, ("proc/self/loginuid", "1001"), ("proc/self/status", "Name:\tx\nUid:\t0\t0\t0\t0\n")]);
        assert_eq!(found, Operator { is_root: Probed::Known(true), login: Probed::Known("support".into()) });
        assert_eq!(found.name(None), "support");
        assert_eq!(found.name(Some("ann")), "ann");
        assert_eq!(host(&[("proc/self/loginuid", "1001")]).name(None), "uid 1001");
        let hidden = ("etc/passwd", "a\u{1b}[2J:x:1001:1001::/:/bin/sh\n");
        assert_eq!(host(&[hidden, ("proc/self/loginuid", "1001")]).name(None), "uid 1001");
    }

    #[test]
    fn a_name_in_the_environment_that_is_none_is_not_recorded() {
        let nobody = host(&[PASSWD, ("proc/self/loginuid", "4294967295")]);
        for bad in ["", "a b", "a\nb", "\u{1b}[2J", &"x".repeat(LONGEST + 1)] {
            assert_eq!(nobody.name(Some(bad)), "root", "{bad:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_root() {
        assert_eq!(host(&[]), Operator { is_root: Probed::Absent, login: Probed::Absent });
        assert_eq!(host(&[("proc/self/status", "Uid:\t0\t1001\t0\t0\n")]).is_root, Probed::Known(false));
        let broken = host(&[("proc/self/status", "Uid: x"), ("proc/self/loginuid", "-1")]);
        assert!(matches!(broken.is_root, Probed::Unreadable(_)) && matches!(broken.login, Probed::Unreadable(_)));
    }
}
