//! What is in the way of staging an ISO.

use super::{COMMAND, Means, Request, Sums};
use crate::base::units::Bytes;
use crate::engine::Reason;
use crate::host::Probed;
use crate::profile::Places;
use crate::subjects::media::facts::staging::{Staging, There};
use crate::subjects::media::mounted::Mounted;

/// Bytes that stay free beside the copy, so that what runs on the node can go on writing. The procedure has no figure.
const MARGIN: u64 = 512 << 20;

/// Everything that can be told without reading all of the ISO.
pub fn obstacles(staging: &Staging, places: &Places, means: &Means) -> Vec<Reason> {
    let mut reasons = means.blocked.clone();
    reasons.extend(iso(staging, places));
    reasons.extend(release(staging, means));
    reasons.extend(name(staging));
    reasons.extend(space(staging, places));
    reasons.extend(mount(&means.mounted, places));
    if means.cleaner.is_none() {
        let message = "there is neither yum nor dnf on this host".to_owned();
        reasons.push(reason("manager-missing", message, "bring the package manager back: the upgrade needs it"));
    }
    reasons
}

/// What the sums say.
pub(super) fn sums(staging: &Staging, request: &Request, sums: &Sums) -> Option<Reason> {
    if let (Some(wanted), Some(found)) = (request.sha256, sums.iso)
        && wanted != found
    {
        let message = format!("{} sums up to {found}, not to {wanted}", staging.iso.path);
        return Some(reason("wrong-checksum", message, "copy or download it again, or compare the sum"));
    }
    if matches!(staging.there, There::File(_)) && (sums.there.is_none() || sums.iso != sums.there) {
        let message = format!("{} is there, and is another file than {}", staging.target, staging.iso.path);
        let remedy =
            format!("remove the one that is not wanted; a copy that was cut off is finished by {COMMAND} only");
        return Some(reason("name-taken", message, remedy));
    }
    None
}

fn iso(staging: &Staging, places: &Places) -> Option<Reason> {
    let (iso, path) = (&staging.iso, &staging.iso.path);
    let again = "copy or download it again, and compare its checksum";
    match &iso.volume {
        Probed::Known(volume) if !iso.is_whole() => {
            let missing = Bytes(volume.bytes.saturating_sub(iso.bytes));
            Some(reason("iso-cut-off", format!("{path} is cut off: {missing} of its volume are missing"), again))
        }
        Probed::Known(volume) => match &volume.problem {
            Some(problem) => {
                Some(reason("iso-damaged", format!("the volume in {path} is not sound: {problem}"), again))
            }
            None if !iso.is_named_so => {
                let message = format!("{path} has not the name of an upgrade ISO, {}", places.iso_name);
                Some(reason("iso-name", message, "give it the name under which it was published"))
            }
            None => None,
        },
        Probed::Absent => Some(reason("no-iso", format!("there is no ISO 9660 volume in {path}"), again)),
        Probed::Unreadable(why) => Some(reason(
            "iso-unreadable",
            format!("{path} could not be read: {why}"),
            "fix the cause, then run it again",
        )),
    }
}

fn release(staging: &Staging, means: &Means) -> Option<Reason> {
    let (iso, wanted) = (&staging.iso, &means.release);
    let other = iso.is_of_another(wanted).filter(|_| iso.is_named_so)?;
    let message = format!("{} brings release {other} by its name, and the node was judged for {wanted}", iso.path);
    Some(reason("iso-release", message, "take the ISO of that release, or judge by another with --profile"))
}

fn name(staging: &Staging) -> Option<Reason> {
    let target = &staging.target;
    (staging.there == There::NoFile).then(|| {
        let message = format!("{target} is there, and is no file");
        reason("name-taken", message, "the ISO itself has to lie there, and no link to it: remove what has its name")
    })
}

fn space(staging: &Staging, places: &Places) -> Option<Reason> {
    if staging.there != There::Nothing {
        return None;
    }
    let free = match &staging.space {
        Probed::Known(space) => space.available.saturating_add(staging.part_bytes),
        Probed::Absent => return None,
        Probed::Unreadable(why) => {
            let message = format!("cannot determine the free space in {}: {why}", places.iso_folder);
            return Some(reason("space-unknown", message, "fix the cause, then run it again"));
        }
    };
    let needed = staging.iso.bytes.saturating_add(MARGIN);
    (free < needed).then(|| {
        let (iso, margin) = (Bytes(staging.iso.bytes), Bytes(MARGIN));
        let missing = Bytes(needed.saturating_sub(free));
        let free = Bytes(free);
        let message = format!(
            "{} has {free} free; {iso} of the ISO and {margin} for what runs meanwhile are needed: {missing} are \
             missing",
            places.iso_folder
        );
        let (folder, jars) = (&places.iso_folder, &places.ssl_folder);
        let remedy = format!("make room in the file system of {folder}; in {jars}, remove only files that end in .jar");
        reason("no-space", message, remedy)
    })
}

fn mount(mounted: &Mounted, places: &Places) -> Option<Reason> {
    let point = &places.iso_mount;
    let free = format!("umount {point}, and run again");
    match mounted {
        Mounted::Nothing | Mounted::Own(_) | Mounted::This { read_only: true } => None,
        Mounted::NoFolder => Some(reason(
            "no-mount-point",
            format!("there is no folder {point} to mount the ISO at"),
            format!("mkdir {point}"),
        )),
        Mounted::Linked(leads_to) => Some(reason(
            "mount-point-linked",
            format!("{point} is a link to {leads_to}: what is mounted there could not be found again"),
            format!("put a folder in its place: rm {point} && mkdir {point}"),
        )),
        Mounted::This { read_only: false } => {
            Some(reason("mounted-writable", format!("the ISO is mounted at {point}, but not read-only"), free))
        }
        Mounted::Other(what) => Some(reason("mount-taken", format!("{what} is mounted at {point}"), free)),
        Mounted::Unknown(why) => {
            let message = format!("cannot determine what is mounted at {point}: {why}");
            Some(reason("mount-unknown", message, "fix the cause, then run it again"))
        }
    }
}

fn reason(id: &'static str, message: String, remedy: impl Into<String>) -> Reason {
    Reason { id, message, remedy: remedy.into() }
}
