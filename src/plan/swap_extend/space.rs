//! Extents that are missing.

use super::group::System;
use super::swap::Need;

/// Extents that the group lacks for what is planned; 0 where it has them.
pub(super) fn missing(system: &System<'_>, need: &Need) -> u64 {
    let more = need.extents.saturating_sub(system.extents());
    if more == 0 {
        return 0;
    }
    let temporary = need.temporary_extents.unwrap_or(0);
    // What a temporary volume that is left over has, it gives back before it is needed, or has already.
    more.saturating_add(temporary).saturating_sub(system.group.usable_extents())
}
