//! Files of file systems that the real tools made, read from the bytes of their images.

#[path = "../support/mod.rs"]
mod support;

mod changed;
mod compare;
mod ext;
mod fat;
mod plant;
mod xfs;
