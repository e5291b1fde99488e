use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use nix::pty::openpty;

use super::*;
use crate::engine::{Action, KernelPartition, Step};

/// More than a run that waits for nobody takes, also where other work shares the processors.
const SOON: Duration = Duration::from_secs(20);
const CTRL_S: &[u8] = b"\x13";
const CTRL_Q: &[u8] = b"\x11";

fn steps_to(out: impl Write + Send + 'static) -> Steps {
    Steps { steps: 9, progress: Progress::to(Writer::to(out), false) }
}

/// Reports a run that prints far more than anything holds, and returns how long that took, its end included.
fn report_a_long_run(steps: Steps) -> Duration {
    let action = Action::AddPartition(KernelPartition { disk: "/dev/vdz".into(), number: 1, start_bytes: 1, bytes: 1 });
    let step = Step::new("do it", action);
    let began = Instant::now();
    let mut report = steps.reporter();
    for number in 1..=9 {
        report(News::Step { number, step: &step });
        report(News::Output(&b"a line of a program\n".repeat(50_000)));
        report(News::Bytes { what: "copied", done: 1, of: 2 });
    }
    drop(report);
    began.elapsed()
}

fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = pipe().unwrap();
    let full = writer.try_clone().unwrap();
    std::thread::spawn(move || writer.write_all(&[b'x'; 1 << 20]));
    std::thread::sleep(Duration::from_millis(200));
    (reader, full)
}

#[test]
fn a_pipe_that_nobody_reads_makes_no_run_wait() {
    let (reader, full) = full_pipe();
    let took = report_a_long_run(steps_to(full));
    assert!(took < SOON, "{took:?}");
    drop(reader);
}

#[test]
fn a_reader_that_went_away_makes_no_run_wait() {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let took = report_a_long_run(steps_to(writer));
    assert!(took < SOON, "{took:?}");
}

#[test]
fn a_terminal_that_ctrl_s_blocks_makes_no_run_wait_and_shows_the_answer_behind_what_was_begun() {
    let terminal = openpty(None, None).unwrap();
    let (mut keys, mut screen) = (File::from(terminal.master), File::from(terminal.slave));
    keys.write_all(CTRL_S).unwrap();
    let took = report_a_long_run(steps_to(screen.try_clone().unwrap()));
    assert!(took < SOON, "{took:?}");

    // The answer waits for whoever reads the terminal.
    let answer = std::thread::spawn(move || screen.write_all(b"the answer\n"));
    std::thread::sleep(Duration::from_millis(200));
    assert!(!answer.is_finished());
    keys.write_all(CTRL_Q).unwrap();
    let mut shown = Vec::new();
    let mut piece = [0; 4096];
    while !shown.ends_with(b"the answer\r\n") {
        let n = keys.read(&mut piece).unwrap();
        shown.extend_from_slice(&piece[..n]);
    }
    answer.join().unwrap().unwrap();
}

#[test]
fn all_is_written_in_order_before_the_end() {
    let (mut reader, writer) = pipe().unwrap();
    let reads = std::thread::spawn(move || {
        let mut text = String::new();
        reader.read_to_string(&mut text).map(|_| text)
    });
    let out = Writer::to(writer);
    let lines: Vec<String> = (0..20_000).map(|n| format!("{n}\n")).collect();
    lines.iter().for_each(|line| out.write(line));
    drop(out);
    assert_eq!(reads.join().unwrap().unwrap(), lines.concat());
}

/// Takes something only when it may.
struct Gate {
    opens: std::sync::mpsc::Receiver<()>,
    taken: Sender<String>,
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.opens.recv().map_err(io::Error::other)?;
        self.taken.send(String::from_utf8_lossy(bytes).into_owned()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_next_line_that_finds_room_follows_how_many_found_none() {
    let ((open, opens), (taken, takes)) = (channel(), channel());
    let out = Writer::to(Gate { opens, taken });
    out.write("first\n");
    // The first one is being written; nothing else is until the gate opens again.
    std::thread::sleep(Duration::from_millis(200));
    let many = "another line\n".repeat(300_000);
    out.write(&many);
    out.write(&many);
    out.write("one\n");
    open.send(()).unwrap();
    assert_eq!(takes.recv().unwrap(), "first\n");
    open.send(()).unwrap();
    assert_eq!(takes.recv().unwrap(), format!("{many}     300000 lines left out: the output was blocked\none\n"));
    drop(out);
}

#[test]
fn what_was_left_out_last_is_counted_at_the_end() {
    let ((open, opens), (taken, takes)) = (channel(), channel());
    let out = Writer::to(Gate { opens, taken });
    out.write(&"x\n".repeat(3_000_000));
    open.send(()).unwrap();
    drop(out);
    let all: String = takes.iter().collect();
    assert_eq!(all, "     3000000 lines left out: the output was blocked\n");
}

#[test]
fn a_rate_is_shown_once_it_is_no_guess() {
    let mib = 1 << 20;
    assert_eq!(speed(400 * mib, 1000 * mib, Duration::from_secs(2)), ", 200.00 MiB/s, 5 s left");
    assert_eq!(speed(400 * mib, 1000 * mib, Duration::from_millis(900)), "");
    assert_eq!(speed(0, 1000 * mib, Duration::from_secs(9)), "");
}
