//! Assignments in files that a shell or systemd reads, such as /etc/sysconfig/sshd (`EnvironmentFile=` of
//! systemd.exec(5)).

use crate::host::line::numbered;

/// The value that variable `name` has in the end, and the number of the line that gave it.
pub(super) fn last_value(text: &[u8], name: &str) -> Option<(u32, String)> {
    numbered(text).filter_map(|(at, line)| Some((at, value(line, name)?))).last()
}

fn value(line: &[u8], name: &str) -> Option<String> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"export ").unwrap_or(line).trim_ascii_start();
    let value = line.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
    let value = match value.first() {
        Some(quote @ (b'"' | b'\'')) => value.get(1..)?.split(|b| b == quote).next()?,
        _ => value.split(|b| b.is_ascii_whitespace()).next()?,
    };
    Some(String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_assignment_counts_and_comments_do_not() {
        let text = b"# A=\"no\"\nA=one two\nexport A='RSA DSA' # note\n B=\"x\ny\nAA=z\n";
        assert_eq!(last_value(text, "A"), Some((3, "RSA DSA".into())));
        assert_eq!(last_value(text, "B"), Some((4, "x".into())));
        assert_eq!(last_value(b"A=one two\n", "A"), Some((1, "one".into())));
        assert_eq!(last_value(text, "C"), None);
        assert_eq!(last_value(b"A=\n", "A"), Some((1, String::new())));
    }
}
