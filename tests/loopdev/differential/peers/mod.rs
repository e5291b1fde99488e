//! What the real tools say of the same disks, each in the terms of our JSON.

use std::collections::BTreeMap;

pub(crate) mod blkid;
pub(crate) mod lvm;
pub(crate) mod sfdisk;

/// A field's name (`partition.3.start_bytes`) and its value as text. `ABSENT` where a tool says there is none.
pub(crate) type Fields = BTreeMap<String, String>;

/// The value of a field that is surely not there.
pub(crate) const ABSENT: &str = "(absent)";

/// `value`, or [`ABSENT`] where there is none or an empty one.
pub(crate) fn or_absent(value: Option<&str>) -> String {
    value.filter(|v| !v.is_empty()).unwrap_or(ABSENT).to_owned()
}
