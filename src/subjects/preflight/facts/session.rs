//! How whoever runs this program is connected: told by the processes above it, since `su -` empties the environment.

use crate::host::processes::parse_stat;
use crate::host::{Probed, Root};

/// Most processes above this one that are looked at.
const MOST: usize = 64;

/// What is above this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// A terminal multiplexer, of this name, which outlives a connection.
    Multiplexer(String),
    /// An SSH connection, and nothing that outlives it.
    Ssh,
    /// A login at a console.
    Console,
    /// None of these; the names of the processes, the nearest first.
    Other(Vec<String>),
}

/// Goes up from this process. [`Probed::Absent`] on a host in a directory that has no process of its own.
pub fn gather(root: &Root) -> Probed<Session> {
    let mut pid = "self".to_owned();
    let mut names = Vec::new();
    while names.len() < MOST {
        let path = format!("/proc/{pid}/stat");
        let stat = match root.read(&path) {
            Probed::Known(stat) => stat,
            Probed::Absent if names.is_empty() && !root.has_answers() => return Probed::Absent,
            // It ended meanwhile, or belongs to another namespace.
            Probed::Absent => return Probed::Unreadable(format!("{path}: there is no such file")),
            Probed::Unreadable(why) => return Probed::Unreadable(why),
        };
        let Some((_, parent, name)) = parse_stat(&stat) else {
            return Probed::Unreadable(format!("{path}: not as the kernel writes it"));
        };
        if let Some(session) = session_of(&name) {
            return Probed::Known(session);
        }
        names.push(name);
        // The first process, and those of the kernel, have no parent.
        if parent == 0 {
            return Probed::Known(Session::Other(names));
        }
        pid = parent.to_string();
    }
    Probed::Unreadable(format!("there are more than {MOST} processes above this one"))
}

fn session_of(name: &str) -> Option<Session> {
    match name {
        "tmux" | "screen" | "SCREEN" => Some(Session::Multiplexer(name.to_ascii_lowercase())),
        _ if name.starts_with("tmux:") => Some(Session::Multiplexer("tmux".into())),
        "sshd" | "sshd-session" | "sshd-auth" | "dropbear" => Some(Session::Ssh),
        "login" => Some(Session::Console),
        _ => None,
    }
}
