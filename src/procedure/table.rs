//! The steps of the procedure, as data: every numbered item of sections 7.2 to 7.9 belongs to exactly one of them.

use super::row::{Own, Row, command, own, person, rules};
use super::step::When::{After, AfterAll, Free, Part};
use crate::subjects::boot::rules::{boot_mode, boot_size};
use crate::subjects::certificates::rules::{platform_certificate, server_certificate};
use crate::subjects::disks::rules::{disk_bios_limit, disk_minimum, table_health};
use crate::subjects::kernels::rules::{boot_consistent, boot_free, kernel_old, kernel_running_newest};
use crate::subjects::media::rules::{images_mount, iso_present, iso_space, ssl_jars};
use crate::subjects::preflight::rules::{
    audit_vault_agent, backup_jobs, diagnostics_package, hsm, hsm_preserved_files, hsm_wallet_left, session,
    syslog_remote,
};
use crate::subjects::ssh_keys::rules::{ssh_dsa_key, ssh_host_keys};
use crate::subjects::swap::rules::{swap_references, swap_size, vg_free, vg_health};
use crate::subjects::upgrade::rules::{release, upgrade_log};

/// What is in the place of an item at steps of the vendor's HSM guide, to which items of the procedure refer.
const HSM_GUIDE: &str = "hsm-guide";

/// The sections, each with what it is about.
pub const SECTIONS: &[(&str, &str)] = &[
    ("7.2", "Before the upgrade"),
    ("7.3", "The upgrade of this node"),
    ("7.4", "Network mode"),
    ("7.5", "Versions"),
    ("7.6", "Swap"),
    ("7.7", "Old kernels"),
    ("7.8", "DSA keys of SSH"),
    ("7.9", "Endpoints"),
];

