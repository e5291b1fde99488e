//! The little of DER (ITU-T X.690) that private keys in PEM are made of: definite lengths, no recursion.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// Most bytes that a length is written in: more than four would be a key of over 4 GiB.
const LONGEST_LENGTH: usize = 4;

#[derive(Debug, Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The fields of the SEQUENCE that is next.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.tagged(SEQUENCE).map(Self)
    }

    /// The magnitude of the INTEGER that is next, big-endian; `None` where it is negative.
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        self.tagged(INTEGER).filter(|value| value.first().is_some_and(|first| *first < 0x80))
    }

    /// The INTEGER that is next, where it is `value`.
    pub(super) fn version(&mut self, value: u8) -> Option<()> {
        (self.integer()? == [value]).then_some(())
    }

    pub(super) fn octets(&mut self) -> Option<&'a [u8]> {
        self.tagged(OCTET_STRING)
    }

    pub(super) fn object_identifier(&mut self) -> Option<&'a [u8]> {
        self.tagged(OBJECT_IDENTIFIER)
    }

    /// The whole bytes of the BIT STRING that is next.
    pub(super) fn bits(&mut self) -> Option<&'a [u8]> {
        self.tagged(BIT_STRING)?.strip_prefix(&[0])
    }

    /// The content of the field `[number] EXPLICIT`, where it comes among the next two: fields before it are optional.
    pub(super) fn explicit(&mut self, number: u8) -> Option<Self> {
        let wanted = 0xa0 | number;
        let (tag, value) = self.element()?;
        if tag == wanted { Some(Self(value)) } else { self.tagged(wanted).map(Self) }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn tagged(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let (tag, value) = self.element()?;
        (tag == wanted).then_some(value)
    }

    fn element(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (len, rest) = match usize::from(*first) {
            short @ 0..=0x7f => (short, rest),
            long => {
                let count = long & 0x7f;
                if !(1..=LONGEST_LENGTH).contains(&count) {
                    return None;
                }
                let (digits, rest) = rest.split_at_checked(count)?;
                (digits.iter().fold(0_usize, |len, digit| len << 8 | usize::from(*digit)), rest)
            }
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((*tag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_in_order_and_lengths_in_either_form() {
        let mut long = vec![0x30, 0x81, 0x84, 0x02, 0x01, 0x00, 0x02, 0x7f];
        long.extend([1; 127]);
        let mut outer = Der::new(&long);
        let mut fields = outer.sequence().unwrap();
        assert!(outer.is_at_end());
        assert_eq!(fields.version(0), Some(()));
        assert_eq!(fields.integer(), Some(&[1; 127][..]));
        // 0x84 = 132 bytes are announced and 131 are there.
        assert!(Der::new(&long[..long.len() - 1]).sequence().is_none());
    }

    /// OpenSSL, and so sshd, loads a key of which these are the lengths.
    #[test]
    fn a_length_that_is_longer_than_needed_is_read() {
        let mut fields = Der::new(&[0x30, 0x83, 0, 0, 5, 0x02, 0x82, 0, 1, 7]).sequence().unwrap();
        assert_eq!(fields.integer(), Some(&[7][..]));
    }

    #[test]
    fn negative_numbers_endless_lengths_and_other_types_are_refused() {
        for bad in [&[0x02, 0x01, 0x80][..], &[0x02, 0x00], &[0x02, 0x80], &[0x02, 0x85, 1, 1, 1, 1, 1], &[0x04, 1, 1]]
        {
            assert!(Der::new(bad).integer().is_none(), "{bad:?}");
        }
        assert!(Der::new(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0]).sequence().is_none());
        assert!(Der::new(&[0x03, 0x02, 1, 0xfe]).bits().is_none());
    }
}
