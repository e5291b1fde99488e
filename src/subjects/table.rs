//! The table of all rules.

use super::Facts;
use super::boot::rules::{boot_mode, boot_size, fstab_mounts};
use super::certificates::rules::{ca_certificate, platform_certificate, server_certificate};
use super::console::rules::console_status;
use super::disks::rules::{disk_bios_limit, disk_minimum, files_read, table_health};
use super::kernels::rules::{boot_consistent, boot_free, kernel_old, kernel_running_newest};
use super::media::rules::{images_mount, iso_present, iso_space, ssl_jars};
use super::next_start::rules::{kernel_options, next_start};
use super::preflight::rules::{
    account_expiry, audit_vault_agent, backup_jobs, diagnostics_package, hsm, hsm_preserved_files, hsm_wallet_left,
    session, syslog_remote,
};
use super::records::rules::memory_not_less;
use super::rule::finding::Finding;
use super::rule::record::{Rule, RuleInputs};
use super::ssh_keys::rules::{ssh_dsa_key, ssh_host_keys};
use super::swap::rules::{swap_references, swap_size, vg_free, vg_health};
use super::upgrade::rules::{os_major, release, upgrade_log};
use crate::profile::Profile;

/// Every rule, in the order of the report. A new one is a file with its record, its `mod` line and its line here.
pub const RULES: &[Rule] = &[
    boot_mode::RULE,
    disk_bios_limit::RULE,
    boot_size::RULE,
    disk_minimum::RULE,
    swap_size::RULE,
    swap_references::RULE,
    vg_health::RULE,
    vg_free::RULE,
    table_health::RULE,
    files_read::RULE,
    ssh_dsa_key::RULE,
    ssh_host_keys::RULE,
    kernel_running_newest::RULE,
    kernel_old::RULE,
    boot_free::RULE,
    boot_consistent::RULE,
    fstab_mounts::RULE,
    kernel_options::RULE,
    next_start::RULE,
    iso_space::RULE,
    iso_present::RULE,
    images_mount::RULE,
    ssl_jars::RULE,
    release::RULE,
    os_major::RULE,
    server_certificate::RULE,
    platform_certificate::RULE,
    ca_certificate::RULE,
    console_status::RULE,
    syslog_remote::RULE,
    diagnostics_package::RULE,
    backup_jobs::RULE,
    audit_vault_agent::RULE,
    hsm::RULE,
    hsm_preserved_files::RULE,
    hsm_wallet_left::RULE,
    upgrade_log::RULE,
    session::RULE,
    account_expiry::RULE,
    memory_not_less::RULE,
];

pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == *name)
}

pub fn judge(facts: &Facts, profile: &Profile) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| (rule.judge)(&RuleInputs { facts, profile, rule })).collect()
}
