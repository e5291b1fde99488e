//! Formats that no rule depends on: what is on a disk is named by its signature, and stays unknown otherwise.
//!
//! A signature here is a magic number of at least four bytes. It is neither verified by a checksum nor enough to call
//! the content known; it tells an operator whose disk that is. Places and names are those of util-linux 2.38
//! (`libblkid/src/superblocks`).

use super::content::Content;
use super::windows::Windows;
use crate::base::bytes::{Fields, be64, label};
use crate::base::ids::Id;

const KIB: u64 = 1 << 10;

/// From where a superblock is counted.
#[derive(Debug, Clone, Copy)]
enum At {
    Start(u64),
    /// Bytes before the end of the volume.
    End(u64),
}

/// A format by the magic number of its superblock. Offsets are from the start of that.
#[derive(Debug, Clone, Copy)]
struct Foreign {
    name: &'static str,
    at: At,
    magic: (u64, &'static [u8]),
    uuid: Option<Identifier>,
    label: Option<Text>,
}

/// An identifier by its offset.
#[derive(Debug, Clone, Copy)]
enum Identifier {
    Uuid(u64),
    /// Eight bytes, big-endian.
    Hex64(u64),
}

/// A text by its offset and its most bytes; it ends before a zero.
#[derive(Debug, Clone, Copy)]
enum Text {
    Bytes(u64, usize),
    /// UTF-16, little-endian.
    Utf16(u64, usize),
}

impl Foreign {
    const fn new(name: &'static str, at: At, magic: (u64, &'static [u8])) -> Self {
        Self { name, at, magic, uuid: None, label: None }
    }

    const fn uuid(mut self, at: u64) -> Self {
        self.uuid = Some(Identifier::Uuid(at));
        self
    }

    const fn hex64(mut self, at: u64) -> Self {
        self.uuid = Some(Identifier::Hex64(at));
        self
    }

    const fn label(mut self, at: u64, bytes: usize) -> Self {
        self.label = Some(Text::Bytes(at, bytes));
        self
    }

    const fn wide_label(mut self, at: u64, bytes: usize) -> Self {
        self.label = Some(Text::Utf16(at, bytes));
        self
    }

    /// Fills in what the superblock has, where it is there.
    fn name(&self, windows: &Windows<'_>, content: &mut Content) -> Option<()> {
        let start = match self.at {
            At::Start(at) => at,
            At::End(back) => windows.volume_bytes().checked_sub(back)?,
        };
        let field = |at: u64, bytes: usize| windows.get(start.checked_add(at)?, bytes);
        let (at, magic) = self.magic;
        field(at, magic.len()).filter(|bytes| *bytes == magic)?;
        content.format = Some(self.name);
        let uuid = match self.uuid {
            Some(Identifier::Uuid(at)) => field(at, 16).and_then(|bytes| bytes.array(0).ok()).map(Id::Uuid),
            Some(Identifier::Hex64(at)) => field(at, 8).and_then(|bytes| be64(bytes, 0).ok()).map(Id::Hex64),
            None => None,
        };
        content.uuid = uuid.filter(|id| !id.is_nil());
        content.label = match self.label {
            Some(Text::Bytes(at, bytes)) => field(at, bytes).and_then(label),
            Some(Text::Utf16(at, bytes)) => field(at, bytes).and_then(wide),
            None => None,
        };
        Some(())
    }
}

fn wide(bytes: &[u8]) -> Option<String> {
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).take_while(|unit| *unit != 0);
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (!text.is_empty()).then_some(text)
}

const fn start(at: u64, name: &'static str, magic: (u64, &'static [u8])) -> Foreign {
    Foreign::new(name, At::Start(at), magic)
}

const fn end(back: u64, name: &'static str, magic: (u64, &'static [u8])) -> Foreign {
    Foreign::new(name, At::End(back), magic)
}

const fn ocfs2(at: u64) -> Foreign {
    start(at, "ocfs2", (0, b"OCFSV2")).uuid(336).label(272, 64)
}

