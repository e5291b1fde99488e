//! The built-in release profiles: each figure with its source.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::findings::{INDENT, line};
use super::text::{Columns, Page, wrap};
use crate::base::units::Bytes;
use crate::profile::Profile;

/// All of them in JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct List<'p> {
    #[schemars(extend("const" = List::SCHEMA))]
    schema: &'static str,
    profiles: Vec<Listed<'p>>,
}

impl List<'_> {
    pub(super) const SCHEMA: &'static str = "okv-host.profiles.v1";
}

#[derive(Serialize, JsonSchema)]
struct Listed<'p> {
    release: &'p str,
    is_default: bool,
    deployment: Option<&'p str>,
    figures: Vec<Figure<'p>>,
}

#[derive(Serialize, JsonSchema)]
struct Figure<'p> {
    what: &'static str,
    value: u64,
    #[serde(skip)]
    shown: String,
    source: &'p str,
}

fn listed(profile: &Profile) -> Listed<'_> {
    let bytes = |what, value, source| Figure { what, value, shown: Bytes(value).to_string(), source };
    let mib = profile.boot_df_minimum_mib;
    Listed {
        release: &profile.release,
        is_default: profile.release == Profile::DEFAULT,
        deployment: profile.deployment.as_deref(),
        figures: vec![
            bytes("smallest system disk", profile.disk_minimum_bytes, &profile.disk_minimum_source),
            bytes("largest boot disk under BIOS", profile.bios_disk_maximum_bytes, &profile.bios_disk_source),
            Figure { what: "smallest /boot in MiB", value: mib, shown: mib.to_string(), source: &profile.boot_source },
            bytes("swap", profile.swap_bytes, &profile.swap_source),
        ],
    }
}

pub fn profiles_text(profiles: &[Profile], columns: Columns) -> String {
    let mut out = Page::new(columns);
    out.push_str("Release profiles\n");
    for profile in profiles.iter().map(listed) {
        let deployment = profile.deployment.map(|name| format!(", {name}")).unwrap_or_default();
        let usual =
            if profile.is_default { " (where no other is named, and no ISO has a release in its name)" } else { "" };
        out.push('\n');
        wrap(&mut out, &format!("{}{deployment}{usual}", profile.release), 0, 4);
        for figure in &profile.figures {
            out.blank(INDENT);
            wrap(&mut out, &format!("{}: {}", figure.what, figure.shown), INDENT, INDENT);
            line(&mut out, "source", figure.source);
        }
    }
    out.push_str("\nAnother release has the figures of the nearest lower one, and a note about that.\n");
    out.into_text()
}

/// Writes the built-in profiles.
///
/// # Errors
/// What the writer reports.
pub fn profiles_json(out: &mut impl Write, profiles: &[Profile]) -> io::Result<()> {
    let list = List { schema: List::SCHEMA, profiles: profiles.iter().map(listed).collect() };
    serde_json::to_writer_pretty(&mut *out, &list)?;
    out.write_all(b"\n")
}
