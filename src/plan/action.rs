//! What a step does, how that is proved afterwards, and how it is taken back: all of it data.

use serde::{Deserialize, Serialize};

use crate::digest::Sha256;

/// One step: small, done or not done, provable afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is for, in one sentence.
    pub purpose: String,
    /// What it does.
    pub action: Action,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Gives a file another name in its folder, never over an existing one, and flushes the folder.
    Rename {
        /// Path it has before.
        from: String,
        /// Path it has afterwards.
        to: String,
        /// What the file must still be when the step is done: anything else stops the run.
        file: FileIdentity,
    },
    /// Runs a program.
    Run(Run),
    /// Writes a partition table to a disk that has none.
    WriteTable(TableWrite),
    /// Tells the kernel of one partition (`BLKPG`), without having it read the table again.
    TellKernel(KernelPartition),
    /// Copies a file to another place, never over an existing one.
    Copy(FileCopy),
    /// Follows the vendor's upgrade until it asks for a restart.
    Follow(Follow),
}

/// A program that is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Absolute path and arguments.
    pub argv: Vec<String>,
    /// The longest it may take, in seconds.
    #[serde(default = "minute", skip_serializing_if = "is_minute")]
    pub limit_seconds: u64,
    /// What must hold when it is run; asked again at that moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Guard>,
    /// Where this holds already, it is not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Proof>,
    /// What the host shows when it was done; without it, the exit status is the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
    /// How it is taken back.
    #[serde(default, skip_serializing_if = "Back::is_nothing")]
    pub back: Back,
}

fn minute() -> u64 {
    60
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde wants a reference
fn is_minute(seconds: &u64) -> bool {
    *seconds == minute()
}

impl Run {
    /// A program that only looks; its success is the proof.
    pub fn looks<'a>(argv: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            argv: argv.into_iter().map(str::to_owned).collect(),
            limit_seconds: minute(),
            guard: None,
            unless: None,
            proof: None,
            back: Back::Nothing,
        }
    }

    /// A program after which `proof` holds, and which `back` takes back.
    pub fn changes<'a>(argv: impl IntoIterator<Item = &'a str>, proof: Proof, back: Back) -> Self {
        Self { proof: Some(proof), back, ..Self::looks(argv) }
    }

    /// The same with this limit.
    pub fn within(self, limit_seconds: u64) -> Self {
        Self { limit_seconds, ..self }
    }

    /// The same only where `guard` holds.
    pub fn only_if(self, guard: Guard) -> Self {
        Self { guard: Some(guard), ..self }
    }
}

/// How a program's work is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Back {
    /// It changes nothing that would have to be.
    #[default]
    Nothing,
    /// What it changes need not be taken back: nothing depends on it.
    Needless,
    /// By this program, after which the proof of the step does not hold any more.
    By {
        /// Absolute path and arguments.
        argv: Vec<String>,
        /// Whether the node needs what the step took away, so that it comes back whatever else stays.
        vital: bool,
    },
    /// By writing these bytes, which were there before.
    Bytes {
        /// The volume.
        path: String,
        /// The bytes, in whole sectors.
        bytes: Vec<BytesAt>,
        /// Bytes from the start that were zero where nothing is listed.
        of: u64,
    },
    /// It is not taken back.
    Stays {
        /// Why not, and what that means.
        why: String,
    },
}

impl Back {
    /// Back by a program.
    pub fn by<'a>(argv: impl IntoIterator<Item = &'a str>) -> Self {
        Self::By { argv: argv.into_iter().map(str::to_owned).collect(), vital: false }
    }

    /// Back by a program, whatever else stays.
    pub fn by_all_means<'a>(argv: impl IntoIterator<Item = &'a str>) -> Self {
        Self::By { argv: argv.into_iter().map(str::to_owned).collect(), vital: true }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// What must hold at the moment when a program is run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Memory and the other swap areas hold what is swapped out to this one, with a margin.
    RoomForPages {
        /// The swap area.
        area: String,
        /// The margin, in KiB.
        margin_kib: u64,
    },
}

/// What a host shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// LVM2 sees a physical volume there, and still all the others.
    PhysicalVolume {
        /// Path of the device.
        device: String,
        /// The volume group it belongs to; `None` where to none.
        group: Option<String>,
        /// Identifiers of the physical volumes that were there before.
        beside: Vec<String>,
    },
    /// A logical volume has this many extents.
    Extents {
        /// Its volume group.
        group: String,
        /// Its name.
        volume: String,
        /// Its extents.
        extents: u64,
    },
    /// There is no such logical volume.
    NoVolume {
        /// Its volume group.
        group: String,
        /// Its name.
        volume: String,
    },
    /// The kernel does not swap to this area.
    SwapUnused {
        /// Path of the area.
        area: String,
    },
    /// The kernel swaps to this area.
    SwapUsed {
        /// Path of the area.
        area: String,
        /// Bytes of the area, the header's page among them.
        bytes: u64,
        /// Its priority; `None` where the kernel chooses it.
        priority: Option<i32>,
    },
    /// The area has a swap header of this size and identity.
    SwapHeader {
        /// Path of the area.
        area: String,
        /// Bytes of the area.
        bytes: u64,
        /// UUID.
        uuid: String,
        /// Label.
        label: Option<String>,
    },
    /// Something is mounted there.
    Mounted {
        /// The mount point.
        point: String,
    },
    /// Nothing is mounted there.
    NotMounted {
        /// The mount point.
        point: String,
    },
    /// Packages are gone, and kernels are whole: vmlinuz, initramfs, modules, boot entry.
    Kernels {
        /// The packages, as `NAME-EPOCH:VERSION-RELEASE.ARCH`.
        gone: Vec<String>,
        /// The releases of the kernels.
        whole: Vec<String>,
    },
    /// The boot loader starts this kernel where nobody chooses.
    BootDefault {
        /// Its release.
        release: String,
    },
    /// An ISO is mounted there, read-only, and has these files.
    IsoMounted {
        /// Path of the ISO.
        iso: String,
        /// The mount point.
        point: String,
        /// Names of files in it.
        has: Vec<String>,
    },
    /// The vendor's upgrade has begun to write its log.
    UpgradeBegan {
        /// The log.
        log: String,
    },
    /// There is a file that is not empty.
    File {
        /// Its path.
        path: String,
    },
}

