//! grub.cfg as grub2-mkconfig writes it: its menu, and what it takes for the default (GRUB manual, "shell-like
//! scripting").
//!
//! It is read by lines, not run: menus, entries with their kernel and initramfs, and the first assignment of the
//! default that is not the one of a single boot. Assignments behind it belong to the counting of failed boots.

use super::menu::{Entry, Item};
use crate::host::BadLine;
use crate::host::line::numbered;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Config {
    pub(super) items: Vec<Item>,
    /// What the default is set to, with variables as they stand.
    pub(super) default: Option<String>,
    /// The configuration that it hands over to.
    pub(super) goes_on_in: Option<String>,
}

/// Most blocks within blocks.
const DEEPEST: usize = 32;

/// A block that is open, and will be closed by a brace.
enum Block {
    Entry(Entry),
    Submenu {
        title: String,
        id: String,
        items: Vec<Item>,
    },
    /// A function, or something within an entry.
    Other,
}

/// Reads it; `path` is told with the line of each entry.
///
/// # Errors
/// Where a brace closes nothing, one is missing, or blocks are nested as no menu is.
pub(super) fn parse(path: &str, text: &[u8]) -> Result<Config, BadLine> {
    let mut config = Config::default();
    let mut open: Vec<Block> = Vec::new();
    for (at, line) in numbered(text) {
        let bad = |why| BadLine::new(at, why, line);
        let words = words(&String::from_utf8_lossy(line));
        let Some(first) = words.first() else { continue };
        if words.len() == 1 && first == "}" {
            let closed = open.pop().ok_or_else(|| bad("a brace that closes nothing"))?;
            let item = match closed {
                Block::Entry(entry) => Item::Entry(entry),
                Block::Submenu { title, id, items } => Item::Submenu { title, id, items },
                Block::Other => continue,
            };
            put(&mut config, &mut open, item);
            continue;
        }
        if words.last().is_some_and(|word| word == "{") {
            if open.len() >= DEEPEST {
                return Err(bad("blocks too deep in each other"));
            }
            let (title, id) = names(&words);
            open.push(match first.as_str() {
                "menuentry" => Block::Entry(Entry { title, id, from: format!("{path} line {at}"), ..Entry::default() }),
                "submenu" => Block::Submenu { title, id, items: vec![] },
                _ => Block::Other,
            });
            continue;
        }
        match (first.as_str(), open.last_mut()) {
            ("linux" | "linux16" | "linuxefi", Some(Block::Entry(entry))) => {
                entry.starts(words.get(1).map(String::as_str).unwrap_or_default());
                entry.args = words.iter().skip(2).cloned().collect();
            }
            ("initrd" | "initrd16" | "initrdefi", Some(Block::Entry(entry))) => {
                words.iter().skip(1).for_each(|file| entry.loads(file));
            }
            ("blscfg", _) => put(&mut config, &mut open, Item::Bls),
            ("configfile", None) => config.goes_on_in = words.get(1).cloned(),
            ("set", _) => {
                let value = words.get(1).and_then(|word| word.strip_prefix("default="));
                let of_one_boot = |value: &&str| value.contains("next_entry");
                if let (None, Some(value)) = (&config.default, value.filter(|value| !of_one_boot(value))) {
                    config.default = Some(value.to_owned());
                }
            }
            _ => {}
        }
    }
    if open.is_empty() { Ok(config) } else { Err(BadLine::whole("it is cut off: a block is not closed")) }
}

/// Into the innermost submenu that is open.
fn put(config: &mut Config, open: &mut [Block], item: Item) {
    let items = open.iter_mut().rev().find_map(|block| match block {
        Block::Submenu { items, .. } => Some(items),
        _ => None,
    });
    items.unwrap_or(&mut config.items).push(item);
}

