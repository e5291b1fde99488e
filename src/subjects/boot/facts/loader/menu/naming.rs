//! Which entry of the menu a word names (`grub-core/normal/menu.c`).

use super::{Entry, Item};
use crate::subjects::boot::facts::loader::value::{is_space, leading_number};

/// How a release's GRUB reads a word that names an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Naming {
    /// A number where it begins with one, else title or identifier.
    NumberFirst,
    /// Identifier, then title, then a number.
    NumberLast,
}

/// The entry that `word` names: a number from 0, a title or an identifier; behind a `>`, one of the submenu named
/// before it. Without a word, the first entry.
///
/// # Errors
/// Where it names none: GRUB starts the first entry then, which nobody asked for.
pub(in super::super) fn named<'m>(items: &'m [Item], word: &str, naming: Naming) -> Result<&'m Entry, String> {
    let (mut here, mut rest) = (items, word);
    loop {
        let at = match naming {
            _ if rest.is_empty() => Some(0),
            Naming::NumberFirst => number_first(here, rest),
            Naming::NumberLast => number_last(here, rest),
        };
        match at.and_then(|at| here.get(at)) {
            Some(Item::Entry(entry)) => return Ok(entry),
            Some(Item::Submenu { items, .. }) => (here, rest) = (items, tail(rest)),
            None => return Err(format!("\"{word}\" names no entry of the menu")),
        }
    }
}

/// The same, where it is not known which release's GRUB it is: both have to agree.
///
/// # Errors
/// As [`named`], and where they do not agree.
pub(in super::super) fn named_by_any<'m>(items: &'m [Item], word: &str) -> Result<&'m Entry, String> {
    let (one, other) = (named(items, word, Naming::NumberFirst), named(items, word, Naming::NumberLast));
    match (one, other) {
        (Ok(one), Ok(other)) if std::ptr::eq(one, other) => Ok(one),
        (Err(why), Err(_)) => Err(why),
        _ => Err(format!("which entry \"{word}\" names depends on the release of GRUB, which is not known")),
    }
}

/// The words that may name `entry`, the best first: identifiers, titles, numbers. Another entry may be meant by one of
/// them.
pub(in super::super) fn words(items: &[Item], entry: &Entry) -> Vec<String> {
    let Some(path) = path(items, entry) else { return Vec::new() };
    let doubled = |name: &str| name.replace('>', ">>");
    let joined = |name: fn(&Item) -> &str| {
        let names: Vec<String> = path.iter().map(|(_, item)| doubled(name(item))).collect();
        names.join(">")
    };
    let numbers: Vec<String> = path.iter().map(|(at, _)| at.to_string()).collect();
    vec![joined(Item::id), joined(Item::title), numbers.join(">")]
}

/// The items that lead to it, with their places.
fn path<'m>(items: &'m [Item], entry: &Entry) -> Option<Vec<(usize, &'m Item)>> {
    items.iter().enumerate().find_map(|(at, item)| match item {
        Item::Entry(own) => std::ptr::eq(own, entry).then(|| vec![(at, item)]),
        Item::Submenu { items, .. } => {
            let below = path(items, entry)?;
            Some(std::iter::once((at, item)).chain(below).collect())
        }
    })
}

fn number_first(items: &[Item], word: &str) -> Option<usize> {
    if word.trim_start_matches(is_space).starts_with(|c: char| c.is_ascii_digit()) {
        // One that is too large names nothing, also by its title.
        let (number, _) = leading_number(word)?;
        return usize::try_from(number).ok();
    }
    items.iter().position(|item| is_called(item.title(), word, None) || is_called(item.id(), word, None))
}

fn number_last(items: &[Item], word: &str) -> Option<usize> {
    // An identifier is compared up to the first space, and counts only where nothing is behind that.
    let space = word.find(is_space).unwrap_or(word.len());
    if let Some(at) = items.iter().position(|item| is_called(item.id(), word, Some(space))) {
        return Some(at).filter(|_| space == word.len());
    }
    let by_title = items.iter().position(|item| is_called(item.title(), word, None));
    by_title.or_else(|| match leading_number(word)? {
        (number, "") => usize::try_from(number).ok(),
        _ => None,
    })
}

/// GRUB's `menuentry_eq`: `>>` in `word` stands for `>`, and a single one ends the name.
fn is_called(name: &str, word: &str, limit: Option<usize>) -> bool {
    let (name, word) = (name.as_bytes(), word.as_bytes());
    let byte = |text: &[u8], at: usize| text.get(at).copied().unwrap_or(0);
    let (mut at, mut in_word) = (0_usize, 0_usize);
    while limit.is_none_or(|limit| at <= limit) {
        let (own, mut other) = (byte(name, at), byte(word, in_word));
        if other == b'>' {
            in_word = in_word.saturating_add(1);
            if byte(word, in_word) != b'>' {
                return own == 0 && in_word > 1;
            }
            other = b'>';
        }
        if own != other {
            let ends_here = limit == Some(at) && own == 0 && is_space(char::from(other));
            return ends_here && at > 1;
        }
        if own == 0 {
            return at > 0;
        }
        at = at.saturating_add(1);
        in_word = in_word.saturating_add(1);
    }
    false
}

