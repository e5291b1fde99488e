//! Tries to write in every way, as a reading command of okv-host is confined: for the test in the virtual machine.
//!
//!     try-to-write FOLDER           prints what the kernel refuses
//!     try-to-write FOLDER --free    the same without the filter, to see that each way would write

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use okv_host::io::sys::reading;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = || io::Error::other("usage: try-to-write FOLDER [--free]");
    let folder = PathBuf::from(arguments.next().ok_or_else(usage)?);
    let is_free = arguments.next().is_some_and(|option| option == "--free");
    fs::create_dir_all(folder.join("empty"))?;
    for name in ["written", "appended", "removed", "renamed", "changed"] {
        fs::write(folder.join(name), "text")?;
    }
    let tried = if is_free { all(&folder) } else { reading(|| all(&folder)) };
    for (what, done) in tried {
        match done {
            Ok(()) => println!("{what}: done"),
            Err(why) if why.kind() == io::ErrorKind::ReadOnlyFilesystem => println!("{what}: refused"),
            Err(why) => println!("{what}: failed: {why}"),
        }
    }
    Ok(())
}

fn all(folder: &Path) -> Vec<(&'static str, io::Result<()>)> {
    let at = |name: &str| folder.join(name);
    vec![
        ("create a file", File::create(at("new")).map(drop)),
        ("write to a file", fs::write(at("written"), "other")),
        ("append to a file", OpenOptions::new().append(true).open(at("appended")).map(drop)),
        ("remove a file", fs::remove_file(at("removed"))),
        ("rename a file", fs::rename(at("renamed"), at("other"))),
        ("link a file", fs::hard_link(at("written"), at("linked"))),
        ("make a symbolic link", symlink("written", at("symbolic"))),
        ("change a mode", fs::set_permissions(at("changed"), Permissions::from_mode(0o600))),
        ("make a folder", fs::create_dir(at("folder"))),
        ("remove a folder", fs::remove_dir(at("empty"))),
        ("open the system disk", OpenOptions::new().write(true).open("/dev/vda").map(drop)),
        ("change a setting of the kernel", fs::write("/proc/sys/kernel/printk_delay", "0\n")),
        ("run a program", Command::new("/bin/true").status().map(drop)),
    ]
}
