//! Texts of GRUB's variables. What cannot be known stands in a text as a hole, with its reason in it.

/// Noncharacters of Unicode: no configuration has them, and one that does is not known, which is the safe side.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';
/// In a hole for a space, where GRUB would split.
const SPACE: char = '\u{fdd2}';

/// A part of a text that cannot be known.
pub(super) fn hole(why: &str) -> String {
    let why: String = why.chars().map(|c| if c.is_ascii_whitespace() { SPACE } else { c }).collect();
    format!("{OPEN}{why}{CLOSE}")
}

/// Why `text` cannot be known, if a part of it cannot.
pub(super) fn unknown(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(OPEN)?;
    let why = rest.split_once(CLOSE).map_or(rest, |(why, _)| why);
    Some(why.replace(SPACE, " "))
}

/// Whether nothing of `text` can be known.
pub(super) fn is_hole_alone(text: &str) -> bool {
    let is_hole = |part: &str| part.is_empty() || part.split_once(CLOSE).is_some_and(|(_, rest)| rest.is_empty());
    text.split(OPEN).all(is_hole)
}

/// A number as `grub_strtoull` reads it: what precedes anything else, in base 8, 10 or 16 by its prefix. With what is
/// behind it; `None` without digits, and where it is too large.
pub(super) fn leading_number(text: &str) -> Option<(u64, &str)> {
    let text = text.trim_start_matches(is_space);
    let (base, digits) = match text.strip_prefix("0x") {
        Some(digits) => (16, digits),
        None if text.starts_with('0') && text.chars().nth(1).is_some_and(|c| c.is_digit(8)) => (8, text),
        None => (10, text),
    };
    let end = digits.find(|c: char| !c.is_digit(base)).unwrap_or(digits.len());
    let (number, rest) = digits.split_at_checked(end)?;
    Some((u64::from_str_radix(number, base).ok()?, rest))
}

/// `grub_isspace`.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_has_its_reason_and_no_space_to_split_at() {
        let text = format!("a{}b", hole("line 3: not known"));
        assert_eq!(unknown(&text).as_deref(), Some("line 3: not known"));
        assert!(!text.contains(' '));
        assert_eq!(unknown("plain"), None);
        let alone = hole("x") + &hole("y");
        assert!(is_hole_alone(&alone) && !is_hole_alone(&text) && !is_hole_alone(&format!("{}b", hole("x"))));
    }

    #[test]
    fn a_number_is_what_precedes_anything_else_in_the_base_of_its_prefix() {
        for (text, expected) in [
            ("7", Some((7, ""))),
            (" 5.4.17", Some((5, ".4.17"))),
            ("1>0", Some((1, ">0"))),
            ("0x1f", Some((31, ""))),
            ("010", Some((8, ""))),
            ("08", Some((8, ""))),
            ("x", None),
            ("", None),
            ("0x", None),
            ("18446744073709551616", None),
        ] {
            assert_eq!(leading_number(text), expected, "{text}");
        }
    }
}
