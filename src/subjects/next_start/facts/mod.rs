//! What the next start reads. The readers of files take any stream of bytes; only `images` opens a host's files.

pub mod images;
pub mod initramfs;
pub mod kernel_image;
pub mod verdict;
