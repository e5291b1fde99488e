//! What no mount shows: encryption, other sizes of blocks, unknown features, and what an inode cannot have.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::{made, opened, volume};
use crate::plant;
use crate::support::loopdev::Loop;
use crate::support::mount::Mounted;
use crate::support::tools::run;
use okv_host::disk::filesystem::ext::Ext;
use okv_host::disk::filesystem::{Content, FileImage, FileSystem};
use okv_host::io::image::Image;

fn debugfs(image: &Path, request: &str) -> String {
    run("debugfs", &["-w", "-R", request, image.to_str().expect("UTF-8")])
}

fn number(files: &Ext, path: &str) -> u64 {
    path.split('/').fold(files.top(), |folder, name| {
        files.find(folder, name.as_bytes()).expect("a folder").unwrap_or_else(|| panic!("no {path}"))
    })
}

fn bytes(files: &Ext, path: &str) -> Vec<u8> {
    let content = files.content(number(files, path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let file = FileImage::new(files.volume(), content).expect("sound extents");
    let mut bytes = vec![0; file.bytes() as usize];
    file.read_at(&mut bytes, 0).expect("bytes");
    bytes
}

#[test]
fn what_is_encrypted_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -O encrypt", 64);
    {
        let device = Loop::attach(&path, 512).expect("a loop device");
        let mounted = Mounted::writable(&device, "ext4", "");
        fs::create_dir(mounted.path().join("folder")).expect("a folder");
        fs::write(mounted.path().join("folder/file"), b"x").expect("a file");
    }
    let files = opened(&path);
    let (folder, file) = (number(&files, "folder"), number(&files, "folder/file"));
    debugfs(&path, "set_inode_field folder/file flags 0x80800");
    debugfs(&path, "set_inode_field folder flags 0x80800");
    let files = opened(&path);
    assert!(files.inode(folder).is_ok() && files.inode(file).is_ok());
    let errors = [files.content(file).err(), files.names(folder, 9).err(), files.find(folder, b"file").err()];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.kind() == ErrorKind::Unsupported && error.to_string().ends_with("it is encrypted"), "{error}");
    }
}

#[test]
fn blocks_that_are_larger_than_a_page_are_read() {
    for size in [8192, 16_384, 65_536] {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("source");
        fs::create_dir(&source).expect("a folder");
        for n in 0..800 {
            fs::write(source.join(format!("{n:0>200}")), plant::bytes(n * 100, n as u64)).expect("a file");
        }
        let path = made(folder.path(), &format!("-t ext4 -b {size} -d {}", source.display()), 256);
        let files = opened(&path);
        assert_eq!(files.names(files.top(), 1000).expect("names").len(), 801);
        for n in 0..800 {
            assert_eq!(bytes(&files, &format!("{n:0>200}")), plant::bytes(n * 100, n as u64), "{n}, {size}");
        }
    }
}

#[test]
fn a_feature_that_is_not_known_is_named() {
    for (name, word) in [("FEATURE_I29", "0x20000000"), ("compression", "compression"), ("dirdata", "0x1000")] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = made(folder.path(), "-t ext4", 16);
        debugfs(&path, &format!("feature {name}"));
        let error = Ext::open(volume(&path)).err().expect("an error").to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn a_name_in_other_case_is_never_absent_in_a_folder_that_ignores_case() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -O casefold", 64);
    debugfs(&path, "mkdir folder");
    debugfs(&path, "set_inode_field folder flags 0x40080000");
    debugfs(&path, "mkdir folder/Name");
    let files = opened(&path);
    let folder = number(&files, "folder");
    assert!(files.find(folder, b"Name").expect("a folder").is_some());
    assert!(files.find(folder, b"name").is_err() && !files.is_exact(folder).expect("a folder"));
}

#[test]
fn inodes_that_are_none_or_not_in_use_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4", 64);
    let files = opened(&path);
    for number in [0, 3, 12, 1 << 20, 1 << 32, u64::MAX] {
        assert!(files.inode(number).is_err() && files.content(number).is_err(), "{number}");
    }
    assert!(files.names(11, 100).expect("lost+found").is_empty());
    let error = files.names(2, 0).expect_err("too many").to_string();
    assert!(error.contains("more than 0 names"), "{error}");
}

#[test]
fn a_file_in_its_inode_that_a_hole_made_longer_has_zeros() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(folder.path(), "-t ext4 -O inline_data", 64);
    {
        let device = Loop::attach(&path, 512).expect("a loop device");
        let mounted = Mounted::writable(&device, "ext4", "");
        fs::write(mounted.path().join("file"), b"abc").expect("a file");
        let file = fs::File::options().write(true).open(mounted.path().join("file")).expect("a file");
        file.set_len(1000).expect("a longer file");
    }
    let files = opened(&path);
    let mut expected = b"abc".to_vec();
    expected.resize(1000, 0);
    assert_eq!(bytes(&files, "file"), expected);
    println!("inline: {}", matches!(files.content(number(&files, "file")), Ok(Content::Inline(_))));
}
