//! Key files: all of /etc/ssh, and those elsewhere that sshd is told to load.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::dsa::with_suffix;
use super::judgement::Judgement;
use super::{Configuration, Content, Earlier, FOLDER, KeyFile, Unknown, content};
use crate::base::digest::{Sha256, sum};
use crate::host::capture::Meta;
use crate::host::{Place, Probed, Root};

/// Most bytes of a file that may be a key: the longest that OpenSSH makes, RSA of 16384 bits, has 13 KiB.
const LARGEST_KEY: u64 = 64 << 10;
/// Most bytes of a file's name (`NAME_MAX`).
const LONGEST_NAME: usize = 255;

/// Looks at all of them. [`Probed::Absent`] where there is no /etc/ssh.
pub(super) fn gather(root: &Root, configuration: &Probed<Configuration>) -> Probed<Vec<KeyFile>> {
    let place = match root.at(FOLDER) {
        Ok(place) => place,
        Err(why) => return Probed::Unreadable(why),
    };
    let names = match place.names() {
        Probed::Known(names) => names,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let mut keys: Vec<KeyFile> = names
        .iter()
        .filter_map(|name| look(root, &Path::new(FOLDER).join(name)).filter(|key| concerns(key, name)))
        .collect();
    if let Probed::Known(configuration) = configuration {
        let host_keys = configuration.host_keys.iter().map(|line| &line.path);
        add(root, &mut keys, host_keys.chain(&configuration.certificates).map(Path::new));
    }
    Probed::Known(keys)
}

/// Adds what lies at `paths` and is not among `keys` yet.
pub(super) fn add<'p>(root: &Root, keys: &mut Vec<KeyFile>, paths: impl Iterator<Item = &'p Path>) {
    for path in paths {
        if !keys.iter().any(|key| key.path == path) {
            keys.extend(look(root, path));
        }
    }
}

/// Whether a file of /etc/ssh is a key, what is left of one, or has the name of a host key.
fn concerns(key: &KeyFile, name: &OsStr) -> bool {
    let bytes = name.as_bytes();
    let is_named = bytes.starts_with(b"ssh_host_") && [&b"key"[..], b"key.pub"].iter().any(|end| bytes.ends_with(end));
    match &key.content {
        Content::Key(_) => true,
        Content::Unknown(Unknown::Empty | Unknown::NotAKey | Unknown::NotRegular(_)) => is_named,
        Content::Unknown(_) => true,
    }
}

/// The file at `path`; `None` where there is nothing.
fn look(root: &Root, path: &Path) -> Option<KeyFile> {
    let link = link(root, path);
    let mut key = KeyFile {
        path: path.to_owned(),
        content: Content::Unknown(Unknown::NotRegular("a symbolic link to nothing")),
        mode: 0,
        uid: 0,
        gid: 0,
        device: 0,
        inode: 0,
        bytes: 0,
        sha256: None,
        link,
        earlier: Earlier::None,
    };
    let place = match root.at(path) {
        Ok(place) => place,
        Err(why) => return Some(KeyFile { content: Content::Unknown(Unknown::Unreadable(why)), ..key }),
    };
    match place.metadata() {
        Probed::Known(meta) => {
            key.mode = meta.mode & 0o7777;
            (key.uid, key.gid, key.device, key.inode) = (meta.uid, meta.gid, meta.device, meta.inode);
            key.bytes = meta.len();
            (key.content, key.sha256) = read(&place, &meta);
        }
        Probed::Absent if key.link.is_some() => {}
        Probed::Absent => return None,
        Probed::Unreadable(why) => key.content = Content::Unknown(Unknown::Unreadable(why)),
    }
    key.earlier = earlier(root, path, &place);
    Some(key)
}

/// What `path` itself leads to, if it is a link: its folder is resolved, its last name is not.
fn link(root: &Root, path: &Path) -> Option<std::path::PathBuf> {
    let folder = root.at(path.parent()?).ok()?;
    folder.link(path.file_name()?)
}

fn read(place: &Place<'_>, meta: &Meta) -> (Content, Option<Sha256>) {
    let unknown = match meta.kind {
        kind if kind.is_dir() => Unknown::NotRegular("a directory"),
        kind if !kind.is_file() => Unknown::NotRegular("a special file"),
        _ if meta.len() == 0 => Unknown::Empty,
        _ if meta.len() > LARGEST_KEY => Unknown::NotAKey,
        _ => match judged(place) {
            Probed::Known((judgement, sum)) => return (judgement.into(), Some(sum)),
            Probed::Absent => Unknown::Unreadable("it went away".into()),
            Probed::Unreadable(why) => Unknown::Unreadable(why),
        },
    };
    (Content::Unknown(unknown), None)
}

/// What a file is that may be a private key: a capture keeps this, and never its bytes.
fn judged(place: &Place<'_>) -> Probed<(Judgement, Sha256)> {
    place.judged("key in", |bytes| (Judgement::of(content::judge(bytes)), sum(bytes)))
}

/// What has the name that `path`, which is `place`, would be retired to.
fn earlier(root: &Root, path: &Path, place: &Place<'_>) -> Earlier {
    let retired = with_suffix(path, ".retire");
    if retired.file_name().is_some_and(|name| name.len() > LONGEST_NAME) {
        return Earlier::TooLong;
    }
    let is_link = link(root, &retired).is_some();
    let (other, meta) = match root.at(&retired).map(|other| (other.metadata(), other)) {
        Ok((Probed::Absent, _)) if !is_link => return Earlier::None,
        Ok((Probed::Known(meta), other)) if !is_link => (other, meta),
        Ok((Probed::Absent, _)) => return Earlier::NoKey("a symbolic link to nothing"),
        _ if is_link => return Earlier::NoKey("a symbolic link"),
        _ => return Earlier::NoKey("something that could not be looked at"),
    };
    let sum_of = |place: &Place<'_>| judged(place).map(|(_, sum)| sum);
    match (read(&other, &meta).0, sum_of(&other), sum_of(place)) {
        (Content::Unknown(Unknown::Empty), ..) => Earlier::NoKey("an empty file"),
        (Content::Unknown(Unknown::NotRegular(what)), ..) => Earlier::NoKey(what),
        (_, Probed::Known(a), Probed::Known(b)) if a == b => Earlier::Same,
        (Content::Key(_), ..) => Earlier::Key,
        (Content::Unknown(Unknown::NotAKey), ..) => Earlier::NoKey("a file that holds no key"),
        (Content::Unknown(Unknown::Unreadable(_)), ..) => Earlier::NoKey("a file that could not be read"),
        (Content::Unknown(_), ..) => Earlier::NoKey("a file that may hold a key: it could not be read"),
    }
}
