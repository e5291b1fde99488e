//! Kernels: which are installed, which one runs, which one the boot loader will start, and whether each can boot.

use crate::base::evr::Evr;
use crate::host::kernel_release::is_release;
use crate::host::{FstabEntry, Mount, Probed, Root, Setup};
use crate::io::tool;
use crate::subjects::next_start::Images;

mod boot;
mod erasure;
pub(crate) mod files;
mod group;

mod look;

mod modules;

pub(crate) mod rpm;
#[cfg(test)]
pub(crate) mod sample;

pub use boot::{Boot, SeenBoot};
pub use erasure::erasure;
pub use files::{BootFile, FileKind};
pub use look::{ReadOnly, now, read_only, with_unmounted};
pub use modules::Modules;
pub use rpm::{SAVED, query};

#[derive(Debug, Clone, PartialEq)]
pub struct Kernels {
    /// The release that runs, as `uname -r` prints it (/proc/sys/kernel/osrelease).
    pub running: Probed<String>,
    pub installed: Probed<Installed>,
    /// The folders of /lib/modules, in the order of their names; `Absent` where there is no /lib/modules.
    pub modules: Probed<Vec<Modules>>,
    /// What is in /boot, or that it is not mounted.
    pub boot: Probed<Boot>,
    /// Whether the kernel that runs was told `fips=1`.
    pub fips: Probed<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Installed {
    /// In the order of their versions, the oldest first.
    pub kernels: Vec<Kernel>,
}

/// The packages of one kernel release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kernel {
    /// As `uname -r` would print it.
    pub release: String,
    /// Version of the package that has the kernel; where none has, of any of its packages.
    pub evr: Evr,
    pub family: Family,
    /// Whether a package of it has the kernel itself. Else only parts are left, such as `-devel`.
    pub has_image: bool,
    /// Its packages, in the order of their names.
    pub packages: Vec<Package>,
    /// Packages from elsewhere with files in its folder of modules.
    pub guests: Vec<Package>,
}

/// Kernels that replace each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// Oracle's Unbreakable Enterprise Kernel.
    Uek,
    /// Any other, such as the Red Hat compatible one.
    #[default]
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    pub name: String,
    pub evr: Evr,
    /// Architecture; empty where it has none.
    pub arch: String,
    /// Bytes of its files as rpm counts them, where it says.
    pub bytes: Option<u64>,
}

impl Package {
    /// `NAME-VERSION-RELEASE.ARCH`, as every release of rpm takes it.
    pub fn nvra(&self) -> String {
        let Self { name, evr, arch, .. } = self;
        format!("{name}-{}-{}.{arch}", evr.version, evr.release)
    }

    /// `NAME-EPOCH:VERSION-RELEASE.ARCH`, which names this package and no other to yum and dnf.
    pub fn nevra(&self) -> String {
        let Self { name, evr, arch, .. } = self;
        format!("{name}-{}:{}-{}.{arch}", evr.epoch, evr.version, evr.release)
    }
}

impl Installed {
    /// The kernels that /boot has a file of, without packages: what can be told of a node whose rpm cannot be asked.
    pub fn of_files(files: &[BootFile]) -> Self {
        let mut kernels: Vec<Kernel> = Vec::new();
        for file in files {
            let FileKind::Kernel(release) = &file.kind else { continue };
            let family = if release.contains("uek") { Family::Uek } else { Family::Other };
            kernels.push(Kernel { release: release.clone(), family, has_image: true, ..Kernel::default() });
        }
        Self { kernels }
    }

    pub fn of(&self, release: &str) -> Option<&Kernel> {
        self.kernels.iter().find(|kernel| kernel.release == release)
    }

    /// The newest kernel of a family that is more than left-over parts.
    pub fn newest(&self, family: Family) -> Option<&Kernel> {
        self.kernels.iter().rfind(|kernel| kernel.has_image && kernel.family == family)
    }
}

/// What the other sources of a host say that is asked here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside<'f> {
    pub(super) mounts: &'f Probed<Vec<Mount>>,
    pub(super) fstab: &'f Probed<Vec<FstabEntry>>,
    pub(super) cmdline: &'f Probed<Vec<String>>,
    pub(super) firmware: &'f Probed<crate::host::Firmware>,
    /// What was verified in this look.
    pub(super) images: &'f Images,
}

impl<'f> Beside<'f> {
    pub(super) fn of(setup: &'f Setup, cmdline: &'f Probed<Vec<String>>, images: &'f Images) -> Self {
        let Setup { mounts, fstab, firmware, .. } = setup;
        Self { mounts, fstab, cmdline, firmware, images }
    }
}

/// What rpm has installed: the slow part, which needs nothing else.
pub fn installed(root: &Root, runner: &dyn tool::Runner) -> Probed<Installed> {
    rpm::gather(root, runner).and_then(|records| group::group(&records).into())
}

/// All but what rpm says.
pub fn gather(
    root: &Root,
    setup: &Setup,
    cmdline: &Probed<Vec<String>>,
    installed: Probed<Installed>,
    images: &Images,
) -> Kernels {
    gather_beside(root, Beside::of(setup, cmdline, images), installed)
}

fn gather_beside(root: &Root, beside: Beside<'_>, installed: Probed<Installed>) -> Kernels {
    Kernels {
        running: root.parse_always_there("/proc/sys/kernel/osrelease", |text| {
            let name = str::from_utf8(text.trim_ascii()).ok().filter(|name| is_release(name));
            name.map(str::to_owned).ok_or("it is no release of a kernel")
        }),
        installed,
        modules: modules::gather(root),
        boot: boot::gather(root, beside),
        fips: beside.cmdline.as_ref().map(|words| crate::host::cmdline::asks_for_fips(words)),
    }
}

#[cfg(test)]
mod tests;
