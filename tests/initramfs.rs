//! Images made by the real dracut, in each compression, read to their end; and cut off.

mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use okv_host::subjects::next_start::Images;
use okv_host::subjects::next_start::initramfs::{Compression, verify};
use okv_host::subjects::next_start::{Contents, Verdict};
use support::tools::Tool;

const RELEASE: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";

/// The option that makes dracut compress so, and what is then found.
const KINDS: [(&str, Option<Compression>); 7] = [
    ("--no-compress", None),
    ("--gzip", Some(Compression::Gzip)),
    ("--bzip2", Some(Compression::Bzip2)),
    ("--compress=lzma -6", Some(Compression::Lzma)),
    ("--xz", Some(Compression::Xz)),
    ("--lz4", Some(Compression::Lz4)),
    ("--zstd", Some(Compression::Zstd)),
];

/// An image of the module `base`, with one kernel module that is none.
fn dracut(folder: &Path, option: &str) -> PathBuf {
    let modules = folder.join("lib/modules").join(RELEASE);
    fs::create_dir_all(modules.join("kernel")).unwrap();
    for name in ["modules.dep", "modules.order", "modules.builtin"] {
        fs::write(modules.join(name), "").unwrap();
    }
    let image = folder.join("initramfs.img");
    let tool = Tool::new("dracut")
        .args(["--no-hostonly", "--no-kernel", "--no-early-microcode", "--nostrip", "--modules", "base", option])
        .args(["--force", "--kver", RELEASE, "--kmoddir"])
        .arg(&modules)
        .arg("--tmpdir")
        .arg(folder)
        .arg("--include")
        .arg(&modules)
        .arg(format!("/usr/lib/modules/{RELEASE}"))
        .arg(&image);
    tool.run().unwrap_or_else(|why| panic!("{why}"));
    image
}

fn look(image: &Path, bytes: u64) -> Verdict<Contents> {
    verify(std::io::Read::take(File::open(image).unwrap(), bytes), bytes)
}

#[test]
fn images_of_dracut_are_whole_in_each_compression_and_broken_when_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    for (option, compression) in KINDS {
        let image = dracut(folder.path(), option);
        let bytes = fs::metadata(&image).unwrap().len();
        let Verdict::Whole(contents) = look(&image, bytes) else { panic!("{option}: {:?}", look(&image, bytes)) };
        assert_eq!((contents.compression, contents.bytes), (compression, bytes));
        assert!(contents.is_dracut && contents.members > 100, "{option}: {contents:?}");
        assert_eq!(contents.kernel_releases.iter().collect::<Vec<_>>(), [RELEASE]);
        assert!(contents.unpacked_bytes >= bytes);
        // The last block of 512 bytes may be padding alone.
        for length in [1, bytes / 10, bytes * 4 / 10, bytes / 2, bytes - 4096, bytes - 600] {
            let verdict = look(&image, length);
            assert!(matches!(verdict, Verdict::Broken { at, .. } if at <= length), "{option} at {length}: {verdict:?}");
        }
        fs::remove_file(image).unwrap();
    }
}

#[test]
fn an_image_of_dracut_with_a_changed_byte_is_broken_and_one_that_cannot_be_unpacked_here_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    // The dictionary of `lzma -9` alone has twice the memory that verifying may take.
    for (option, why) in [("--lzo", "lzo"), ("--lzma", "64 MiB")] {
        let image = dracut(folder.path(), option);
        let verdict = look(&image, fs::metadata(&image).unwrap().len());
        assert!(matches!(&verdict, Verdict::Unknown(found) if found.contains(why)), "{option}: {verdict:?}");
    }
    let image = dracut(folder.path(), "--gzip");
    let root = okv_host::host::Root::fixture(folder.path()).unwrap();
    let path = format!("/{}", image.file_name().unwrap().to_str().unwrap());
    let found = || Images::default().initramfs(&root, &path);
    assert!(found().known().unwrap().whole().is_some());
    let right = fs::read(&image).unwrap();
    for at in [20, right.len() / 3, right.len() - 5] {
        let mut damaged = right.clone();
        damaged[at] ^= 0x20;
        fs::write(&image, damaged).unwrap();
        let verdict = found();
        assert!(matches!(verdict.known(), Some(Verdict::Broken { .. })), "at {at}: {verdict:?}");
    }
}