const FORMATS: &[Foreign] = &[
    start(64 * KIB, "reiserfs", (52, b"ReIsEr2Fs")).uuid(84).label(100, 16),
    start(64 * KIB, "reiserfs", (52, b"ReIsEr3Fs")).uuid(84).label(100, 16),
    start(64 * KIB, "reiserfs", (52, b"ReIsErFs")),
    start(8 * KIB, "reiserfs", (52, b"ReIsErFs")),
    start(64 * KIB, "reiser4", (0, b"ReIsEr4")).uuid(20).label(36, 16),
    start(32 * KIB, "jfs", (0, b"JFS1")).uuid(136).label(152, 16),
    // Magic number, type of the block, and a field that is zero.
    start(64 * KIB, "gfs2", (0, b"\x01\x16\x19\x70\0\0\0\x01")).uuid(256).label(160, 64),
    ocfs2(KIB),
    ocfs2(2 * KIB),
    ocfs2(4 * KIB),
    ocfs2(8 * KIB),
    start(0, "ocfs", (8, b"OracleCFS")),
    start(KIB, "vxfs", (0, b"\xf5\xfc\x01\xa5")),
    start(0, "squashfs", (0, b"hsqs")),
    start(0, "squashfs3", (0, b"sqsh")),
    start(4 * KIB, "nss", (0, b"SPB5")).uuid(348),
    start(0, "ubifs", (0, b"\x31\x18\x10\x06")).uuid(108),
    start(0, "ubi", (0, b"UBI#")),
    start(0, "bfs", (0, b"\xce\xfa\xad\x1b")),
    start(0, "befs", (32, b"BFS1")),
    start(512, "befs", (32, b"BFS1")),
    start(0, "befs", (32, b"1SFB")),
    start(512, "befs", (32, b"1SFB")),
    start(KIB, "f2fs", (0, b"\x10\x20\xf5\xf2")).uuid(108).wide_label(124, 1024),
    start(0, "zonefs", (0, b"SFOZ")).uuid(40).label(8, 32),
    start(KIB, "erofs", (0, b"\xe2\xe1\xf5\xe0")).uuid(48).label(64, 16),
    start(0, "cramfs", (0, b"\x45\x3d\xcd\x28")).label(48, 16),
    start(0, "romfs", (0, b"-rom1fs-")).label(16, 16),
    start(0, "apfs", (32, b"NXSB")).uuid(72),
    start(KIB, "hfsplus", (0, b"H+\0\x04")),
    start(KIB, "hfsplus", (0, b"HX\0\x05")),
    start(8 * KIB, "hpfs", (0, b"\x49\xe8\x95\xf9")),
    start(8 * KIB, "ufs", (1372, b"\x54\x19\x01\x00")),
    start(64 * KIB, "ufs", (1372, b"\x19\x01\x54\x19")).label(680, 32),
    start(0, "ReFS", (0, b"\0\0\0ReFS\0")),
    start(0, "BitLocker", (0, b"\xeb\x52\x90-FVE-FS-")),
    start(0, "BitLocker", (0, b"\xeb\x58\x90-FVE-FS-")),
    start(512, "stratis", (4, b"!Stra0tis\x86\xff\x02^\x41rh")),
    start(0, "vdo", (0, b"dmvdo001")).uuid(40),
    start(0, "DM_integrity", (0, b"integrt\0")),
    start(0, "DM_verity_hash", (0, b"verity\0\0")).uuid(16),
    start(0, "DM_snapshot_cow", (0, b"SnAp")),
    start(0, "drbdproxy_datalog", (16, b"DRBDdlh*")),
    // Versions 8 and 9, and one that was not shut down.
    end(4 * KIB, "drbd", (60, b"\x83\x74\x02\x6b")).hex64(40),
    end(4 * KIB, "drbd", (60, b"\x83\x74\x02\x6c")).hex64(40),
    end(4 * KIB, "drbd", (60, b"\x83\x74\x02\x6d")).hex64(48),
    start(0, "ceph_bluestore", (0, b"bluestore block device")),
    start(0, "exfs", (0, b"EXFS")),
    start(0, "xfs_external_log", (0, b"\xfe\xed\xba\xbe")),
    start(KIB, "sysv", (504, b"\x20\x7e\x18\xfd")),
    start(512, "sysv", (504, b"\x20\x7e\x18\xfd")).label(440, 6),
    end(512, "lsi_mega_raid_member", (0, b"$XIDE$")),
    end(2 * 512, "nvidia_raid_member", (0, b"NVIDIA")),
    end(16 * 512, "promise_fasttrack_raid_member", (0, b"Promise Technology, Inc.")),
    end(11 * 512, "hpt45x_raid_member", (0, b"\xf3\x16\x78\x5a")),
    end(11 * 512, "hpt45x_raid_member", (0, b"\xfd\x16\x78\x5a")),
    start(9 * 512, "hpt37x_raid_member", (32, b"\xf0\x16\x78\x5a")),
    start(9 * 512, "hpt37x_raid_member", (32, b"\xfd\x16\x78\x5a")),
];

/// Names what `content` is by what was read of its volume, with its identifier and label where their place is fixed.
pub fn name(windows: &Windows<'_>, content: &mut Content) {
    let _ = FORMATS.iter().find_map(|format| format.name(windows, content));
}
