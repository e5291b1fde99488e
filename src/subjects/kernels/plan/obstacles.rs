//! What is in the way of a prune.

use super::{Keep, Request, reason};
use crate::engine::Reason;
use crate::host::Probed;
use crate::subjects::boot::DefaultEntry;
use crate::subjects::kernels::facts::{Boot, Family, Kernel, Kernels, SeenBoot};
use crate::subjects::kernels::roles::{KernelRoles, NoKernelRoles};
use crate::subjects::kernels::survivor::Missing;

/// That it is not known how the kernels stand to each other.
pub(super) fn no_roles(kernels: &Kernels, why: &NoKernelRoles) -> Reason {
    match why {
        NoKernelRoles::Unknown(why) => {
            reason("kernels-unknown", why.clone(), "fix the cause that is shown, then run it again")
        }
        NoKernelRoles::Unowned(running) => {
            let newest = kernels
                .installed
                .known()
                .and_then(|installed| installed.newest(Family::Uek).or_else(|| installed.newest(Family::Other)));
            let newest =
                newest.map_or("none is installed".to_owned(), |k| format!("the newest installed is {}", k.release));
            let message = format!("{running} runs, which belongs to no installed package; {newest}");
            reason("running-unowned", message, "reboot into the newest installed kernel first")
        }
    }
}

/// Everything else. Of /boot only where something is to be removed, or was by a run that was cut off.
pub(super) fn find(
    kernels: &Kernels,
    roles: &KernelRoles<'_>,
    request: &Request,
    keep: &Keep,
    remove: &[&Kernel],
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if roles.running.evr < roles.newest.evr {
        let (running, newest) = (&roles.running.release, &roles.newest.release);
        let message = format!("{running} runs, and {newest} is newer and installed");
        reasons.push(reason("running-not-newest", message, "reboot first, and see that the newer kernel comes up"));
    }
    reasons.extend(request.keep.iter().filter_map(|release| keep_unknown(kernels, release)));
    if remove.is_empty() && !request.has_removed {
        return reasons;
    }
    match &kernels.boot {
        Probed::Known(Boot::Seen(seen)) => {
            reasons.extend(immutable(seen, remove));
            match &seen.loader {
                Probed::Known(loader) => {
                    reasons.extend(default_unknown(kernels, &loader.default));
                    reasons.extend(loader.next.as_ref().map(|next| {
                        let message = format!("next_entry of GRUB is set: the next start alone takes \"{next}\"");
                        reason("boot-once-set", message, "grub2-editenv - unset next_entry, or reboot")
                    }));
                    let survivors = keep.keys().filter(|release| is_installed(kernels, release));
                    reasons.extend(survivors.filter_map(|release| survivor(kernels, release)));
                }
                Probed::Absent => reasons.push(boot_unknown("there is no configuration of GRUB")),
                Probed::Unreadable(why) => reasons.push(boot_unknown(why)),
            }
        }
        Probed::Known(Boot::NotMounted { .. }) => {
            let survivors = keep.keys().filter(|release| is_installed(kernels, release));
            reasons.extend(survivors.filter_map(|release| modules(kernels, release)));
        }
        Probed::Absent => reasons.push(boot_unknown("there is no /boot")),
        Probed::Unreadable(why) => reasons.push(boot_unknown(why)),
    }
    reasons.extend(remove.iter().flat_map(|kernel| guests(kernel)));
    reasons.extend(remove.iter().flat_map(|kernel| shared(kernels, kernel, remove)));
    reasons
}

/// Files that rpm could not remove: it would take the package from its database, and leave the file.
fn immutable(seen: &SeenBoot, remove: &[&Kernel]) -> Vec<Reason> {
    let goes = |release: Option<&str>| remove.iter().any(|kernel| Some(kernel.release.as_str()) == release);
    let files = seen.files.iter().filter(|file| goes(file.kind.release()));
    let files = files.map(|file| (format!("/boot/{}", file.name), &file.is_immutable));
    let of = |(path, is_immutable): (String, &Probed<bool>)| match is_immutable {
        Probed::Known(false) | Probed::Absent => None,
        Probed::Known(true) => {
            let message = format!("{path} is immutable, so that its kernel cannot be removed");
            Some(reason("file-immutable", message, format!("chattr -i -a {path}")))
        }
        Probed::Unreadable(why) => {
            let message = format!("whether {path} can be removed is unknown: {why}");
            Some(reason("file-immutable", message, format!("lsattr -d {path}")))
        }
    };
    std::iter::once(("/boot".to_owned(), &seen.is_immutable)).chain(files).filter_map(of).collect()
}

