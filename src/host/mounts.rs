//! What is mounted: `/proc/self/mountinfo` (proc_pid_mountinfo(5), kernel `fs/proc_namespace.c`).

use serde::{Deserialize, Serialize};

use super::device_number::DeviceNumber;
use super::line::{BadLine, number32, numbered_whole, options, unescape};
use super::probed::Probed;
use super::root::Root;

/// A line of /proc/self/mountinfo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    pub device: DeviceNumber,
    /// Mount point, with octal escapes decoded; not necessarily UTF-8, so lossily converted.
    pub point: String,
    pub kind: String,
    /// Source as it was given to mount(2).
    pub source: String,
    /// Mount options and super block options, in words.
    pub options: Vec<String>,
}

/// Reads it. Never [`Probed::Absent`].
pub fn gather(root: &Root) -> Probed<Vec<Mount>> {
    root.parse_always_there("/proc/self/mountinfo", parse)
}

/// The mounts, in the kernel's order: of two on one mount point, the later covers the earlier.
///
/// # Errors
/// With the line that is not as the kernel writes it.
pub fn parse(text: &[u8]) -> Result<Vec<Mount>, BadLine> {
    let read = |(at, line): (u32, &[u8])| mount(line).ok_or_else(|| BadLine::new(at, "no mount", line));
    let mounts: Vec<Mount> = numbered_whole(text)?.map(read).collect::<Result<_, _>>()?;
    // A process sees at least the root of its file systems.
    if mounts.is_empty() { Err(BadLine::whole("it is empty")) } else { Ok(mounts) }
}

fn mount(line: &[u8]) -> Option<Mount> {
    // Exactly one space stands between fields: the source may be empty.
    let mut fields = line.split(|b| *b == b' ');
    let (_id, _parent) = (number32(fields.next()?)?, number32(fields.next()?)?);
    let device = device_number(fields.next()?)?;
    let _root_within_file_system = fields.next()?;
    let point = unescape(fields.next()?);
    let mount_options = fields.next()?;
    // Any number of optional fields, closed by a hyphen.
    fields.find(|field| *field == b"-")?;
    let (kind, source, super_options) = (fields.next()?, fields.next()?, fields.next()?);
    let sound = point.starts_with('/') && !kind.is_empty() && fields.next().is_none();
    sound.then(|| Mount {
        device,
        point,
        kind: unescape(kind),
        source: unescape(source),
        options: options(mount_options).chain(options(super_options)).collect(),
    })
}

/// `MAJOR:MINOR`.
pub(super) fn device_number(text: &[u8]) -> Option<DeviceNumber> {
    let colon = text.iter().position(|b| *b == b':')?;
    let (major, minor) = text.split_at(colon);
    Some(DeviceNumber { major: number32(major)?, minor: number32(minor.strip_prefix(b":")?)? })
}

/// The file system that one sees at `point`: the last mounted there. An automount that waits to be triggered is none.
pub fn mounted_at<'m>(mounts: &'m [Mount], point: &str) -> Option<&'m Mount> {
    mounts.iter().rfind(|mount| mount.point == point).filter(|mount| mount.kind != "autofs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const EL8: &[u8] = b"22 97 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw,seclabel\n\
        97 1 253:1 / / rw,relatime shared:1 - xfs /dev/mapper/vg_root-lv_root rw,seclabel,attr2,inode64\n\
        120 97 8:2 / /boot rw,relatime shared:65 master:2 propagate_from:3 - ext4 /dev/sda2 rw,seclabel\n\
        121 97 8:17 / /mnt/with\\040space\\134043 rw - ext4 /dev/sdb1 rw\n\
        122 97 0:50 / /mnt/\xff rw - tmpfs  rw,context=\"s:c1,c2\"\n";

    #[test]
    fn optional_fields_end_at_the_hyphen() {
        let mounts = parse(EL8).unwrap();
        assert_eq!(mounts.len(), 5);
        let boot = mounted_at(&mounts, "/boot").unwrap();
        assert_eq!(boot.device, DeviceNumber { major: 8, minor: 2 });
        assert_eq!((boot.kind.as_str(), boot.source.as_str()), ("ext4", "/dev/sda2"));
        assert_eq!(boot.options, ["rw", "relatime", "rw", "seclabel"]);
    }

    #[test]
    fn escapes_bytes_that_are_no_text_and_an_empty_source_are_read() {
        let mounts = parse(EL8).unwrap();
        assert_eq!(mounts[3].point, r"/mnt/with space\043");
        assert_eq!((mounts[4].point.as_str(), mounts[4].source.as_str()), ("/mnt/\u{fffd}", ""));
        assert_eq!(mounts[4].options, ["rw", "rw", r#"context="s:c1,c2""#]);
    }

    #[test]
    fn the_last_mount_covers_the_others_and_a_waiting_automount_is_none() {
        let text = |lines: &[&str]| lines.concat().into_bytes();
        let auto = "1 1 0:5 / /boot rw - autofs systemd-1 rw\n";
        let real = "2 1 8:2 / /boot rw - ext4 /dev/sda2 rw\n";
        let other = "3 1 8:3 / /boot rw - xfs /dev/sda3 rw\n";
        let seen = |lines: &[&str]| mounted_at(&parse(&text(lines)).unwrap(), "/boot").map(|m| m.kind.clone());
        assert_eq!(seen(&[auto]), None);
        assert_eq!(seen(&[auto, real]), Some("ext4".into()));
        assert_eq!(seen(&[real, other]), Some("xfs".into()));
    }

    #[test]
    fn a_line_that_ends_too_early_is_reported_and_damage_does_no_harm() {
        for bad in
            ["1 1 8:2 / /boot rw ext4 /dev/sda2 rw\n", "1 1 8 / / rw - ext4 x rw\n", "1 1 8:2 / boot rw - e x rw\n"]
        {
            assert_eq!(parse(bad.as_bytes()).unwrap_err().line, 1, "{bad}");
        }
        damage::battery(EL8, parse);
    }
}
