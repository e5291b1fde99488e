use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use super::*;

/// Why the kernel refused it.
fn refused<T>(done: io::Result<T>) -> bool {
    done.is_err_and(|e| e.kind() == ErrorKind::ReadOnlyFilesystem)
}

// One test for all: whoever reads keeps everybody else outside, too.
#[test]
fn what_reads_can_read_and_the_kernel_refuses_whatever_writes() {
    let dir = tempfile::tempdir().unwrap();
    let (file, new) = (dir.path().join("file"), dir.path().join("new"));
    fs::write(&file, "text").unwrap();
    let attempts: [(&str, &(dyn Fn() -> io::Result<()> + Sync)); 16] = [
        ("open for writing", &|| OpenOptions::new().write(true).open(&file).map(drop)),
        ("open for both", &|| OpenOptions::new().read(true).write(true).open(&file).map(drop)),
        ("append", &|| OpenOptions::new().append(true).open(&file).map(drop)),
        ("create", &|| File::create(&new).map(drop)),
        ("truncate", &|| nix::unistd::truncate(&file, 0).map_err(Into::into)),
        ("rename", &|| fs::rename(&file, &new)),
        ("link", &|| fs::hard_link(&file, &new)),
        ("symlink", &|| symlink(&file, &new)),
        ("remove", &|| fs::remove_file(&file)),
        ("make a folder", &|| fs::create_dir(&new)),
        ("remove a folder", &|| fs::remove_dir(dir.path())),
        ("change a mode", &|| fs::set_permissions(&file, fs::Permissions::from_mode(0o777))),
        ("change an owner", &|| std::os::unix::fs::chown(&file, Some(1), None)),
        ("change a time", &|| File::open(&file)?.set_modified(std::time::SystemTime::UNIX_EPOCH)),
        ("run a program", &|| Command::new("/bin/true").status().map(drop)),
        ("change a block device", &|| crate::io::sys::block::delete_partition(&File::open(&file)?, 1)),
    ];
    let text = reading(|| {
        for (what, attempt) in attempts {
            assert!(refused(attempt()), "{what}: {:?}", attempt());
            // A thread that it starts is confined as it is.
            assert!(thread::scope(|scope| scope.spawn(|| refused(attempt())).join().unwrap()), "{what} in a thread");
        }
        let mut text = String::new();
        File::open(&file).unwrap().read_to_string(&mut text).unwrap();
        let written = new.clone();
        assert_eq!(outside(move || fs::write(written, "outside").is_ok()), Some(true));
        let status = outside(|| Command::new("/bin/true").status().is_ok_and(|status| status.success()));
        assert_eq!(status, Some(true));
        text
    });
    assert_eq!((text.as_str(), fs::read_to_string(&file).unwrap().as_str()), ("text", "text"));
    assert_eq!(fs::read_to_string(&new).unwrap(), "outside");
    fs::write(&file, "this thread is not confined").unwrap();
}
