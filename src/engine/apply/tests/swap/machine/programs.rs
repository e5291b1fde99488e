//! The programs of the node, and how they fail.

use super::{Machine, Way};
use crate::io::tool::{AtLimit, Cmd, Output, Runner, ToolError};
use crate::subjects::swap::plan::tests::node::Node;

impl Runner for Machine {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let mut state = self.state();
        let command = cmd.to_string();
        let call = state.calls.len();
        state.calls.push(command.clone());
        if state.activates_at == Some(call) {
            let mut node = state.node.clone();
            self.look(&mut node);
            // Without a header it fails, as it does on a node.
            if node.program(&["/usr/sbin/swapon", "/dev/vg_root/lv_swap"]).is_ok() {
                self.show(&node);
                state.node = node;
            }
        }
        if state.full_at == Some(call) {
            self.fills_up();
        }
        if let Some(left) = state.left.clone().filter(|_| cmd.program.at_limit() != AtLimit::Killed) {
            return Err(left);
        }
        let program = cmd.program.path().to_owned();
        let fault = state.fault.clone();
        let way = fault.filter(|fault| fault.call == call || state.broken.as_ref() == Some(&program)).map(|fault| {
            if fault.lasting {
                state.broken = Some(program.clone());
            }
            fault.way
        });
        let ended = |status: i32, out: &str, err: &str| {
            Ok(Output { status: Some(status), stdout: out.as_bytes().to_vec(), stderr: err.as_bytes().to_vec() })
        };
        let late = ToolError::TimedOut { command: command.clone(), limit: cmd.limit };
        let left = ToolError::StillRuns { command: command.clone(), process: 4711 };
        if matches!(way, Some(Way::StillRuns | Way::StillRunsAfterwards)) {
            state.left = Some(left.clone());
        }
        match way {
            Some(Way::Status) => return ended(1, "", "it does not work"),
            Some(Way::Hangs) => return Err(late),
            Some(Way::Missing) => return Err(ToolError::Missing { command }),
            Some(Way::Garbage) => return ended(0, "\u{1b}[2J{\"report\": [garbage", ""),
            Some(Way::StillRuns) => return Err(left),
            Some(Way::HangsAfterwards | Way::MetadataOnly | Way::Suspends | Way::StillRunsAfterwards) | None => {}
        }
        let mut node = state.node.clone();
        self.look(&mut node);
        let argv: Vec<&str> = std::iter::once(program.as_str()).chain(cmd.args.iter().map(String::as_str)).collect();
        let answer = node.program(&argv);
        if answer.is_ok() {
            if matches!(way, Some(Way::MetadataOnly | Way::Suspends)) {
                keep_kernel(&mut node, &state.node, way == Some(Way::Suspends));
            }
            self.show(&node);
            state.node = node;
        }
        match (way, answer) {
            (Some(Way::HangsAfterwards | Way::Suspends), _) => Err(late),
            (Some(Way::StillRunsAfterwards), _) => Err(left),
            (_, Ok(out)) => ended(0, &out, ""),
            (_, Err(why)) => ended(5, "", &why),
        }
    }

    fn still_runs(&self) -> Option<ToolError> {
        self.state().left.clone()
    }
}

/// The kernel keeps of each volume what it had before.
fn keep_kernel(node: &mut Node, before: &Node, suspends: bool) {
    for (name, volume) in &mut node.volumes {
        let had = before.volumes.get(name).and_then(|volume| volume.kernel_extents);
        if had != volume.kernel_extents {
            (volume.kernel_extents, volume.is_suspended) = (had, suspends && had.is_some());
        }
    }
}
