//! `images-mount`: nothing is mounted where the ISO is to be, or the ISO from its folder is.

use crate::base::versions::Version;
use crate::host::loops::Loop;
use crate::host::{Mount, Probed, mounts};
use crate::subjects::media::facts::iso::Isos;
use crate::subjects::rule::{Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("images-mount");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the mount point of the ISO is free, or the ISO from its folder is mounted there",
    why: "The upgrade is started from this mount point. Another mount there, or an ISO that was removed since, \
        starts the wrong program or stops it half-way.",
    fix: "Unmount what is mounted there with umount, then run: okv-host stage /root/ISO --sha256 HEX --apply",
    required: |p| format!("{} free, or the ISO from {} on it, read-only", p.places.iso_mount, p.places.iso_folder),
    source: |p| p.source_of(ID.as_str()),
    inputs: &["/proc/self/mountinfo", "/sys/block/loop*/loop/backing_file", "the ISO files in /var/lib/oracle"],
    waivable: Waivable::Never(
        "The upgrade is started from there: from the wrong or a removed ISO the node stays half upgraded.",
    ),
    procedure: &["7.3-7"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let point = &inputs.profile.places.iso_mount;
    vec![match inputs.running().and_then(|running| Ok((running, inputs.setup()?, inputs.subjects()?))) {
        Ok((running, setup, subjects)) => match &setup.mounts {
            Probed::Known(mounts) => match mounts::mounted_at(mounts, point) {
                Some(mount) => mounted(inputs, mount, &running.loops, &subjects.media.isos),
                None => inputs.finding(Verdict::Pass, point, "nothing is mounted there"),
            },
            Probed::Absent => inputs.finding(Verdict::Unknown, point, "this host does not list its mounts"),
            Probed::Unreadable(why) => {
                inputs.finding(Verdict::Unknown, point, format!("cannot determine what is mounted there: {why}"))
            }
        },
        Err(finding) => *finding,
    }]
}

fn mounted(inputs: &RuleInputs<'_>, mount: &Mount, loops: &Probed<Vec<Loop>>, isos: &Probed<Isos>) -> Finding {
    let (point, folder) = (&mount.point, &inputs.profile.places.iso_folder);
    let unmount = || Remedy::default().run_on("umount", point);
    let free = unmount().then(&format!(", and mount the ISO from {folder}"));
    let measured = format!("{} ({}, {})", mount.source, mount.kind, mount.options.join(","));
    let finding = |verdict, message: String| inputs.finding(verdict, point, message);
    let loops = match loops {
        Probed::Known(loops) => loops.as_slice(),
        Probed::Absent => &[],
        Probed::Unreadable(why) => {
            return finding(Verdict::Unknown, format!("cannot determine what is mounted there: {why}"))
                .measured(measured);
        }
    };
    let Some(file) = loops.iter().find(|l| l.device == mount.device).map(|l| l.file.as_str()) else {
        // A file system of the node's own is only hidden by a mount over it.
        let verdict = if mount.kind == "iso9660" { Verdict::Block } else { Verdict::Warn };
        let message = "something else than an ISO from its folder is mounted there";
        return finding(verdict, message.into()).measured(measured).remedy(free);
    };
    let measured = format!("{file} on {measured}");
    let finding = if let Some(gone) = file.strip_suffix(" (deleted)") {
        finding(
            Verdict::Block,
            format!("{gone} is mounted there and was removed since: the upgrade needs it after the reboot"),
        )
        .remedy(unmount().then(&format!("; copy the ISO to {folder} again")))
    } else if !is_from_folder(file, folder, isos) {
        finding(Verdict::Block, format!("an ISO that does not lie in {folder} is mounted there")).remedy(free)
    } else if let Some(release) = another_release(inputs, file, isos) {
        let message = format!("by its name, the ISO there brings release {release}, not {}", inputs.profile.release);
        finding(Verdict::Block, message).remedy(free.then(" that belongs to the release"))
    } else if !mount.options.iter().any(|option| option == "ro") {
        finding(Verdict::Warn, "the ISO is mounted there, but not read-only".into()).remedy(free)
    } else {
        finding(Verdict::Pass, "the ISO is mounted there read-only".into())
    };
    finding.measured(measured)
}

/// The release that the name of the ISO says, where that is not the one of the profile.
fn another_release(inputs: &RuleInputs<'_>, file: &str, isos: &Probed<Isos>) -> Option<Version> {
    let iso = isos.known()?.here.iter().find(|iso| iso.path == file && iso.is_named_so)?;
    iso.is_of_another(&inputs.profile.release)
}

/// Whether the ISO lies in its folder: by the folder's name, or, where that is a link, by where it leads.
fn is_from_folder(file: &str, folder: &str, isos: &Probed<Isos>) -> bool {
    let is_known = |isos: &Isos| isos.here.iter().any(|iso| iso.path == file);
    file.rsplit_once('/').is_some_and(|(parent, _)| parent == folder) || isos.known().is_some_and(is_known)
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn the_iso_of_its_folder_may_be_mounted() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass /images
  message: the ISO is mounted there read-only
  measured: /var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso on /dev/loop0 (iso9660, ro,relatime,ro,nojoliet,check=s,map=n,blocksize=2048)

"#]],
        );
    }

    #[test]
    fn an_iso_from_elsewhere_on_images_blocks() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
block /images
  message: an ISO that does not lie in /var/lib/oracle is mounted there
  measured: /root/okv-upgrade-disc-21.8.0.0.0.iso on /dev/loop0 (iso9660, ro,relatime,ro,nojoliet,check=s,map=n,blocksize=2048)
  remedy: umount /images, and mount the ISO from /var/lib/oracle

"#]],
        );
    }
}
