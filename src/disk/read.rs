//! Reading a part of a medium that may fail: what cannot be read is zero, and said.

use super::{Problem, ProblemId};
use crate::base::units::ByteRange;
use crate::io::image::Image;

/// After a failed read, the part is tried again in pieces of this many bytes: a page, which the kernel reads at least.
const PIECE: usize = 4096;

/// Fills `buf` with the bytes at `at`. Returns the ranges that the medium could not give; they are zero in `buf`.
///
/// A sound part costs one read. `buf` must lie within the image.
pub(crate) fn fill(image: &dyn Image, buf: &mut [u8], at: u64, problems: &mut Vec<Problem>) -> Vec<ByteRange> {
    if buf.is_empty() || image.read_at(buf, at).is_ok() {
        return Vec::new();
    }
    let mut bad = Vec::new();
    let mut offset = at;
    for piece in buf.chunks_mut(PIECE) {
        if let Err(e) = image.read_at(piece, offset) {
            piece.fill(0);
            bad.extend(ByteRange::new(offset, piece.len() as u64));
            // What no medium gave but an image lacks is lacking in every piece: one problem names the first.
            let is_of_medium = e.source.raw_os_error().is_some();
            if is_of_medium || bad.len() == 1 {
                problems.push(Problem::new(ProblemId::ReadError, e.to_string()));
            }
        }
        offset = offset.saturating_add(piece.len() as u64);
    }
    bad
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::image::{Faulty, Memory};

    #[test]
    fn only_the_page_that_fails_is_lost() {
        let image = Memory::new(vec![7; 20_000]);
        let faulty = Faulty::new(&image, ByteRange::new(5000, 1).unwrap());
        let (mut buf, mut problems) = (vec![1; 12_288], Vec::new());
        let bad = fill(&faulty, &mut buf, 0, &mut problems);
        assert_eq!(bad, [ByteRange::new(4096, 4096).unwrap()]);
        assert_eq!((buf[4095], buf[4096], buf[8191], buf[8192]), (7, 0, 0, 7));
        assert!(problems[0].message.contains("offset 4096"), "{}", problems[0].message);
    }
}
