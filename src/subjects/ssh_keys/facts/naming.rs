//! Which lines of OpenSSH's configuration, sshd's and the client's, name a file of a DSA key. Any keyword counts: a key
//! that sshd finds its revoked keys in, or an authority's, is needed whatever its type. (Where `RevokedKeys` is
//! missing, sshd lets nobody in by key.)

use std::path::{Path, PathBuf};

use super::dsa::with_suffix;
use super::statements::{Statement, walk};
use super::{Configuration, Effective, FOLDER, KeyFile, Line, Naming, Ssh, absolute, config, options};
use crate::host::{Probed, Root, glob};

/// The client's configuration, ssh_config(5).
const CLIENT: &str = "/etc/ssh/ssh_config";
/// Most words that are looked at.
const MOST_WORDS: usize = 1 << 16;
/// What may stand between a path and what comes before it in a command or a list.
const SEPARATORS: &[char] = &['=', ',', ':', ';', '\'', '"', '(', ')', '<', '>', '|', '&', ' ', '\t'];
/// What a word is a pattern with.
const SPECIAL: &[char] = &['%', '$', '*', '?', '['];

/// A file that must not be named.
struct Target {
    path: PathBuf,
    /// Device and inode, where it is there.
    file: Option<(u64, u64)>,
}

/// The lines of all files. Where sshd's own cannot be followed, `ssh.configuration` says so.
pub(super) fn gather(root: &Root, ssh: &Ssh) -> Probed<Vec<Naming>> {
    let mut search = Search { root, targets: targets(ssh), words: 0, found: vec![] };
    if search.targets.is_empty() {
        return Probed::Known(vec![]);
    }
    match search.all(&ssh.configuration) {
        Ok(()) if search.words > MOST_WORDS => Probed::Unreadable(format!("{FOLDER}: too many words of configuration")),
        Ok(()) => Probed::Known(search.found),
        Err(why) => Probed::Unreadable(why),
    }
}

/// What `sshd -T` names beside host keys, and no line that was read.
pub(super) fn of_effective(root: &Root, ssh: &Ssh, effective: &Effective) -> Vec<Naming> {
    let mut search = Search { root, targets: targets(ssh), words: 0, found: vec![] };
    let line = Line { file: "sshd -T".into(), number: 0 };
    for (keyword, value) in &effective.others {
        search.word(&line, keyword, value);
    }
    let known = |naming: &Naming| {
        let same = |other: &Naming| other.path == naming.path && other.keyword.eq_ignore_ascii_case(&naming.keyword);
        ssh.namings.known().is_some_and(|namings| namings.iter().any(same))
    };
    search.found.retain(|naming| !known(naming));
    search.found
}

/// Both halves of every DSA key, there or not, and the certificates of DSA keys.
fn targets(ssh: &Ssh) -> Vec<Target> {
    let target = |path: &Path, file: Option<&KeyFile>| Target {
        path: path.to_owned(),
        file: file.filter(|file| file.inode != 0).map(|file| (file.device, file.inode)),
    };
    let mut targets = Vec::new();
    for key in ssh.dsa_keys() {
        targets.push(target(&key.path, key.private));
        targets.push(target(&with_suffix(&key.path, ".pub"), key.public));
    }
    let certificates = ssh.keys.iter().filter(|file| file.is_dsa_certificate());
    targets.extend(certificates.map(|file| target(&file.path, Some(file))));
    targets
}

struct Search<'r> {
    root: &'r Root,
    targets: Vec<Target>,
    words: usize,
    found: Vec<Naming>,
}

impl Search<'_> {
    fn all(&mut self, configuration: &Probed<Configuration>) -> Result<(), String> {
        if let Probed::Known(_) = configuration {
            walk(self.root, config::FILE, &mut |statement| self.statement(&statement))?;
            for (line, name, value) in options::read(self.root)? {
                for word in value.split_ascii_whitespace() {
                    self.word(&line, name, word);
                }
            }
        }
        match self.root.at(CLIENT)?.kind() {
            Probed::Absent => Ok(()),
            _ => walk(self.root, CLIENT, &mut |statement| self.statement(&statement)).map(drop),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        for word in &statement.arguments {
            self.word(&statement.line, &statement.keyword, word);
        }
    }

    /// Looks at a word as a whole, and at what it is put together from. A word is told of once.
    fn word(&mut self, line: &Line, keyword: &str, word: &str) {
        self.words = self.words.saturating_add(1);
        if self.words > MOST_WORDS {
            return;
        }
        let parts = word.split(SEPARATORS).map(|part| match part.find('/') {
            // An option with its value (`-f/etc/ssh/key`).
            Some(at) if part.starts_with('-') => part.get(at..).unwrap_or(part),
            _ => part,
        });
        let named = std::iter::once(word).chain(parts).find_map(|part| self.named(part));
        if let Some((path, is_pattern)) = named {
            let (line, keyword, value) = (line.clone(), keyword.to_owned(), word.to_owned());
            let naming = Naming { line, keyword, value, path, is_pattern };
            if self.found.last() != Some(&naming) {
                self.found.push(naming);
            }
        }
    }

    /// The file that `word` names, and whether it only may.
    fn named(&self, word: &str) -> Option<(PathBuf, bool)> {
        let tidy = absolute(word);
        if tidy.is_empty() {
            return None;
        }
        let is_absolute = word.starts_with('/');
        // Whatever folder a relative path begins at, it ends the path of the file.
        let relative = Path::new(tidy.trim_start_matches('/'));
        let ends = |target: &&Target| {
            if is_absolute { target.path == Path::new(&tidy) } else { target.path.ends_with(relative) }
        };
        if let Some(target) = self.targets.iter().find(ends) {
            return Some((target.path.clone(), false));
        }
        if !word.contains('/') {
            return None;
        }
        let below = format!("{FOLDER}{tidy}");
        let paths = if is_absolute { vec![tidy] } else { vec![below, tidy] };
        paths.iter().find_map(|path| self.same_file(path).or_else(|| self.fits(path)))
    }

    /// The target that `path` leads to through links.
    fn same_file(&self, path: &str) -> Option<(PathBuf, bool)> {
        let meta = self.root.at(path).ok()?.metadata();
        let file = meta.known().map(|meta| (meta.device, meta.inode))?;
        self.targets.iter().find(|target| target.file == Some(file)).map(|target| (target.path.clone(), false))
    }

    /// The target that `path` fits as a pattern, where the folder above is told: `%u` alone is no path.
    fn fits(&self, path: &str) -> Option<(PathBuf, bool)> {
        let at = path.find(SPECIAL)?;
        let folder = path.get(1..at)?;
        if !folder.contains('/') {
            return None;
        }
        let pattern = pattern(path);
        let fits = |target: &&Target| glob::matches(pattern.as_bytes(), target.path.as_os_str().as_encoded_bytes());
        self.targets.iter().find(fits).map(|target| (target.path.clone(), true))
    }
}

/// `path` with `*` in the place of `%u` and the like (TOKENS of sshd_config(5)) and of `${NAME}` (ssh_config(5)).
fn pattern(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => match rest.next() {
                Some('%') => out.push('%'),
                _ => out.push('*'),
            },
            '$' if rest.as_str().starts_with('{') => {
                let _ = rest.find(|c| *c == '}');
                out.push('*');
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_become_stars() {
        assert_eq!(pattern("/etc/ssh/%u.pub"), "/etc/ssh/*.pub");
        assert_eq!(pattern("/etc/ssh/${USER}%%x%"), "/etc/ssh/*%x*");
    }
}
