//! What UEFI firmware starts: its boot options, and the programs on the EFI System Partition.

use crate::host::capture::Kind;
use crate::host::{Mount, Place, Probed, Root, mounts};
use crate::subjects::next_start::facts::images;
use crate::subjects::next_start::facts::verdict::Verdict;

pub mod option;
pub mod program;

pub use option::{BootOption, BootOptions, Target};

/// Where the EFI System Partition is mounted.
pub const EFI: &str = "/boot/efi";
/// The most programs that are verified.
const MOST_PROGRAMS: usize = 256;

#[derive(Debug, Clone, PartialEq)]
pub struct Efi {
    /// `Absent` where the kernel shows none.
    pub options: Probed<BootOptions>,
    /// The programs in the folders of the EFI System Partition; unreadable where it is not mounted and none is there.
    pub programs: Probed<Vec<EfiProgram>>,
}

/// An EFI program, and whether its file is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfiProgram {
    /// On the host.
    pub path: String,
    pub verdict: Verdict<program::Kind>,
}

impl EfiProgram {
    pub fn is_whole(&self) -> bool {
        self.verdict.whole().is_some()
    }

    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// Whether it lies where firmware looks without a boot option.
    pub fn is_for_removable_media(&self) -> bool {
        self.folder().eq_ignore_ascii_case(&format!("{EFI}/EFI/BOOT")) && starts_with(self.name(), "boot")
    }

    /// Whether it is shim, which only starts the GRUB beside it. As what firmware starts without a boot option it has
    /// another name.
    pub fn is_shim(&self) -> bool {
        self.verdict.whole().map_or_else(|| starts_with(self.name(), "shim"), |kind| *kind == program::Kind::Shim)
    }

    /// Whether it is the program that makes boot options anew and starts the first of them: `fbx64.efi`.
    pub fn is_fallback(&self) -> bool {
        starts_with(self.name(), "fb")
    }

    /// Whether it is GRUB.
    pub fn is_grub(&self) -> bool {
        starts_with(self.name(), "grub")
    }
}

/// The file system of the partition ignores case.
fn starts_with(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

pub fn gather(root: &Root, mounts: &Probed<Vec<Mount>>) -> Efi {
    let is_mounted = mounts.known().is_some_and(|mounts| mounts::mounted_at(mounts, EFI).is_some());
    let programs = match programs(root) {
        Ok(found) if found.is_empty() && !is_mounted => {
            Probed::Unreadable(format!("{EFI} is not mounted, and has no boot program"))
        }
        Ok(found) => Probed::Known(found),
        Err(why) => Probed::Unreadable(why),
    };
    Efi { options: option::gather(root), programs }
}

fn programs(root: &Root) -> Result<Vec<EfiProgram>, String> {
    let mut found = Vec::new();
    for folder in root.at(format!("{EFI}/EFI"))?.places(|_| true)?.unwrap_or_default() {
        if !folder.kind().known().is_some_and(Kind::is_dir) {
            continue;
        }
        let is_program = |name: &str| name.to_ascii_lowercase().ends_with(".efi");
        let places = folder.places(is_program)?.unwrap_or_default();
        let room = MOST_PROGRAMS.saturating_sub(found.len());
        found.extend(places.iter().take(room).filter_map(verified));
    }
    Ok(found)
}

fn verified(place: &Place<'_>) -> Option<EfiProgram> {
    let verdict = match images::one(place, "program of EFI", program::verify) {
        Probed::Known(verdict) => verdict,
        Probed::Absent => return None,
        Probed::Unreadable(why) => Verdict::Unknown(why),
    };
    Some(EfiProgram { path: place.host_path(), verdict })
}
