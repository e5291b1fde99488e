//! Mappings that `/etc/crypttab` names: what they lie on, and what lies on what they are made of. Pure.

use super::{Located, Volume, volume};
use crate::host::crypttab::CryptEntry;
use crate::host::node::Node;
use crate::host::probed::Probed;

fn entries(node: &Node) -> &[CryptEntry] {
    let crypttab = node.setup.as_ref().and_then(|setup| setup.crypttab.known());
    crypttab.map(Vec::as_slice).unwrap_or_default()
}

/// Why it is not known which mappings the next start opens.
pub fn crypttab_unread(node: &Node) -> Option<String> {
    match &node.setup.as_ref()?.crypttab {
        Probed::Unreadable(why) => Some(why.clone()),
        Probed::Known(_) | Probed::Absent => None,
    }
}

/// The line of the mapping that `source` means.
pub fn mapping<'f>(node: &'f Node, source: &str) -> Option<&'f CryptEntry> {
    let name = source.strip_prefix("/dev/mapper/").or_else(|| source.strip_prefix("/dev/disk/by-id/dm-name-"))?;
    entries(node).iter().find(|entry| entry.name == name)
}

/// The line that makes a mapping of `found`.
pub fn mapping_on<'f>(node: &'f Node, found: &Volume<'_>) -> Option<&'f CryptEntry> {
    entries(node).iter().find(|entry| matches!(volume(node, &entry.source), Located::One(below) if below == *found))
}

/// The line that makes a mapping of `found`, or of what could not be located and may be that.
pub fn mapping_that_may_be_on<'f>(node: &'f Node, found: &Volume<'_>) -> Option<&'f CryptEntry> {
    entries(node).iter().find(|entry| match volume(node, &entry.source) {
        Located::One(below) => below == *found,
        Located::Several(all) => all.contains(found),
        Located::Unknown(_) => true,
        Located::Nothing | Located::NotAVolume => false,
    })
}

/// The first mapping that each start fills with swap anew: a UUID that was seen in one is gone by then.
pub fn swap_made_anew(node: &Node) -> Option<&CryptEntry> {
    entries(node).iter().find(|entry| entry.is_swap())
}

/// Whether the mapping of this name is made anew at each start.
pub(super) fn is_made_anew(node: &Node, name: &str) -> bool {
    entries(node).iter().any(|entry| entry.name == name && entry.is_made_anew())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::locate::{Existence, closed_container, existence};
    use crate::host::sample;

    /// A line of /etc/crypttab.
    fn crypt(name: &str, source: &str, options: &[&str]) -> crate::host::CryptEntry {
        let options = options.iter().map(ToString::to_string).collect();
        crate::host::CryptEntry { line: 1, name: name.into(), source: source.into(), options }
    }

    #[test]
    fn a_mapping_of_crypttab_that_is_not_open_exists_where_what_it_lies_on_does() {
        let mut node = sample::node();
        let entries = vec![
            crypt("data", "/dev/sda2", &["luks"]),
            crypt("over", "/dev/mapper/data", &[]),
            crypt("gone", "/dev/sda9", &[]),
            crypt("round", "/dev/mapper/round", &[]),
            crypt("file", "/var/file", &[]),
        ];
        node.setup.as_mut().unwrap().crypttab = Probed::Known(entries);
        let at = |name: &str| existence(&node, &format!("/dev/mapper/{name}"));
        assert_eq!((at("data"), at("over"), at("gone")), (Existence::Exists, Existence::Exists, Existence::Missing));
        for name in ["round", "file"] {
            assert!(matches!(at(name), Existence::Unknown(_)), "{name}: {:?}", at(name));
        }
        node.setup.as_mut().unwrap().crypttab = Probed::Unreadable("why".into());
        assert_eq!(existence(&node, "/dev/mapper/data"), Existence::Unknown("why".into()));
    }

    #[test]
    fn an_open_mapping_that_is_made_anew_at_each_start_hides_no_name() {
        let mut node = sample::node();
        let Probed::Known(block) = &mut node.running.as_mut().unwrap().block else { panic!("no devices") };
        block.push(sample::mapped(5, "swap0", "CRYPT-PLAIN-swap0", &["sda3"]));
        assert!(closed_container(&node).is_some());
        node.setup.as_mut().unwrap().crypttab = Probed::Known(vec![crypt("swap0", "/dev/sda3", &["swap"])]);
        assert_eq!(closed_container(&node), None);
    }
}
