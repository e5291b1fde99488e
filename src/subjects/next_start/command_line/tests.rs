mod forms;
mod options;
mod random;
mod volumes;

use super::*;
use crate::host::cmdline::parse;
use crate::host::sample;

const ROOT: &str = "root=/dev/mapper/vg--root-lv_root rd.lvm.lv=vg-root/lv_root";

/// A node of which everything was read.
fn node() -> Node {
    sample::node()
}

/// Each reference of the line: word, effect, and in brackets what the outcome says.
fn seen(node: &Node, line: &str) -> Vec<String> {
    let words = parse(format!("{line}\n").as_bytes()).unwrap();
    resolve(&words, node)
        .iter()
        .map(|reference| {
            let why = match &reference.outcome {
                Outcome::Found { device, .. } => device.clone(),
                Outcome::Ambiguous(devices) => devices.join(" or "),
                Outcome::Missing(why) | Outcome::Unknown(why) | Outcome::Doubtful(why) | Outcome::Harmless(why) => {
                    why.clone()
                }
            };
            format!("{} {:?} ({why})", reference.word(), reference.effect())
        })
        .collect()
}

/// What the first reference of a line does.
fn effect(node: &Node, line: &str) -> Effect {
    resolve(&parse(format!("{line}\n").as_bytes()).unwrap(), node)[0].effect()
}

fn setup(node: &mut Node) -> &mut crate::host::Setup {
    node.setup.as_mut().unwrap()
}

fn running(node: &mut Node) -> &mut crate::host::Running {
    node.running.as_mut().unwrap()
}
