//! The configuration of a generic HSM: shell assignments, with the PKCS#11 library and a list of what an upgrade has to
//! preserve, with colons between. The vendor's HSM guide describes it. No other value of it is kept.

use crate::host::{Probed, Root};

/// Most paths of one list that are looked for.
const MOST: usize = 256;

const LIBRARY: &str = "PKCS11_LIB_LOC";
const PRESERVED: &str = "PRESERVED_FILES";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HsmConfiguration {
    /// Where it lies.
    pub place: String,
    /// Its library; `None` where it names none.
    pub library: Option<Named>,
    pub preserved: Vec<Named>,
}

/// A path that it names, and whether that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub path: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    There,
    Missing,
    NotAbsolute,
    HasWildcard,
    Unreadable(String),
}

/// Reads every configuration that is there.
///
/// [`Probed::Absent`] where none is; unreadable where one is and cannot be read.
pub fn gather(root: &Root, places: &[String]) -> Probed<Vec<HsmConfiguration>> {
    let mut found = Vec::new();
    for place in places {
        match names(root, place) {
            Probed::Known(names) => found.push(look(root, place, names)),
            Probed::Absent => {}
            Probed::Unreadable(why) => return Probed::Unreadable(why),
        }
    }
    if found.is_empty() { Probed::Absent } else { Probed::Known(found) }
}

/// The library and the list, as they are written there.
type Names = (Option<String>, Vec<String>);

/// Its other values may be a PIN: a capture keeps the names, and not the file.
fn names(root: &Root, path: &str) -> Probed<Names> {
    let judged = match root.at(path) {
        Ok(place) => place.judged("library and preserved files in", parse),
        Err(why) => Probed::Unreadable(why),
    };
    judged.and_then(|names| names.map_err(|why| format!("{path}: {why}")).into())
}

fn parse(text: &[u8]) -> Result<Names, String> {
    let text = str::from_utf8(text).map_err(|_| "it is no text in UTF-8")?;
    let list = value(text, PRESERVED).unwrap_or_default();
    let preserved: Vec<String> =
        list.split(':').map(str::trim).filter(|path| !path.is_empty()).map(str::to_owned).collect();
    if preserved.len() > MOST {
        return Err(format!("{PRESERVED} has more than {MOST} paths"));
    }
    Ok((value(text, LIBRARY).filter(|path| !path.is_empty()), preserved))
}

/// The last assignment counts.
fn value(text: &str, name: &str) -> Option<String> {
    let of_line = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        line.strip_prefix(name)?.strip_prefix('=').map(unquoted)
    };
    text.lines().rev().find_map(of_line)
}

/// What a shell makes of a value that expands nothing.
fn unquoted(value: &str) -> String {
    let quoted = |quote: char| value.strip_prefix(quote)?.split(quote).next();
    let bare = || value.split(char::is_whitespace).next().unwrap_or_default();
    quoted('"').or_else(|| quoted('\'')).unwrap_or_else(bare).trim().to_owned()
}

fn look(root: &Root, place: &str, (library, preserved): Names) -> HsmConfiguration {
    let named = |path: String| Named { kind: kind(root, &path), path };
    HsmConfiguration {
        place: place.to_owned(),
        library: library.map(named),
        preserved: preserved.into_iter().map(named).collect(),
    }
}

fn kind(root: &Root, path: &str) -> Kind {
    match path {
        _ if path.contains(['*', '?', '[']) => Kind::HasWildcard,
        _ if !path.starts_with('/') => Kind::NotAbsolute,
        _ => match root.at(path).map(|place| place.kind()) {
            Ok(Probed::Known(_)) => Kind::There,
            Ok(Probed::Absent) => Kind::Missing,
            Ok(Probed::Unreadable(why)) | Err(why) => Kind::Unreadable(why),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# PKCS11_LIB_LOC=\"/comment.so\"\n\nVENDOR_NAME=\"vendor\"\n  export PKCS11_LIB_LOC='/opt/hsm/lib.so' # x\n\
        PRESERVED_FILES=\"/opt/hsm: /etc/hsm.conf::\"\nPRESERVED_FILES_2=/x\n";

    #[test]
    fn library_and_list_are_read_as_a_shell_does() {
        let (library, preserved) = parse(TEXT.as_bytes()).unwrap();
        assert_eq!(library.as_deref(), Some("/opt/hsm/lib.so"));
        assert_eq!(preserved, ["/opt/hsm", "/etc/hsm.conf"]);
        let last = parse(format!("{TEXT}PKCS11_LIB_LOC=/last.so;\nPRESERVED_FILES=\n").as_bytes()).unwrap();
        assert_eq!(last, (Some("/last.so;".to_owned()), vec![]), "the last assignment counts");
        assert_eq!(parse(b"VENDOR_NAME=\"\"\nPKCS11_LIB_LOC=\"\"\n"), Ok((None, vec![])));
    }

    #[test]
    fn what_is_no_text_and_an_endless_list_are_refused() {
        assert!(parse(b"PKCS11_LIB_LOC=\xff").is_err());
        assert!(parse(format!("PRESERVED_FILES={}", "/a:".repeat(MOST + 1)).as_bytes()).is_err());
    }
}
