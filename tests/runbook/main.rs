//! The runbook of fixture hosts: golden texts, both sides of every kind of step, what was confirmed, and what is
//! recorded.

#[path = "../support/made.rs"]
mod made;
#[path = "../support/overlay.rs"]
mod overlay;

#[path = "../support/ssh_hosts/mod.rs"]
#[allow(dead_code)] // the hosts of the tests of SSH
mod ssh_hosts;

mod confirmations;
mod golden;
mod one_truth;
mod planned;
mod progress;
mod record;
mod states;

use std::fs;
use std::path::Path;

use okv_host::host::Root;
use okv_host::io::journal::Record;
use okv_host::procedure::{State, Step, steps};
use okv_host::profile::Profile;
use okv_host::subjects::records::Confirmation;
use okv_host::subjects::table::judge;
use okv_host::subjects::{Facts, of_host_at};
use overlay::Host;

/// 2026-11-24 12:00 UTC.
const NOON: u64 = 1_795_521_600;

fn profile() -> Profile {
    Profile::named(Profile::DEFAULT).unwrap()
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn facts_of(dir: &Path) -> Facts {
    of_host_at(&Root::fixture(dir).unwrap(), &profile().places)
}

fn steps_of(facts: &Facts) -> Vec<Step> {
    steps(facts, &judge(facts, &profile()), &profile())
}

fn of<'s>(steps: &'s [Step], id: &str) -> &'s Step {
    steps.iter().find(|step| step.id == id).unwrap_or_else(|| panic!("no step {id}"))
}

fn state(steps: &[Step], id: &str) -> State {
    of(steps, id).state
}

/// The steps of a fixture host after `change` to what it says of itself.
fn with(name: &str, change: impl FnOnce(&mut Facts)) -> Vec<Step> {
    let mut facts = facts_of(Host::named(name).path());
    change(&mut facts);
    steps_of(&facts)
}

/// That `step` was confirmed for the upgrade to 21.8 on `host`.
fn confirmation(host: &str, step: &str, note: &str) -> Confirmation {
    let text = str::to_owned;
    let (step, release, user, note) = (text(step), text("21.8"), text("ann"), text(note));
    Confirmation { step, release, user, host: text(host), node: None, note, withdrawn: false }
}

/// Records, one minute after the other from noon on.
fn records(confirmations: impl IntoIterator<Item = Confirmation>) -> Vec<Record<Confirmation>> {
    let numbered = (1_u64..).zip(confirmations);
    numbered
        .map(|(number, entry)| Record { number, at: NOON + 60 * number, user: None, version: None, entry })
        .collect()
}

/// Puts `records` on the host in `dir`, as the program writes them.
fn put(dir: &Path, records: &[Record<Confirmation>]) {
    let lines = records.iter().map(|record| {
        let json = serde_json::to_string(record).unwrap();
        format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()))
    });
    write(dir, "var/lib/okv-host/confirmations", lines.collect::<String>());
}
