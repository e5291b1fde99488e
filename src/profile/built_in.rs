//! The profiles that are built in, and which of them an upgrade to any release is judged by.

use serde_json::{Map, Value};

use super::{Profile, ProfileError, extend};
use crate::base::versions::Version;

/// By name, the lowest first.
const BUILT_IN: &[(&str, &str)] = &[
    ("21.8", include_str!("21.8.json")),
    ("21.9", include_str!("21.9.json")),
    ("21.10", include_str!("21.10.json")),
    ("21.11", include_str!("21.11.json")),
];

impl Profile {
    /// The built-in profile `name`.
    ///
    /// # Errors
    /// Where there is none of that name; the message lists those there are.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        Self::parse(built_in(name)?)
    }

    /// The profile for an upgrade to `release`: the built-in one, or that of the nearest lower release, of which it
    /// keeps the name.
    ///
    /// # Errors
    /// Where it is no release, or no built-in profile is of a lower one; the message lists those there are.
    pub fn of_release(release: &str) -> Result<Self, ProfileError> {
        let Some(wanted) = Version::parse(release) else { return Self::named(release) };
        let known = BUILT_IN.iter().filter_map(|(name, _)| Some((Version::parse(name)?, *name)));
        let lower = known.filter(|(known, _)| *known <= wanted).max_by(|(one, _), (other, _)| one.cmp(other));
        match lower {
            Some((known, name)) if wanted.is_of(&known) => Self::named(name),
            Some((_, name)) => Ok(Self {
                release: wanted.series().to_string(),
                figures_of: Some(name.to_owned()),
                ..Self::named(name)?
            }),
            None => Self::named(release),
        }
    }

    /// The names of the built-in profiles.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }
}

/// All fields of a built-in profile, of which some extend another.
pub(super) fn fields(name: &str) -> Result<Map<String, Value>, ProfileError> {
    let bad = |e: serde_json::Error| ProfileError(format!("not a release profile: {e}"));
    let mut own: Map<String, Value> = serde_json::from_str(built_in(name)?).map_err(bad)?;
    match extend::extended(&mut own).map_err(|why| ProfileError(why.to_owned()))? {
        Some(base) => Ok(extend::merged(fields(&base)?, own)),
        None => Ok(own),
    }
}

fn built_in(name: &str) -> Result<&'static str, ProfileError> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).ok_or_else(|| {
        let known: Vec<&str> = Profile::built_in_names().collect();
        ProfileError(format!("no release profile \"{name}\"; there is {}", known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{GIB, TB};

    #[test]
    fn every_built_in_profile_is_named_by_its_release() {
        for (name, _) in BUILT_IN {
            assert_eq!(Profile::named(name).unwrap().release, *name);
        }
        assert!(Profile::named("20.1").unwrap_err().to_string().contains("21.8"));
    }

    #[test]
    fn a_release_without_a_profile_has_the_figures_of_the_nearest_lower_one() {
        let of = |release: &str| Profile::of_release(release).map(|profile| (profile.release, profile.figures_of));
        let is = |release: &str, figures_of: Option<&str>| Some((release.to_owned(), figures_of.map(str::to_owned)));
        assert_eq!(of("21.8").ok(), is("21.8", None));
        assert_eq!(of("21.10.0.0.0").ok(), is("21.10", None), "10 is more than 9");
        assert_eq!(of("21.14").ok(), is("21.14", Some("21.11")));
        assert_eq!(of("22.1.0.0.0").ok(), is("22.1", Some("21.11")));
        for none in ["21.7", "20.1", "21", "x", ""] {
            assert!(of(none).unwrap_err().to_string().contains("there is 21.8, 21.9"), "{none}");
        }
    }

    #[test]
    fn a_profile_has_its_own_figures_with_its_own_sources_and_names_the_source_of_all_others() {
        for name in Profile::built_in_names() {
            let profile = Profile::named(name).unwrap();
            assert_eq!((profile.swap_bytes, profile.figures_of), (64 * GIB, None), "{name}");
            for source in [&profile.disk_minimum_source, &profile.swap_source] {
                assert!(source.starts_with(&format!("{name} upgrade, ")), "{name}: {source}");
            }
            assert!(profile.boot_source.starts_with("21.8 upgrade, "), "{name}");
            let is_standalone = name == "21.9";
            assert_eq!(profile.disk_minimum_bytes, if is_standalone { 2 * TB } else { TB }, "{name}");
            assert_eq!(profile.deployment.is_some(), is_standalone, "{name}");
        }
    }
}
