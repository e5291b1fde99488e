//! A look at blocks spread over a disk that is taken for blank: data may begin where no table and no superblock lies.

use super::begun::LOOKED_AT;
use crate::base::bytes::all_zero;
use crate::io::image::{Image, ReadError};

/// How many blocks are read, at most.
pub const BLOCKS: u64 = 4096;
/// Bytes of a block; a multiple of every sector size that Linux reads.
const BLOCK: u64 = 4096;

/// The first byte that is not zero, of blocks between the two ends, which are looked at by themselves: one in each of
/// [`BLOCKS`] equal parts of the disk, chosen by `seed`. In the order of the disk, so that its arm moves once over it.
///
/// # Errors
/// Where a block cannot be read.
pub fn first_in_sample(image: &dyn Image, seed: u64) -> Result<Option<u64>, ReadError> {
    let start = LOOKED_AT;
    let blocks = image.bytes().saturating_sub(LOOKED_AT).saturating_sub(start) / BLOCK;
    let parts = blocks.min(BLOCKS);
    let mut random = Random(seed);
    let mut block = vec![0; usize::try_from(BLOCK).unwrap_or_default()];
    let bound = |part: u64| (u128::from(blocks) * u128::from(part) / u128::from(parts.max(1))) as u64;
    for part in 0..parts {
        let (from, to) = (bound(part), bound(part.saturating_add(1)));
        let chosen = from.saturating_add(random.below(to.saturating_sub(from)));
        let at = start.saturating_add(chosen.saturating_mul(BLOCK));
        image.read_at(&mut block, at)?;
        if !all_zero(&block) {
            let within = block.iter().position(|byte| *byte != 0).unwrap_or_default();
            return Ok(Some(at.saturating_add(within as u64)));
        }
    }
    Ok(None)
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        mixed.checked_rem(limit).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{ByteRange, MIB};
    use crate::io::image::{Faulty, Memory};

    fn disk(data: &[(u64, u64)]) -> Memory {
        let mut bytes = vec![0; 32 << 20];
        for (at, len) in data {
            bytes[*at as usize..(at + len) as usize].fill(0xa5);
        }
        Memory::new(bytes)
    }

    #[test]
    fn data_between_the_ends_is_found_and_a_blank_disk_is_blank_for_every_seed() {
        for seed in 0..20 {
            assert_eq!(first_in_sample(&disk(&[]), seed).unwrap(), None);
            let found = first_in_sample(&disk(&[(10 * MIB, MIB)]), seed).unwrap().unwrap();
            assert!((10 * MIB..11 * MIB).contains(&found), "{found}");
        }
        let small = Memory::new(vec![7; 3 << 20]);
        assert_eq!(first_in_sample(&small, 1).unwrap(), None, "it has nothing between its ends");
    }

    #[test]
    fn every_seed_chooses_other_blocks_and_one_seed_always_the_same() {
        // A disk with more blocks than are read, every second of which has data.
        let mut bytes = vec![0; 96 << 20];
        bytes.chunks_mut(8192).for_each(|pair| pair[4096] = 1);
        let image = Memory::new(bytes);
        let found: Vec<_> = (0..8).map(|seed| first_in_sample(&image, seed).unwrap()).collect();
        assert!(found.iter().all(Option::is_some) && found.iter().any(|at| *at != found[0]), "{found:?}");
        assert_eq!(first_in_sample(&image, 3).unwrap(), found[3]);
    }

    #[test]
    fn a_block_that_cannot_be_read_is_no_answer() {
        let whole = disk(&[]);
        let faulty = Faulty::new(&whole, ByteRange::new(8 * MIB, MIB).unwrap());
        assert!(first_in_sample(&faulty, 1).is_err());
    }
}
