//! For tests: a text damaged in every way that must do no harm.

use std::fmt::Debug;

/// Gives `parse` every beginning of `text`, and `text` with each byte replaced. A parser passes by coming back; that
/// the damaged texts were parsed at all is shown by some of them being refused, and the sound one not.
pub(crate) fn battery<T: Debug, E: Debug>(text: &[u8], parse: impl Fn(&[u8]) -> Result<T, E>) {
    assert!(parse(text).is_ok());
    let mut refused = 0;
    for end in 0..text.len() {
        refused += usize::from(parse(&text[..end]).is_err());
    }
    let mut damaged = text.to_vec();
    for at in 0..text.len() {
        for byte in [0, 0xff, b'\n', b' ', b'\\', b'"'] {
            damaged[at] = byte;
            refused += usize::from(parse(&damaged).is_err());
        }
        damaged[at] = text[at];
    }
    assert!(refused > 0);
}
