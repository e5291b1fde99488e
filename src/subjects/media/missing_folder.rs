//! What to do where the folder of the ISO is not there: its file system may only not be mounted.

use crate::host::mounts::mounted_at;
use crate::host::{Probed, Setup};
use crate::subjects::rule::Remedy;

/// The command that brings the folder back. Where its file system is mounted, a saved host was saved without it.
pub fn how_to_bring(folder: &str, setup: &Setup) -> Remedy {
    let is_above = |point: &str| point != "/" && (folder == point || folder.starts_with(&format!("{point}/")));
    let is_mounted = |point: &str| match &setup.mounts {
        Probed::Known(mounts) => mounted_at(mounts, point).is_some(),
        Probed::Absent | Probed::Unreadable(_) => false,
    };
    if is_mounted(folder) {
        return format!("Save {folder} with this host: its file system is mounted there.").into();
    }
    let points = setup.fstab.known().into_iter().flatten().map(|entry| entry.point.as_str());
    let mut points: Vec<&str> = points.filter(|point| is_above(point) && !is_mounted(point)).collect();
    // The topmost first: what lies below it is there only then.
    points.sort_by_key(|point| point.len());
    let run = Remedy::words("Run: ");
    match points.split_first() {
        None => run.run_on("mkdir", folder),
        Some((first, rest)) => {
            rest.iter().fold(run.run_on("mount", first), |remedy, point| remedy.then(" && ").run_on("mount", point))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::how_to_bring;
    use crate::host::{Probed, fstab, mounts, sample};

    #[test]
    fn a_folder_whose_file_system_is_not_mounted_is_mounted_and_any_other_is_made() {
        let mut setup = sample::node().setup.unwrap();
        setup.mounts = Probed::Known(mounts::parse(b"22 1 253:0 / / rw - xfs /dev/dm-0 rw\n").unwrap());
        let of = |table: &str, setup: &mut crate::host::Setup| {
            setup.fstab = Probed::Known(fstab::parse(table.as_bytes()).unwrap());
            how_to_bring("/var/lib/oracle", setup).to_string()
        };
        let root = "/dev/a / xfs defaults 0 0\n";
        assert_eq!(of(root, &mut setup), "Run: mkdir /var/lib/oracle");
        let own = format!("{root}/dev/b /var/lib/oracle xfs defaults 0 0\n");
        assert_eq!(of(&own, &mut setup), "Run: mount /var/lib/oracle");
        let above = format!("{own}/dev/c /var xfs defaults 0 0\n/dev/d /var/lib/or xfs defaults 0 0\n");
        assert_eq!(of(&above, &mut setup), "Run: mount /var && mount /var/lib/oracle");
        setup.mounts = Probed::Known(mounts::parse(b"22 1 253:0 / /var/lib/oracle rw - xfs /dev/dm-0 rw\n").unwrap());
        assert!(of(&own, &mut setup).starts_with("Save /var/lib/oracle "));
    }
}
