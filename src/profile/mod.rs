//! Thresholds of a release: data, not constants, each with the step of the vendor's procedure it comes from.
//!
//! A maximum is judged in binary units and a minimum in decimal ones, the readings that a right node passes; what lies
//! between the two readings of "TB" gets a note with both figures.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::base::digest::sum;
use crate::base::versions::Version;

mod address;
mod built_in;
mod extend;
mod faults;
mod places;

pub use address::Address;
pub use faults::{Fault, faults};
pub use places::{Places, Signs};

/// The thresholds that the rules judge by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Release that the node is to be upgraded to.
    pub release: String,
    /// The built-in profile whose figures it has, where none is built in for its release.
    #[serde(skip)]
    pub figures_of: Option<String>,
    /// SHA-256 of all its fields as JSON, sorted by name and without white space: the same figures have the same sum,
    /// however their file is written.
    #[serde(skip)]
    pub sha256: String,
    /// These fields.
    #[serde(skip)]
    pub fields: Map<String, Value>,
    /// The deployment whose guide has its figures, where that is no cluster.
    pub deployment: Option<String>,
    /// The first release with each major release of Oracle Linux.
    pub os_majors: BTreeMap<u32, String>,
    /// Largest boot disk under BIOS, in bytes: 2 TiB.
    pub bios_disk_maximum_bytes: u64,
    /// The same limit read in decimal units: 2 TB.
    pub bios_disk_maximum_decimal_bytes: u64,
    /// Where that limit stands.
    pub bios_disk_source: String,
    /// Smallest /boot, in MiB as `df -h` rounds them.
    pub boot_df_minimum_mib: u64,
    /// Where that limit stands.
    pub boot_source: String,
    /// Smallest system disk, in bytes: 1 TB.
    pub disk_minimum_bytes: u64,
    /// The same limit read in binary units: 1 TiB.
    pub disk_minimum_binary_bytes: u64,
    /// Where that limit stands.
    pub disk_minimum_source: String,
    /// Swap that a node needs, in bytes.
    pub swap_bytes: u64,
    /// Where that figure stands.
    pub swap_source: String,
    /// Where it stands that SSH host keys of type DSA are to be retired.
    pub ssh_source: String,
    /// Where it stands that older kernels are to be removed.
    pub kernel_source: String,
    /// Smallest room for one more kernel in /boot, in MiB: a figure of this program, as the procedure has none.
    pub boot_free_minimum_mib: u64,
    pub volume_group: String,
    /// Name of the logical volume that is swapped to.
    pub swap_volume: String,
    /// Where those names stand.
    pub volume_source: String,
    /// The oldest release that can be upgraded from: `21` is every 21.x.
    pub oldest_release: String,
    /// Size of the upgrade ISO in bytes, where it is known beforehand: the procedure gives none.
    pub iso_bytes: Option<u64>,
    /// From how many days before its end a certificate is close to expiry: a figure of this project, the procedure
    /// gives none.
    pub certificate_warn_days: u64,
    pub places: Places,
    /// Where the requirement of a rule stands, by its id, for those that have no figure of their own above.
    pub sources: BTreeMap<String, String>,
}

/// There is no such profile, or it cannot be read.
#[derive(Debug)]
pub struct ProfileError(String);

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ProfileError {}

impl Profile {
    /// The name of the profile that is used where none is named.
    pub const DEFAULT: &'static str = "21.8";

    /// The major release of Oracle Linux that `release` of the product has; `None` before the first that is known.
    pub fn os_major_of(&self, release: &Version) -> Option<u32> {
        let is_reached = |first: &String| Version::parse(first).is_some_and(|first| *release >= first);
        self.os_majors.iter().filter(|(_, first)| is_reached(first)).map(|(major, _)| *major).max()
    }

    /// Where the requirement of the rule `id` stands.
    pub fn source_of(&self, id: &str) -> String {
        self.sources.get(id).cloned().unwrap_or_else(|| format!("release profile {} names none", self.release))
    }

