//! The boot loader's menu, and which of its entries a word names (GRUB manual, "default"; `grub-core/normal/menu.c`).

use crate::host::cmdline::asks_for_fips;

/// An entry of the menu that starts a kernel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// What it is shown as.
    pub title: String,
    /// Its identifier; empty where it has none.
    pub id: String,
    /// The kernel that it starts, told by the name of its file.
    pub release: Option<String>,
    /// The file of the kernel, as the boot loader finds it.
    pub linux: String,
    /// Files of its initramfs.
    pub initrd: Vec<String>,
    pub args: Vec<String>,
    /// Those of its files that are not there.
    pub lacks: Vec<String>,
    /// File and line that it stands in.
    pub from: String,
}

/// The entry that is started where nobody chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultEntry {
    pub entry: Entry,
    /// What names it.
    pub because: String,
}

impl Entry {
    /// Takes in the file of the kernel, and with it the release.
    pub(super) fn starts(&mut self, linux: &str) {
        self.linux = file(linux).to_owned();
        let name = self.linux.rsplit('/').next().unwrap_or_default();
        self.release = name
            .strip_prefix("vmlinuz-")
            .filter(|name| crate::host::kernel_release::is_release(name))
            .map(str::to_owned);
    }

    /// Takes in a file of the initramfs. One that a variable names is beside it, and often none.
    pub(super) fn loads(&mut self, initrd: &str) {
        if !initrd.starts_with('$') {
            self.initrd.push(file(initrd).to_owned());
        }
    }

    /// Whether it starts a rescue kernel, which belongs to no package.
    pub fn is_rescue(&self) -> bool {
        self.release.as_deref().is_some_and(|release| release.starts_with("0-rescue"))
    }

    /// Whether it tells its kernel `fips=1`.
    pub fn asks_for_fips(&self) -> bool {
        asks_for_fips(&self.args)
    }
}

/// A path without the device before it: `($root)/vmlinuz`.
fn file(path: &str) -> &str {
    path.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(path, |(_, rest)| rest)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Entry(Entry),
    Submenu {
        title: String,
        id: String,
        items: Vec<Item>,
    },
    /// The place where the entries of /boot/loader/entries come.
    Bls,
}

impl Item {
    fn is_called(&self, name: &str) -> bool {
        match self {
            Self::Entry(Entry { title, id, .. }) | Self::Submenu { title, id, .. } => {
                !name.is_empty() && (title == name || id == name)
            }
            Self::Bls => false,
        }
    }
}

/// All entries, those of submenus too.
pub(super) fn entries(items: &[Item]) -> Vec<&Entry> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Entry(entry) => found.push(entry),
            Item::Submenu { items, .. } => found.extend(entries(items)),
            Item::Bls => {}
        }
    }
    found
}

/// The entry that `word` names: a number from 0, a title or an identifier; behind a `>`, one of the submenu named
/// before it.
///
/// # Errors
/// Where it names none: GRUB starts the first entry then, which nobody asked for.
pub(super) fn named<'m>(items: &'m [Item], word: &str) -> Result<&'m Entry, String> {
    let mut here = items;
    let mut parts = split(word).into_iter().peekable();
    while let Some(part) = parts.next() {
        let number = crate::host::line::number(part.as_bytes()).filter(|_| !part.is_empty());
        let by_number = number.and_then(|number| here.get(usize::try_from(number).ok()?));
        match by_number.or_else(|| here.iter().find(|item| item.is_called(&part))) {
            Some(Item::Submenu { items, .. }) if parts.peek().is_some() => here = items,
            Some(Item::Entry(entry)) if parts.peek().is_none() => return Ok(entry),
            Some(Item::Submenu { .. }) => return Err(format!("\"{word}\" names a submenu and none of its entries")),
            Some(Item::Entry(_) | Item::Bls) | None => break,
        }
    }
    Err(format!("\"{word}\" names no entry of the menu"))
}

/// The parts between `>`; two of them stand for one that belongs to a title.
fn split(word: &str) -> Vec<String> {
    word.replace(">>", "\u{0}").split('>').map(|part| part.replace('\u{0}', ">")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(title: &str, id: &str) -> Item {
        Item::Entry(Entry { title: title.into(), id: id.into(), ..Entry::default() })
    }

    #[test]
    fn a_word_names_by_number_title_or_identifier_and_through_submenus() {
        let items = [
            entry("first", "id-first"),
            Item::Submenu {
                title: "Advanced options".into(),
                id: "adv".into(),
                items: vec![entry("a", "id-a"), entry("b > c", "7")],
            },
            entry("third", ""),
        ];
        let title = |word: &str| named(&items, word).map(|entry| entry.title.as_str());
        for (word, expected) in [
            ("0", "first"),
            ("2", "third"),
            ("third", "third"),
            ("id-first", "first"),
            ("1>0", "a"),
            ("adv>id-a", "a"),
            ("Advanced options>b >> c", "b > c"),
            ("adv>7", "b > c"),
        ] {
            assert_eq!(title(word), Ok(expected), "{word}");
        }
        for word in ["1", "3", "", "adv", "first>a", "adv>2", "adv>", "id", "18446744073709551616"] {
            assert!(title(word).is_err(), "{word}");
        }
        assert_eq!(entries(&items).len(), 4);
    }

    #[test]
    fn the_release_is_read_from_the_file_name_with_and_without_a_device_before_it() {
        let mut entry = Entry::default();
        entry.starts("($root)/vmlinuz-5.4.17-2136.el8uek.x86_64");
        entry.loads("/initramfs-5.4.17-2136.el8uek.x86_64.img");
        entry.loads("$tuned_initrd");
        assert_eq!(entry.release.as_deref(), Some("5.4.17-2136.el8uek.x86_64"));
        assert_eq!((entry.linux.as_str(), entry.initrd.len()), ("/vmlinuz-5.4.17-2136.el8uek.x86_64", 1));
        entry.starts("/boot/vmlinuz-0-rescue-abc");
        assert!(entry.is_rescue());
        entry.starts("/linux");
        assert_eq!(entry.release, None);
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(
            asks_for_fips(&words("ro fips=0 fips=1")) && !asks_for_fips(&words("fips=1 fips=0")) && !asks_for_fips(&[])
        );
    }
}
