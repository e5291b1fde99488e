//! Strings, and which of their bytes need an escape.

use super::Line;

impl Line<'_> {
    #[inline(always)]
    pub(super) fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    /// The name of a field and what parts it from the value, in one copy: its length is known when this is compiled.
    #[inline(always)]
    pub(super) fn name(&mut self, first: bool, name: &[u8]) {
        let mut all = [0; 40];
        let mut rest = all.as_mut_slice();
        for part in [b",\"".as_slice(), name, b"\":"] {
            let Some((to, after)) = rest.split_at_mut_checked(part.len()) else { return self.long_name(first, name) };
            to.copy_from_slice(part);
            rest = after;
        }
        let len = name.len().saturating_add(4);
        self.put(all.get(usize::from(first)..len).unwrap_or_default());
    }

    #[cold]
    fn long_name(&mut self, first: bool, name: &[u8]) {
        self.put(if first { b"\"" } else { b",\"" });
        self.put(name);
        self.put(b"\":");
    }

    /// Characters of ASCII that need no escape. Nearly all are identifiers of two lengths.
    #[inline(always)]
    pub(super) fn ascii(&mut self, text: &[u8]) {
        debug_assert!(text.is_ascii() && is_plain(text), "{text:?}");
        self.out.push(b'"');
        if let Ok(text) = <&[u8; 36]>::try_from(text) {
            self.out.extend_from_slice(text);
        } else if let Ok(text) = <&[u8; 38]>::try_from(text) {
            self.out.extend_from_slice(text);
        } else {
            self.put(text);
        }
        self.out.push(b'"');
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
        None => is_short_plain(text),
    }
}

/// The same of less than sixteen bytes: eight at a time, of which the last may overlap the ones before.
fn is_short_plain(text: &[u8]) -> bool {
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => is_plain_word(*first) && is_plain_word(*last),
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some([a, b, c, d]), Some([e, f, g, h])) => is_plain_word([*a, *b, *c, *d, *e, *f, *g, *h]),
            _ => !text.iter().any(|byte| needs_escape(*byte)),
        },
    }
}

/// The same of eight bytes at once.
#[inline(always)]
fn is_plain_word(bytes: [u8; 8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_ne_bytes(bytes);
    // Not zero in the highest bits where a byte is below `limit`, and only there: what borrows is below it.
    let below = |word: u64, limit: u64| word.wrapping_sub(EACH * limit) & !word;
    let equals = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    (below(word, 0x20) | equals(b'"') | equals(b'\\')) & (EACH << 7) == 0
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}