/// What is behind the first single `>`.
fn tail(word: &str) -> &str {
    let mut bytes = word.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte != b'>' {
            continue;
        }
        if bytes.next_if(|(_, next)| *next == b'>').is_none() {
            return word.get(at.saturating_add(1)..).unwrap_or_default();
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::Naming::{NumberFirst, NumberLast};
    use super::*;
    use crate::subjects::boot::facts::loader::menu::entries;

    fn entry(title: &str, id: &str) -> Item {
        Item::Entry(Entry { title: title.into(), id: id.into(), ..Entry::default() })
    }

    fn menu() -> Vec<Item> {
        vec![
            entry("first", "id-first"),
            Item::Submenu {
                title: "Advanced options".into(),
                id: "adv".into(),
                items: vec![entry("a", "id-a"), entry("b > c", "7")],
            },
            entry("third", ""),
            entry("4.14 old", "old"),
            entry("1 a number in a title", "5"),
        ]
    }

    fn titles(word: &str) -> [Option<String>; 2] {
        [NumberFirst, NumberLast].map(|naming| named(&menu(), word, naming).ok().map(|entry| entry.title.clone()))
    }

    #[test]
    fn a_word_names_by_number_title_or_identifier_and_through_submenus() {
        for (word, expected) in [
            ("", "first"),
            ("0", "first"),
            ("2", "third"),
            ("third", "third"),
            ("id-first", "first"),
            ("adv>id-a", "a"),
            ("Advanced options>id-a", "a"),
            ("Advanced options>b >> c", "b > c"),
            // A submenu without one of its entries starts its first.
            ("1", "a"),
            ("adv", "a"),
            ("adv>", "a"),
            // What is behind an entry is not looked at.
            ("first>a", "first"),
        ] {
            assert_eq!(titles(word), [Some(expected.to_owned()), Some(expected.to_owned())], "{word}");
        }
        for word in ["9", "adv>9", "adv>gone", "id", "18446744073709551616", ">a", ">>"] {
            assert_eq!(titles(word), [None, None], "{word}");
        }
        assert_eq!(entries(&menu()).len(), 6);
    }

    #[test]
    fn el7_takes_a_leading_number_first_and_el8_identifier_and_title() {
        let some = |title: &str| Some(title.to_owned());
        assert_eq!(titles("4.14 old"), [some("1 a number in a title"), some("4.14 old")]);
        assert_eq!(titles("1 a number in a title"), [some("a"), some("1 a number in a title")]);
        assert_eq!(titles("5"), [None, some("1 a number in a title")]);
        assert_eq!(titles("1>0"), [some("a"), None]);
        assert_eq!(titles("3 x"), [some("4.14 old"), None]);
        // An identifier of one word and a title of several: el8 stops at the space.
        assert_eq!(titles("adv>b >> c"), [some("b > c"), None]);
        assert!(named_by_any(&menu(), "1>0").unwrap_err().contains("depends on the release"));
        assert_eq!(named_by_any(&menu(), "2").unwrap().title, "third");
        assert!(named_by_any(&menu(), "gone").unwrap_err().contains("names no entry"));
    }

    #[test]
    fn an_entry_that_shares_its_identifier_or_title_is_named_by_what_it_alone_has() {
        let submenu = |items| Item::Submenu { title: "more".into(), id: "more".into(), items };
        let menu = [entry("one", "same"), entry("two", "same"), submenu(vec![entry("two", "same"), entry("a>b", "")])];
        for (naming, at) in [(NumberFirst, 0), (NumberFirst, 1), (NumberLast, 1), (NumberLast, 2), (NumberLast, 3)] {
            let entry = entries(&menu)[at];
            let is_it = |word: &String| named(&menu, word, naming).is_ok_and(|found| std::ptr::eq(found, entry));
            let word = words(&menu, entry).into_iter().find(is_it).unwrap();
            assert_eq!(word, ["same", "two", "more>same", "more>a>>b"][at], "{naming:?}");
        }
        let twice = [entry("one", "same"), entry("one", "same")];
        let all = words(&twice, entries(&twice)[1]);
        assert_eq!(all, ["same", "one", "1"]);
    }

    #[test]
    fn of_several_entries_with_one_identifier_the_first_is_named() {
        let menu = [entry("one", "same"), entry("two", "same")];
        for naming in [NumberFirst, NumberLast] {
            assert_eq!(named(&menu, "same", naming).unwrap().title, "one");
            assert_eq!(named(&menu, "two", naming).unwrap().title, "two");
        }
        assert!(named(&[], "0", NumberFirst).is_err());
    }
}
