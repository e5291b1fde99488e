//! Lines for the system log of the node, each one datagram to `/dev/log`, as `syslog(3)` sends them.

use std::os::unix::net::UnixDatagram;
use std::path::Path;

const SOCKET: &str = "/dev/log";
/// Facility `authpriv`, severity `notice` (RFC 3164, section 4.1.1). Not the facility of the vendor's upgrade: what
/// okv-host does is no line of its log.
const PRIORITY: u8 = 10 * 8 + 5;

/// Sends one line. It goes nowhere where no daemon listens or its queue is full: what counts is in the journal, and no
/// step waits for a log.
pub fn send(line: &str) {
    send_to(Path::new(SOCKET), line);
}

fn send_to(socket: &Path, line: &str) {
    let text = format!("<{PRIORITY}>okv-host[{}]: {line}", std::process::id());
    if let Ok(sender) = UnixDatagram::unbound()
        && sender.set_nonblocking(true).is_ok()
    {
        let _ = sender.send_to(text.as_bytes(), socket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_arrives_with_its_priority_and_program_and_a_full_or_missing_daemon_makes_nobody_wait() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("log");
        send_to(&socket, "nobody listens");
        let daemon = UnixDatagram::bind(&socket).unwrap();
        send_to(&socket, "run 1 began");
        let mut text = [0; 100];
        let length = daemon.recv(&mut text).unwrap();
        let expected = format!("<85>okv-host[{}]: run 1 began", std::process::id());
        assert_eq!(std::str::from_utf8(&text[..length]).unwrap(), expected);
        // More than the queue of a socket takes.
        (0..100_000).for_each(|_| send_to(&socket, "and again"));
    }
}
