//! A linear or striped logical volume as an image over the images of its physical volumes.

use super::{Image, ReadError, check_range};
use crate::base::units::{ByteRange, SectorSize};

/// Bytes of a logical volume and where they lie.
#[derive(Clone)]
pub struct Segment<I> {
    pub bytes: u64,
    /// Bytes that are taken from one stripe before the next one's turn; of no account where there is one stripe.
    pub stripe_bytes: u64,
    pub stripes: Stripes<I>,
}

/// One stripe, as nearly all segments have, or several: the one needs no memory of its own.
#[derive(Clone)]
pub enum Stripes<I> {
    One(Stripe<I>),
    Many(Vec<Stripe<I>>),
}

impl<I> Stripes<I> {
    fn as_slice(&self) -> &[Stripe<I>] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Where a stripe begins.
#[derive(Clone, Copy)]
pub struct Stripe<I> {
    pub image: I,
    /// Offset there, in bytes.
    pub at: u64,
}

/// Segments that follow one another.
pub struct Mapped<I> {
    bytes: u64,
    sector: Option<SectorSize>,
    /// Each with the offset it begins at, which grows.
    segments: Vec<(u64, Segment<I>)>,
}

impl<I: Image> Mapped<I> {
    /// The segments as one image, or `None` where that makes no sense: no segment, a segment without bytes or stripes,
    /// or one that is not a whole number of stripes.
    pub fn new(segments: Vec<Segment<I>>) -> Option<Self> {
        let mut bytes: u64 = 0;
        let mut placed = Vec::with_capacity(segments.len());
        for segment in segments {
            let stripes = u64::try_from(segment.stripes.as_slice().len()).ok()?;
            let row = if stripes == 1 { 1 } else { segment.stripe_bytes.checked_mul(stripes)? };
            if row == 0 || segment.bytes == 0 || !segment.bytes.is_multiple_of(row) {
                return None;
            }
            let at = bytes;
            bytes = bytes.checked_add(segment.bytes)?;
            placed.push((at, segment));
        }
        let sizes =
            placed.iter().flat_map(|(_, segment)| segment.stripes.as_slice()).map(|stripe| stripe.image.sector_size());
        let sector = sizes.max()?;
        Some(Self { bytes, sector, segments: placed })
    }

    /// The image that byte `at` lies on, where it lies there, and how many bytes follow it. `at` is within the volume.
    fn locate(&self, at: u64) -> Option<(&I, u64, u64)> {
        let index = self.segments.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        let (start, segment) = self.segments.get(index)?;
        segment.locate(at.checked_sub(*start)?)
    }
}

impl<I> Segment<I> {
    /// The image that byte `at` of the segment lies on, where it lies there, and how many bytes follow it.
    fn locate(&self, at: u64) -> Option<(&I, u64, u64)> {
        let rest = self.bytes.checked_sub(at)?;
        if let [only] = self.stripes.as_slice() {
            return Some((&only.image, only.at.checked_add(at)?, rest));
        }
        let count = u64::try_from(self.stripes.as_slice().len()).ok()?;
        let (chunk, within) = (at.checked_div(self.stripe_bytes)?, at.checked_rem(self.stripe_bytes)?);
        let (row, turn) = (chunk.checked_div(count)?, chunk.checked_rem(count)?);
        let stripe = self.stripes.as_slice().get(usize::try_from(turn).ok()?)?;
        let at = stripe.at.checked_add(row.checked_mul(self.stripe_bytes)?)?.checked_add(within)?;
        Some((&stripe.image, at, rest.min(self.stripe_bytes.saturating_sub(within))))
    }
}

impl<I: Image> Image for Mapped<I> {
    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn sector_size(&self) -> Option<SectorSize> {
        self.sector
    }

    fn is_hole(&self, range: ByteRange) -> bool {
        // Of stripes there would be as many pieces to ask for as the volume has.
        let hole = |(start, segment): &(u64, Segment<I>)| {
            let [only] = segment.stripes.as_slice() else { return false };
            let (from, to) = (range.start().max(*start), range.end().min(start.saturating_add(segment.bytes)));
            let Some(len) = to.checked_sub(from).filter(|len| *len > 0) else { return true };
            let at = only.at.checked_add(from.saturating_sub(*start));
            at.and_then(|at| ByteRange::new(at, len)).is_some_and(|piece| only.image.is_hole(piece))
        };
        range.end() <= self.bytes && self.segments.iter().all(hole)
    }

