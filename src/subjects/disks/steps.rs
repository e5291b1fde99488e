//! The record of the disks that are there, written whole or not at all.

use std::fs::{File, Permissions, rename};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;

use crate::engine::apply::TargetHost;
use crate::io::owned;
use crate::subjects::disks::{INVENTORY, Inventory};

/// Puts `inventory` in the place of the one before it.
///
/// # Errors
/// Where it cannot be written: then the one before it stays.
pub fn record_inventory(host: &TargetHost<'_>, inventory: &Inventory) -> io::Result<()> {
    let folder = host.state_folder()?;
    let (new, place) = (folder.join("disks.json.new"), host.path(INVENTORY));
    owned::verify(&place)?;
    let mut file = owned::append(&new)?;
    // What a run that was cut off left goes away.
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.set_len(0)?;
    serde_json::to_writer_pretty(&mut file, inventory)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    rename(&new, &place)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::path::Path;

    use super::*;
    use crate::io::tool::Host;

    fn record(base: &Path) -> io::Result<()> {
        let host = TargetHost {
            base: base.to_owned(),
            runner: &Host,
            user: "root".into(),
            subjects: &crate::subjects::Steps,
            flush: &|_| Ok(()),
        };
        let schema = Inventory::SCHEMA.to_owned();
        record_inventory(&host, &Inventory { schema, at: 1, machine: None, memory_kib: None, disks: Vec::new() })
    }

    #[test]
    fn it_takes_the_place_of_the_one_before_and_of_what_a_run_that_was_cut_off_left() {
        let dir = tempfile::tempdir().unwrap();
        record(dir.path()).unwrap();
        let folder = dir.path().join("var/lib/okv-host");
        fs::write(folder.join("disks.json.new"), "x".repeat(1000)).unwrap();
        record(dir.path()).unwrap();
        let place = folder.join("disks.json");
        assert!(Inventory::parse(&fs::read(&place).unwrap()).is_ok());
        assert_eq!(fs::metadata(place).unwrap().mode() & 0o777, 0o600);
        assert!(!folder.join("disks.json.new").exists());
    }

    #[test]
    fn its_folder_is_not_made_in_one_that_others_can_write() {
        let dir = tempfile::tempdir().unwrap();
        let above = dir.path().join("var/lib");
        fs::create_dir_all(&above).unwrap();
        fs::set_permissions(&above, Permissions::from_mode(0o775)).unwrap();
        assert!(record(dir.path()).unwrap_err().to_string().contains("lib can be written by others"));
        assert!(!above.join("okv-host").exists());
    }

    #[test]
    fn a_link_in_its_place_or_in_the_place_of_the_new_one_is_refused_and_not_followed() {
        for name in ["disks.json", "disks.json.new"] {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir_all(dir.path().join("var/lib/okv-host")).unwrap();
            fs::write(dir.path().join("else"), "somebody's").unwrap();
            symlink(dir.path().join("else"), dir.path().join("var/lib/okv-host").join(name)).unwrap();
            assert!(record(dir.path()).unwrap_err().to_string().contains("is a symbolic link"), "{name}");
            assert_eq!(fs::read_to_string(dir.path().join("else")).unwrap(), "somebody's");
        }
    }
}
