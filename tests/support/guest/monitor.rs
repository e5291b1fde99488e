//! QEMU's monitor (QMP): one JSON object a line, each way.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Within this QEMU listens at a socket that is there.
const LISTENS: Duration = Duration::from_secs(30);

/// A connection to the monitor.
#[derive(Debug)]
pub(super) struct Monitor {
    stream: BufReader<UnixStream>,
}

impl Monitor {
    pub(super) fn connect(path: &Path) -> Self {
        let stream = connected(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
        let mut monitor = Self { stream: BufReader::new(stream) };
        let greeting = monitor.line();
        assert!(greeting.get("QMP").is_some(), "{greeting}");
        monitor.command("qmp_capabilities", json!({}));
        monitor
    }

    /// Gives a command and returns what it returned.
    pub(super) fn command(&mut self, name: &str, arguments: Value) -> Value {
        self.attempt(name, &arguments).unwrap_or_else(|error| panic!("{name} {arguments}: {error}"))
    }

    /// The same, for a command that may be refused.
    pub(super) fn attempt(&mut self, name: &str, arguments: &Value) -> Result<Value, Value> {
        let command = json!({"execute": name, "arguments": arguments});
        writeln!(self.stream.get_mut(), "{command}").expect("QEMU takes a command");
        loop {
            let mut answer = self.line(); // or an event in between
            if let Some(error) = answer.get_mut("error") {
                return Err(error.take());
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
        }
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("QEMU answers");
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{line:?}: {e}"))
    }
}

/// QEMU makes its sockets one after the other, and between bind and listen a connection is refused, which lasts on a
/// machine that is busy.
fn connected(path: &Path) -> io::Result<UnixStream> {
    let started = Instant::now();
    loop {
        match UnixStream::connect(path) {
            Err(e) if is_early(&e) && started.elapsed() < LISTENS => {
                thread::sleep(Duration::from_millis(50));
            }
            result => return result,
        }
    }
}

fn is_early(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
}
