//! Bounds-checked reads of little- and big-endian fields: the only way a parser touches bytes.

use std::borrow::Cow;

/// The structure ends before the field that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truncated {
    /// Offset of the field within the structure, in bytes.
    pub at: usize,
    /// Bytes that the field needs.
    pub need: usize,
}

/// Fields of a byte slice. Every read is checked and can only fail with [`Truncated`].
pub trait Fields {
    /// `len` bytes at `at`.
    ///
    /// # Errors
    /// Where the slice ends before.
    fn take(&self, at: usize, len: usize) -> Result<&[u8], Truncated>;

    /// `N` bytes at `at`, as an array.
    ///
    /// # Errors
    /// Where the slice ends before.
    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], Truncated> {
        let bytes = self.take(at, N)?;
        bytes.try_into().map_err(|_| Truncated { at, need: N })
    }
}

impl Fields for [u8] {
    fn take(&self, at: usize, len: usize) -> Result<&[u8], Truncated> {
        let end = at.checked_add(len).ok_or(Truncated { at, need: len })?;
        self.get(at..end).ok_or(Truncated { at, need: len })
    }
}

macro_rules! integer {
    ($($name:ident $int:ty, $from:ident;)*) => {$(
        #[doc = concat!("The `", stringify!($int), "` at `at` (`", stringify!($from), "`).")]
        ///
        /// # Errors
        /// Where the slice ends before.
        pub fn $name(bytes: &[u8], at: usize) -> Result<$int, Truncated> {
            Ok(<$int>::$from(bytes.array(at)?))
        }
    )*};
}

integer! {
    u8_at u8, from_le_bytes;
    le16 u16, from_le_bytes;
    le32 u32, from_le_bytes;
    le64 u64, from_le_bytes;
    be16 u16, from_be_bytes;
    be32 u32, from_be_bytes;
    be64 u64, from_be_bytes;
}

/// Whether every byte is zero. Reads whole blocks.
pub fn all_zero(bytes: &[u8]) -> bool {
    // By memcmp(3), which is fast in every build, and ends at the first page that is not zero.
    bytes.chunks(ZEROS.len()).all(|page| ZEROS.get(..page.len()) == Some(page))
}

static ZEROS: [u8; 4096] = [0; 4096];

/// Bytes as text; those that are no UTF-8 become U+FFFD. Most are UTF-8, which is verified faster than it is searched.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The text before the first NUL (or all of it), without trailing spaces; bytes that are no UTF-8 become U+FFFD.
/// `None` where nothing is left.
pub fn label(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let text = text(bytes.get(..end)?);
    let text = text.trim_end_matches(' ');
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_beyond_the_end_is_an_error_with_its_offset() {
        assert_eq!(le32(&[1, 0, 0, 0], 0), Ok(1));
        assert_eq!(be16(&[1, 2], 0), Ok(0x0102));
        assert_eq!(le32(&[1, 0, 0], 0), Err(Truncated { at: 0, need: 4 }));
        assert_eq!(le64(&[0; 8], usize::MAX), Err(Truncated { at: usize::MAX, need: 8 }));
    }

    #[test]
    fn one_set_bit_anywhere_is_not_all_zero() {
        for len in [0, 1, 15, 16, 17, 100] {
            let mut bytes = vec![0; len];
            assert!(all_zero(&bytes));
            for at in 0..len {
                bytes[at] = 1;
                assert!(!all_zero(&bytes), "{at} of {len}");
                bytes[at] = 0;
            }
        }
    }

    #[test]
    fn a_label_ends_at_nul_and_loses_its_padding() {
        assert_eq!(label(b"boot\0junk"), Some("boot".into()));
        assert_eq!(label(b"EFI        "), Some("EFI".into()));
        assert_eq!(label(b"\0\0"), None);
        assert_eq!(label(b"a\xffb"), Some("a\u{fffd}b".into()));
    }
}
