//! The release that a node is upgraded to, as a release profile: that of `--profile`, or else the one in the node's
//! `/etc/okv-host`, or else of the release in the name of the ISO.

use std::path::Path;

use anyhow::Result;

use super::defaults;
use super::judged::read_text;
use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::base::versions::Version;
use crate::host::{Root, glob};
use crate::profile::{Places, Profile};
use crate::subjects::media::release_of;

/// The word that lists the profiles in the place of the name of one.
pub(super) const LIST: &str = "list";

/// What `--profile` names; nothing where it is not given.
pub(super) struct Target(Option<Profile>);

impl Target {
    /// # Errors
    /// Where there is no such profile.
    pub(super) fn asked(name: Option<&str>) -> Result<Self> {
        name.map(named).transpose().map(Self)
    }

    /// By what is on this host, where no profile is named: its own profile, or the ISO in its folder.
    pub(super) fn on(self, root: &Root) -> Result<Profile> {
        self.or_by(root, || release_in_folder(root))
    }

    /// By an ISO that is named.
    pub(super) fn with_iso(self, root: &Root, path: &str) -> Result<Profile> {
        self.or_by(root, || release_of(path))
    }

    fn or_by(self, root: &Root, release: impl FnOnce() -> Option<Version>) -> Result<Profile> {
        let asked = self.0.map_or_else(|| defaults::profile(root), |profile| Ok(Some(profile)))?;
        asked.map_or_else(|| of_name(release()), Ok)
    }

    /// Without a host to look at.
    pub(super) fn alone(self) -> Result<Profile> {
        self.0.map_or_else(|| of_name(None), Ok)
    }
}

/// A built-in profile, or one from a file where the name is a path.
pub(super) fn named(name: &str) -> Result<Profile> {
    if name == LIST {
        return Err(UsageError("the release profiles are listed by: okv-host check --profile list".to_owned()).into());
    }
    if is_file(name) {
        let text =
            read_text(Path::new(name)).map_err(|e| UsageError(format!("release profile {name}: {}", cause(&e))))?;
        return Profile::parse(&text).map_err(|e| UsageError(format!("{name}: {e}")).into());
    }
    Profile::of_release(name).map_err(|e| UsageError(e.to_string()).into())
}

/// Whether `--profile` names a file.
pub(super) fn is_file(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|e| e == "json")
}

/// The release that all upgrade ISOs in the folder bring by their names; `None` where they disagree, or none is there.
/// What cannot be read there is a finding of the rules on the ISO.
fn release_in_folder(root: &Root) -> Option<Version> {
    let places = Places::built_in();
    let paths = glob::expand(root, &format!("{}/{}", places.iso_folder, places.iso_name)).ok()?;
    let mut releases = paths.iter().filter_map(|path| release_of(path));
    let first = releases.next()?;
    releases.all(|release| release == first).then_some(first)
}

/// An ISO of a release before the first profile is judged by the usual one, whose rules find that it brings another
/// release.
fn of_name(release: Option<Version>) -> Result<Profile> {
    let by_name = release.and_then(|release| Profile::of_release(&release.to_string()).ok());
    by_name.map_or_else(|| named(Profile::DEFAULT), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlay::Host;

    /// The release and its figures, on a node with these files in the folder of the ISO.
    fn chosen(asked: Option<&str>, isos: &[&str]) -> String {
        let mut host = Host::named("good-uefi");
        for iso in isos {
            host = host.with(&format!("var/lib/oracle/{iso}"), "");
        }
        let profile = Target::asked(asked).unwrap().on(&Root::fixture(host.path()).unwrap()).unwrap();
        [profile.release, profile.figures_of.unwrap_or_default()].join(" ")
    }

    #[test]
    fn the_release_is_that_in_the_name_of_the_iso_where_no_profile_is_named() {
        assert_eq!(chosen(None, &[]), "21.8 ");
        assert_eq!(chosen(None, &["okv-upgrade-disc-21.10.0.0.0.iso"]), "21.10 ");
        assert_eq!(chosen(None, &["okv-upgrade-disc-21.13.0.0.0.iso"]), "21.13 21.11");
        assert_eq!(chosen(Some("21.11"), &["okv-upgrade-disc-21.10.0.0.0.iso"]), "21.11 ");
    }

    #[test]
    fn an_iso_without_a_release_in_its_name_an_old_one_and_several_leave_the_usual_profile() {
        for isos in [
            &["okv-upgrade-disc-new.iso"][..],
            &["okv-upgrade-disc-21.5.0.0.0.iso"],
            &["okv-upgrade-disc-21.10.0.0.0.iso", "okv-upgrade-disc-21.11.0.0.0.iso"],
            &["other-21.10.iso"],
        ] {
            assert_eq!(chosen(None, isos), "21.8 ", "{isos:?}");
        }
    }

    #[test]
    fn an_iso_that_is_named_has_its_release_in_its_name() {
        let host = Host::named("good-uefi");
        let root = Root::fixture(host.path()).unwrap();
        let of = |path: &str| Target::asked(None).unwrap().with_iso(&root, path).unwrap().release;
        assert_eq!(
            (of("/root/okv-upgrade-disc-21.11.0.0.0.iso").as_str(), of("/root/x.iso").as_str()),
            ("21.11", "21.8")
        );
    }
}
