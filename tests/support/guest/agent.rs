//! Talks with the agent in the guest; `scripts/guest/node/usr/local/lib/guest/agent` says how.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::machine::Machine;

/// How much longer than its own limit an answer is waited for.
const GRACE: Duration = Duration::from_secs(60);

/// How a script ended.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The exit status; negative where a signal ended it.
    pub(crate) status: i64,
    /// Whether it was killed because its time was up.
    pub(crate) timed_out: bool,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Output {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let late = if self.timed_out { ", its time was up" } else { "" };
        write!(f, "exit status {}{late}\nstdout: {}\nstderr: {}", self.status, self.stdout(), self.stderr())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The power was cut, or QEMU ended.
    Gone,
    /// The guest says nothing.
    Silent,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "the guest is gone",
            Self::Silent => "the guest does not answer",
        })
    }
}

type Waiting = Arc<Mutex<HashMap<u64, Sender<Output>>>>;

/// A connection to the agent. Several scripts may run at once.
#[derive(Debug)]
pub(super) struct Agent {
    writer: Mutex<(UnixStream, u64)>,
    waiting: Waiting,
    boot_id: String,
}

/// A script that runs in the guest.
#[derive(Debug)]
pub(crate) struct Running {
    answer: Receiver<Output>,
    limit: Duration,
}

impl Running {
    /// Waits for its end.
    pub(crate) fn wait(&self) -> Result<Output, NoAnswer> {
        self.answer.recv_timeout(self.limit + GRACE).map_err(|e| match e {
            RecvTimeoutError::Timeout => NoAnswer::Silent,
            RecvTimeoutError::Disconnected => NoAnswer::Gone,
        })
    }

    /// How it ended, where it has ended within `time`.
    pub(crate) fn ended_within(&self, time: Duration) -> Option<Output> {
        self.answer.recv_timeout(time).ok()
    }
}

impl Agent {
    /// Connects to QEMU's socket and waits until the guest is up, or `is_lost`.
    pub(super) fn connect(
        path: &Path,
        deadline: Instant,
        machine: &mut Machine,
        is_lost: impl Fn() -> bool,
    ) -> Result<Self, NoAnswer> {
        let mut stream = open(path, deadline, machine)?;
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a time limit");
        let (mut line, mut byte) = (Vec::new(), [0]);
        while byte != *b"\n" {
            match stream.read(&mut byte) {
                Ok(0) => return Err(NoAnswer::Gone),
                Ok(_) => line.push(byte[0]),
                Err(_) if Instant::now() > deadline || is_lost() => return Err(NoAnswer::Silent),
                Err(_) => {}
            }
        }
        let hello: Value = serde_json::from_slice(&line).unwrap_or_else(|e| panic!("{line:?}: {e}"));
        let boot_id = hello["ready"].as_str().unwrap_or_else(|| panic!("{hello}")).to_owned();
        stream.set_read_timeout(None).expect("no time limit");
        Ok(Self::new(BufReader::new(stream), boot_id))
    }

    /// Connects to a guest that was up when it was saved.
    pub(super) fn reconnect(
        path: &Path,
        deadline: Instant,
        machine: &mut Machine,
        boot_id: String,
    ) -> Result<Self, NoAnswer> {
        Ok(Self::new(BufReader::new(open(path, deadline, machine)?), boot_id))
    }

    fn new(mut reader: BufReader<UnixStream>, boot_id: String) -> Self {
        let writer = reader.get_ref().try_clone().expect("a second handle");
        let waiting = Waiting::default();
        let routes = Arc::clone(&waiting);
        thread::spawn(move || {
            while let Ok((id, output)) = answer(&mut reader) {
                if let Some(to) = routes.lock().expect("no panic in here").remove(&id) {
                    let _ = to.send(output); // who asked may have gone on
                }
            }
            routes.lock().expect("no panic in here").clear(); // all who wait learn that the guest is gone
        });
        Self { writer: Mutex::new((writer, 0)), waiting, boot_id }
    }

    pub(super) fn boot_id(&self) -> &str {
        &self.boot_id
    }

    pub(super) fn start(&self, script: &str, input: &[u8], limit: Duration) -> Running {
        let (to, answer) = mpsc::channel();
        let mut writer = self.writer.lock().expect("no panic in here");
        writer.1 += 1;
        let id = writer.1;
        self.waiting.lock().expect("no panic in here").insert(id, to);
        let limit_s = limit.as_secs_f64();
        let request = json!({"id": id, "script": script, "stdin": input.len(), "limit": limit_s});
        let sent = writeln!(writer.0, "{request}").and_then(|()| writer.0.write_all(input));
        if sent.is_err() {
            self.waiting.lock().expect("no panic in here").remove(&id);
        }
        Running { answer, limit }
    }
}

fn open(path: &Path, deadline: Instant, machine: &mut Machine) -> Result<UnixStream, NoAnswer> {
    loop {
        match UnixStream::connect(path) {
            Ok(stream) => return Ok(stream),
            Err(_) if machine.has_ended() || Instant::now() > deadline => return Err(NoAnswer::Gone),
            Err(_) => thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn answer(reader: &mut BufReader<UnixStream>) -> std::io::Result<(u64, Output)> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let head: Value = serde_json::from_str(&line)?;
    let mut bytes = |name: &str| {
        let mut bytes = vec![0; head[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0)];
        reader.read_exact(&mut bytes).map(|()| bytes)
    };
    let (stdout, stderr) = (bytes("stdout")?, bytes("stderr")?);
    let status = head["status"].as_i64().unwrap_or(i64::MIN);
    let timed_out = head["timed_out"] == true;
    Ok((head["id"].as_u64().unwrap_or(0), Output { status, timed_out, stdout, stderr }))
}
