//! Words that end the start elsewhere than in the services of a node: `emergency`, `rescue`, `systemd.unit=`, `init=`,
//! `rd.break`.

use super::reference::{Need, Outcome, Reference};
use super::words::Line;

/// Where systemd lies, and the links to it.
const INIT: &[&str] =
    &["/sbin/init", "/usr/sbin/init", "/lib/systemd/systemd", "/usr/lib/systemd/systemd", "/bin/systemd"];

pub(super) fn resolve(line: &Line<'_>) -> Vec<Reference> {
    let ends = |what: &str| Outcome::Missing(format!("the start ends in {what}, which only the console shows"));
    let mode = |name, value: &str, outcome| Reference::new(name, value, outcome, Need::Mode);
    let mut found = Vec::new();
    if line.has("rd.break") || line.has("rdbreak") {
        let value = line.last("rd.break").unwrap_or_default();
        found.push(mode("rd.break", value, ends("a shell of the initramfs")));
    }
    if let Some(init) = line.kernel("init").filter(|init| !INIT.contains(init)) {
        found.push(mode("init", init, Outcome::Doubtful("another program than systemd is started".to_owned())));
    }
    found.extend(target(line).map(|(name, value, unit)| {
        let outcome = match unit {
            "emergency.target" => ends("emergency mode"),
            "rescue.target" => ends("rescue mode"),
            "halt.target" | "poweroff.target" | "reboot.target" | "shutdown.target" => ends("no running system"),
            other => Outcome::Doubtful(format!("it starts {other} in place of the default target")),
        };
        mode(name, value, outcome)
    }));
    found
}

/// The word that names another target than a node's, its value, and the target. The last word counts; the last of
/// equals is the same (`parse_proc_cmdline_item`).
fn target<'w>(line: &Line<'w>) -> Option<(&'static str, &'w str, &'w str)> {
    let mut named = line.of_kernel().filter_map(|word| match (word.name, word.value) {
        ("systemd.unit", Some(unit)) if !unit.is_empty() => Some(("systemd.unit", unit, unit)),
        ("emergency" | "-b", None) => Some(("emergency", "", "emergency.target")),
        ("rescue", None) => Some(("rescue", "", "rescue.target")),
        ("single" | "s" | "S" | "1", None) => Some(("single", "", "rescue.target")),
        ("2" | "3" | "4", None) => Some(("systemd.unit", "", "multi-user.target")),
        ("5", None) => Some(("systemd.unit", "", "graphical.target")),
        _ => None,
    });
    named
        .next_back()
        .filter(|(_, _, unit)| !matches!(*unit, "multi-user.target" | "graphical.target" | "default.target"))
}
