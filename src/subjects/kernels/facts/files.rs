//! The files of /boot: whose they are by their names, and whether a kernel and an initramfs are
//! whole: each is read to its end.

use crate::base::cause::cause;
use crate::host::kernel_release::is_release;
use crate::host::{Place, Probed, Root};
use crate::io::sys;
use crate::subjects::next_start::{Contents, Images, KernelImage, Verdict};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootFile {
    pub name: String,
    pub kind: FileKind,
    pub bytes: u64,
    /// For a kernel or an initramfs: what is wrong with it, as it was read to its end.
    pub wrong: Option<String>,
    /// For these: why they could not be verified to their end.
    pub unverified: Option<String>,
    /// Whether root too cannot remove it; not asked of a saved host.
    pub is_immutable: Probed<bool>,
}

/// What a file of /boot is, with the release that its name tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileKind {
    /// `vmlinuz-RELEASE`.
    Kernel(String),
    /// `initramfs-RELEASE.img`.
    Initramfs(String),
    /// `.vmlinuz-RELEASE.hmac`, by which a kernel in FIPS mode proves itself.
    Hmac(String),
    /// Another file of a kernel: its symbols, its configuration, its initramfs for crash dumps.
    Beside(String),
    /// Of a rescue kernel, which belongs to no package.
    Rescue,
}

impl FileKind {
    pub fn release(&self) -> Option<&str> {
        match self {
            Self::Kernel(release) | Self::Initramfs(release) | Self::Hmac(release) | Self::Beside(release) => {
                Some(release)
            }
            Self::Rescue => None,
        }
    }
}

const FOLDER: &str = "/boot";

/// The files of kernels directly in /boot, in the order of their names.
///
/// # Errors
/// Where the folder or a file cannot be looked at.
pub(super) fn gather(root: &Root, images: &Images) -> Result<Vec<BootFile>, String> {
    let Some(places) = root.at(FOLDER)?.places(|name| of_name(name).is_some())? else { return Ok(vec![]) };
    places.iter().filter_map(|place| look(place, images).transpose()).collect()
}

fn look(place: &Place<'_>, images: &Images) -> Result<Option<BootFile>, String> {
    let Some((name, kind)) = place.name().and_then(|name| Some((name.to_owned(), of_name(name)?))) else {
        return Ok(None);
    };
    let meta = match place.metadata() {
        Probed::Known(meta) => meta,
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(why),
    };
    if meta.is_dir() {
        return Ok(None);
    }
    let (wrong, unverified) = match meta.is_file() {
        true => judge(place, &kind, images)?,
        false => (Some("it is no regular file".to_owned()), None),
    };
    let is_immutable = is_immutable(place);
    Ok(Some(BootFile { name, kind, bytes: meta.len(), wrong, unverified, is_immutable }))
}

/// What a saved host has of it is not asked: a copy has no attributes.
pub(super) fn is_immutable(place: &Place<'_>) -> Probed<bool> {
    if !place.has_answers() {
        return Probed::Absent;
    }
    let ask = || sys::is_immutable(&place.real_path()).map_err(|e| format!("{}: {}", place.host_path(), cause(&e)));
    place.answer("is immutable", ask).and_then(|answer| answer).into()
}

/// What is wrong with a file, and why it could not be verified to its end; neither where it is as it must be.
type Judged = (Option<String>, Option<String>);

fn judge(place: &Place<'_>, kind: &FileKind, images: &Images) -> Result<Judged, String> {
    match kind {
        FileKind::Kernel(release) => of_verdict(images.kernel_at(place), |image: KernelImage| {
            let other = image.release.filter(|other| other != release)?;
            Some(format!("its own header says that it is {other}"))
        }),
        FileKind::Initramfs(release) => of_verdict(images.initramfs_at(place), |contents: Contents| {
            let has_modules = contents.kernel_releases.contains(release);
            (!has_modules).then(|| "it has no modules of this kernel".to_owned())
        }),
        FileKind::Hmac(_) | FileKind::Beside(_) | FileKind::Rescue => Ok((None, None)),
    }
}

fn of_verdict<T>(verdict: Probed<Verdict<T>>, wrong: impl Fn(T) -> Option<String>) -> Result<Judged, String> {
    Ok(match verdict {
        Probed::Known(Verdict::Whole(found)) => (wrong(found), None),
        Probed::Known(Verdict::Broken { at, why }) => (Some(format!("byte {at}: {why}")), None),
        Probed::Known(Verdict::Unknown(why)) => (None, Some(why)),
        Probed::Absent => (Some("it is gone".to_owned()), None),
        Probed::Unreadable(why) => return Err(why),
    })
}

fn of_name(name: &str) -> Option<FileKind> {
    let between = |start: &str, end: &str| name.strip_prefix(start)?.strip_suffix(end);
    let (release, kind): (&str, fn(String) -> FileKind) = if let Some(release) = between("vmlinuz-", "") {
        (release, FileKind::Kernel)
    } else if let Some(release) = between(".vmlinuz-", ".hmac") {
        (release, FileKind::Hmac)
    } else if let Some(release) = between("initramfs-", "kdump.img") {
        (release, FileKind::Beside)
    } else if let Some(release) = between("initramfs-", ".img") {
        (release, FileKind::Initramfs)
    } else {
        let beside = between("System.map-", "").or_else(|| between("config-", ""));
        let symbols = || [".gz", ".xz", ".bz2", ".zst"].iter().find_map(|end| between("symvers-", end));
        (beside.or_else(symbols)?, FileKind::Beside)
    };
    if release.starts_with("0-rescue") {
        return Some(FileKind::Rescue);
    }
    is_release(release).then(|| kind(release.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_read_from_a_name_whatever_surrounds_it() {
        let release = |name: &str| of_name(name).map(|kind| kind.release().unwrap_or("rescue").to_owned());
        let uek = "5.4.17-2136.el8uek.x86_64";
        for (before, after) in [
            ("vmlinuz-", ""),
            (".vmlinuz-", ".hmac"),
            ("initramfs-", ".img"),
            ("initramfs-", "kdump.img"),
            ("System.map-", ""),
            ("config-", ""),
            ("symvers-", ".gz"),
            ("symvers-", ".xz"),
        ] {
            assert_eq!(release(&format!("{before}{uek}{after}")).as_deref(), Some(uek), "{before}{after}");
        }
        assert_eq!(release("vmlinuz-0-rescue-0123456789abcdef").as_deref(), Some("rescue"));
        assert_eq!(release("initramfs-0-rescue-0123456789abcdef.img").as_deref(), Some("rescue"));
        for other in ["grub2", "vmlinuz", "vmlinuz-", "initramfs-5.4.img.bak", "symvers-5.4", "efi", "config-a b"] {
            assert_eq!(release(other), None, "{other}");
        }
    }
}
