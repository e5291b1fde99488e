//! A partition table and its partitions, as they are reported.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use super::format::content::Content;
use crate::base::ids::Id;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Table {
    pub kind: TableKind,
    /// GPT disk GUID or MBR disk identifier.
    pub uuid: Option<Id>,
    /// State of the copy at the start: GPT header and array, or the MBR with its chain of logical partitions.
    pub primary: CopyState,
    /// State of the copy at the end; `missing` where there is none, as an MBR never has one.
    pub backup: CopyState,
    /// Whether the MBR beside a GPT has partitions of its own.
    pub hybrid: bool,
}

impl Table {
    pub const NONE: Self = Self {
        kind: TableKind::None,
        uuid: None,
        primary: CopyState::Missing,
        backup: CopyState::Missing,
        hybrid: false,
    };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    Gpt,
    Mbr,
    None,
}

impl TableKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Gpt => "gpt",
            Self::Mbr => "mbr",
            Self::None => "none",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CopyState {
    /// There and sound.
    Ok,
    /// There, and wrong: checksum, bounds, or the medium cannot be read.
    Damaged,
    Missing,
    /// Sound, but different from the other copy, or not where it should be.
    Disagrees,
}

impl CopyState {
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Damaged => "damaged",
            Self::Missing => "missing",
            Self::Disagrees => "disagrees",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Partition {
    /// Its number, as the kernel counts: GPT slot, MBR 1 to 4, logical from 5.
    pub number: u32,
    /// Offset in bytes.
    pub start_bytes: u64,
    pub bytes: u64,
    /// GPT type GUID or MBR type.
    #[serde(rename = "type")]
    pub kind: PartitionType,
    /// GPT unique GUID; an MBR partition has none.
    pub uuid: Option<Id>,
    /// GPT name.
    pub name: Option<String>,
    pub flags: Vec<Flag>,
    pub content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionType {
    /// GPT: a GUID.
    Guid(Id),
    /// MBR: one byte.
    Mbr(u8),
}

impl PartitionType {
    /// The EFI System Partition, in either kind of table.
    pub fn is_esp(self) -> bool {
        self == Self::Guid(guid::ESP) || self == Self::Mbr(0xef)
    }

    /// The GRUB BIOS boot partition of a GPT.
    pub fn is_bios_boot(self) -> bool {
        self == Self::Guid(guid::BIOS_BOOT)
    }

    /// An LVM partition, in either kind of table. It need not hold a physical volume.
    pub fn is_lvm(self) -> bool {
        self == Self::Guid(guid::LVM) || self == Self::Mbr(0x8e)
    }

    /// An MBR partition that holds logical partitions.
    pub fn is_extended(self) -> bool {
        matches!(self, Self::Mbr(0x05 | 0x0f | 0x85))
    }
}

impl std::fmt::Display for PartitionType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Guid(id) => id.fmt(f),
            Self::Mbr(byte) => write!(f, "{byte:#04x}"),
        }
    }
}

impl JsonSchema for PartitionType {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "PartitionType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl Serialize for PartitionType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Guid(id) => id.serialize(serializer),
            Self::Mbr(byte) => {
                let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('?');
                let text = ['0', 'x', digit(byte >> 4), digit(byte & 15)].map(|c| u8::try_from(c).unwrap_or(b'?'));
                serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
            }
        }
    }
}

/// Partition type GUIDs (UEFI specification, Discoverable Partitions Specification, GRUB manual).
pub mod guid {
    use crate::base::ids::Id;

    /// c12a7328-f81f-11d2-ba4b-00a0c93ec93b
    pub const ESP: Id = Id::Uuid(0xc12a_7328_f81f_11d2_ba4b_00a0_c93e_c93b_u128.to_be_bytes());
    /// 21686148-6449-6e6f-744e-656564454649
    pub const BIOS_BOOT: Id = Id::Uuid(0x2168_6148_6449_6e6f_744e_6565_6445_4649_u128.to_be_bytes());
    /// 0fc63daf-8483-4772-8e79-3d69d8477de4
    pub const LINUX: Id = Id::Uuid(0x0fc6_3daf_8483_4772_8e79_3d69_d847_7de4_u128.to_be_bytes());
    /// 0657fd6d-a4ab-43c4-84e5-0933c84b4f4f
    pub const LINUX_SWAP: Id = Id::Uuid(0x0657_fd6d_a4ab_43c4_84e5_0933_c84b_4f4f_u128.to_be_bytes());
    /// a19d880f-05fc-4d3b-a006-743f0f84911e
    pub const LINUX_RAID: Id = Id::Uuid(0xa19d_880f_05fc_4d3b_a006_743f_0f84_911e_u128.to_be_bytes());
    /// e6d6d379-f507-44c2-a23c-238f2a3df928
    pub const LVM: Id = Id::Uuid(0xe6d6_d379_f507_44c2_a23c_238f_2a3d_f928_u128.to_be_bytes());
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// MBR: marked active (bootable).
    Active,
    /// MBR: a logical partition, within an extended one.
    Logical,
    /// GPT bit 0: the platform needs it.
    Required,
    /// GPT bit 1: firmware must not look into it.
    NoBlockIo,
    /// GPT bit 2: bootable by a legacy BIOS.
    LegacyBootable,
    /// GPT bits 48 to 63, whose meaning the type defines.
    #[serde(untagged)]
    TypeBit(TypeBit),
}

/// One of the GPT attribute bits 48 to 63, shown as `bit-60`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TypeBit(pub u8);

impl JsonSchema for TypeBit {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TypeBit".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^bit-[0-9]+$" })
    }
}

impl Serialize for TypeBit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("bit-{}", self.0))
    }
}
