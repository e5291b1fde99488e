//! What `sshd -T` says: the configuration that is in force, one keyword a line in lower case, defaults filled in.

/// The paths of the host keys, in sshd's order.
///
/// # Errors
/// Where `text` is no such output: it names no host key, or is cut off.
pub fn host_key_paths(text: &[u8]) -> Result<Vec<String>, String> {
    if !text.ends_with(b"\n") {
        return Err("sshd -T: its output is cut off".into());
    }
    let lines = text.split(|b| *b == b'\n');
    let paths: Vec<String> = lines
        .filter_map(|line| line.strip_prefix(b"hostkey "))
        .map(|path| super::absolute(&String::from_utf8_lossy(path)))
        .collect();
    if paths.is_empty() { Err("sshd -T: its output names no host key".into()) } else { Ok(paths) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_hostkey_lines_are_paths() {
        let text = b"port 22\nhostkeyagent none\nhostkeyalgorithms ssh-rsa\nhostkey /a\nhostkey /b c\n";
        assert_eq!(host_key_paths(text), Ok(vec!["/a".to_owned(), "/b c".to_owned()]));
        assert!(host_key_paths(b"hostkey /a").is_err());
        assert!(host_key_paths(b"port 22\n").is_err() && host_key_paths(b"").is_err());
    }
}
