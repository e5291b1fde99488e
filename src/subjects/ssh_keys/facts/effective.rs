//! What `sshd -T` says: the configuration that is in force, one keyword a line in lower case, defaults filled in.

use super::Effective;

/// The paths of the host keys, and every other line beside them.
///
/// # Errors
/// Where `text` is no such output: it names no host key, or is cut off.
pub fn host_key_paths(text: &[u8]) -> Result<Effective, String> {
    if !text.ends_with(b"\n") {
        return Err("sshd -T: its output is cut off".into());
    }
    let mut found = Effective::default();
    for line in text.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        let line = String::from_utf8_lossy(line);
        let (keyword, value) = line.split_once(' ').unwrap_or((&line, ""));
        match keyword {
            "hostkey" => found.host_keys.push(super::absolute(value)),
            _ => found.others.push((keyword.to_owned(), value.to_owned())),
        }
    }
    if found.host_keys.is_empty() { Err("sshd -T: its output names no host key".into()) } else { Ok(found) }
}

impl Effective {
    /// The value of a keyword, given in lower case.
    pub fn value(&self, keyword: &str) -> Option<&str> {
        self.others.iter().find(|(other, _)| other == keyword).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_hostkey_lines_are_paths() {
        let text = b"port 22\nhostkeyagent none\nhostkeyalgorithms ssh-rsa\nhostkey /a\nhostkey /b c\n";
        let found = host_key_paths(text).unwrap();
        assert_eq!(found.host_keys, ["/a".to_owned(), "/b c".to_owned()]);
        assert_eq!((found.value("port"), found.value("hostkey")), (Some("22"), None));
        assert!(host_key_paths(b"hostkey /a").is_err());
        assert!(host_key_paths(b"port 22\n").is_err() && host_key_paths(b"").is_err());
    }
}
