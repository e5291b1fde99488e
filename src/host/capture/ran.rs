//! How a program ended, as a capture keeps it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Bytes, reduce};
use crate::io::tool::{Output, ToolError};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Ran {
    Ended {
        status: Option<i32>,
        stdout: Bytes,
        stderr: Bytes,
        /// Whether a private key was taken out.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reduced: bool,
    },
    Missing,
    Failed(String),
    /// Ended after so many seconds.
    TimedOut(u64),
    StillRuns(u32),
}

impl Ran {
    pub fn of(result: Result<Output, ToolError>) -> Self {
        match result {
            Ok(Output { status, mut stdout, mut stderr }) => {
                let found = [reduce::of_text(&mut stdout), reduce::of_text(&mut stderr)];
                Self::Ended { status, stdout: Bytes(stdout), stderr: Bytes(stderr), reduced: found.contains(&true) }
            }
            Err(ToolError::Missing { .. }) => Self::Missing,
            Err(ToolError::Failed { why, .. }) => Self::Failed(why),
            Err(ToolError::TimedOut { limit, .. }) => Self::TimedOut(limit.as_secs()),
            Err(ToolError::StillRuns { process, .. }) => Self::StillRuns(process),
            Err(ToolError::Status { said, .. }) => Self::Failed(said),
        }
    }

    /// The same for who ran `command`.
    ///
    /// # Errors
    /// The error that was kept.
    pub fn again(self, command: String) -> Result<Output, ToolError> {
        match self {
            Self::Ended { status, stdout, stderr, .. } => Ok(Output { status, stdout: stdout.0, stderr: stderr.0 }),
            Self::Missing => Err(ToolError::Missing { command }),
            Self::Failed(why) => Err(ToolError::Failed { command, why }),
            Self::TimedOut(seconds) => Err(ToolError::TimedOut { command, limit: Duration::from_secs(seconds) }),
            Self::StillRuns(process) => Err(ToolError::StillRuns { command, process }),
        }
    }
}
