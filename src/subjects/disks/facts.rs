//! The disks that were there before a node was powered off, as `swap-extend --prepare` recorded them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::host::block::Identity;
use crate::host::{Probed, Root, state};

/// Where it lies.
pub const INVENTORY: &str = "/var/lib/okv-host/disks.json";
/// Its name in the folder of the state.
const FILE: &str = "disks.json";

/// The disks of a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Inventory {
    #[schemars(extend("const" = Inventory::SCHEMA))]
    pub schema: String,
    /// When it was made, in seconds since 1970.
    pub at: u64,
    /// What identifies the machine that they were in, and its memory in KiB; an earlier version recorded neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_kib: Option<u64>,
    pub disks: Vec<Known>,
}

/// A disk by what stays the same when its name changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct Known {
    /// Its path at that moment; another disk may have it later.
    pub path: String,
    pub bytes: u64,
    pub wwn: Option<String>,
    pub serial: Option<String>,
    /// Identifier of its partition table.
    pub table: Option<String>,
}

impl Inventory {
    pub const SCHEMA: &'static str = "okv-host.disks.v1";

    pub fn gather(root: &Root) -> Probed<Self> {
        if let Err(why) = state::verify(root, FILE) {
            return Probed::Unreadable(why);
        }
        root.parse(INVENTORY, Self::parse)
    }

    /// From its text.
    ///
    /// # Errors
    /// Where it is no inventory.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let inventory: Self = serde_json::from_slice(text).map_err(|e| format!("no inventory of disks: {e}"))?;
        match inventory.schema.as_str() {
            Self::SCHEMA => Ok(inventory),
            other => Err(format!("an inventory of another kind: {other}")),
        }
    }

    /// Whether a disk of this identity was there; one that tells neither name nor number, by a disk of its size that
    /// told none either.
    pub fn has(&self, identity: &Identity, bytes: u64) -> bool {
        self.is_identified(identity).unwrap_or_else(|| self.nameless(bytes).next().is_some())
    }

    /// Whether a blank disk of this identity and size was there. One that tells neither name nor number is taken for
    /// any other such disk of its size.
    pub fn has_blank(&self, identity: &Identity, bytes: u64) -> bool {
        self.is_identified(identity).unwrap_or_else(|| self.nameless(bytes).any(|known| known.table.is_none()))
    }

    /// Disks of that size that tell neither name nor number.
    fn nameless(&self, bytes: u64) -> impl Iterator<Item = &Known> {
        let nameless = move |known: &&Known| known.wwn.is_none() && known.serial.is_none() && known.bytes == bytes;
        self.disks.iter().filter(nameless)
    }

    /// Whether a disk of this name or number was there; `None` where it tells neither.
    fn is_identified(&self, identity: &Identity) -> Option<bool> {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        (identity.wwn.is_some() || identity.serial.is_some()).then(|| {
            self.disks.iter().any(|known| {
                same(&known.wwn, &identity.wwn) || same(&known.serial, &identity.serial) && known.wwn == identity.wwn
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(wwn: Option<&str>, serial: Option<&str>, table: Option<&str>) -> Known {
        let text = |t: Option<&str>| t.map(str::to_owned);
        Known { path: "/dev/sdb".into(), bytes: 1 << 30, wwn: text(wwn), serial: text(serial), table: text(table) }
    }

    fn identity(wwn: Option<&str>, serial: Option<&str>) -> Identity {
        let text = |t: Option<&str>| t.map(str::to_owned);
        Identity { wwn: text(wwn), serial: text(serial), ..Identity::default() }
    }

    #[test]
    fn a_disk_is_known_by_name_or_number_and_not_by_its_path() {
        let has = |known: Known, identity: &Identity| {
            let disks = vec![known];
            Inventory { schema: Inventory::SCHEMA.into(), at: 0, machine: None, memory_kib: None, disks }
                .has_blank(identity, 1 << 30)
        };
        assert!(has(known(Some("naa.5"), None, None), &identity(Some("naa.5"), Some("x"))));
        assert!(has(known(None, Some("x"), None), &identity(None, Some("x"))));
        assert!(!has(known(None, Some("x"), None), &identity(None, Some("y"))));
        assert!(!has(known(Some("naa.5"), Some("x"), None), &identity(Some("naa.6"), Some("x"))));
        assert!(has(known(None, None, None), &identity(None, None)));
        assert!(!has(known(None, None, Some("table")), &identity(None, None)));
    }

    #[test]
    fn what_is_no_inventory_is_an_error() {
        for text in ["", "[]", "{}", r#"{"schema":"okv-host.scan.v1","at":0,"disks":[]}"#] {
            assert!(Inventory::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Inventory::parse(br#"{"schema":"okv-host.disks.v1","at":0,"disks":[]}"#).is_ok());
    }
}
