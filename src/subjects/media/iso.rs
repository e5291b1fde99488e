//! Whether an ISO is whole, and that of the release that a node is upgraded to. Pure.

use super::facts::iso::IsoFile;
use crate::base::versions::Version;

impl IsoFile {
    /// The release that its name says it brings; `None` where the name says none.
    pub fn release(&self) -> Option<Version> {
        release_of(&self.path)
    }

    /// The release that its name says it brings, where that is another than `wanted`.
    pub fn is_of_another(&self, wanted: &str) -> Option<Version> {
        let wanted = Version::parse(wanted)?;
        self.release().filter(|release| !release.is_of(&wanted))
    }

    /// Whether no byte of its volume is missing.
    pub fn is_whole(&self) -> bool {
        self.volume.known().is_some_and(|volume| volume.bytes > 0 && self.bytes >= volume.bytes)
    }

    /// Whether it is a whole upgrade ISO, and its name does not say that it brings another release than `wanted`.
    pub fn brings(&self, wanted: &str) -> bool {
        self.is_named_so && self.is_whole() && self.is_of_another(wanted).is_none()
    }
}

/// The release in the name of an ISO; `None` where it has none.
pub fn release_of(path: &str) -> Option<Version> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit(['-', '_', ' ']).filter(|word| word.contains('.')).find_map(Version::parse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Probed;
    use crate::subjects::media::facts::iso::Volume;

    fn iso(name: &str, bytes: u64, of_volume: u64) -> IsoFile {
        let volume = Probed::Known(Volume { label: None, bytes: of_volume, problem: None });
        IsoFile { path: format!("/var/lib/oracle/{name}"), is_named_so: true, bytes, volume, checksum: None }
    }

    #[test]
    fn an_iso_is_whole_where_the_file_is_as_long_as_its_volume_says() {
        for (bytes, of_volume, whole) in [(2048, 2048, true), (4096, 2048, true), (2047, 2048, false), (9, 0, false)] {
            assert_eq!(iso("x.iso", bytes, of_volume).is_whole(), whole, "{bytes} of {of_volume}");
        }
        assert!(!IsoFile { volume: Probed::Absent, ..iso("x.iso", 9, 9) }.is_whole());
    }

    #[test]
    fn an_iso_brings_the_release_unless_its_name_says_another() {
        let brings = |name: &str| iso(name, 2048, 2048).brings("21.8");
        assert!(brings("okv-upgrade-disc-21.8.0.0.0.iso") && brings("okv-upgrade-disc-new.iso"));
        assert!(!brings("okv-upgrade-disc-21.9.0.0.0.iso") && !brings("okv-upgrade-disc-21.80.iso"));
        assert!(!iso("okv-upgrade-disc-21.8.iso", 2047, 2048).brings("21.8"));
    }
}
