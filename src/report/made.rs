//! How a document was made: a report that leaves its node is compared with others by this.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::base::dates::format_second;
use crate::profile::Profile;

/// The commit, which only a release build knows.
const COMMIT: Option<&str> = option_env!("OKV_HOST_BUILD_COMMIT");

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Made {
    /// By the clock of the node, as the screen shows it; disks alone have none.
    pub at: Option<String>,
    /// Of this program.
    pub version: &'static str,
    pub commit: Option<&'static str>,
    pub host: Option<String>,
    /// A sum of the product UUID.
    pub machine: Option<String>,
    /// A sum of `/etc/machine-id`: a copy of a disk keeps it, a new installation does not.
    pub installation: Option<String>,
    pub profile: Option<String>,
    pub profile_sha256: Option<String>,
    pub read: Read,
}

/// What a document was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Read {
    Live,
    /// A folder that stands for a host.
    Folder,
    /// What `capture` kept of a host.
    Capture,
    Disks,
    /// Reports alone.
    Reports,
}

impl Read {
    /// The same for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Live => "the running node",
            Self::Folder => "a saved host",
            Self::Capture => "a capture",
            Self::Disks => "disks",
            Self::Reports => "saved reports",
        }
    }
}

impl Made {
    pub fn at(now: Option<u64>, profile: Option<&Profile>, read: Read) -> Self {
        Self {
            at: now.map(format_second),
            version: env!("CARGO_PKG_VERSION"),
            commit: COMMIT,
            host: None,
            machine: None,
            installation: None,
            profile: profile.map(|profile| profile.release.clone()),
            profile_sha256: profile.map(|profile| profile.sha256.clone()),
            read,
        }
    }
}

/// A document.
#[derive(Serialize, JsonSchema)]
pub(super) struct Document<'d, T> {
    schema: &'static str,
    made: &'d Made,
    #[serde(flatten)]
    fields: &'d T,
}

/// Writes a document: its schema, how it was made, then its own fields.
pub(super) fn write(
    out: &mut impl Write,
    schema: &'static str,
    made: &Made,
    fields: &impl Serialize,
) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document { schema, made, fields })?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_begins_with_its_schema_and_how_it_was_made() {
        #[derive(Serialize)]
        struct Fields {
            host: &'static str,
        }
        let profile = Profile::named(Profile::DEFAULT).unwrap();
        let made = Made { commit: None, ..Made::at(Some(1_795_505_564), Some(&profile), Read::Folder) };
        let mut out = Vec::new();
        write(&mut out, "okv-host.test.v1", &made, &Fields { host: "okv1" }).unwrap();
        let text = String::from_utf8(out).unwrap();
        let places = ["\"schema\"", "\"made\"", "\"read\": \"folder\"", "\"host\": \"okv1\""]
            .map(|word| text.find(word).unwrap());
        assert!(places.is_sorted() && text.ends_with("}\n"), "{text}");
        assert!(text.contains("\"at\": \"2026-11-24T"), "{text}");
        assert!(text.contains(&format!("\"profile_sha256\": \"{}\"", profile.sha256)), "{text}");
    }
}