    fn contradiction(&self) -> Option<&'static str> {
        if self.swap_bytes == 0 || self.boot_df_minimum_mib == 0 || self.disk_minimum_bytes == 0 {
            return Some("a minimum of nothing");
        }
        if self.bios_disk_maximum_decimal_bytes > self.bios_disk_maximum_bytes {
            return Some("the decimal reading of the largest disk is above the binary one");
        }
        if self.disk_minimum_bytes > self.disk_minimum_binary_bytes {
            return Some("the decimal reading of the smallest disk is above the binary one");
        }
        if self.os_majors.values().any(|first| Version::parse(first).is_none()) {
            return Some("a first release with an Oracle Linux that is no release");
        }
        let texts = [&self.release, &self.volume_group, &self.swap_volume];
        if let Some(why) = self.places.contradiction() {
            return Some(why);
        }
        texts
            .iter()
            .any(|t| t.is_empty() || t.contains(char::is_control))
            .then_some("a name that is empty or has control characters")
    }

    /// A profile from its JSON text: all fields, or those in which it differs from the built-in profile that it
    /// `extends`.
    ///
    /// # Errors
    /// Where the text is no profile.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let bad = |e: serde_json::Error| ProfileError(format!("not a release profile: {e}"));
        let mut own: Map<String, Value> = serde_json::from_str(text).map_err(bad)?;
        let extended = extend::extended(&mut own).map_err(|why| ProfileError(why.to_owned()))?;
        let fields = match &extended {
            Some(name) => extend::merged(built_in::fields(name)?, own),
            None => own,
        };
        let sha256 = sum(Value::Object(fields.clone()).to_string().as_bytes()).to_string();
        let profile: Self = serde_json::from_value(Value::Object(fields.clone())).map_err(|e| match extended {
            Some(_) => bad(e),
            None => {
                ProfileError(format!("{}; a file with \"extends\": \"{}\" needs no other field", bad(e), Self::DEFAULT))
            }
        })?;
        match profile.contradiction() {
            Some(why) => Err(ProfileError(format!("a release profile that cannot be meant: {why}"))),
            None => Ok(Self { sha256, fields, ..profile }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::units::{GIB, TB, TIB};

    #[test]
    fn the_default_profile_holds_the_figures_of_the_procedure() {
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        assert_eq!(profile.bios_disk_maximum_bytes, 2 * TIB);
        assert_eq!(profile.bios_disk_maximum_decimal_bytes, 2 * TB);
        assert_eq!((profile.disk_minimum_bytes, profile.disk_minimum_binary_bytes), (TB, TIB));
        assert_eq!((profile.swap_bytes, profile.boot_df_minimum_mib), (64 * GIB, 488));
    }

    #[test]
    fn the_same_figures_have_the_same_sum_and_other_ones_another() {
        let text = include_str!("21.8.json");
        let of = |text: &str| Profile::parse(text).unwrap().sha256;
        let known = of(text);
        assert_eq!((known.len(), &of(&text.replace("\n", " "))), (64, &known));
        assert_eq!(of(r#"{"extends": "21.8"}"#), known);
        assert_ne!(of(r#"{"extends": "21.8", "iso_bytes": 7}"#), known);
        let sorted: Value = serde_json::from_str(r#"{"b": 1, "a": {"d": 1, "c": 1}}"#).unwrap();
        assert_eq!(sorted.to_string(), r#"{"a":{"c":1,"d":1},"b":1}"#);
    }

    #[test]
    fn a_place_that_is_no_absolute_path_is_refused() {
        let text = include_str!("21.8.json");
        for (good, bad) in
            [("\"/var/lib/oracle\"", "\"var/lib/oracle\""), ("\"/images\"", "\"\""), ("\"/root\"", "\"root\"")]
        {
            assert!(
                Profile::parse(&text.replacen(good, bad, 1)).unwrap_err().to_string().contains("absolute"),
                "{bad}"
            );
        }
    }

    #[test]
    fn releases_up_to_21_5_have_oracle_linux_7_and_later_ones_8() {
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        let major = |release: &str| profile.os_major_of(&Version::parse(release).unwrap());
        assert_eq!((major("18.8"), major("21.1"), major("21.5.0.0.0")), (None, Some(7), Some(7)));
        assert_eq!((major("21.6"), major("21.11")), (Some(8), Some(8)));
    }
}
