//! What a node is judged by where no option names anything else: its own release profile and waivers.
//!
//! They are read as files of the host that is judged, so that a saved one brings its own. One that is there and cannot
//! be used ends the command: without it the verdict would be another one.

use std::io::{self, Write};

use anyhow::{Result, anyhow};

use crate::cli::Judge;
use crate::host::{Probed, Root};
use crate::io::owned;
use crate::profile::Profile;
use crate::subjects::waivers::{self, Waiver};

pub(super) const PROFILE: &str = "/etc/okv-host/profile.json";
const WAIVERS: &str = "/etc/okv-host/waivers.json";

/// The release profile of a host; `None` where there is no such file.
pub(super) fn profile(root: &Root) -> Result<Option<Profile>> {
    let how = "Correct the file, or name another profile: --profile RELEASE";
    read(root, PROFILE, how, |text| Profile::parse(text).map_err(|why| why.to_string()))
}

/// The text of its file.
pub(super) fn profile_text(root: &Root) -> Probed<String> {
    root.parse(PROFILE, |bytes| match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err("it is no text in UTF-8".to_owned()),
    })
}

/// Whether a host has such a file.
pub(super) fn has_profile(root: &Root) -> bool {
    is_there(root, PROFILE)
}

/// The waivers of a host.
pub(super) fn waivers(root: &Root) -> Result<Option<Vec<Waiver>>> {
    let how = "Correct the file, or name another one: --waivers FILE";
    read(root, WAIVERS, how, |text| waivers::parse(text).map_err(|why| why.to_string()))
}

fn read<T>(root: &Root, path: &str, how: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>> {
    let text = |bytes: &[u8]| match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(_) => Err("it is no text in UTF-8".to_owned()),
    };
    if root.has_answers()
        && let Ok(place) = root.at(path)
    {
        let ask = || owned::verify(&place.real_path()).map_err(|why| why.to_string());
        place.answer("only root writes", ask).and_then(|answer| answer).map_err(|why| anyhow!("{why}"))?;
    }
    root.parse(path, text).found().map_err(|why| anyhow!("{why}. {how}"))
}

fn is_there(root: &Root, path: &str) -> bool {
    root.at(path).is_ok_and(|place| !matches!(place.kind(), Probed::Absent))
}

/// Those that are used, as lines of a screen.
pub(super) fn used(root: Option<&Root>, args: &Judge) -> Vec<String> {
    let Some(root) = root else { return Vec::new() };
    let of = [("profile", PROFILE, args.profile.is_none()), ("waivers", WAIVERS, args.waivers.is_none())];
    of.into_iter()
        .filter(|(_, path, is_asked)| *is_asked && is_there(root, path))
        .map(|(what, path, _)| format!("{what}: {path}"))
        .collect()
}

/// Shows them beside a plan, whose own text is what will be done.
pub(super) fn show(root: &Root, args: &Judge) {
    for line in used(Some(root), args) {
        // Where stderr is gone there is nobody left to tell.
        let _ = writeln!(io::stderr(), "{line}");
    }
}
