//! Rules on the upgrade ISO: room for it, the file, its mount.

pub(crate) mod images_mount;
pub(crate) mod iso_present;
pub(crate) mod iso_space;
pub(crate) mod ssl_jars;
