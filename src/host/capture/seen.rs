//! What was seen of one place.

use serde::{Deserialize, Serialize};

use super::extents::Extents;
use super::{Bytes, Kept, Kind, MOST_NAMES, Meta, limited};

/// Each question that was asked about a place, with its answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Seen {
    /// Where a symbolic link leads (readlink(2)); error 22 is that of a place that is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Kept<Bytes>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Kept<Meta>>,
    #[serde(default, deserialize_with = "limited::kept::<_, _, MOST_NAMES>", skip_serializing_if = "Option::is_none")]
    pub names: Option<Kept<Vec<Name>>>,
    /// The bytes of a file that was read whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Kept<Bytes>>,
    /// The parts that were read of a disk, or of a large file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Kept<Extents>>,
    /// Whether a private key or a password was taken out of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reduced: bool,
}

/// A name in a folder, and what the folder shows it to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name(pub Bytes, pub bool);

impl Seen {
    /// About how many bytes it takes, of which a capture has a limit.
    pub(super) fn bytes(&self) -> u64 {
        let names = |names: &Vec<Name>| names.iter().map(|Name(name, _)| name.0.len().saturating_add(64)).sum();
        let of = [
            self.link.as_ref().and_then(|link| link.again().ok()).map_or(0, |link| link.0.len()),
            self.names.as_ref().and_then(|kept| kept.again().ok()).map_or(0, names),
            self.content.as_ref().and_then(|content| content.again().ok()).map_or(0, |content| content.0.len()),
        ];
        of.iter().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes as u64))
    }

    /// Whether its content is that of a file.
    pub fn kind(&self) -> Option<Kind> {
        self.meta.as_ref()?.again().ok().map(|meta| meta.kind)
    }
}
