//! Rules on the host keys of SSH.

pub(super) mod ssh_dsa_key;
pub(super) mod ssh_host_keys;
