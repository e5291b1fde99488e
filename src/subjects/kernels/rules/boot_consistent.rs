//! `boot-consistent`: packages, /lib/modules, the files of /boot and the boot entries speak of the same kernels.
//!
//! What belongs to no package is reported and left alone. With /boot not mounted, as on a node, packages and
//! /lib/modules alone are judged, and a note says so.

use std::collections::BTreeSet;

use crate::host::{Firmware, Probed, mounts};
use crate::subjects::boot::Loader;
use crate::subjects::kernels::facts::{Boot, BootFile, FileKind, Installed, Kernels, Modules, SeenBoot};
use crate::subjects::kernels::survivor::Missing;
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("boot-consistent");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "packages, /lib/modules, /boot and boot entries agree on the kernels",
    why: "A boot entry without its modules or files is a start that fails. One kernel less may then be one too few.",
    fix: "Mount /boot, then reinstall the packages of the kernel that the finding names: yum reinstall PACKAGE. Then \
        run: okv-host check --only boot-consistent",
    required: |_| "each kernel has its modules, its files and an entry; none without package".into(),
    source: |p| p.kernel_source.clone(),
    inputs: &[
        "rpm (which packages are installed, and what they provide and contain)",
        "/lib/modules",
        "/boot, where it is mounted: kernels, initramfs, grub.cfg, grubenv, boot entries",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.7-3", "7.7-4"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let kernels = match super::of(inputs) {
        Ok(kernels) => kernels,
        Err(finding) => return vec![*finding],
    };
    let (installed, modules) = match (&kernels.installed, &kernels.modules) {
        (Probed::Known(installed), Probed::Known(modules)) => (installed, modules.as_slice()),
        (Probed::Known(installed), Probed::Absent) => (installed, &[][..]),
        (Probed::Unreadable(why), _) if inputs.facts.powered_off.is_some() => return by_files(inputs, kernels, why),
        (Probed::Unreadable(why), _) | (_, Probed::Unreadable(why)) => return vec![unknown(inputs, "node", why)],
        (Probed::Absent, _) => return vec![unknown(inputs, "node", "what is installed is not known")],
    };
    let mut findings = modules_and_packages(inputs, installed, modules);
    match &kernels.boot {
        Probed::Known(Boot::Seen(seen)) => findings.extend(boot(inputs, kernels, installed, seen)),
        Probed::Known(Boot::NotMounted { line, shadowed }) => findings.extend(not_mounted(inputs, *line, shadowed)),
        Probed::Absent => findings.push(unknown(inputs, "/boot", "there is no /boot")),
        Probed::Unreadable(why) => findings.push(unknown(inputs, "/boot", why)),
    }
    if findings.is_empty() {
        findings.push(inputs.finding(Verdict::Pass, "node", "they agree").measured(super::list(&installed.kernels)));
    }
    findings
}

/// Where rpm cannot be asked, as on a powered-off node: every kernel that /boot has a file of must be able to start.
fn by_files(inputs: &RuleInputs<'_>, kernels: &Kernels, why: &str) -> Vec<Finding> {
    let mut findings = vec![unknown(inputs, "packages", why)];
    match &kernels.boot {
        Probed::Known(Boot::Seen(seen)) => {
            let of_files = boot(inputs, kernels, &Installed::of_files(&seen.files), seen);
            if of_files.is_empty() {
                let message = "each kernel in /boot has its modules, its initramfs and an entry";
                findings.push(inputs.finding(Verdict::Pass, "/boot", message));
            }
            findings.extend(of_files);
        }
        Probed::Known(Boot::NotMounted { line, shadowed }) => findings.extend(not_mounted(inputs, *line, shadowed)),
        Probed::Absent => findings.push(unknown(inputs, "/boot", "there is no /boot")),
        Probed::Unreadable(why) => findings.push(unknown(inputs, "/boot", why)),
    }
    findings
}

fn unknown(inputs: &RuleInputs<'_>, subject: &str, why: &str) -> Finding {
    inputs.finding(Verdict::Unknown, subject, format!("it could not be looked at: {why}"))
}

fn modules_and_packages(inputs: &RuleInputs<'_>, installed: &Installed, modules: &[Modules]) -> Vec<Finding> {
    let is_whole = |release: &str| modules.iter().any(|folder| folder.release == release && folder.is_whole());
    let lacking = installed.kernels.iter().filter(|kernel| kernel.has_image && !is_whole(&kernel.release));
    let lacking = lacking.map(|kernel| {
        let message = "it is installed, and its modules are not in /lib/modules, or without their list";
        inputs
            .finding(Verdict::Warn, kernel.release.as_str(), message)
            .remedy("Reinstall its packages before you start it: yum reinstall")
    });
    let left = modules.iter().filter(|folder| installed.of(&folder.release).is_none());
    let left = left.map(|folder| {
        let subject = format!("/lib/modules/{}", folder.release);
        inputs.finding(Verdict::Note, subject, "modules of a kernel that no package is of; okv-host leaves them")
    });
    lacking.chain(left).collect()
}

fn not_mounted(inputs: &RuleInputs<'_>, line: u32, shadowed: &[BootFile]) -> Vec<Finding> {
    let message = format!("not judged: it is not mounted (/etc/fstab line {line})");
    let mut findings = vec![
        inputs
            .finding(Verdict::Note, "/boot", message)
            .remedy(Remedy::words("Mount /boot, then run: ").run("okv-host check")),
    ];
    if !shadowed.is_empty() {
        let message = "files of kernels lie below the mount point, where no boot loader finds them: a kernel was \
                       installed or made while /boot was not mounted";
        let remedy = "mount /boot, see that each installed kernel has its files and entry there";
        findings.push(inputs.finding(Verdict::Warn, "/boot", message).measured(names(shadowed.iter())).remedy(remedy));
    }
    findings
}

