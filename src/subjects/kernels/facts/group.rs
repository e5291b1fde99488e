//! Which packages are of which kernel: told by what they provide and hold, never by their names.
//!
//! A package is of the kernel RELEASE where it
//!
//! * provides `ANYTHING-uname-r = RELEASE`, which is how a kernel, its `-core`, `-modules` and `-devel` say it;
//! * or has files in /lib/modules/RELEASE itself, and RELEASE begins with its own version, release and architecture;
//! * or is made from the source of such a package, and has files of RELEASE, or has no files and requires it.
//!
//! Tools, headers, perf and firmware do none of that. A package from elsewhere with files in /lib/modules/RELEASE (a
//! kmod) is a guest.

use std::collections::BTreeMap;

use super::rpm::Record;
use super::{Family, Installed, Kernel, Package};
use crate::host::kernel_release::is_release;

/// Most kernels that are told apart: a host with more is none that this program knows.
const MOST: usize = 128;

/// The kernels of these packages, in the order of their versions.
///
/// # Errors
/// Where there are more than [`MOST`].
pub(super) fn group(records: &[Record]) -> Result<Installed, String> {
    let owned: Vec<(&Record, Vec<&str>)> = records.iter().map(|record| (record, own(record))).collect();
    let mut kernels: BTreeMap<&str, Kernel> = BTreeMap::new();
    for (record, release) in owned.iter().flat_map(|(record, own)| own.iter().map(move |release| (*record, *release))) {
        take(kernels.entry(release).or_default(), record, release);
        if kernels.len() > MOST {
            return Err(format!("packages of more than {MOST} kernels are installed"));
        }
    }
    for (release, kernel) in &mut kernels {
        kernel.release = (*release).to_owned();
        let (own, others): (Vec<_>, Vec<_>) = owned.iter().partition(|(_, own)| own.contains(release));
        for (record, _) in others {
            let same_source = !record.source.is_empty() && own.iter().any(|(own, _)| own.source == record.source);
            if same_source && mentions(record, release) {
                kernel.packages.push(record.package.clone());
            } else if has_modules(record, release) {
                kernel.guests.push(record.package.clone());
            }
        }
        kernel.packages.sort_by(by_name);
        kernel.guests.sort_by(by_name);
    }
    let mut kernels: Vec<Kernel> = kernels.into_values().collect();
    kernels.sort_by(|a, b| a.evr.cmp(&b.evr).then_with(|| a.release.cmp(&b.release)));
    Ok(Installed { kernels })
}

/// Takes in a package that is of the kernel by itself.
fn take(kernel: &mut Kernel, record: &Record, release: &str) {
    let holds = holds_image(record, release);
    if kernel.packages.is_empty() || (holds && !kernel.has_image) {
        kernel.evr = record.package.evr.clone();
    }
    kernel.has_image |= holds;
    if record.is_uek || record.provides.iter().any(|(name, _)| name.starts_with("kernel-uek")) {
        kernel.family = Family::Uek;
    }
    kernel.packages.push(record.package.clone());
}

fn by_name(a: &Package, b: &Package) -> std::cmp::Ordering {
    a.name.cmp(&b.name).then_with(|| a.evr.cmp(&b.evr)).then_with(|| a.arch.cmp(&b.arch))
}

/// The releases that a package is of by itself.
fn own(record: &Record) -> Vec<&str> {
    let mut releases: Vec<&str> = record.provides.iter().map(|(_, release)| release.as_str()).collect();
    let by_folder = record.folders.iter().filter_map(|folder| folder.strip_prefix("/lib/modules/")?.split('/').next());
    releases.extend(by_folder.filter(|release| holds_image(record, release)));
    releases.sort_unstable();
    releases.dedup();
    releases
}

/// Whether it has files directly in the folder of the kernel's modules, which has its version: lists of modules, or the
/// kernel itself.
fn holds_image(record: &Record, release: &str) -> bool {
    let package = &record.package;
    let name = format!("{}-{}.{}", package.evr.version, package.evr.release, package.arch);
    // A variant adds to it: `.debug`, `+debug`.
    let fits = release.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '+']));
    fits && is_release(release) && record.folders.iter().any(|folder| *folder == format!("/lib/modules/{release}/"))
}

fn mentions(record: &Record, release: &str) -> bool {
    let folder = |top: &str| format!("{top}/{release}/");
    let tops = ["/lib/modules", "/usr/src/kernels", "/usr/lib/debug/lib/modules"].map(folder);
    record.requires.iter().any(|required| required == release)
        || record.folders.iter().any(|folder| tops.iter().any(|top| folder.starts_with(top)))
}

fn has_modules(record: &Record, release: &str) -> bool {
    record.folders.iter().any(|folder| folder.starts_with(&format!("/lib/modules/{release}/")))
}

#[cfg(test)]
mod tests;
