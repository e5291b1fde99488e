//! `docs/json.md`: every JSON document that the program prints, with its schema and its fields.

use std::fmt::Write;

use schemars::Schema;
use serde_json::Value;

use super::json::{self, CheckReport, ScanReport};
use super::plan::PlanReport;
use super::runbook::{self, RunbookReport};
use super::schema_of::{of, with_made};
use super::{capture, prepare, profile, profiles, run};
use crate::cluster::Cluster;
use crate::compare::Comparison;
use crate::disk::Disk;
use crate::subjects::rule::Figures;

pub(super) struct Document {
    /// Name and version of its schema.
    pub(super) name: &'static str,
    /// What prints it.
    pub(super) command: &'static str,
    /// In words.
    fields: &'static str,
    pub(super) schema: fn() -> Schema,
}

/// Every document, in the order of the page.
pub(super) const DOCUMENTS: &[Document] = &[
    Document {
        name: Disk::SCHEMA,
        command: "okv-host scan --format json",
        fields: "an array of disks; with `--format jsonl` one per line: `schema, path, image_type: raw|qcow2|vmdk|vhdx|ova, bytes, sector_bytes, table {kind: \
         gpt|mbr|none, uuid, primary, backup: ok|damaged|missing|disagrees, hybrid}, partitions [{number, \
         start_bytes, bytes, type, uuid, name, flags, content}], content, volume_groups [{name, uuid, extent_bytes, \
         extents, free_extents, missing_pvs, flags, seqno, physical_volumes, logical_volumes [{name, uuid, bytes, \
         segments, content}]}], boot {esp, bios_boot_partition, boot_code, active_partition}, problems [{id, \
         message}], made` (not in `jsonl`). A `content` is `{kind, uuid, label, bytes, ...}`, with `df_bytes` for ext and xfs: what `df` \
         calls Size. Content of the kind `unknown` has a `format` where its signature names one",
        schema: of::<ScanReport<'static>>,
    },
    Document {
        name: CheckReport::SCHEMA,
        command: "okv-host check --format json",
        fields: "`schema, made, profile, host, release, machine, memory_kib, verdict: ready|blocked|unknown, headline: \
         no-blocker-found|ready|cannot-be-upgraded|must-be-replaced|unknown|upgrade-under-way|upgrade-failed|upgraded, \
         findings [{id, verdict: \
         pass|note|confirm|warn|block|unknown|not-applicable, subject, measured, figures, required, message, remedy, \
         commands [[word]], source, waived {reason, until}}], waivers [{id, subject, reason, until, state: \
         active|unused|expired|not-allowed|no-such-rule}]`: one finding for each rule and subject, passes included. \
         `verdict` is what the rules come to, and the exit status: `ready` means that no rule blocks and nothing is \
         unknown. Disks alone (`--image`) do not show what most rules judge: these are `unknown`. `headline` is the \
         word of the screen: there, `ready` means that, in addition, nothing remains to be confirmed; otherwise it is \
         `no-blocker-found`. `machine` is a sum of the product UUID; it and the memory are what `--earlier` compares",
        schema: || with_made::<CheckReport<'static>>(CheckReport::SCHEMA),
    },
    Document {
        name: json::List::SCHEMA,
        command: "okv-host check --list --format json",
        fields: "`schema, profile, rules [{id, summary, why, fix, required, \
         source, inputs, procedure, waivable, never_waived_because}]`",
        schema: of::<json::List<'static>>,
    },
    Document {
        name: profiles::List::SCHEMA,
        command: "okv-host check --profile list --format json",
        fields: "`schema, profiles [{release, is_default, deployment, figures [{what, value, source}]}]`: the built-in release \
         profiles. `value` is in bytes, or in the unit that `what` names; `deployment` is `null` for a cluster",
        schema: of::<profiles::List<'static>>,
    },
    Document {
        name: profile::Answer::SCHEMA,
        command: "okv-host profile show --format json",
        fields: "`schema, made, source, release, figures_of, sha256, faults [{place, message}], profile`, which `profile check` \
                 prints too: `profile` has all fields, those of the profile that a file `extends` included; it is `null` \
                 where there are `faults`",
        schema: || with_made::<profile::Answer<'static>>(profile::Answer::SCHEMA),
    },
    Document {
        name: RunbookReport::SCHEMA,
        command: "okv-host runbook --format json",
        fields: "`schema, made, host, profile, headline, steps [{order, id, source, section, title, scope: node|cluster, when: \
         before|part|free|after|after-all, rules, state: done|ready|blocked|confirm|unknown|not-needed, waits_for, \
         evidence, how, command, confirmed {at, by, note}}], next`: the id of the step of the next action. `source` is \
         an item (`7.2-2`), items (`7.6-7..17`), a section (`7.4`), or `hsm-guide`: a step of the vendor's HSM guide. `headline` is that of `check`. A step that is \
         `blocked` and has `waits_for` only waits for these steps: the screen shows it as `later`",
        schema: || with_made::<runbook::Answer<'static>>(RunbookReport::SCHEMA),
    },
    Document {
        name: RunbookReport::CONFIRM_SCHEMA,
        command: "okv-host confirm STEP --note TEXT --format json",
        fields: "`schema, made, recorded, message, step`: the step as it is afterwards",
        schema: || with_made::<runbook::Recorded<'static>>(RunbookReport::CONFIRM_SCHEMA),
    },
    Document {
        name: Cluster::SCHEMA,
        command: "okv-host cluster REPORT.json --format json",
        fields: "`schema, made, profile, verdict, version, nodes [{name, host, mode: read-only|read-write, pair, status, version, \
         verdict, blocked_by, unknown_by, waived}], order [{node, mode, pair, verdict, blocked_by, unknown_by}], differences \
         [{what, values [{value, nodes}]}], disabled [{node, since_seconds, until_seconds, left_seconds}], console [{node, ca_expires, platform_expires, server_expires, shown}] (where saved answers of the console were given), problems \
         [{id, verdict, message, remedy}], next {node, what_for, what}, not_found`. What is not known is `null`; a \
         problem that only warns has the verdict `ready`. `blocked_by`, `unknown_by` and `waived` are ids of rules; in `order` \
         also `disabled-too-long`, `no-report` and `report-old`",
        schema: || with_made::<Cluster>(Cluster::SCHEMA),
    },
    Document {
        name: Comparison::SCHEMA,
        command: "okv-host compare BEFORE.json AFTER.json --format json",
        fields: "`schema, host, outcome: worse|improved|same, before {profile, release, verdict, at, version}, after {profile, release, \
         verdict, at, version}, seconds_between, doubts, worse [{id, subject, before {verdict, waived: true|false, message, measured}, after {verdict, waived, \
         message, measured}}], improved, changed, new, gone, same`: findings matched by rule and subject. `changed` is \
         as severe as before, with other figures or another message; `same` is a number. `before` of a finding is `null` \
         where only the later report has it, `after` where only the earlier one has it. A new finding that is `confirm`, `warn`, `unknown` or \
         `block` is in `worse`, the others are in `new`",
        schema: of::<Comparison>,
    },
    Document {
        name: capture::Answer::SCHEMA,
        command: "okv-host capture --list FILE --format json",
        fields: "`schema, file, pieces [{path, kind: absent|answer|disk|file|folder|link|metadata, bytes, reduced: true|false}]`: \
         everything in a capture. `path` is a path on the host or, of an answer, the question; `reduced` means that a private key or a password was \
         taken out. [capture.md](capture.md) describes the file itself",
        schema: of::<capture::Answer<'static>>,
    },
    Document {
        name: PlanReport::SCHEMA,
        command: "stage, upgrade, swap-extend, kernel-prune and ssh-dsa-retire, with --format json",
        fields: "`schema, made, command, outcome, target, steps [{purpose, role, action}], notes, reasons [{id, message, remedy}], \
         message`",
        schema: || with_made::<PlanReport<'static>>(PlanReport::SCHEMA),
    },
    Document {
        name: prepare::Answer::SCHEMA,
        command: "okv-host swap-extend --prepare --format json",
        fields: "`schema, made, disk_to_add {bytes, sector_bytes, extents, whole_gib}, inventory {schema, at, machine, memory_kib, disks \
         [{path, bytes, wwn, serial, table}]}`",
        schema: || with_made::<prepare::Answer<'static>>(prepare::Answer::SCHEMA),
    },
    Document {
        name: run::Status::SCHEMA,
        command: "okv-host status --format json",
        fields: "`schema, made, last_run {command, target, began, state, unfinished, steps, standing}, upgrade {state, exit_status, \
         began, log, iso}, upgrade_unknown`",
        schema: || with_made::<run::Status<'static>>(run::Status::SCHEMA),
    },
    Document {
        name: run::Undo::SCHEMA,
        command: "okv-host undo --format json",
        fields: "`schema, made, outcome, run, message`",
        schema: || with_made::<run::Undo<'static>>(run::Undo::SCHEMA),
    },
];

