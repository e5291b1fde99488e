//! What keeps a swap volume from being extended, whatever its header says.

use crate::engine::Refusal;
use crate::host::locate::{Volume, crypttab_unread, mapping_that_may_be_on};
use crate::subjects::swap::facts::Growth;
use crate::subjects::swap::plan::group::System;
use crate::subjects::swap::plan::{Request, refuse};

/// That the next start opens no encrypted mapping on it: what is written to it now would not be what that swaps to.
pub(super) fn is_not_encrypted(growth: &Growth, request: &Request, system: &System<'_>) -> Result<(), Refusal> {
    let name = request.name();
    if let Some(why) = crypttab_unread(&growth.node) {
        let message = format!("whether {name} is encrypted is not known: {why}");
        return Err(refuse("swap-encrypted", message, "correct /etc/crypttab"));
    }
    let found = Volume::Logical { group: system.group, volume: system.volume };
    let Some(entry) = mapping_that_may_be_on(&growth.node, &found) else { return Ok(()) };
    let message = format!(
        "line {} of /etc/crypttab makes {} of {}, which is {name} or may be",
        entry.line,
        entry.device(),
        entry.source
    );
    Err(refuse("swap-encrypted", message, "extend an encrypted swap volume by hand"))
}

/// That the policy of the volume lets it take extents elsewhere.
pub(super) fn can_grow(request: &Request, system: &System<'_>, extents: u64) -> Result<(), Refusal> {
    match system.group.cannot_grow(system.volume, extents).filter(|_| extents > 0) {
        Some(why) => {
            Err(refuse("allocation-policy", why.to_owned(), format!("lvchange --alloc inherit {}", request.name())))
        }
        None => Ok(()),
    }
}

/// That no new header forgets the bad pages of the old one.
pub(super) fn keeps_bad_pages(request: &Request, bad_pages: u64, is_changed: bool) -> Result<(), Refusal> {
    if bad_pages == 0 || !is_changed {
        return Ok(());
    }
    let message = format!("the header of {} lists bad pages ({bad_pages}), which a new one would not", request.name());
    Err(refuse("swap-bad-pages", message, "replace the disk with the bad blocks, and make the area anew: mkswap"))
}
