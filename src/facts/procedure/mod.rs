//! What the upgrade procedure touches besides disks, keys and kernels; one source a file.
//!
//! Where the procedure names a place it is looked at; where it names none, only a place that the release profile gives is
//! (see [`Places`](crate::profile::Places)). What gathers does not go over the network: [`syslog::reach`] and [`certificate::of_port`] do, and are asked by themselves.

pub mod certificate;

pub mod confirmations;
mod dial;
pub mod iso;
pub mod jars;
pub mod log;

mod media;
pub mod mounted;

mod preflight;

mod records;
pub mod release;
pub mod runs;
pub mod session;
pub mod signs;

pub mod staging;
pub mod syslog;

mod upgrade;
pub mod upgrade_run;

pub use media::Media;
pub use preflight::Preflight;
pub use records::Records;
pub use upgrade::Upgrade;
