//! An initramfs, read to its end as the kernel reads it (its `init/initramfs.c`).
//!
//! The file is a row of segments with zeros between them. A segment is a cpio archive as it is, at an offset that four
//! divides, or a compressed stream of archives. Each is read through, in bounded memory: a part of the file, the window
//! of one decoder, and the names that matter.
//!
//! Stricter than the kernel in two ways. Checksums that it skips are verified. And the last archive must end with
//! `TRAILER!!!`: the kernel starts without, and a file that was cut off between two members looks the same to it.

mod compression;
mod contents;
mod cpio;
mod decode;
mod limits;
mod source;
mod verify;

#[cfg(test)]
mod tests;

pub use compression::Compression;
pub use contents::Contents;
pub use verify::verify;
