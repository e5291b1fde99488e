//! Strings, and which of their bytes need an escape.

use super::Line;

impl Line<'_> {
    #[inline(always)]
    pub(super) fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// A string that is known to need no escape.
    #[inline(always)]
    pub(super) fn word(&mut self, word: &str) {
        debug_assert!(is_plain(word.as_bytes()), "{word}");
        self.put(b"\"");
        self.put(word.as_bytes());
        self.put(b"\"");
    }

    pub(super) fn text(&mut self, text: &str) {
        if is_plain(text.as_bytes()) {
            self.word(text);
        } else {
            self.out.push(b'"');
            text.bytes().for_each(|byte| self.escaped(byte));
            self.out.push(b'"');
        }
    }

    pub(super) fn escaped(&mut self, byte: u8) {
        match byte {
            b'"' => self.put(b"\\\""),
            b'\\' => self.put(b"\\\\"),
            b'\n' => self.put(b"\\n"),
            b'\r' => self.put(b"\\r"),
            b'\t' => self.put(b"\\t"),
            0x08 => self.put(b"\\b"),
            0x0c => self.put(b"\\f"),
            0..0x20 => self.put(format!("\\u{byte:04x}").as_bytes()),
            _ => self.out.push(byte),
        }
    }
}

/// Whether no byte of it needs an escape. Without an early end within sixteen bytes, so that the compiler can look at
/// all at once.
pub(super) fn is_plain(text: &[u8]) -> bool {
    let plain = |block: &[u8; 16]| block.iter().fold(0, |any, byte| any | u8::from(needs_escape(*byte))) == 0;
    match text.last_chunk() {
        // The last block may overlap the one before.
        Some(last) => text.as_chunks().0.iter().all(plain) && plain(last),
        None => !text.iter().any(|byte| needs_escape(*byte)),
    }
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}
