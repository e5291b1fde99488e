//! Entries in files of their own (Boot Loader Specification, type 1), in the order in which el8's GRUB shows them.

use std::cmp::Ordering;

use super::menu::Entry;
use crate::base::evr::segments;
use crate::host::line::numbered;
use crate::host::{BadLine, Probed, Root, cmdline};

const FOLDER: &str = "/boot/loader/entries";

/// The entries, the newest first; none where there is no such folder.
///
/// # Errors
/// Where the folder or a file of it cannot be read, or makes no sense.
pub(super) fn gather(root: &Root, variables: &[(String, String)]) -> Result<Vec<Entry>, String> {
    let places = root.at(FOLDER)?.places(|name| name.ends_with(".conf"))?.unwrap_or_default();
    let mut entries = Vec::new();
    for place in places {
        let path = place.host_path();
        let id = place.name().and_then(|name| name.strip_suffix(".conf")).unwrap_or_default();
        match place.read() {
            Probed::Known(text) => {
                let mut entry = parse(&text, variables).map_err(|why| format!("{path}: {why}"))?;
                (entry.id, entry.from) = (id.to_owned(), path);
                entries.push(entry);
            }
            Probed::Absent => return Err(format!("{path}: it leads nowhere")),
            Probed::Unreadable(why) => return Err(why),
        }
    }
    entries.sort_by(|a, b| order(&b.id, &a.id));
    Ok(entries)
}

/// As GRUB of el8 compares two of them: as names, versions and releases of packages (`grub-core/commands/blscfg.c`).
fn order(a: &str, b: &str) -> Ordering {
    let parts = |id: &str| {
        let mut parts = id.rsplitn(3, '-').map(str::to_owned);
        let (release, version, name) = (parts.next(), parts.next(), parts.next());
        [name, version, release].map(Option::unwrap_or_default)
    };
    let (a, b) = (parts(a), parts(b));
    a.iter().zip(&b).map(|(a, b)| segments(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// A file: a key and its value a line. Variables of GRUB's environment are put in their place.
fn parse(text: &[u8], variables: &[(String, String)]) -> Result<Entry, BadLine> {
    let mut entry = Entry::default();
    for (at, line) in numbered(text) {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        let text = str::from_utf8(line).ok().filter(|text| !text.contains('\0'));
        let text = text.ok_or_else(|| BadLine::new(at, "it is no text", line))?;
        let (key, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let value = value.trim();
        match key {
            "title" => entry.title = value.to_owned(),
            "linux" => entry.starts(value),
            "initrd" => value.split_whitespace().for_each(|file| entry.loads(file)),
            "options" => entry.args.extend(words(value, variables)),
            _ => {}
        }
    }
    if entry.linux.is_empty() { Err(BadLine::whole("it names no kernel")) } else { Ok(entry) }
}

/// The words of the options, with those of the variables that stand among them.
fn words(options: &str, variables: &[(String, String)]) -> Vec<String> {
    let mut words = Vec::new();
    for word in cmdline::parse(options.as_bytes()).unwrap_or_default() {
        match word.strip_prefix('$').map(|name| super::grubenv::value(variables, name.trim_matches(['{', '}']))) {
            Some(Some(value)) => words.extend(cmdline::parse(value.as_bytes()).unwrap_or_default()),
            // Not set: it stands for nothing.
            Some(None) => {}
            None => words.push(word),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const UEK: &str = "title Oracle Linux Server 8.8, with UEK 5.4.17-2136.el8uek.x86_64\n\
        version 5.4.17-2136.el8uek.x86_64\n\
        # made by kernel-install\nlinux /vmlinuz-5.4.17-2136.el8uek.x86_64\n\
        initrd /initramfs-5.4.17-2136.el8uek.x86_64.img $tuned_initrd\noptions $kernelopts $tuned_params quiet\n\
        id ol-20230101-5.4\ngrub_users $grub_users\ngrub_arg --unrestricted\n";

    #[test]
    fn an_entry_has_the_words_of_grubs_environment() {
        let variables = [("kernelopts".to_owned(), "root=/dev/x ro fips=1".to_owned())];
        let entry = parse(UEK.as_bytes(), &variables).unwrap();
        assert_eq!(entry.args, ["root=/dev/x", "ro", "fips=1", "quiet"]);
        assert!(entry.asks_for_fips() && entry.title.starts_with("Oracle Linux Server 8.8"));
        assert_eq!(entry.initrd, ["/initramfs-5.4.17-2136.el8uek.x86_64.img"]);
        assert!(parse(b"title x\n", &[]).is_err());
        damage::battery(UEK.as_bytes(), |text| parse(text, &variables));
    }

    #[test]
    fn the_newest_entry_comes_first_and_a_rescue_entry_last() {
        let mut ids =
            ["m-0-rescue", "m-5.4.17-2136.el8uek.x86_64", "m-5.15.0-3.el8uek.x86_64", "m-4.14.35-1.el7uek.x86_64"];
        ids.sort_by(|a, b| order(b, a));
        assert_eq!(
            ids,
            ["m-5.15.0-3.el8uek.x86_64", "m-5.4.17-2136.el8uek.x86_64", "m-4.14.35-1.el7uek.x86_64", "m-0-rescue"]
        );
    }
}
