//! A swap header to be written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::proof::Proof;
use super::table_write::BytesAt;

/// The first page of a swap area. It is written at once: of an area that keeps its identity and only becomes larger,
/// one sector changes, so that at every moment either the old header is there or the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, Deserialize)]
pub struct SwapHeader {
    /// The volume.
    pub area: String,
    /// Bytes of the area, the header's page among them.
    pub bytes: u64,
    pub uuid: String,
    pub label: Option<String>,
    /// The page that is written, without sectors that are zero.
    pub page: Vec<BytesAt>,
    /// The page that was there before, in the same way.
    pub before: Vec<BytesAt>,
    /// Block devices that are flushed before: the header must not outlive the size that the volume has for it. A run
    /// that finds the size there does not know whether whoever wrote it flushed it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flushed: Vec<String>,
}

impl SwapHeader {
    /// Bytes of the page on x86_64.
    pub const PAGE: u64 = 4096;

    /// What the host shows when it is written.
    pub fn proof(&self) -> Proof {
        let Self { area, bytes, uuid, label, .. } = self;
        Proof::SwapHeader { area: area.clone(), bytes: *bytes, uuid: uuid.clone(), label: label.clone() }
    }
}
