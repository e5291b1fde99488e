//! `docs/json.md`: every JSON document that the program prints, with its schema and its fields.

use std::fmt::Write;

use super::json::CheckReport;
use super::plan::PlanReport;
use super::runbook::RunbookReport;
use crate::compare::Comparison;
use crate::disk::Disk;

/// A document: its schema, the command that prints it, and its fields.
const DOCUMENTS: &[(&str, &str, &str)] = &[
    (
        Disk::SCHEMA,
        "okv-host scan --format json",
        "an array of disks; with `--format jsonl` one per line: `schema, path, bytes, sector_bytes, table {kind: \
         gpt|mbr|none, uuid, primary, backup: ok|damaged|missing|disagrees, hybrid}, partitions [{number, \
         start_bytes, bytes, type, uuid, name, flags, content}], content, volume_groups [{name, uuid, extent_bytes, \
         extents, free_extents, missing_pvs, flags, seqno, physical_volumes, logical_volumes [{name, uuid, bytes, \
         segments, content}]}], boot {esp, bios_boot_partition, boot_code, active_partition}, problems [{id, \
         message}], made` (not in `jsonl`). A `content` is `{kind, uuid, label, bytes, ...}`, with `df_bytes` for ext and xfs: what `df` \
         calls Size. Content of the kind `unknown` has a `format` where its signature names one",
    ),
    (
        CheckReport::SCHEMA,
        "okv-host check --format json",
        "`schema, made, profile, host, release, machine, memory_kib, verdict: ready|blocked|unknown, headline: \
         no-blocker-found|ready|cannot-be-upgraded|must-be-replaced|unknown|upgrade-under-way|upgrade-failed|upgraded, \
         findings [{id, verdict: \
         pass|note|confirm|warn|block|unknown|not-applicable, subject, measured, figures, required, message, remedy, \
         commands [[word]], source, waived {reason, until}}], waivers [{id, subject, reason, until, state: \
         active|unused|expired|not-allowed|no-such-rule}]`: one finding for each rule and subject, passes included. \
         `verdict` is what the rules come to, and the exit status: `ready` means that no rule blocks and nothing is \
         unknown. Disks alone (`--image`) do not show what most rules judge: these are `unknown`. `headline` is the \
         word of the screen: there, `ready` means that, in addition, nothing remains to be confirmed; otherwise it is \
         `no-blocker-found`. `machine` is a sum of the product UUID; it and the memory are what `--earlier` compares",
    ),
    (
        "okv-host.rules.v1",
        "okv-host check --list --format json",
        "`schema, profile, rules [{id, summary, why, fix, required, \
         source, inputs, procedure, waivable, never_waived_because}]`",
    ),
    (
        "okv-host.profiles.v1",
        "okv-host check --profile list --format json",
        "`schema, profiles [{release, is_default, deployment, figures [{what, value, source}]}]`: the built-in release \
         profiles. `value` is in bytes, or in the unit that `what` names; `deployment` is `null` for a cluster",
    ),
    (
        RunbookReport::SCHEMA,
        "okv-host runbook --format json",
        "`schema, made, host, profile, headline, steps [{order, id, source, section, title, scope: node|cluster, when: \
         before|part|free|after|after-all, rules, state: done|ready|blocked|confirm|unknown|not-needed, waits_for, \
         evidence, how, command, confirmed {at, by, note}}], next`: the id of the step of the next action. `source` is \
         an item (`7.2-2`), items (`7.6-7..17`), a section (`7.4`), or `hsm-guide`: a step of the vendor's HSM guide. `headline` is that of `check`. A step that is \
         `blocked` and has `waits_for` only waits for these steps: the screen shows it as `later`",
    ),
    (
        RunbookReport::CONFIRM_SCHEMA,
        "okv-host confirm STEP --note TEXT --format json",
        "`schema, made, recorded, message, step`: the step as it is afterwards",
    ),
    (
        "okv-host.cluster.v1",
        "okv-host cluster REPORT.json --format json",
        "`schema, made, profile, verdict, version, nodes [{name, host, mode: read-only|read-write, pair, status, version, \
         verdict, blocked_by, unknown_by, waived}], order [{node, mode, pair, verdict, blocked_by, unknown_by}], differences \
         [{what, values [{value, nodes}]}], disabled [{node, since_seconds, until_seconds, left_seconds}], console [{node, ca_expires, platform_expires, server_expires, shown}] (where saved answers of the console were given), problems \
         [{id, verdict, message, remedy}], next {node, what_for, what}, not_found`. What is not known is `null`; a \
         problem that only warns has the verdict `ready`. `blocked_by`, `unknown_by` and `waived` are ids of rules; in `order` \
         also `disabled-too-long`, `no-report` and `report-old`",
    ),
    (
        Comparison::SCHEMA,
        "okv-host compare BEFORE.json AFTER.json --format json",
        "`schema, host, outcome: worse|improved|same, before {profile, release, verdict}, after {profile, release, \
         verdict}, worse [{id, subject, before {verdict, waived: true|false, message, measured}, after {verdict, waived, \
         message, measured}}], improved, changed, new, gone, same`: findings matched by rule and subject. `changed` is \
         as severe as before, with other figures or another message; `same` is a number. `before` of a finding is `null` \
         where only the later report has it, `after` where only the earlier one has it. A new finding that is `confirm`, `warn`, `unknown` or \
         `block` is in `worse`, the others are in `new`",
    ),
    (
        PlanReport::SCHEMA,
        "stage, upgrade, swap-extend, kernel-prune and ssh-dsa-retire, with --format json",
        "`schema, made, command, outcome, target, steps [{purpose, role, action}], notes, reasons [{id, message, remedy}], \
         message`",
    ),
    (
        "okv-host.prepare.v1",
        "okv-host swap-extend --prepare --format json",
        "`schema, made, disk_to_add {bytes, sector_bytes, extents, whole_gib}, inventory {schema, at, machine, memory_kib, disks \
         [{path, bytes, wwn, serial, table}]}`",
    ),
    (
        "okv-host.status.v1",
        "okv-host status --format json",
        "`schema, made, last_run {command, target, began, state, unfinished, steps, standing}, upgrade {state, exit_status, \
         began, log, iso}, upgrade_unknown`",
    ),
    ("okv-host.undo.v1", "okv-host undo --format json", "`schema, made, outcome, run, message`"),
];

/// What `made` has.
const MADE: &str = "\n`made` shows how a document was made: `{at, version, commit, host, machine, installation, profile, \
    profile_sha256,\nread: live|folder|disks|reports}`. What is not known is `null`. `at` is the clock of the node (RFC \
    3339, UTC); disks\nalone have none, and the document of `cluster` has the time of the host that ran it. `version` and \
    `commit` are of\nokv-host; a development build has no commit. `machine` is a sum of the product UUID and \
    `installation` a sum of\n`/etc/machine-id`. `profile_sha256` is the SHA-256 of all fields of the release profile as \
    JSON, sorted by name and\nwithout white space: it does not depend on how the file is written. For a file without\n`extends`, `jq -cSj . \
    FILE | sha256sum` prints it.\n";

pub(super) fn json(made: &str) -> String {
    let mut out = format!(
        "{made}\n\n# JSON\n\nstdout is the answer, stderr the conversation. Each document has the name and version of \
         its schema.\nWithin a version, fields are only added. Numbers are bytes unless their name has another unit; a \
         partition type\nis a lower-case GUID or `0x83`.\n{MADE}"
    );
    for (schema, command, fields) in DOCUMENTS {
        let _ = write!(out, "\n## {schema}\n\n`{command}`:\n\n{fields}.\n");
    }
    out
}
