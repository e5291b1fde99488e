//! PEM (RFC 7468) and the older form with headers (RFC 1421) that OpenSSL writes.

use base64ct::{Base64, Encoding};

const BEGIN: &[u8] = b"-----BEGIN ";
const DASHES: &[u8] = b"-----";

/// The first block of a file.
#[derive(Debug)]
pub(super) struct Pem {
    /// What it says it is, such as `DSA PRIVATE KEY`.
    pub(super) label: String,
    /// Whether a header says that the content is encrypted (`Proc-Type: 4,ENCRYPTED`).
    pub(super) encrypted: bool,
    pub(super) content: Vec<u8>,
}

/// Whether a private key begins anywhere in `text`: then it is one, or the remains of one.
pub(super) fn is_private(text: &[u8]) -> bool {
    lines(text).any(|line| line.starts_with(BEGIN) && contains(line, b"PRIVATE KEY"))
}

/// The block that `text` begins with. sshd wants it at the very start.
///
/// # Errors
/// With what is wrong.
pub(super) fn decode(text: &[u8]) -> Result<Pem, &'static str> {
    let mut lines = lines(text);
    let begin = lines.next().and_then(|line| line.strip_prefix(BEGIN)?.strip_suffix(DASHES));
    let label = begin.and_then(|label| str::from_utf8(label).ok()).ok_or("it does not begin with a key")?;
    let mut encrypted = false;
    let mut base64 = String::new();
    for line in lines {
        if let Some(end) = line.strip_prefix(b"-----END ") {
            if end.strip_suffix(DASHES) != Some(label.as_bytes()) {
                return Err("its end does not fit its beginning");
            }
            let content = Base64::decode_vec(&base64).map_err(|_| "its content is not base64")?;
            return Ok(Pem { label: label.to_owned(), encrypted, content });
        }
        if line.contains(&b':') {
            encrypted |= line.starts_with(b"Proc-Type:") && contains(line, b"ENCRYPTED");
        } else {
            base64.push_str(str::from_utf8(line).map_err(|_| "its content is not base64")?);
        }
    }
    Err("it has no end")
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end)
}

pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_headers_and_content_are_separated() {
        let pem =
            decode(b"-----BEGIN X KEY-----\r\nProc-Type: 4,ENCRYPTED\nDEK-Info: A,00\n\nAQI=\n-----END X KEY-----")
                .unwrap();
        assert_eq!((pem.label.as_str(), pem.encrypted, pem.content.as_slice()), ("X KEY", true, &[1, 2][..]));
        assert!(!decode(b"-----BEGIN X-----\nAQ\nI=\n-----END X-----\n").unwrap().encrypted);
    }

    #[test]
    fn what_is_no_whole_block_is_refused() {
        for bad in [
            "",
            "\n-----BEGIN X-----\nAQI=\n-----END X-----\n",
            "-----BEGIN X-----\nAQI=\n",
            "-----BEGIN X-----\nAQI=\n-----END Y-----\n",
            "-----BEGIN X-----\nA!I=\n-----END X-----\n",
            "-----BEGIN X\nAQI=\n-----END X-----\n",
        ] {
            assert!(decode(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
