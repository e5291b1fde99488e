//! What the upgrade procedure touches besides disks, keys and kernels; one source a file.
//!
//! Where the procedure names a place it is looked at; where it names none, only a place that the release profile gives is
//! (see [`Places`](crate::profile::Places)). What gathers does not go over the network: [`syslog::reach`] and [`certificate::of_port`] do, and are asked by themselves.

pub mod certificate;
pub mod clock;
pub mod confirmations;
mod dial;
pub mod iso;
pub mod jars;
pub mod log;
pub mod loops;
mod media;
pub mod mounted;
pub mod operator;
mod preflight;
pub mod processes;
mod records;
pub mod release;
pub mod runs;
pub mod session;
pub mod signs;
pub mod space;
pub mod staging;
pub mod syslog;
mod tail;
mod upgrade;
pub mod upgrade_run;

pub use media::Media;
pub use preflight::Preflight;
pub use records::Records;
pub use upgrade::Upgrade;