/// A partition table for a disk that has none: every byte that is not listed, and every one before, is zero at the ends of the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableWrite {
    /// The disk.
    pub disk: DiskIdentity,
    /// `gpt` or `mbr`.
    pub kind: String,
    /// The sectors in the order in which they are written, each flushed before the next.
    pub sectors: Vec<BytesAt>,
}

/// A disk as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskIdentity {
    /// Path of the device.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Logical block size in bytes.
    pub sector_bytes: u64,
    /// Model, where the disk tells it.
    pub model: Option<String>,
    /// Serial number, where the disk tells it.
    pub serial: Option<String>,
    /// World wide name, where the disk tells it.
    pub wwn: Option<String>,
}

/// A partition that the kernel is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelPartition {
    /// Path of the disk.
    pub disk: String,
    /// Its number.
    pub number: u32,
    /// Offset in bytes.
    pub start_bytes: u64,
    /// Length in bytes.
    pub bytes: u64,
}

/// Bytes at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BytesAt {
    /// Offset in bytes.
    pub at: u64,
    /// The bytes, in hexadecimal.
    #[serde(with = "hex")]
    pub hex: Vec<u8>,
}

/// A copy to be. What was copied before the run was cut off is compared and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCopy {
    /// Path of the file.
    pub from: String,
    /// Path of the copy.
    pub to: String,
    /// Size in bytes.
    pub bytes: u64,
    /// What both sum up to.
    pub sha256: Sha256,
}

impl FileCopy {
    /// Where the copy is until it is whole, proved and on the disk: beside its place, by a name that no pattern of an ISO matches.
    pub fn part(&self) -> String {
        part_of(&self.to)
    }
}

/// The vendor's upgrade, to be followed to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Path of its log.
    pub log: String,
    /// Path of the system log, which has errors of an upgrade too.
    pub messages: String,
    /// The longest it is followed, in seconds; it goes on behind that.
    pub limit_seconds: u64,
}

/// Where a copy to `to` is until it is whole. See [`FileCopy::part`].
pub fn part_of(to: &str) -> String {
    let (folder, name) = to.rsplit_once('/').unwrap_or_default();
    format!("{folder}/.{name}.okv-host-part")
}

/// A file as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIdentity {
    /// Inode number.
    pub inode: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// Permission bits.
    pub mode: u32,
}

impl Action {
    /// Whether it changes something; else it looks, or tells a program to look.
    pub fn changes(&self) -> bool {
        match self {
            Self::Rename { .. } | Self::WriteTable(_) | Self::TellKernel(_) | Self::Copy(_) => true,
            Self::Run(run) => run.back != Back::Nothing,
            Self::Follow(_) => false,
        }
    }

    /// Whether it is taken back whatever else stays.
    pub fn comes_back_always(&self) -> bool {
        matches!(self, Self::Run(Run { back: Back::By { vital: true, .. }, .. }))
    }

    /// The mount point at which something is mounted once it is done.
    pub fn mounts(&self) -> Option<&str> {
        match self {
            Self::Run(Run { proof: Some(Proof::Mounted { point }), .. }) => Some(point),
            _ => None,
        }
    }

    /// The mount point at which nothing is mounted any more once it is done.
    pub fn unmounts(&self) -> Option<&str> {
        match self {
            Self::Run(Run { proof: Some(Proof::NotMounted { point }), .. }) => Some(point),
            _ => None,
        }
    }

    /// Whether its way back are bytes that were there before.
    pub fn keeps_bytes(&self) -> bool {
        matches!(self, Self::Run(Run { back: Back::Bytes { .. }, .. }))
    }

    /// Whether it has no way back once it is done.
    pub fn stays_done(&self) -> bool {
        matches!(self, Self::Run(Run { back: Back::Stays { .. }, .. }))
    }

    /// Whether it takes away what the node needs, until a later step [gives it back](Self::gives_back): a run does not stop in between.
    pub fn takes_away(&self) -> bool {
        self.comes_back_always() && matches!(self, Self::Run(Run { proof: Some(Proof::SwapUnused { .. }), .. }))
    }

    /// Whether it gives the node back what it needs.
    pub fn gives_back(&self) -> bool {
        matches!(self, Self::Run(Run { proof: Some(Proof::SwapUsed { .. }), .. }))
    }
}