/// What `made` has.
const MADE: &str = "\n`made` shows how a document was made: `{at, version, commit, host, machine, installation, profile, \
    profile_sha256,\nread: live|folder|capture|disks|reports}`. What is not known is `null`. `at` is the clock of the node (RFC \
    3339, UTC); disks\nalone have none, and the document of `cluster` has the time of the host that ran it. `version` and \
    `commit` are of\nokv-host; a development build has no commit. `machine` is a sum of the product UUID and \
    `installation` a sum of\n`/etc/machine-id`. `profile_sha256` is the SHA-256 of all fields of the release profile as \
    JSON, sorted by name and\nwithout white space: it does not depend on how the file is written. For a file without\n`extends`, `jq -cSj . \
    FILE | sha256sum` prints it.\n";

/// The vocabulary of `figures`.
fn figures() -> String {
    let mut out =
        "\n`figures` of a finding has some of these, for every rule with the same meaning:\n\n| figure | what |\n| \
                   --- | --- |\n"
            .to_owned();
    let schema = of::<Figures>();
    for (name, figure) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let what = figure.get("description").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(out, "| `{name}` | {what} |");
    }
    out
}

pub(super) fn json(made: &str) -> String {
    let mut out = format!(
        "{made}\n\n# JSON\n\nstdout is the answer, stderr the conversation. Each document has the name and version of \
         its schema.\nWithin a version, fields are only added. Numbers are bytes unless their name has another unit; a \
         partition type\nis a lower-case GUID or `0x83`. [`schema`](schema) has the JSON Schema of each document, \
         which `okv-host schema\nNAME` prints. A consumer has to pass over fields that it does not know.\n{MADE}{}",
        figures()
    );
    for Document { name, command, fields, .. } in DOCUMENTS {
        let _ = write!(out, "\n## {name}\n\n`{command}`:\n\n{fields}.\n");
    }
    out
}
