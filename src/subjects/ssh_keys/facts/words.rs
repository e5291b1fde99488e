//! A line of sshd_config in words (sshd_config(5), "keyword-argument pairs").

/// The keyword as it is written (its case has no meaning), and its arguments. `None` for an empty line and a comment.
///
/// Keyword and first argument stand apart by white space or one `=`. Arguments may be in quotes, double ones or, from
/// OpenSSH 8.5 on, single ones; a `#` before an argument begins a comment.
pub(super) fn split(line: &[u8]) -> Option<(String, Vec<String>)> {
    let line = line.trim_ascii();
    if line.is_empty() || line.starts_with(b"#") {
        return None;
    }
    let (keyword, rest) = match line.strip_prefix(b"\"") {
        Some(quoted) => {
            let (keyword, rest) = cut(quoted, |b| b == b'"');
            (keyword, rest.strip_prefix(b"\"").unwrap_or(rest))
        }
        None => cut(line, |b| b.is_ascii_whitespace() || b == b'=' || b == b'"'),
    };
    let keyword = String::from_utf8_lossy(keyword).into_owned();
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b"=").unwrap_or(rest);
    Some((keyword, arguments(rest)))
}

fn arguments(mut rest: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() || rest.starts_with(b"#") {
            return words;
        }
        let mut word = Vec::new();
        let mut quote = None;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            match (quote, *byte) {
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), _) if byte == open => quote = None,
                (_, b'\\') if rest.first().is_some_and(|next| b"\"'\\".contains(next)) => {
                    let (literal, after) = rest.split_at_checked(1).unwrap_or((rest, &[]));
                    word.extend(literal);
                    rest = after;
                }
                (None, byte) if byte.is_ascii_whitespace() => break,
                (_, byte) => word.push(byte),
            }
        }
        words.push(String::from_utf8_lossy(&word).into_owned());
    }
}

/// `text` before the first byte that is an end, and from there on.
fn cut(text: &[u8], is_end: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| is_end(*b)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyword_and_arguments_are_separated_as_sshd_does() {
        let words = |line: &str| split(line.as_bytes()).map(|(keyword, words)| (keyword, words.join("|")));
        let seen = |keyword: &str, words: &str| Some((keyword.to_owned(), words.to_owned()));
        assert_eq!(words("HostKey /a"), seen("HostKey", "/a"));
        assert_eq!(words("  HOSTKEY\t=  /a\r"), seen("HOSTKEY", "/a"));
        assert_eq!(words("HostKey=/a=b"), seen("HostKey", "/a=b"));
        assert_eq!(words("HostKey \"/a b\" # why"), seen("HostKey", "/a b"));
        assert_eq!(words("HostKey\"/a\""), seen("HostKey", "/a"));
        assert_eq!(words("\"HostKey\" '/a b'c"), seen("HostKey", "/a bc"));
        assert_eq!(words("Include a/*.conf  b\\\"c"), seen("Include", "a/*.conf|b\"c"));
        assert_eq!(words("HostKey \"/not closed"), seen("HostKey", "/not closed"));
        assert_eq!(words("UsePAM"), seen("UsePAM", ""));
        assert_eq!((words("# HostKey /a"), words(" "), words("")), (None, None, None));
    }
}
