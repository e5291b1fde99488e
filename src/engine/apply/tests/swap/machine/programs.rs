//! The programs of the node, and how they fail.

use super::{Machine, Way};
use crate::io::tool::{Cmd, Output, Runner, ToolError};

impl Runner for Machine {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let mut state = self.state();
        let command = cmd.to_string();
        let call = state.calls.len();
        state.calls.push(command.clone());
        if state.full_at == Some(call) {
            self.fills_up();
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
        match way {
            Some(Way::Status) => return ended(1, "", "it does not work"),
            Some(Way::Hangs) => return Err(ToolError::TimedOut { command, limit: cmd.limit }),
            Some(Way::Missing) => return Err(ToolError::Missing { command }),
            Some(Way::Garbage) => return ended(0, "\u{1b}[2J{\"report\": [garbage", ""),
            Some(Way::HangsAfterwards) | None => {}
        }
        let mut node = state.node.clone();
        self.look(&mut node);
        let argv: Vec<&str> = std::iter::once(program.as_str()).chain(cmd.args.iter().map(String::as_str)).collect();
        let answer = node.program(&argv);
        if answer.is_ok() {
            self.show(&node);
            state.node = node;
        }
        if way.is_some() {
            return Err(ToolError::TimedOut { command, limit: cmd.limit });
        }
        match answer {
            Ok(out) => ended(0, &out, ""),
            Err(why) => ended(5, "", &why),
        }
    }
}
