//! Rules on the host keys of SSH.

pub(crate) mod ssh_dsa_key;
pub(crate) mod ssh_host_keys;
