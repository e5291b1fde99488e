//! The files of /boot: whose they are by their names, and whether they begin as they must.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;

use crate::host::kernel_release::is_release;
use crate::host::{Place, Probed, Root};
use crate::io::sys;

/// A file of /boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Its length in bytes.
    pub bytes: u64,
    /// For a kernel or an initramfs: what is wrong with its beginning.
    pub wrong: Option<&'static str>,
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
    /// The kernel it is of.
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
pub(super) fn gather(root: &Root) -> Result<Vec<BootFile>, String> {
    let Some(places) = root.at(FOLDER)?.places(|name| of_name(name).is_some())? else { return Ok(vec![]) };
    places.iter().filter_map(|place| look(place).transpose()).collect()
}

fn look(place: &Place<'_>) -> Result<Option<BootFile>, String> {
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
    let wrong = if meta.is_file() { judge(place, &kind)? } else { Some("it is no regular file") };
    Ok(Some(BootFile { name, kind, bytes: meta.len(), wrong }))
}

fn judge(place: &Place<'_>, kind: &FileKind) -> Result<Option<&'static str>, String> {
    let begins: fn(&[u8]) -> bool = match kind {
        FileKind::Kernel(_) => is_kernel,
        FileKind::Initramfs(_) => is_initramfs,
        FileKind::Hmac(_) | FileKind::Beside(_) | FileKind::Rescue => return Ok(None),
    };
    let start = start(place).map_err(|why| format!("{}: {why}", place.host_path()))?;
    Ok(match () {
        () if start.is_empty() => Some("it is empty"),
        () if !begins(&start) => Some("it does not begin as such a file does"),
        () => None,
    })
}

/// Bytes that are read of a file: the header of a kernel ends before.
const START: u64 = 1024;

fn start(place: &Place<'_>) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(place.real_path())?;
    file.take(START).read_to_end(&mut start)?;
    Ok(start)
}

/// Linux/x86 boot protocol (kernel `Documentation/arch/x86/boot.rst`): the flag of a boot sector, and `HdrS`.
fn is_kernel(start: &[u8]) -> bool {
    start.get(0x1fe..0x200) == Some(&[0x55, 0xaa]) && start.get(0x202..0x206) == Some(b"HdrS")
}

/// An archive of cpio, plain or compressed (kernel `init/initramfs.c`, `lib/decompress.c`).
fn is_initramfs(start: &[u8]) -> bool {
    let magics: [&[u8]; 8] = [
        b"070701",
        b"070702",
        &[0x1f, 0x8b],
        &[0xfd, b'7', b'z', b'X', b'Z', 0],
        &[0x28, 0xb5, 0x2f, 0xfd],
        &[0x02, 0x21, 0x4c, 0x18],
        b"BZh",
        &[0x5d, 0, 0],
    ];
    magics.iter().any(|magic| start.starts_with(magic))
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
    fn a_name_tells_the_release_whatever_stands_around_it() {
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

    #[test]
    fn a_kernel_and_an_initramfs_are_known_by_their_first_bytes() {
        let mut kernel = vec![0; 1024];
        assert!(!is_kernel(&kernel) && !is_kernel(&[]) && !is_initramfs(&kernel) && !is_initramfs(&[]));
        kernel[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
        kernel[0x202..0x206].copy_from_slice(b"HdrS");
        assert!(is_kernel(&kernel) && !is_initramfs(&kernel));
        assert!(is_initramfs(b"070701000") && is_initramfs(&[0x1f, 0x8b, 8]));
    }
}
