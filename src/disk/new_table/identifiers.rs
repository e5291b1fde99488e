//! Identifiers for a new table that come from a text, so that a plan that is made twice is the same plan.

/// The identifiers of a new table, in the byte order in which a UUID is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifiers {
    /// Disk GUID of a GPT; the signature of an MBR is taken from it.
    pub disk: [u8; 16],
    pub partition: [u8; 16],
}

impl Identifiers {
    /// The identifiers that belong to `seed`: always the same, and others for another seed.
    ///
    /// They are UUIDs of version 8, whose bits are ours to choose (RFC 9562, section 5.8). The seed should name the
    /// disk and the moment: two disks with one identity are taken for two paths to one.
    pub fn of(seed: &str) -> Self {
        Self { disk: uuid(seed, "/disk"), partition: uuid(seed, "/partition") }
    }

    /// The signature of an MBR. Zero would be none.
    pub(super) fn signature(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = self.disk;
        if [a, b, c, d] == [0; 4] { [1, 0, 0, 0] } else { [a, b, c, d] }
    }
}

fn uuid(seed: &str, role: &str) -> [u8; 16] {
    let mut bytes = fnv_1a(seed.bytes().chain(role.bytes())).to_be_bytes();
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = 0x80 | *version & 0x0f;
    *variant = 0x80 | *variant & 0x3f;
    bytes
}

/// FNV-1a of 128 bits (draft-eastlake-fnv). Unlike the hashes of the standard library it never changes.
fn fnv_1a(bytes: impl Iterator<Item = u8>) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv_1a("".bytes()), 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        assert_eq!(fnv_1a("a".bytes()), 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

    #[test]
    fn a_seed_gives_the_same_identifiers_today_and_in_every_later_release() {
        let ids = Identifiers::of("QEMU-serial-1");
        assert_eq!(ids, Identifiers::of("QEMU-serial-1"));
        let shown = crate::base::ids::Id::Uuid(ids.disk).to_string();
        assert_eq!(shown, "a8134819-a8f6-849f-8ccf-0d00c87a08ba");
    }

    #[test]
    fn seeds_that_differ_give_other_identifiers_and_all_are_of_version_8() {
        let mut seen = std::collections::HashSet::new();
        for n in 0..2000 {
            let ids = Identifiers::of(&format!("disk {n}"));
            for id in [ids.disk, ids.partition] {
                assert_eq!((id[6] >> 4, id[8] >> 6), (8, 2));
                assert!(seen.insert(id), "{n}");
            }
            assert!(seen.insert([&ids.signature()[..], &[0; 12]].concat().try_into().unwrap()), "{n}");
        }
    }

    #[test]
    fn an_mbr_signature_is_never_zero() {
        let ids = Identifiers { disk: [0; 16], partition: [0; 16] };
        assert_ne!(ids.signature(), [0; 4]);
    }
}
