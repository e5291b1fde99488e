//! Saved answers of the management console.

use crate::host::Probed;

pub mod info;
pub mod saved;
pub mod status;

/// What was saved of the console; `None` where no file was given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Console {
    pub info: Option<Probed<info::ServerInfo>>,
    pub status: Option<Probed<status::ServerStatus>>,
}
