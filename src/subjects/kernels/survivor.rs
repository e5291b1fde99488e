//! Whether an installed kernel can boot: what of it is not there. Pure.

use std::fmt;

pub(crate) use super::facts::files::FileKind;
use super::facts::{Kernels, SeenBoot};
use crate::host::Probed;

/// A part without which a kernel does not boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// Its folder in /lib/modules, or what is in it.
    Modules,
    /// `vmlinuz-RELEASE`; with what is wrong where it is there.
    Kernel(Option<String>),
    /// `initramfs-RELEASE.img`; with what is wrong where it is there.
    Initramfs(Option<String>),
    /// An entry of the boot loader that starts it, whose files are all there.
    Entry,
    /// `.vmlinuz-RELEASE.hmac`, in FIPS mode.
    Hmac,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, wrong) = match self {
            Self::Modules => ("modules in /lib/modules", &None),
            Self::Kernel(wrong) => ("vmlinuz in /boot", wrong),
            Self::Initramfs(wrong) => ("initramfs in /boot", wrong),
            Self::Entry => ("a boot entry that starts it with its initramfs", &None),
            Self::Hmac => ("the .hmac of its vmlinuz, which FIPS mode asks for", &None),
        };
        f.write_str(what)?;
        wrong.as_ref().map_or(Ok(()), |wrong| write!(f, " ({wrong})"))
    }
}

impl Kernels {
    /// Every part that `release` would lack at boot; none where it is proved that it can boot.
    ///
    /// # Errors
    /// Where a part could not be looked at.
    pub fn missing(&self, release: &str) -> Result<Vec<Missing>, String> {
        let boot = read(&self.boot, "there is no /boot")?.seen()?;
        let loader = read(&boot.loader, "there is no configuration of GRUB")?;
        let modules: &[_] = match &self.modules {
            Probed::Known(modules) => modules,
            Probed::Absent => &[],
            Probed::Unreadable(why) => return Err(why.clone()),
        };
        let fips = *read(&self.fips, "whether FIPS mode is on is not known")?;
        let initramfs = format!("initramfs-{release}.img");
        let mut entries = loader.entries.iter().filter(|entry| entry.release.as_deref() == Some(release));
        let fips = fips || entries.clone().any(|entry| entry.asks_for_fips());

        let mut missing = Vec::new();
        if !modules.iter().any(|folder| folder.release == release && folder.is_whole()) {
            missing.push(Missing::Modules);
        }
        missing.extend(lack(boot, &FileKind::Kernel(release.to_owned()))?.map(Missing::Kernel));
        missing.extend(lack(boot, &FileKind::Initramfs(release.to_owned()))?.map(Missing::Initramfs));
        let loads = |file: &String| file.rsplit('/').next() == Some(initramfs.as_str());
        if !entries.any(|entry| entry.lacks.is_empty() && entry.initrd.iter().any(loads)) {
            missing.push(Missing::Entry);
        }
        if fips && lack(boot, &FileKind::Hmac(release.to_owned()))?.is_some() {
            missing.push(Missing::Hmac);
        }
        Ok(missing)
    }
}

/// `None` where the file is there and right; else what is wrong with it, where it is there.
///
/// # Errors
/// Where it could not be verified to its end.
fn lack(boot: &SeenBoot, kind: &FileKind) -> Result<Option<Option<String>>, String> {
    let Some(file) = boot.files.iter().find(|file| file.kind == *kind) else { return Ok(Some(None)) };
    match (&file.wrong, &file.unverified) {
        (Some(wrong), _) => Ok(Some(Some(wrong.clone()))),
        (None, Some(why)) => Err(format!("/boot/{} cannot be verified: {why}", file.name)),
        (None, None) if file.bytes == 0 => Ok(Some(Some("it is empty".to_owned()))),
        (None, None) => Ok(None),
    }
}

fn read<'p, T>(probed: &'p Probed<T>, absent: &str) -> Result<&'p T, String> {
    match probed {
        Probed::Known(value) => Ok(value),
        Probed::Absent => Err(absent.to_owned()),
        Probed::Unreadable(why) => Err(why.clone()),
    }
}
