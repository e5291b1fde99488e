//! Whether the upgrade replaces the major release of Oracle Linux. Pure.

use super::facts::Upgrade;
use crate::base::versions::Version;
use crate::host::Probed;
use crate::profile::Profile;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OsChange {
    Stays(u32),
    Changes {
        from: u32,
        to: u32,
    },
    /// It is not known, for this reason.
    Unknown(String),
}

impl OsChange {
    /// By what the system itself shows; or else by the release of the node, by the profile.
    pub fn of(upgrade: &Upgrade, profile: &Profile) -> Self {
        let major_of = |release: &str| Version::parse(release).and_then(|release| profile.os_major_of(&release));
        let by_release = upgrade.release.agreed().and_then(major_of);
        let from = match (&upgrade.os, by_release) {
            (Probed::Known(os), _) if os.is_oracle_linux => os.major,
            (_, Some(major)) => major,
            (Probed::Unreadable(why), None) => return Self::Unknown(why.clone()),
            (_, None) => return Self::Unknown("neither the system nor the release of this node shows it".to_owned()),
        };
        match major_of(&profile.release) {
            Some(to) if to == from => Self::Stays(to),
            Some(to) => Self::Changes { from, to },
            None => Self::Unknown(format!("the release profile does not name the one of {}", profile.release)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::OsRelease;
    use crate::subjects::upgrade::Releases;

    fn change(os: Probed<OsRelease>, release: Option<&str>) -> OsChange {
        let said = release.map(|release| ("/etc/issue".to_owned(), release.to_owned())).into_iter().collect();
        let release = Releases { said, ..Releases::default() };
        let upgrade = Upgrade { log: Probed::Absent, run: Probed::Absent, release, os, edited: None };
        OsChange::of(&upgrade, &Profile::named(Profile::DEFAULT).unwrap())
    }

    #[test]
    fn the_system_itself_counts_before_the_release_of_the_node() {
        let os = |is_oracle_linux, major| Probed::Known(OsRelease { is_oracle_linux, major });
        let from_7 = OsChange::Changes { from: 7, to: 8 };
        assert_eq!(change(os(true, 7), None), from_7);
        assert_eq!(change(os(true, 8), Some("21.5")), OsChange::Stays(8));
        assert_eq!(change(os(false, 12), Some("21.5")), from_7);
        assert_eq!(change(Probed::Absent, Some("21.6.0.0.0")), OsChange::Stays(8));
        assert!(matches!(change(Probed::Unreadable("x".into()), None), OsChange::Unknown(_)));
        assert!(matches!(change(Probed::Absent, Some("18.8")), OsChange::Unknown(_)));
    }
}
