//! The record of what operators confirmed.

use std::io;

use crate::engine::apply::TargetHost;
use crate::io::journal::Journal;
use crate::subjects::records::facts::confirmations::{Confirmation, FILE};

/// Adds `confirmation` to those before it. On return it is on the disk.
///
/// # Errors
/// Where it cannot be written: then nothing was added.
pub fn record_confirmation(host: &TargetHost<'_>, confirmation: Confirmation) -> io::Result<()> {
    Journal::open_past_damage(&host.state_folder()?.join(FILE))?.by(&host.user).append(confirmation)
}