/// Every step, in the order of the procedure.
pub const STEPS: &[Row] = &[
    own("7.2", 1, "be-root", "log in and become root", Own::BeRoot, &[])
        .how("Log in as support, then run su.")
        .verified_by(&["okv-host runbook"]),
    person("7.2", 2, "back-up", "a backup to recover from")
        .shows(&[backup_jobs::ID])
        .how("Make a backup and verify that it completed."),
    person("7.2", 3, "stop-backup-jobs", "no backup runs or is scheduled")
        .shows(&[backup_jobs::ID])
        .how("Wait for a running backup, and delete the scheduled ones in the management console."),
    rules("7.2", 4, "clear-diagnostics", "no diagnostics package is left", &[diagnostics_package::ID]),
    person("7.2", 5, "plan-downtime", "the downtime is agreed on")
        .how("Agree on the downtime with the owners of databases without a persistent TDE cache.")
        .in_cluster(),
    rules("7.2", 6, "reach-syslog", "remote syslog takes the logs", &[syslog_remote::ID]),
    rules(
        "7.2",
        7,
        "disk-limit",
        "no disk too large for BIOS",
        &[boot_mode::ID, disk_bios_limit::ID, table_health::ID],
    )
    .done_by("okv-host check"),
    own("7.2", 8, "free-space", "room made, where it is short", Own::FreeSpace, &[ssl_jars::ID, iso_space::ID])
        .or_confirmed(),
    rules("7.2", 9, "boot-size", "/boot is large enough", &[boot_size::ID]).done_by("okv-host check"),
    person("7.2", 10, "disable-limit", "nodes may stay disabled for long enough")
        .how("Set Maximum Disable Node Duration in the management console to cover the slowest node.")
        .in_cluster(),
    person("7.2", 11, "plan-nodes", "the order of the nodes, one at a time")
        .how("List the order of the nodes: okv-host cluster REPORT.json --cluster-info FILE")
        .in_cluster()
        .verified_by(&["okv-host cluster"]),
    person("7.2", 12, "audit-vault", "no Audit Vault of 21.2 or earlier").shows(&[audit_vault_agent::ID]),
    rules(
        "7.2",
        13,
        "certificate",
        "the server's and the platform's certificates are valid",
        &[server_certificate::ID, platform_certificate::ID],
    )
    .how(
        "See OKV Server Certificate Expiration on the Configure Alerts page, and the date of the platform certificates \
         in the answer of okv server info get. Or have check read them: --certificate FILE, --server-info FILE.",
    ),
    person("7.2", 14, "hsm-before", "with an HSM: what its guide asks before")
        .shows(&[hsm::ID, hsm_preserved_files::ID]),
    person("7.2", 14, "hsm-card", "with an Entrust HSM: an operator card is in slot 0")
        .of_guide(HSM_GUIDE)
        .shows(&[hsm::ID])
        .how("With an Entrust HSM and operator cards: put one in slot 0 of the HSM, where it stays for the restart."),
    own("7.3", 1, "all-before", "everything before is done", Own::EverythingBefore, &[release::ID])
        .how(
            "See Node Version under Cluster, Management in the management console (without a cluster, the heading of \
             the console of the node): it must be a release that can be upgraded from.",
        )
        .verified_by(&["okv-host check"])
        .or_confirmed(),
    own("7.3", 2, "disable-node", "the node is disabled in the cluster", Own::DisableNode, &[])
        .or_confirmed()
        .how("Disable the node under Cluster, Management in the management console, and wait for DISABLED."),
    own("7.3", 3, "open-ssh", "SSH is open for who does this", Own::SshOpen, &[])
        .how("Set SSH Access under System, Settings in the management console.")
        .or_confirmed(),
    rules("7.3", 4, "iso-space", "room for the ISO", &[iso_space::ID]).done_by("okv-host check"),
    own("7.3", 5, "session", "a session that outlives its connection", Own::Session, &[session::ID]).or_confirmed(),
    own("7.3", 6, "stage-iso", "the ISO is whole in its folder", Own::StageIso, &[iso_present::ID, iso_space::ID])
        .at(Part)
        .done_by("okv-host stage"),
    own("7.3", 7, "mount-iso", "the ISO is mounted", Own::MountIso, &[images_mount::ID])
        .at(Part)
        .done_by("okv-host stage"),
    own("7.3", 8, "clean-cache", "the package cache is clean", Own::CleanCache, &[]).at(Part).done_by("okv-host stage"),
    own("7.3", 9, "run-upgrade", "the upgrade ran", Own::RunUpgrade, &[upgrade_log::ID])
        .at(Part)
        .done_by("okv-host upgrade"),
    own("7.3", 10, "reboot", "restarted, and the new release came up", Own::Reboot, &[])
        .at(Part)
        .done_by("okv-host upgrade")
        .verified_by(&["okv-host status"])
        .or_confirmed(),
    person("7.3", 11, "hsm-after", "with an Entrust HSM: what its guide asks after")
        .shows(&[hsm::ID, hsm_wallet_left::ID])
        .how("With an Entrust HSM, do what its Root of Trust guide asks for after the upgrade. Without one, note that.")
        .at(After),
    person("7.3", 12, "enable-node", "the node is enabled again")
        .how("Enable the node under Cluster, Management in the management console, and wait for ACTIVE.")
        .at(After),
    person("7.3", 13, "close-ssh", "SSH is closed again")
        .how("Set SSH Access under System, Settings in the management console.")
        .at(After),
    person("7.3", 14, "next-nodes", "the other nodes are upgraded too")
        .how("Upgrade the next node in the order of: okv-host cluster REPORT.json --cluster-info FILE")
        .in_cluster()
        .at(After)
        .verified_by(&["okv-host cluster"]),
    own("7.4", 0, "network-mode", "one or two network interfaces", Own::NetworkMode, &[])
        .how("Decide whether the node needs two interfaces; one made before 21.1 has one.")
        .at(After)
        .or_confirmed(),
    person("7.5", 1, "see-versions", "versions of node and cluster are the new one")
        .shows(&[release::ID])
        .to(4)
        .how(
            "Compare the versions under Cluster, Management in the management console: this node's is the new one; the \
             cluster's is so once its last node is upgraded.",
        )
        .at(After)
        .verified_by(&["okv-host cluster"]),
    own(
        "7.6",
        1,
        "look-at-swap",
        "what swap there is, and room for more",
        Own::LookAtSwap,
        &[swap_size::ID, vg_free::ID, vg_health::ID, disk_minimum::ID],
    )
    .to(3)
    .at(Free)
    .done_by("okv-host check"),
    own("7.6", 4, "add-disk", "one more disk, if the group is full", Own::AddDisk, &[swap_size::ID, vg_free::ID])
        .to(6)
        .at(Free)
        .verified_by(&["okv-host swap-extend"]),
    own("7.6", 7, "swap-extend", "the swap is large enough", Own::ExtendSwap, &[swap_size::ID, vg_health::ID])
        .to(17)
        .at(Free)
        .done_by("okv-host swap-extend"),
    own(
        "7.6",
        18,
        "restart-for-swap",
        "the swap is there after a restart",
        Own::RestartForSwap,
        &[swap_references::ID],
    )
    .at(Free),
    command(
        "7.7",
        1,
        "look-at-kernels",
        "the newest kernel runs, and all agrees",
        "okv-host check",
        &[kernel_running_newest::ID, boot_consistent::ID, boot_free::ID],
    )
    .to(4)
    .at(After),
    own("7.7", 5, "kernel-prune", "no older kernel is left", Own::PruneKernels, &[kernel_old::ID])
        .to(7)
        .at(After)
        .done_by("okv-host kernel-prune"),
    own("7.8", 1, "open-ssh-again", "SSH is open for who retires the keys", Own::SshAgain, &[ssh_dsa_key::ID])
        .to(4)
        .how("Set SSH Access under System, Settings in the management console.")
        .at(After)
        .or_confirmed(),
    own("7.8", 5, "ssh-dsa-retire", "no DSA host key is left", Own::RetireKeys, &[ssh_dsa_key::ID, ssh_host_keys::ID])
        .to(6)
        .at(After)
        .done_by("okv-host ssh-dsa-retire"),
    person("7.8", 7, "close-ssh-again", "SSH is closed for good")
        .how("Set SSH Access under System, Settings in the management console.")
        .at(After),
    person("7.9", 1, "endpoint-stop", "databases with online TDE are down")
        .how("After all nodes are upgraded, stop the databases of the endpoint.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 2, "endpoint-fetch", "the endpoint software is fetched")
        .how("Download the software for each platform from the login page of the management console.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 3, "endpoint-folder", "where each endpoint is installed")
        .how("Find the folder below WALLET_ROOT, or behind the link of the SID.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 4, "endpoint-install", "the endpoint software is installed")
        .how("Run on each endpoint: java -jar okvclient.jar -d FOLDER")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 5, "endpoint-library", "online TDE: the new PKCS#11 library")
        .how("Run root.sh or root.bat once per host, after all of its endpoints.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 6, "endpoint-sdk", "the SDK, where it is used")
        .how("Unpack the new SDK over the old one.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 7, "endpoint-rest", "the REST utility, where it is used")
        .how("Download and deploy the new REST utility.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 8, "endpoint-start", "databases are up again")
        .how("Start the databases after all endpoints of the host.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 9, "endpoint-rac", "RAC with keys that must not leave: rekeyed")
        .how("Upgrade all of its nodes, set extractable to false, then rekey.")
        .in_cluster()
        .at(AfterAll),
    person("7.9", 10, "endpoint-data-guard", "Data Guard with keys that must not leave: rekeyed")
        .how("Upgrade primary and standbys, set extractable to false, then rekey.")
        .in_cluster()
        .at(AfterAll),
];

pub fn row(id: &str) -> Option<&'static Row> {
    STEPS.iter().find(|row| row.id == id)
}

/// The section of this number, as the table has it.
pub fn section(number: &str) -> Option<&'static str> {
    SECTIONS.iter().map(|(section, _)| *section).find(|section| *section == number)
}

/// The steps of a section.
pub fn rows_of_section(section: &str) -> impl Iterator<Item = &'static Row> {
    STEPS.iter().filter(move |row| row.section == section)
}

/// The step of the table that covers this item: `7.2-13`, or `7.4`, which has no items.
pub fn row_of_item(item: &str) -> Option<&'static Row> {
    STEPS.iter().find(|row| row.item_names().iter().any(|name| name == item))
}
