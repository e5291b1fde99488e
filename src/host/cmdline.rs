//! What the boot loader told the kernel: `/proc/cmdline` (kernel `Documentation/admin-guide/kernel-parameters.rst`).

use super::line::{BadLine, split_unquoted};
use super::probed::Probed;
use super::root::Root;

/// Reads it. Never [`Probed::Absent`].
pub fn gather(root: &Root) -> Probed<Vec<String>> {
    root.parse_always_there("/proc/cmdline", parse)
}

/// The words, as the kernel's `next_arg` tells them apart: a space within double quotes belongs to its word, and the
/// quotes around a value or a word do not.
///
/// # Errors
/// Where the text is empty or holds a NUL byte, neither of which the kernel writes.
pub fn parse(text: &[u8]) -> Result<Vec<String>, BadLine> {
    if text.is_empty() {
        return Err(BadLine::whole("it is empty"));
    }
    if text.contains(&0) {
        return Err(BadLine::whole("it holds a NUL byte"));
    }
    let words = split_unquoted(text, |b| b.is_ascii_whitespace()).filter(|word| !word.is_empty());
    Ok(words.map(|word| unquote(&String::from_utf8_lossy(word))).collect())
}

fn unquote(word: &str) -> String {
    if let Some(inner) = word.strip_prefix('"') {
        return inner.strip_suffix('"').unwrap_or(inner).to_owned();
    }
    match word.split_once("=\"") {
        // Only a quote right after the first `=` is taken off.
        Some((name, value)) if !name.contains('=') => format!("{name}={}", value.strip_suffix('"').unwrap_or(value)),
        _ => word.to_owned(),
    }
}

/// The values of the parameter `name`, in order: `console=tty0 console=ttyS0` has two.
pub fn values<'w>(words: &'w [String], name: &str) -> impl Iterator<Item = &'w str> {
    words.iter().filter_map(move |word| word.strip_prefix(name)?.strip_prefix('='))
}

/// Whether these words ask for FIPS mode: the last word counts (kernel `crypto/fips.c`).
pub fn asks_for_fips(words: &[String]) -> bool {
    values(words, "fips").last().is_some_and(|value| value == "1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    #[test]
    fn the_last_word_loses_the_newline() {
        let words = parse(b"BOOT_IMAGE=/vmlinuz-5.4.17 ro resume=/dev/mapper/vg_root-lv_swap quiet\n").unwrap();
        assert_eq!(words, ["BOOT_IMAGE=/vmlinuz-5.4.17", "ro", "resume=/dev/mapper/vg_root-lv_swap", "quiet"]);
        assert_eq!(values(&words, "resume").collect::<Vec<_>>(), ["/dev/mapper/vg_root-lv_swap"]);
        assert_eq!(values(&words, "resum").count(), 0);
    }

    #[test]
    fn a_quoted_value_is_one_word_without_its_quotes() {
        let words = parse(b"a=\"x y\" \"b=1 2\"  c=d=\"e f\" open=\"x y").unwrap();
        assert_eq!(words, ["a=x y", "b=1 2", "c=d=\"e f\"", "open=x y"]);
    }

    #[test]
    fn nothing_at_all_is_not_an_empty_command_line() {
        assert!(parse(b"").is_err() && parse(b"a\0b\n").is_err());
        assert_eq!(parse(b"\n"), Ok(vec![]));
        damage::battery(b"ro resume=\"UUID=x\" console=ttyS0,9600 quiet\n", parse);
    }
}
