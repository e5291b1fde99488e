//! Rules on what else the procedure asks of a node before its upgrade.

pub(super) mod audit_vault_agent;
pub(super) mod backup_jobs;
pub(super) mod diagnostics_package;
pub(super) mod hsm;
pub(super) mod release;
pub(super) mod server_certificate;
pub(super) mod session;
mod signs;
pub(super) mod syslog_remote;
pub(super) mod upgrade_log;
