//! Rules on what else the procedure asks of a node before its upgrade.

pub(crate) mod account_expiry;
pub(crate) mod audit_vault_agent;
pub(crate) mod backup_jobs;
pub(crate) mod diagnostics_package;
pub(crate) mod hsm;
pub(crate) mod hsm_preserved_files;
pub(crate) mod hsm_wallet_left;

pub(crate) mod session;
mod signs;
pub(crate) mod syslog_remote;
