//! What LVM2 itself reports, as JSON: `pvs`, `vgs`, `lvs` with `--reportformat json` (lvmreport(7)), since 2.02.158.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};

use super::{Cmd, Program, Runner, ToolError, success};

/// A device that LVM2 sees, a physical volume or not.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PhysicalVolume {
    /// Path by which LVM2 calls it.
    #[serde(rename = "pv_name")]
    pub name: String,
    /// Its identifier; empty where it is no physical volume.
    #[serde(rename = "pv_uuid")]
    pub uuid: String,
    /// The group it belongs to; empty where to none.
    #[serde(rename = "vg_name")]
    pub group: String,
}

impl PhysicalVolume {
    /// What LVM2 (2.02.153 and later) shows as the group of a volume that is marked as used, where no metadata has it.
    pub const UNKNOWN_GROUP: &str = "[unknown]";

    /// Whether it is marked as used by a group, and no metadata has that group: what `vgextend` leaves that was cut off
    /// before it wrote the metadata.
    pub fn is_orphan_in_use(&self) -> bool {
        !self.uuid.is_empty() && self.group == Self::UNKNOWN_GROUP
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VolumeGroup {
    #[serde(rename = "vg_name")]
    pub name: String,
    #[serde(rename = "vg_uuid")]
    pub uuid: String,
    #[serde(rename = "vg_extent_size", deserialize_with = "figure")]
    pub extent_bytes: u64,
    /// Extents that no logical volume uses.
    #[serde(rename = "vg_free_count", deserialize_with = "figure")]
    pub free_extents: u64,
    /// Physical volumes that LVM2 does not find.
    #[serde(rename = "vg_missing_pv_count", deserialize_with = "figure")]
    pub missing: u64,
    /// Number of the metadata's version.
    #[serde(rename = "vg_seqno", deserialize_with = "figure")]
    pub seqno: u64,
}

/// A logical volume that is visible.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LogicalVolume {
    #[serde(rename = "vg_name")]
    pub group: String,
    #[serde(rename = "lv_name")]
    pub name: String,
    #[serde(rename = "lv_size", deserialize_with = "figure")]
    pub bytes: u64,
    /// How it is built: `linear`, `striped`, `thin,sparse`, ...
    #[serde(rename = "lv_layout")]
    pub layout: String,
    /// What it is for: `public`, `public,origin,thickorigin`, ...
    #[serde(rename = "lv_role")]
    pub role: String,
    /// Its tags, with commas between.
    #[serde(rename = "lv_tags")]
    pub tags: String,
    /// `active`, or nothing.
    #[serde(rename = "lv_active")]
    pub active: String,
}

/// LVM2 writes every figure as text.
fn figure<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    String::deserialize(from)?.parse().map_err(D::Error::custom)
}

/// Even a report makes a new backup of the metadata in `/etc/lvm` where that there is older (LVM2
/// `check_current_backup`): who only asks changes nothing.
const WRITES_NOTHING: [&str; 2] = ["--config", "backup { backup = 0 archive = 0 }"];
const AS_JSON: [&str; 6] = ["--reportformat", "json", "--units", "b", "--nosuffix", "--options"];

fn report(program: Program, columns: &str, of: &[&str]) -> Cmd {
    Cmd::new(program, AS_JSON.into_iter().chain([columns]).chain(of.iter().copied()).chain(WRITES_NOTHING))
}

/// `pvs --all`: every device that LVM2's filters let through.
pub fn devices() -> Cmd {
    report(Program::Pvs, "pv_name,pv_uuid,vg_name", &["--all"])
}

pub fn groups() -> Cmd {
    report(Program::Vgs, "vg_name,vg_uuid,vg_extent_size,vg_free_count,vg_missing_pv_count,vg_seqno", &[])
}

pub fn volumes() -> Cmd {
    report(Program::Lvs, "vg_name,lv_name,lv_size,lv_layout,lv_role,lv_tags,lv_active", &[])
}

/// `lvmconfig`: whether LVM2 sees only the devices of its devices file (`use_devicesfile`, since 2.03.12).
pub fn uses_devices_file() -> Cmd {
    Cmd::new(Program::Lvmconfig, ["--typeconfig", "full", "devices/use_devicesfile"])
}

/// Runs one of the reports above.
///
/// # Errors
/// Where it fails, or prints something else than that report.
pub fn ask<T: DeserializeOwned>(runner: &dyn Runner, cmd: &Cmd) -> Result<Vec<T>, ToolError> {
    #[derive(Deserialize)]
    struct Answer {
        report: Vec<serde_json::Map<String, serde_json::Value>>,
    }
    let output = success(runner, cmd)?;
    let not_it = |why: String| ToolError::Failed { command: cmd.to_string(), why: format!("no report of LVM2: {why}") };
    let answer: Answer = serde_json::from_slice(&output.stdout).map_err(|e| not_it(e.to_string()))?;
    let mut rows = Vec::new();
    for part in answer.report {
        for (_, value) in part {
            rows.extend(serde_json::from_value::<Vec<T>>(value).map_err(|e| not_it(e.to_string()))?);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::tool::{Script, Scripted};

    fn answer(text: &str) -> Result<Vec<VolumeGroup>, ToolError> {
        ask(&Script::new([Scripted::prints(&groups().to_string(), text)]), &groups())
    }

    #[test]
    fn a_report_is_read_with_its_figures_in_text() {
        let text = r#"{"report":[{"vg":[{"vg_name":"vg_root","vg_uuid":"u","vg_extent_size":"33554432",
            "vg_free_count":"320","vg_missing_pv_count":"0","vg_seqno":"7"}]}]}"#;
        let groups = answer(text).unwrap();
        assert_eq!((groups[0].extent_bytes, groups[0].free_extents, groups[0].seqno), (32 << 20, 320, 7));
        assert_eq!(answer(r#"{"report":[{"vg":[]}]}"#), Ok(vec![]));
    }

    #[test]
    fn what_is_no_report_is_an_error_that_names_the_command() {
        for text in ["", "garbage", "{}", r#"{"report":[{"vg":[{"vg_name":"x"}]}]}"#, r#"{"report":[{"vg":7}]}"#] {
            let error = answer(text).unwrap_err().to_string();
            assert!(error.contains("/usr/sbin/vgs") && error.contains("no report"), "{error}");
        }
    }
}
