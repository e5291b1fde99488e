//! Partition tables built byte by byte, valid unless a field is changed. Used by unit and integration tests alike.
#![allow(dead_code)] // Each test binary uses its part.

/// Type GUID of Linux data, as on disk.
pub(crate) const LINUX: [u8; 16] =
    [0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4];
/// Type GUID of an EFI System Partition, as on disk.
pub(crate) const ESP: [u8; 16] =
    [0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b];
/// Type GUID of a BIOS boot partition, as on disk.
pub(crate) const BIOS_BOOT: [u8; 16] = *b"Hah!IdontNeedEFI";

/// An entry of a GPT.
#[derive(Debug, Clone)]
pub(crate) struct GptEntry {
    pub slot: usize,
    pub kind: [u8; 16],
    pub unique: [u8; 16],
    pub first: u64,
    pub last: u64,
    pub attributes: u64,
    pub name: String,
}

impl GptEntry {
    pub(crate) fn new(slot: usize, kind: [u8; 16], first: u64, last: u64) -> Self {
        let mut unique = [0x5a; 16];
        unique[..8].copy_from_slice(&(slot as u64 + 1).to_le_bytes());
        Self { slot, kind, unique, first, last, attributes: 0, name: format!("part{}", slot + 1) }
    }
}

/// What a GPT is made of.
#[derive(Debug, Clone)]
pub(crate) struct Gpt {
    pub sector: usize,
    pub sectors: u64,
    pub header_bytes: u32,
    pub entries: u32,
    pub entry_bytes: u32,
    pub disk_guid: [u8; 16],
    pub partitions: Vec<GptEntry>,
}

impl Gpt {
    /// A disk of `sectors` sectors without partitions.
    pub(crate) fn new(sector: usize, sectors: u64) -> Self {
        let disk_guid = [0x11; 16];
        Self { sector, sectors, header_bytes: 92, entries: 128, entry_bytes: 128, disk_guid, partitions: Vec::new() }
    }

    pub(crate) fn with(mut self, entry: GptEntry) -> Self {
        self.partitions.push(entry);
        self
    }

    pub(crate) fn array_sectors(&self) -> u64 {
        (u64::from(self.entries) * u64::from(self.entry_bytes)).div_ceil(self.sector as u64)
    }

    pub(crate) fn array(&self) -> Vec<u8> {
        let length = self.entry_bytes as usize;
        let mut array = vec![0; self.entries as usize * length];
        for e in &self.partitions {
            let Some(entry) = array.get_mut(e.slot * length..).and_then(|a| a.get_mut(..length)) else { continue };
            entry[..16].copy_from_slice(&e.kind);
            entry[16..32].copy_from_slice(&e.unique);
            entry[32..40].copy_from_slice(&e.first.to_le_bytes());
            entry[40..48].copy_from_slice(&e.last.to_le_bytes());
            entry[48..56].copy_from_slice(&e.attributes.to_le_bytes());
            for (i, unit) in e.name.encode_utf16().take(36).enumerate() {
                entry[56 + 2 * i..58 + 2 * i].copy_from_slice(&unit.to_le_bytes());
            }
        }
        array
    }

    pub(crate) fn header(&self, my: u64, alternate: u64, array_lba: u64) -> Vec<u8> {
        let last_usable = self.sectors - 2 - self.array_sectors();
        let mut header = vec![0; self.sector];
        header[..8].copy_from_slice(b"EFI PART");
        header[8..12].copy_from_slice(&0x0001_0000_u32.to_le_bytes());
        header[12..16].copy_from_slice(&self.header_bytes.to_le_bytes());
        header[24..32].copy_from_slice(&my.to_le_bytes());
        header[32..40].copy_from_slice(&alternate.to_le_bytes());
        header[40..48].copy_from_slice(&(2 + self.array_sectors()).to_le_bytes());
        header[48..56].copy_from_slice(&last_usable.to_le_bytes());
        header[56..72].copy_from_slice(&self.disk_guid);
        header[72..80].copy_from_slice(&array_lba.to_le_bytes());
        header[80..84].copy_from_slice(&self.entries.to_le_bytes());
        header[84..88].copy_from_slice(&self.entry_bytes.to_le_bytes());
        header[88..92].copy_from_slice(&crc32fast::hash(&self.array()).to_le_bytes());
        seal(&mut header);
        header
    }

    /// The whole disk.
    pub(crate) fn disk(&self) -> Vec<u8> {
        let last = self.sectors - 1;
        let backup_array = last - self.array_sectors();
        let mut disk = vec![0; self.sectors as usize * self.sector];
        let size = u32::try_from(last).unwrap_or(u32::MAX);
        disk[..512].copy_from_slice(&mbr(0, &[(0, 0xee, 1, size)]));
        self.put(&mut disk, 1, &self.header(1, last, 2));
        self.put(&mut disk, 2, &self.array());
        self.put(&mut disk, backup_array, &self.array());
        self.put(&mut disk, last, &self.header(last, 1, backup_array));
        disk
    }

    /// Writes `bytes` from sector `lba`.
    pub(crate) fn put(&self, disk: &mut [u8], lba: u64, bytes: &[u8]) {
        let at = lba as usize * self.sector;
        disk[at..at + bytes.len()].copy_from_slice(bytes);
    }
}

/// Makes the checksum of a header right again after a change.
pub(crate) fn seal(header: &mut [u8]) {
    let length = u32::from_le_bytes(header[12..16].try_into().unwrap()) as usize;
    header[16..20].fill(0);
    let crc = crc32fast::hash(&header[..length.min(header.len())]);
    header[16..20].copy_from_slice(&crc.to_le_bytes());
}

/// An entry of an MBR: status, type, first sector, sectors.
pub(crate) type MbrEntry = (u8, u8, u32, u32);

/// A master or extended boot record.
pub(crate) fn mbr(disk_id: u32, entries: &[MbrEntry]) -> [u8; 512] {
    let mut sector = [0; 512];
    sector[440..444].copy_from_slice(&disk_id.to_le_bytes());
    for (i, (status, kind, start, sectors)) in entries.iter().enumerate() {
        let entry = &mut sector[446 + 16 * i..462 + 16 * i];
        entry[0] = *status;
        entry[4] = *kind;
        entry[8..12].copy_from_slice(&start.to_le_bytes());
        entry[12..16].copy_from_slice(&sectors.to_le_bytes());
    }
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

/// A disk of `sectors` 512-byte sectors with an extended partition from sector 2048 to the end and in it logical
/// partitions of 8 sectors, whose records are at these offsets from its start, linked in this order.
pub(crate) fn chain(sectors: u32, records: &[u32]) -> Vec<u8> {
    let mut disk = vec![0; sectors as usize * 512];
    disk[..512].copy_from_slice(&mbr(0xcafe, &[(0x80, 0x83, 64, 128), (0, 0x05, 2048, sectors - 2048)]));
    for (i, at) in records.iter().enumerate() {
        let mut entries = vec![(0, 0x83, 1, 8)];
        if let Some(next) = records.get(i + 1) {
            entries.push((0, 0x05, *next, 9));
        }
        let at = (2048 + *at as usize) * 512;
        if disk[at + 510] != 0 {
            continue; // The link leads back to a record that is there.
        }
        disk[at..at + 512].copy_from_slice(&mbr(0, &entries));
    }
    disk
}
