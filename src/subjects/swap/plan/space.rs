//! Extents that are missing.

use super::group::System;
use super::swap::Need;

/// Extents that the group lacks for what is planned; 0 where it has them.
pub(super) fn missing(system: &System<'_>, need: &Need) -> u64 {
    let more = need.extents.saturating_sub(system.extents());
    let temporary = need.temporary_extents.unwrap_or(0);
    let there = system.group.usable_extents().saturating_add(need.given_back(system));
    more.saturating_add(temporary).saturating_sub(there)
}
