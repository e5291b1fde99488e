//! The words of a line, as each of its readers takes them.
//!
//! The kernel stops at `--` and treats `-` and `_` in a name alike. dracut takes every word, and names exactly; the
//! last one counts where one is asked for (`getarg`), an empty value is none.

/// A word: `name` or `name=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'w> {
    pub(super) name: &'w str,
    pub(super) value: Option<&'w str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line<'w> {
    words: Vec<Word<'w>>,
    /// How many words come before `--`.
    of_kernel: usize,
}

impl<'w> Line<'w> {
    pub(super) fn of(words: &'w [String]) -> Self {
        let words: Vec<Word<'w>> = words.iter().map(|word| word_of(word)).collect();
        let is_end = |word: &Word<'_>| word.name == "--" && word.value.is_none();
        let of_kernel = words.iter().position(is_end).unwrap_or(words.len());
        Self { words, of_kernel }
    }

    /// Whether a word has this name, anywhere (dracut).
    pub(super) fn has(&self, name: &str) -> bool {
        self.words.iter().any(|word| word.name == name)
    }

    /// The value that counts for dracut. `None` where there is no such word or its last value is empty.
    pub(super) fn last(&self, name: &str) -> Option<&'w str> {
        let values = self.words.iter().rev().filter(|word| word.name == name);
        values.filter_map(|word| word.value).next().filter(|value| !value.is_empty())
    }

    /// All values of these names for dracut, those of the first name first.
    pub(super) fn all(&self, names: &[&str]) -> Vec<&'w str> {
        let of = |name: &&str| {
            let name = (*name).to_owned();
            self.words.iter().filter(move |word| word.name == name).filter_map(|word| word.value)
        };
        names.iter().flat_map(of).flat_map(str::split_whitespace).collect()
    }

    /// A switch of dracut's that is on by default: `name=0`, `no`, `off`, or its legacy opposite `old`, turns it off.
    pub(super) fn is_off(&self, name: &str, old: &str) -> bool {
        let last = self.words.iter().rev().find(|word| word.name == name);
        match last.map(|word| word.value) {
            Some(value) => matches!(value, Some("0" | "no" | "off")),
            None => self.has(old),
        }
    }

    /// A switch of dracut's that is off by default.
    pub(super) fn is_on(&self, name: &str) -> bool {
        let last = self.words.iter().rev().find(|word| word.name == name);
        last.is_some_and(|word| !matches!(word.value, Some("0" | "no" | "off")))
    }

    /// The words that the kernel and systemd take: those before `--`.
    pub(super) fn of_kernel(&self) -> impl DoubleEndedIterator<Item = Word<'w>> + '_ {
        self.words.iter().take(self.of_kernel).copied()
    }

    /// The value that counts for the kernel.
    pub(super) fn kernel(&self, name: &str) -> Option<&'w str> {
        self.of_kernel().rev().filter(|word| is_same(word.name, name)).find_map(|word| word.value)
    }
}

/// The kernel and systemd treat both characters alike (`parameq`, `proc_cmdline_key_streq`).
fn is_same(one: &str, other: &str) -> bool {
    one.len() == other.len() && one.bytes().zip(other.bytes()).all(|(a, b)| a == b || is_dash(a) && is_dash(b))
}

fn is_dash(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

/// A quote at either end of the word or of its value is the line's, not the name's.
fn word_of(word: &str) -> Word<'_> {
    let word = match word.strip_prefix('"') {
        Some(inner) => inner.strip_suffix('"').unwrap_or(inner),
        None => word,
    };
    match word.split_once('=') {
        Some((name, value)) => {
            let value = value.strip_prefix('"').map_or(value, |inner| inner.strip_suffix('"').unwrap_or(inner));
            Word { name, value: Some(value) }
        }
        None => Word { name: word, value: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_last_value_counts_for_one_and_all_count_for_a_list() {
        let words = list("root=/dev/a rd.lvm.lv=v/a root=/dev/b rd.lvm.lv=v/b rd_LVM_LV=v/c");
        let line = Line::of(&words);
        assert_eq!(line.last("root"), Some("/dev/b"));
        assert_eq!(line.all(&["rd.lvm.lv", "rd_LVM_LV"]), ["v/a", "v/b", "v/c"]);
        assert_eq!(Line::of(&list("root=/dev/a root=")).last("root"), None);
        assert_eq!(line.last("roo"), None);
    }

    #[test]
    fn words_behind_two_hyphens_are_dracuts_and_not_the_kernels() {
        let words = list("fips=0 -- fips=1 root=/dev/a");
        let line = Line::of(&words);
        assert_eq!(line.kernel("fips"), Some("0"));
        assert_eq!((line.last("fips"), line.last("root")), (Some("1"), Some("/dev/a")));
    }

    #[test]
    fn hyphen_and_underscore_are_alike_for_the_kernel_alone() {
        let words = list("resume-offset=7");
        let line = Line::of(&words);
        assert_eq!((line.kernel("resume_offset"), line.last("resume_offset")), (Some("7"), None));
    }

    #[test]
    fn quotes_around_a_word_or_its_value_are_no_part_of_it() {
        for word in ["root=\"LABEL=a b\"", "\"root=LABEL=a b\"", "root=LABEL=a b", "root=\"LABEL=a b"] {
            assert_eq!(Line::of(&[word.to_owned()]).last("root"), Some("LABEL=a b"), "{word}");
        }
    }

    #[test]
    fn a_switch_is_off_by_zero_no_off_or_by_its_old_name() {
        for words in ["rd.lvm=0", "rd.lvm=no", "rd.lvm rd.lvm=off", "rd_NO_LVM"] {
            assert!(Line::of(&list(words)).is_off("rd.lvm", "rd_NO_LVM"), "{words}");
        }
        for words in ["rd.lvm", "rd.lvm=1", "rd.lvm=0 rd.lvm=1", "quiet"] {
            assert!(!Line::of(&list(words)).is_off("rd.lvm", "rd_NO_LVM"), "{words}");
        }
        assert!(Line::of(&list("rd.auto")).is_on("rd.auto") && !Line::of(&list("rd.auto=0")).is_on("rd.auto"));
    }
}
