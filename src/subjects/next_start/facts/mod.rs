//! What the next start reads. The readers of files take any stream of bytes; only `images` opens a host's files, and
//! `start` says which.

pub mod efi;
pub mod images;
pub mod initramfs;
pub mod kernel_image;
#[cfg(test)]
pub(crate) mod sample;
pub mod start;
pub mod verdict;
