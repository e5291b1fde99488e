use std::fs::{self, Permissions, set_permissions};
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

/// A file in a folder of its own, as this program makes them.
fn made() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("journal");
    fs::write(&file, "").unwrap();
    set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    (dir, file)
}

fn why(path: &Path) -> String {
    verify(path).unwrap_err().to_string()
}

#[test]
fn a_file_of_this_user_in_a_folder_of_this_user_is_accepted_and_so_is_one_that_is_not_there() {
    let (dir, file) = made();
    assert!(verify(&file).is_ok());
    assert!(verify(&dir.path().join("none")).is_ok());
    assert!(verify(&dir.path().join("none/none")).is_ok());
}

#[test]
fn a_link_in_place_of_the_file_is_refused_and_one_of_root_in_place_of_its_folder_is_followed() {
    let (dir, file) = made();
    let (link, folder) = (dir.path().join("link"), dir.path().join("folder"));
    symlink(&file, &link).unwrap();
    symlink(dir.path(), &folder).unwrap();
    assert!(why(&link).contains("link is a symbolic link"));
    assert!(verify(&folder.join("journal")).is_ok());
    assert!(why(&folder.join("link")).contains("link is a symbolic link"));
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    assert!(why(&dir.path().join("dangling")).contains("is a symbolic link"));
}

#[test]
fn a_fifo_and_a_folder_are_no_files() {
    let (dir, _) = made();
    let fifo = dir.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRUSR).unwrap();
    assert!(why(&fifo).contains("must be a regular file"));
    fs::create_dir(dir.path().join("sub")).unwrap();
    assert!(why(&dir.path().join("sub")).contains("must be a regular file"));
    assert!(why(&fifo.join("journal")).contains("must be a folder"));
}

#[test]
fn what_others_can_write_is_refused() {
    let (dir, file) = made();
    set_permissions(&file, Permissions::from_mode(0o620)).unwrap();
    assert!(why(&file).contains("mode 0620"));
    set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    set_permissions(dir.path(), Permissions::from_mode(0o775)).unwrap();
    assert!(why(&file).contains("mode 0775"));
}

/// Only root can give a file away.
#[test]
fn what_another_user_owns_is_refused() {
    let (dir, file) = made();
    if !sys::is_root() {
        assert!(chown(&file, Some(1), None).is_err(), "nobody but root can make this situation");
        return;
    }
    chown(&file, Some(1), None).unwrap();
    assert!(why(&file).contains("belongs to user 1"));
    chown(&file, Some(0), None).unwrap();
    chown(dir.path(), Some(1), None).unwrap();
    assert!(why(&file).contains("belongs to user 1"));
    assert!(why(&dir.path().join("none")).contains("belongs to user 1"), "also where the file is still to be made");
}

/// A file below two folders, of this user.
fn deep() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("lib/state")).unwrap();
    fs::write(dir.path().join("lib/state/journal"), "").unwrap();
    for path in ["lib", "lib/state", "lib/state/journal"] {
        set_permissions(dir.path().join(path), Permissions::from_mode(0o700)).unwrap();
    }
    let file = dir.path().join("lib/state/journal");
    (dir, file)
}

#[test]
fn a_folder_in_the_middle_of_the_path_that_others_can_write_is_refused() {
    let (dir, file) = deep();
    assert!(verify(&file).is_ok());
    for mode in [0o770, 0o702] {
        set_permissions(dir.path().join("lib"), Permissions::from_mode(mode)).unwrap();
        for why in [why(&file), read(&file).unwrap_err().to_string(), append(&file).unwrap_err().to_string()] {
            assert!(why.contains(&format!("lib can be written by others (mode {mode:04o})")), "{why}");
        }
    }
}

#[test]
fn a_folder_with_the_sticky_bit_is_passed_through_and_keeps_no_state() {
    let (dir, file) = deep();
    set_permissions(dir.path().join("lib"), Permissions::from_mode(0o1777)).unwrap();
    assert!(verify(&file).is_ok(), "as /tmp");
    set_permissions(dir.path().join("lib/state"), Permissions::from_mode(0o1777)).unwrap();
    assert!(why(&file).contains("state can be written by others (mode 1777)"));
}

#[test]
fn links_of_root_in_the_middle_of_the_path_are_followed_and_where_they_lead_is_verified() {
    let (dir, file) = deep();
    fs::create_dir(dir.path().join("links")).unwrap();
    symlink("../lib", dir.path().join("links/relative")).unwrap();
    symlink(dir.path().join("links/relative/."), dir.path().join("absolute")).unwrap();
    for link in ["links/relative", "absolute", "lib/../absolute"] {
        assert!(verify(&dir.path().join(link).join("state/journal")).is_ok(), "{link}");
    }
    append(&dir.path().join("absolute/state/new")).unwrap();
    assert!(file.with_file_name("new").exists());
    set_permissions(dir.path().join("lib"), Permissions::from_mode(0o777)).unwrap();
    assert!(why(&dir.path().join("absolute/state/journal")).contains("lib can be written by others"));
}

#[test]
fn a_link_that_leads_to_itself_is_refused_and_one_that_leads_nowhere_has_no_file() {
    let dir = tempfile::tempdir().unwrap();
    symlink("circle", dir.path().join("circle")).unwrap();
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    assert!(why(&dir.path().join("circle/journal")).contains("too many symbolic links"));
    let beyond = dir.path().join("dangling/journal");
    assert!(verify(&beyond).is_ok());
    assert_eq!(append(&beyond).unwrap_err().kind(), ErrorKind::NotFound, "nothing is made beyond it");
    assert!(!dir.path().join("nowhere").exists());
}

#[test]
fn a_link_of_another_user_in_the_middle_of_the_path_is_refused() {
    let (dir, _) = deep();
    let link = dir.path().join("link");
    symlink("lib", &link).unwrap();
    if !sys::is_root() {
        assert!(lchown(&link, Some(1), None).is_err(), "nobody but root can make this situation");
        return;
    }
    lchown(&link, Some(1), None).unwrap();
    let refused = why(&link.join("state/journal"));
    assert!(refused.contains("link belongs to user 1") && refused.ends_with("chown -h root"), "{refused}");
    lchown(&link, Some(0), None).unwrap();
    chown(dir.path().join("lib"), Some(1), None).unwrap();
    assert!(why(&link.join("state/journal")).contains("lib belongs to user 1"));
}

#[test]
fn a_file_that_is_opened_is_the_one_that_was_verified() {
    let (dir, file) = deep();
    assert_eq!(io::read_to_string(append(&file).unwrap()).unwrap(), "");
    let fifo = file.with_file_name("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRUSR).unwrap();
    symlink(&file, file.with_file_name("link")).unwrap();
    for open in [read, append] {
        assert!(open(&fifo).unwrap_err().to_string().contains("must be a regular file"));
        assert!(open(&file.with_file_name("link")).unwrap_err().to_string().contains("is a symbolic link"));
    }
    assert_eq!(read(&file.with_file_name("none")).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(read(&dir.path().join("none/none")).unwrap_err().kind(), ErrorKind::NotFound);
}
