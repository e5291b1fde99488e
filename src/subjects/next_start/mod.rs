//! The next start: what the firmware, the boot loader, the kernel and its initramfs will do when the node restarts.

pub mod command_line;
pub mod facts;
pub mod prediction;
pub mod rules;
pub mod small_images;
pub mod steps;

pub use command_line::{Effect, Outcome, Reference, resolve};
pub use facts::efi::{option as boot_option, program as efi_program};
pub use facts::images::Images;
pub use facts::initramfs::{self, Contents};
pub use facts::kernel_image::{self, KernelImage};
pub use facts::start::{NextStart, Start, menu};
pub use facts::verdict::Verdict;
pub use prediction::{Link, Prediction, line_links, predict, without_boot};
