//! Damage to an input, the same in every run.

/// splitmix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    pub(super) fn one_of<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        all.get(self.below(all.len()))
    }
}

/// Numbers that limits are near to.
const EXTREMES: [u64; 10] = [0, 1, 0x7f, 0x80, 0xff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, u64::MAX / 2, u64::MAX];
const BYTES: &[u8] = b"\0\n\r\t \"'\\{}[]()=:,;#$@%-*/09azAZ\x7f\x80\xff";

/// `input` with one to four changes; `others` and `words` are what may come into it.
pub(super) fn mutated(input: &[u8], others: &[Vec<u8>], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let len = random.below(bytes.len() - at + 1).min(1 << random.below(12));
        match random.below(10) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            1 => {
                if let (Some(byte), Some(other)) = (bytes.get_mut(at), random.one_of(BYTES)) {
                    *byte = *other;
                }
            }
            2 => drop(bytes.drain(at..at + len)),
            3 => bytes.truncate(at),
            4 => {
                let part = bytes[at..at + len].to_vec();
                let to = random.below(bytes.len() + 1);
                bytes.splice(to..to, part);
            }
            5 | 6 => {
                let (number, width) = (random.one_of(&EXTREMES).copied().unwrap_or_default(), 1 << random.below(4));
                let raw = if random.below(2) == 0 {
                    number.to_le_bytes()
                } else {
                    number.rotate_right(8 * width).to_be_bytes()
                };
                let end = (at + width as usize).min(bytes.len());
                bytes.splice(at..end, raw[..end - at].iter().copied());
            }
            7 => {
                let byte = random.one_of(BYTES).copied().unwrap_or_default();
                bytes.splice(at..at, std::iter::repeat_n(byte, len + 1));
            }
            8 => {
                let word = random.one_of(words).map(Vec::as_slice).unwrap_or_default().to_vec();
                bytes.splice(at..at, word);
            }
            _ => {
                let other = random.one_of(others).map(Vec::as_slice).unwrap_or_default();
                let from = random.below(other.len() + 1);
                bytes.splice(at..at + len, other[from..].iter().copied().take(256));
            }
        }
    }
    bytes.truncate(1 << 16);
    bytes
}
