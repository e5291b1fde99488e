//! `resume=` with `resume_offset=`: where the image of a hibernated machine is looked for.
//!
//! With an offset, the volume holds a file system, and the image lies in a swap file there.

use super::device::find;
use super::reference::{Need, Outcome, Reference};
use super::words::Line;
use crate::disk::format::content::Kind;
use crate::host::locate::{Located, Volume, by_number, mapping};
use crate::host::{DeviceNumber, Node};

pub(super) fn resolve(line: &Line<'_>, node: &Node) -> Option<Reference> {
    if line.has("noresume") {
        return None;
    }
    let value = line.last("resume")?;
    // The kernel looks for the image before and beside dracut, and takes numbers too.
    let (outcome, volume) = match DeviceNumber::of_kernel_word(value).map(|number| by_number(node, number)) {
        Some(Located::One(volume)) => (Outcome::Found { device: volume.device(), through: vec![] }, Some(volume)),
        Some(Located::Unknown(why)) => (Outcome::Unknown(why), None),
        _ => find(node, value),
    };
    if let Some(entry) = mapping(node, value).filter(|entry| entry.is_made_anew()) {
        let why = format!("each start makes {} anew, so that nothing can resume from it", entry.device());
        return Some(Reference::new("resume", value, Outcome::Doubtful(why), Need::Resume));
    }
    let is_file = line.kernel("resume_offset").is_some_and(|offset| offset != "0" && !offset.is_empty());
    let outcome = match outcome {
        Outcome::Found { .. } => volume.and_then(|volume| content(volume, is_file)).unwrap_or(outcome),
        outcome => outcome,
    };
    Some(Reference::new("resume", value, outcome, Need::Resume))
}

fn content(volume: Volume<'_>, is_file: bool) -> Option<Outcome> {
    let kind = volume.content()?.kind;
    match kind {
        Kind::Swap if is_file => Some(Outcome::Doubtful(format!(
            "it names {volume}, which is swap, and resume_offset= asks for a swap file"
        ))),
        Kind::Swap | Kind::Unreadable | Kind::Unknown | Kind::Ambiguous => None,
        _ if is_file => {
            Some(Outcome::Harmless(format!("it names {volume}, which has the swap file of resume_offset=")))
        }
        kind => Some(Outcome::Doubtful(format!("it names {volume}, which is {} and not swap", kind.word()))),
    }
}
