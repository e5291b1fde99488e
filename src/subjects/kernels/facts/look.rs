//! The kernels of a host looked at by themselves, also where /boot is not mounted.

use super::{Beside, Boot, Kernels, gather_beside, installed};
use crate::host::{Node, Probed, Root, Setup, cmdline, firmware, fstab, mounts};
use crate::io::tool::Runner;
use crate::subjects::boot::{look_unmounted, unmounted};
use crate::subjects::next_start::Images;

pub fn now(root: &Root, runner: &dyn Runner) -> Kernels {
    let installed = installed(root, runner);
    let (mounts, fstab) = (mounts::gather(root), fstab::gather(root));
    let (cmdline, firmware) = (cmdline::gather(root), firmware::gather(root));
    let images = &Images::default();
    let beside = Beside { mounts: &mounts, fstab: &fstab, cmdline: &cmdline, firmware: &firmware, images };
    gather_beside(root, beside, installed)
}

/// A place that cannot be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOnly {
    pub point: String,
    /// The line of /etc/fstab that says so, where it is not mounted yet.
    pub line: Option<u32>,
}

/// What the files of kernels and the menu lie in and is mounted read-only, or would be by /etc/fstab.
pub fn read_only(setup: &Setup) -> Vec<ReadOnly> {
    // mountinfo has the options of the mount and those of the file system: both must let write. In fstab the last one
    // counts.
    let says_ro = |options: &[String]| options.iter().any(|option| option == "ro");
    let asks_ro =
        |options: &[String]| options.iter().rfind(|o| matches!(o.as_str(), "ro" | "rw")).is_some_and(|o| o == "ro");
    let mounts = setup.mounts.known().map(Vec::as_slice).unwrap_or_default();
    let now = ["/", "/usr", "/boot", "/boot/efi"].into_iter().filter_map(|point| mounts::mounted_at(mounts, point));
    let now =
        now.filter(|mount| says_ro(&mount.options)).map(|mount| ReadOnly { point: mount.point.clone(), line: None });
    let fstab = setup.fstab.known().map(Vec::as_slice).unwrap_or_default();
    let then = unmounted(setup).into_iter().filter_map(|point| {
        let entry = fstab.iter().find(|entry| entry.point.trim_end_matches('/') == point)?;
        asks_ro(&entry.options).then(|| ReadOnly { point: point.to_owned(), line: Some(entry.line) })
    });
    now.chain(then).collect()
}

/// The kernels of a host, with what is in a /boot that is not mounted: it is looked into by a read-only mount that
/// nobody else sees.
///
/// # Errors
/// Where what /etc/fstab names for it cannot be found or looked into.
pub fn with_unmounted(root: &Root, node: &Node, kernels: Kernels) -> Result<Kernels, String> {
    let (Some(setup), Some(running)) = (&node.setup, &node.running) else {
        return Err("a host that does not run has no kernel that runs".into());
    };
    let is_not_mounted = matches!(kernels.boot, Probed::Known(Boot::NotMounted { .. }));
    if unmounted(setup).is_empty() || !root.has_answers() || !is_not_mounted {
        return Ok(kernels);
    }
    look_unmounted(root, node, setup, |mounts| {
        let Setup { fstab, firmware, .. } = setup;
        let beside = Beside { mounts, fstab, cmdline: &running.cmdline, firmware, images: &Images::default() };
        gather_beside(&root.apart(), beside, kernels.installed.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Mount, sample};

    fn places(mounted: &[(&str, &[&str])], fstab: &[&str]) -> Vec<ReadOnly> {
        let words = |options: &[&str]| options.iter().map(|&option| option.to_owned()).collect();
        let mut setup = sample::node().setup.unwrap();
        let mount =
            |(point, options): &(&str, &[&str])| Mount { options: words(options), ..sample::mount(8, 1, point) };
        setup.mounts = Probed::Known(mounted.iter().map(mount).collect());
        let entry = crate::host::FstabEntry { options: words(fstab), ..sample::fstab(7, "LABEL=boot", "/boot/") };
        setup.fstab = Probed::Known(vec![entry]);
        read_only(&setup)
    }

    #[test]
    fn a_place_is_read_only_by_its_mount_its_file_system_or_the_line_that_would_mount_it() {
        let root: (&str, &[&str]) = ("/", &["rw", "rw"]);
        let of = |point: &str, line| vec![ReadOnly { point: point.into(), line }];
        assert_eq!(places(&[root, ("/boot", &["rw", "relatime", "rw"]), ("/mnt", &["ro", "ro"])], &["ro"]), vec![]);
        assert_eq!(places(&[root, ("/boot", &["rw", "relatime", "ro"])], &[]), of("/boot", None));
        assert_eq!(places(&[root, ("/usr", &["ro", "rw"]), ("/boot", &["rw"])], &[]), of("/usr", None));
        assert_eq!(places(&[root], &["noauto", "ro"]), of("/boot", Some(7)));
        assert_eq!(places(&[root], &["ro", "rw"]), vec![]);
        // What covers it counts.
        assert_eq!(places(&[root, ("/boot", &["ro"]), ("/boot", &["rw"])], &[]), vec![]);
    }
}