fn is_installed(kernels: &Kernels, release: &str) -> bool {
    kernels.installed.known().is_some_and(|installed| installed.of(release).is_some())
}

fn keep_unknown(kernels: &Kernels, release: &str) -> Option<Reason> {
    let installed = kernels.installed.known()?;
    installed.of(release).is_none().then(|| {
        let all: Vec<&str> = installed.kernels.iter().map(|kernel| kernel.release.as_str()).collect();
        let message = format!("--keep {}: no such kernel is installed", release.escape_debug());
        reason("keep-unknown", message, format!("name one of {}", all.join(", ")))
    })
}

fn boot_unknown(why: &str) -> Reason {
    let message = format!("what the boot loader will do is not known: {why}");
    reason("boot-unknown", message, "fix the cause that is shown; mount /boot and /boot/efi if they are not mounted")
}

/// That it is not known which kernel is started by default, or that rpm does not know that one.
fn default_unknown(kernels: &Kernels, default: &Probed<DefaultEntry>) -> Option<Reason> {
    let message = match default {
        Probed::Known(default) => match default.entry.release.as_deref() {
            Some(release) if is_installed(kernels, release) => return None,
            Some(release) => format!("the default entry starts {release}, which belongs to no package"),
            None => format!("which kernel the default entry starts is not known: {}", default.entry.title),
        },
        Probed::Absent => "the menu of the boot loader is empty".to_owned(),
        Probed::Unreadable(why) => format!("the default entry is not known: {why}"),
    };
    Some(reason("boot-default-unknown", message, "grubby --set-default with the vmlinuz of the newest kernel"))
}

fn survivor(kernels: &Kernels, release: &str) -> Option<Reason> {
    match kernels.missing(release) {
        Ok(missing) if missing.is_empty() => None,
        Ok(missing) => Some(not_bootable(release, &missing)),
        Err(why) => {
            let message = format!("whether {release}, which stays, can boot is not known: {why}");
            Some(reason("survivor-unknown", message, "fix the cause that is shown, then run it again"))
        }
    }
}

/// Of a survivor whose files in /boot are not seen: its modules at least.
fn modules(kernels: &Kernels, release: &str) -> Option<Reason> {
    match &kernels.modules {
        Probed::Known(folders) if folders.iter().any(|f| f.release == release && f.is_whole()) => None,
        Probed::Known(_) | Probed::Absent => Some(not_bootable(release, &[Missing::Modules])),
        Probed::Unreadable(why) => {
            let message = format!("whether {release}, which stays, can boot is not known: {why}");
            Some(reason("survivor-unknown", message, "fix the cause that is shown, then run it again"))
        }
    }
}

fn not_bootable(release: &str, missing: &[Missing]) -> Reason {
    let parts: Vec<String> = missing.iter().map(Missing::to_string).collect();
    let message = format!("{release} stays, and could not boot; it lacks {}", parts.join(", "));
    reason("survivor-not-bootable", message, "reinstall its packages with /boot mounted")
}

/// Packages from elsewhere with modules for a kernel that goes.
fn guests(kernel: &Kernel) -> Vec<Reason> {
    let guests = kernel.guests.iter();
    guests
        .map(|guest| {
            let message = format!("{} has modules for {}, which would go", guest.nevra(), kernel.release);
            reason("foreign-modules", message, format!("remove that package first, or --keep {}", kernel.release))
        })
        .collect()
}

/// Packages of a kernel that goes which are of one that stays, too.
fn shared(kernels: &Kernels, kernel: &Kernel, remove: &[&Kernel]) -> Vec<Reason> {
    let Some(installed) = kernels.installed.known() else { return vec![] };
    let goes = |other: &&Kernel| remove.iter().any(|removed| removed.release == other.release);
    let stays: Vec<&Kernel> = installed.kernels.iter().filter(|other| !goes(other)).collect();
    let of_both = kernel.packages.iter().filter_map(|package| {
        let other = stays.iter().find(|other| other.packages.contains(package))?;
        let message = format!("{} is of {}, which stays, and of {}", package.nevra(), other.release, kernel.release);
        Some(reason("package-shared", message, format!("--keep {}", kernel.release)))
    });
    of_both.collect()
}
