//! What each byte of a metadata text may be part of.

/// Part of a name.
pub(super) const NAME: u8 = 1;
/// Within a string, neither its end nor an escape.
pub(super) const PLAIN: u8 = 2;
/// Part of an integer or float.
pub(super) const NUMBER: u8 = 4;
/// Within a line.
pub(super) const LINE: u8 = 8;

/// The classes of each byte: one look where comparing would take a dozen. NUL, the end of the text, is in none.
static CLASSES: [u8; 256] = classes();

#[allow(clippy::indexing_slicing)] // Computed while this is compiled, where a panic is an error of the compiler.
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut of = 0;
        if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'=' | b'{' | b'}' | b'[' | b']' | b',' | b'"' | b'#' | 0) {
            of |= NAME;
        }
        if !matches!(byte, b'"' | b'\\' | 0) {
            of |= PLAIN;
        }
        if matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') {
            of |= NUMBER;
        }
        if !matches!(byte, b'\n' | 0) {
            of |= LINE;
        }
        classes[byte as usize] = of;
        byte = match byte.checked_add(1) {
            Some(next) => next,
            None => return classes,
        };
    }
}

#[inline(always)]
pub(super) fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}
