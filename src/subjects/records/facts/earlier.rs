//! An earlier report of `check --format json`, or the inventory of `swap-extend --prepare`, as far as the node is
//! compared with it.

use serde::Deserialize;

use crate::subjects::disks::Inventory;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Earlier {
    #[serde(default)]
    schema: String,
    /// The host that it is on; an inventory lies on the host itself.
    pub host: Option<String>,
    /// What identifies the machine; a report of an earlier version has none.
    #[serde(default)]
    pub machine: Option<String>,
    /// All memory, in KiB; likewise.
    #[serde(default)]
    pub memory_kib: Option<u64>,
}

impl From<Inventory> for Earlier {
    fn from(inventory: Inventory) -> Self {
        let Inventory { schema, machine, memory_kib, .. } = inventory;
        Self { schema, host: None, machine, memory_kib }
    }
}

/// What every version of a report begins the name of its schema with.
const SCHEMA: &str = "okv-host.check.v1";

/// Reads it.
///
/// # Errors
/// Where it is no such report.
pub fn parse(text: &str) -> Result<Earlier, String> {
    let earlier: Earlier =
        serde_json::from_str(text).map_err(|e| format!("no report of okv-host check --format json: {e}"))?;
    match earlier.schema.as_str() {
        SCHEMA if earlier.host.is_none() => Err("a report without a host".to_owned()),
        SCHEMA => Ok(earlier),
        other => Err(format!("its schema is {other:?}, and not {SCHEMA}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_with_and_without_what_a_later_version_added() {
        let old = parse(r#"{"schema": "okv-host.check.v1", "host": "okv1", "findings": []}"#).unwrap();
        assert_eq!((old.machine, old.memory_kib), (None, None));
        let new = r#"{"schema": "okv-host.check.v1", "host": "okv1", "machine": "ab", "memory_kib": 7, "x": 1}"#;
        assert_eq!(parse(new).unwrap().memory_kib, Some(7));
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for bad in
            ["", "{}", "[]", r#"{"schema": "okv-host.check.v9", "host": "x"}"#, r#"{"schema": "okv-host.check.v1"#]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