    fn will_need(&self, range: ByteRange) {
        // The first piece alone: what is asked for is the start of a volume.
        let Some((image, at, here)) = self.locate(range.start()) else { return };
        let piece = ByteRange::new(at, range.len().min(here));
        piece.into_iter().for_each(|piece| image.will_need(piece));
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        check_range(at, buf.len(), self.bytes)?;
        let (mut rest, mut at) = (buf, at);
        while !rest.is_empty() {
            let beyond = || ReadError::out_of_range(at, rest.len(), self.bytes);
            let (image, there, here) = self.locate(at).filter(|(_, _, here)| *here > 0).ok_or_else(beyond)?;
            let len = usize::try_from(here).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = std::mem::take(&mut rest).split_at_mut(len);
            // The error tells where in this volume the read was, not where on the physical one.
            image.read_at(now, there).map_err(|e| ReadError { at, len, source: e.source })?;
            rest = later;
            at = at.saturating_add(len as u64);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::image::{Faulty, Memory};

    fn pv(seed: u8) -> Memory {
        Memory::new((0..4096_u32).map(|n| (n as u8).wrapping_mul(31).wrapping_add(seed)).collect())
    }

    fn byte(image: &Memory, at: u64) -> u8 {
        let mut one = [0];
        image.read_at(&mut one, at).unwrap();
        one[0]
    }

    #[test]
    fn every_read_of_every_length_gives_the_bytes_in_their_order() {
        let (a, b) = (pv(1), pv(77));
        let stripes = vec![Stripe { image: &a, at: 100 }, Stripe { image: &b, at: 7 }];
        let segments = vec![
            Segment { bytes: 48, stripe_bytes: 0, stripes: Stripes::One(Stripe { image: &b, at: 2000 }) },
            Segment { bytes: 64, stripe_bytes: 8, stripes: Stripes::Many(stripes) },
            Segment { bytes: 16, stripe_bytes: 0, stripes: Stripes::Many(vec![Stripe { image: &a, at: 3000 }]) },
        ];
        let mapped = Mapped::new(segments).unwrap();
        let mut expected: Vec<u8> = (0..48).map(|n| byte(&b, 2000 + n)).collect();
        for row in 0..4 {
            expected.extend((0..8).map(|n| byte(&a, 100 + row * 8 + n)));
            expected.extend((0..8).map(|n| byte(&b, 7 + row * 8 + n)));
        }
        expected.extend((0..16).map(|n| byte(&a, 3000 + n)));
        assert_eq!(mapped.bytes(), 128);
        for at in 0..128 {
            for len in 0..=128 - at {
                let mut buf = vec![0; len];
                mapped.read_at(&mut buf, at as u64).unwrap();
                assert_eq!(buf, expected[at..at + len], "{len} at {at}");
            }
            assert!(mapped.read_at(&mut vec![0; 129 - at], at as u64).is_err());
        }
    }

    #[test]
    fn a_volume_is_a_hole_where_all_its_linear_segments_are() {
        struct Sparse;
        impl Image for Sparse {
            fn bytes(&self) -> u64 {
                1000
            }
            fn is_hole(&self, range: ByteRange) -> bool {
                range.start() >= 100 && range.end() <= 1000
            }
            fn read_at(&self, _: &mut [u8], _: u64) -> Result<(), ReadError> {
                Ok(())
            }
        }
        let one = |at, bytes| Segment { bytes, stripe_bytes: 0, stripes: Stripes::One(Stripe { image: &Sparse, at }) };
        let hole = |segments: Vec<Segment<&Sparse>>, start, len| {
            Mapped::new(segments).unwrap().is_hole(ByteRange::new(start, len).unwrap())
        };
        assert!(hole(vec![one(100, 50), one(900, 100)], 0, 150));
        assert!(!hole(vec![one(99, 50), one(900, 100)], 0, 150));
        assert!(hole(vec![one(99, 50), one(900, 100)], 1, 149), "the byte that is none is outside");
        assert!(!hole(vec![one(100, 50), one(901, 100)], 0, 150));
        assert!(!hole(vec![one(100, 50)], 0, 51), "beyond the volume");
        let stripe = Stripe { image: &Sparse, at: 200 };
        assert!(!hole(vec![Segment { bytes: 16, stripe_bytes: 8, stripes: Stripes::Many(vec![stripe; 2]) }], 0, 16));
    }

    #[test]
    fn segments_that_make_no_sense_are_refused() {
        let a = pv(1);
        let one = Stripe { image: &a, at: 0 };
        let segment =
            |bytes, stripe_bytes, count| Segment { bytes, stripe_bytes, stripes: Stripes::Many(vec![one; count]) };
        assert!(Mapped::<&Memory>::new(vec![]).is_none());
        for (bytes, stripe_bytes, count) in [(0, 0, 1), (64, 8, 0), (64, 0, 2), (60, 8, 2), (64, 1 << 63, 2)] {
            assert!(Mapped::new(vec![segment(bytes, stripe_bytes, count)]).is_none(), "{bytes} {stripe_bytes} {count}");
        }
        assert!(Mapped::new(vec![segment(u64::MAX, 0, 1), segment(1, 0, 1)]).is_none());
    }

    #[test]
    fn an_error_names_the_offset_in_the_logical_volume() {
        let a = pv(1);
        let bad = Faulty::new(&a, ByteRange::new(1000, 1).unwrap());
        let far = Stripe { image: &bad as &dyn Image, at: 990 };
        let segments = vec![
            Segment { bytes: 50, stripe_bytes: 0, stripes: Stripes::One(Stripe { image: &a as &dyn Image, at: 0 }) },
            Segment { bytes: u64::MAX >> 1, stripe_bytes: 0, stripes: Stripes::One(far) },
        ];
        let mapped = Mapped::new(segments).unwrap();
        let error = mapped.read_at(&mut [0; 80], 0).unwrap_err();
        assert_eq!((error.at, error.len), (50, 30));
        assert!(mapped.read_at(&mut [0; 10], 50).is_ok());
        assert!(mapped.read_at(&mut [0; 10], 1 << 40).is_err(), "the physical volume is shorter than its segment");
    }
}