fn names<'n>(files: impl Iterator<Item = &'n BootFile>) -> String {
    files.map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn boot(inputs: &RuleInputs<'_>, kernels: &Kernels, installed: &Installed, seen: &SeenBoot) -> Vec<Finding> {
    let mut findings = Vec::new();
    match &seen.loader {
        Probed::Known(loader) => {
            findings.extend(incomplete(inputs, kernels, installed));
            findings.extend(entries(inputs, kernels, loader));
        }
        Probed::Absent => findings.push(unknown(inputs, "boot loader", "there is no configuration of GRUB")),
        Probed::Unreadable(why) => {
            let mut finding = unknown(inputs, "boot loader", why);
            if efi_is_not_mounted(inputs) {
                finding.verdict = Verdict::Note;
                finding.remedy = "mount /boot/efi and check again".to_owned();
            }
            findings.push(finding);
        }
    }
    let is_rescue = |file: &&BootFile| file.kind == FileKind::Rescue;
    let orphans: BTreeSet<&str> = seen
        .files
        .iter()
        .filter_map(|file| file.kind.release())
        .filter(|release| installed.of(release).is_none())
        .collect();
    findings.extend(orphans.into_iter().map(|release| {
        let own = seen.files.iter().filter(|file| file.kind.release() == Some(release));
        let message = "files in /boot of a kernel that no package is of; okv-host leaves them";
        inputs.finding(Verdict::Note, release, message).measured(names(own))
    }));
    if seen.files.iter().any(|file| is_rescue(&file)) {
        let message = "a rescue kernel, which belongs to no package; okv-host leaves it";
        findings
            .push(inputs.finding(Verdict::Note, "/boot", message).measured(names(seen.files.iter().filter(is_rescue))));
    }
    findings
}

/// Installed kernels that could not boot. That modules are missing was said.
fn incomplete(inputs: &RuleInputs<'_>, kernels: &Kernels, installed: &Installed) -> Vec<Finding> {
    let judged = |release: &str| match kernels.missing(release) {
        Ok(missing) => {
            let lacks: Vec<String> =
                missing.iter().filter(|part| **part != Missing::Modules).map(Missing::to_string).collect();
            (!lacks.is_empty()).then(|| {
                let message = format!("it is installed and cannot boot; it lacks {}", lacks.join(", "));
                inputs
                    .finding(Verdict::Warn, release, message)
                    .remedy("Reinstall its packages with /boot mounted: yum reinstall")
            })
        }
        Err(why) => Some(unknown(inputs, release, &why)),
    };
    installed.kernels.iter().filter(|kernel| kernel.has_image).filter_map(|kernel| judged(&kernel.release)).collect()
}

fn entries(inputs: &RuleInputs<'_>, kernels: &Kernels, loader: &Loader) -> Vec<Finding> {
    let has_modules = |release: &str| {
        kernels.modules.known().is_some_and(|modules| modules.iter().any(|folder| folder.release == release))
    };
    let mut findings = Vec::new();
    findings.extend(loader.skipped.iter().map(|(path, why)| {
        let remedy = "remove the file, or make its entry again with kernel-install";
        inputs.finding(Verdict::Warn, path.as_str(), format!("a boot entry: {why}")).remedy(remedy)
    }));
    for entry in loader.entries.iter().filter(|entry| !entry.is_rescue()) {
        if let Some(why) = &entry.unknown {
            let message = format!("what a boot entry starts is not known: {why}");
            let finding = inputs.finding(Verdict::Unknown, entry.from.as_str(), message);
            findings.push(finding.measured(entry.title.clone()));
            continue;
        }
        let message = match entry.release.as_deref() {
            _ if !entry.lacks.is_empty() => {
                format!("a boot entry names {}, which is not there", entry.lacks.join(", "))
            }
            Some(release) if !has_modules(release) => format!("a boot entry starts {release}, which has no modules"),
            _ => continue,
        };
        findings.push(inputs.finding(Verdict::Warn, entry.from.as_str(), message).measured(entry.title.clone()));
    }
    match &loader.default {
        Probed::Known(_) => {}
        Probed::Absent => findings.push(inputs.finding(Verdict::Warn, "boot loader", "its menu has no entry")),
        Probed::Unreadable(why) => findings.push(
            inputs
                .finding(Verdict::Warn, "boot loader", format!("its default is not there: {why}"))
                .remedy("Set the kernel to start: grubby --set-default"),
        ),
    }
    if let Some(next) = &loader.next {
        findings.push(inputs.finding(
            Verdict::Note,
            "boot loader",
            format!("the next boot alone will start \"{next}\""),
        ));
    }
    findings
}

fn efi_is_not_mounted(inputs: &RuleInputs<'_>) -> bool {
    let point = "/boot/efi";
    inputs.facts.node.setup.as_ref().is_some_and(|setup| {
        let mounted = setup.mounts.known().is_some_and(|all| mounts::mounted_at(all, point).is_some());
        let in_fstab = |entry: &crate::host::FstabEntry| entry.point.trim_end_matches('/') == point;
        let is_uefi = matches!(setup.firmware, Probed::Known(Firmware::Uefi { .. }));
        is_uefi && !mounted && setup.fstab.known().is_some_and(|fstab| fstab.iter().any(in_fstab))
    })
}

#[cfg(test)]
mod tests;
