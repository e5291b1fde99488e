//! SSH host keys: what sshd would load, what lies in /etc/ssh, and what makes keys again.
//!
//! Keys are judged by their content. What a name says is a fact beside it.

use std::path::{Component, Path};

use crate::host::capture::Kind;
use crate::host::{Probed, Root, mounts};
use crate::io::sys;

mod certificate;
mod config;
mod content;
mod der;
pub(crate) mod dsa;
mod effective;
mod judgement;
mod keys;

mod makers;
mod model;
mod naming;

mod openssh;
mod options;
mod pem;

mod statements;
mod sysconfig;
mod words;

pub use content::judge as parse_key;
pub use dsa::DsaKey;
pub(crate) use dsa::with_suffix;
pub use effective::host_key_paths;
pub use model::{
    Algorithm, Configuration, Content, Earlier, Effective, Half, HostKeyLine, Key, KeyFile, Line, Maker, Naming, Ssh,
    Unknown,
};

/// Folder of the host keys.
pub const FOLDER: &str = "/etc/ssh";

/// Gathers all of it, but for what `sshd -T` says. [`Probed::Absent`] where there is no /etc/ssh.
pub fn gather(root: &Root) -> Probed<Ssh> {
    let configuration = config::gather(root);
    let keys = match keys::gather(root, &configuration) {
        Probed::Known(keys) => keys,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let mut ssh = Ssh {
        configuration,
        effective: Probed::Absent,
        keys,
        namings: Probed::Absent,
        makers: makers::gather(root),
        read_only: read_only(root),
        fips: root.parse("/proc/sys/crypto/fips_enabled", |text| match text.trim_ascii() {
            b"0" => Ok(false),
            b"1" => Ok(true),
            _ => Err("neither 0 nor 1"),
        }),
        ssh_keys_group: ssh_keys_group(root),
        unit: unit(root),
        seen_by_root: root.is_powered_off() || root.answer("is root", sys::is_root).unwrap_or_else(|_| sys::is_root()),
    };
    ssh.namings = naming::gather(root, &ssh);
    Probed::Known(ssh)
}

impl Ssh {
    /// Takes in what `sshd -T` named (see [`host_key_paths`]), and looks at the keys among it that are not known yet.
    pub fn learn_effective(&mut self, root: &Root, effective: Probed<Effective>) {
        if let Probed::Known(effective) = &effective {
            let certificates = effective.others.iter().filter(|(keyword, _)| keyword == "hostcertificate");
            let certificates: Vec<String> = certificates.map(|(_, path)| absolute(path)).collect();
            keys::add(root, &mut self.keys, effective.host_keys.iter().chain(&certificates).map(Path::new));
            let more = naming::of_effective(root, self, effective);
            if let Probed::Known(namings) = &mut self.namings {
                namings.extend(more);
            }
        }
        self.effective = effective;
    }

    pub fn key(&self, path: impl AsRef<Path>) -> Option<&KeyFile> {
        let path = path.as_ref();
        self.keys.iter().find(|key| key.path == path)
    }
}

/// A path for reports: text as it is, but for control characters, and bytes that are no text, which are escaped.
pub fn display_path(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// `path` as sshd takes it, which is started in `/`; without `.` and doubled slashes.
fn absolute(path: &str) -> String {
    let mut out = String::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => {
                out.push('/');
                out.push_str(&name.to_string_lossy());
            }
            Component::ParentDir => out.push_str("/.."),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    out
}

/// The mount that /etc/ssh lies on: the last of those with the longest mount point above it.
fn read_only(root: &Root) -> Probed<Option<String>> {
    let folder = match root.at(FOLDER) {
        Ok(place) => place.host_path(),
        Err(why) => return Probed::Unreadable(why),
    };
    mounts::gather(root).map(|mounts| {
        let above = mounts.iter().filter(|mount| Path::new(&folder).starts_with(&mount.point));
        let mount = above.max_by_key(|mount| mount.point.trim_end_matches('/').len());
        mount.filter(|m| m.options.iter().any(|o| o == "ro")).map(|m| m.point.clone())
    })
}

/// Line of /etc/group: `NAME:PASSWORD:NUMBER:MEMBERS`. Where it cannot be read, nobody is in it.
fn ssh_keys_group(root: &Root) -> Option<u32> {
    let text = root.read("/etc/group");
    let line = text.known()?.split(|b| *b == b'\n').find_map(|line| line.strip_prefix(b"ssh_keys:"))?;
    crate::host::line::number32(line.split(|b| *b == b':').nth(1)?)
}

fn unit(root: &Root) -> Option<String> {
    let is_there = |name: &&&str| {
        ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"].iter().any(|folder| {
            let place = root.at(format!("{folder}/{name}.service"));
            place.is_ok_and(|place| place.kind().known().is_some_and(Kind::is_file))
        })
    };
    ["sshd", "ssh"].iter().find(is_there).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_path_that_is_not_plain_text_is_escaped_and_never_lost() {
        let path = Path::new(OsStr::from_bytes(b"/etc/ssh/a\nb\xff\x1b\xc3\xa4"));
        assert_eq!(display_path(path), "/etc/ssh/a\\nb\\xff\\u{1b}\u{e4}");
    }

    #[test]
    fn a_path_is_made_absolute_as_sshd_does() {
        assert_eq!(absolute("//etc/./ssh//key"), "/etc/ssh/key");
        assert_eq!(absolute("etc/../key"), "/etc/../key");
    }
}