/// Title and identifier of a `menuentry` or `submenu`.
fn names(words: &[String]) -> (String, String) {
    let at =
        words.iter().position(|word| word == "--id" || word.trim_matches(['$', '{', '}']) == "menuentry_id_option");
    let id = at.and_then(|at| words.get(at.checked_add(1)?)).cloned().unwrap_or_default();
    (words.get(1).cloned().unwrap_or_default(), id)
}

/// The words of a line, without quotes; none where it is a comment. A backslash before a byte is taken off, but not
/// within single quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '#') if word.is_none() => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if open == c => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;
    use crate::subjects::boot::facts::loader::menu::{entries, named};

    /// The shape of what grub2-mkconfig of el7 writes.
    const EL7: &str = r#"
### BEGIN /etc/grub.d/00_header ###
set pager=1
if [ -s $prefix/grubenv ]; then
  load_env
fi
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
   set next_entry=
   save_env next_entry
else
   set default="${saved_entry}"
fi
function savedefault {
  if [ -z "${boot_once}" ]; then
    saved_entry="${chosen}"
  fi
}
if [ "${boot_counter}" = "0" ]; then
  set default=1
fi
menuentry 'Oracle Linux Server 7.9, with Unbreakable Enterprise Kernel 5.4.17-2136.el7uek.x86_64' --class gnu-linux --unrestricted $menuentry_id_option 'gnulinux-5.4-advanced-uuid' {
	load_video
	set gfxpayload=keep
	search --no-floppy --fs-uuid --set=root 0b0070b0
	linux16 /vmlinuz-5.4.17-2136.el7uek.x86_64 root=/dev/mapper/vg_root-lv_root ro fips=1 quiet
	initrd16 /initramfs-5.4.17-2136.el7uek.x86_64.img
}
submenu "Advanced \"options\"" --id adv {
	menuentry 'It'\''s old' --class x {
	  linuxefi ($root)/vmlinuz-4.14.35-1.el7uek.x86_64 root=x
	  initrdefi ($root)/initramfs-4.14.35-1.el7uek.x86_64.img $tuned_initrd
	}
}
"#;

    #[test]
    fn menus_entries_and_the_default_of_a_grub_cfg_are_found() {
        let config = parse("/boot/grub2/grub.cfg", EL7.as_bytes()).unwrap();
        assert_eq!(config.default.as_deref(), Some("${saved_entry}"));
        let first = named(&config.items, "gnulinux-5.4-advanced-uuid").unwrap();
        assert_eq!(first.release.as_deref(), Some("5.4.17-2136.el7uek.x86_64"));
        assert_eq!(first.from, "/boot/grub2/grub.cfg line 22");
        assert!(first.asks_for_fips() && first.initrd == ["/initramfs-5.4.17-2136.el7uek.x86_64.img"]);
        let old = named(&config.items, "Advanced \"options\">It's old").unwrap();
        assert_eq!(old.release.as_deref(), Some("4.14.35-1.el7uek.x86_64"));
        assert_eq!((old.initrd.len(), entries(&config.items).len()), (1, 2));
        damage::battery(EL7.as_bytes(), |text| parse("x", text));
    }

    #[test]
    fn entries_of_files_come_where_blscfg_stands_and_a_stub_leads_on() {
        let config = parse("x", b"set default=\"2\"\nmenuentry 'a' {\n}\n  blscfg\nmenuentry b {\n}\n").unwrap();
        assert!(matches!(config.items.as_slice(), [Item::Entry(_), Item::Bls, Item::Entry(_)]));
        assert_eq!(config.default.as_deref(), Some("2"));
        let stub = parse("x", b"set prefix=($dev)/grub2\nconfigfile $prefix/grub.cfg\n").unwrap();
        assert_eq!(stub.goes_on_in.as_deref(), Some("$prefix/grub.cfg"));
        assert!(parse("x", b"menuentry a {\n").is_err() && parse("x", b"}\n").is_err());
        assert!(parse("x", &b"x {\n".repeat(1000)).is_err());
    }
}
