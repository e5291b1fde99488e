//! Rules on the upgrade ISO: room for it, the file, its mount.

pub(super) mod images_mount;
pub(super) mod iso_present;
pub(super) mod iso_space;
pub(super) mod ssl_jars;
