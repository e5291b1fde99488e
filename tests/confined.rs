//! That the kernel keeps a reading command from writing: every thread of it that reads has a filter of seccomp(2).

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_okv-host");

/// A process that ends with its test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The mode of seccomp of each thread, the first thread first (proc(5)): 0 for none, 2 for a filter.
fn modes(process: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let mut tasks: Vec<u32> = tasks.map(|task| task.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect();
    tasks.sort_by_key(|task| (*task != process, *task));
    tasks.into_iter().map(|task| value(process, task, "Seccomp:")).collect()
}

fn value(process: u32, task: u32, name: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/task/{task}/status")).unwrap_or_default();
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    value.unwrap_or_default().trim().to_owned()
}

/// Runs the command with a FIFO that nobody writes to, and looks at it while it waits: the modes of its threads, and
/// its mask of file modes.
fn while_it_waits(arguments: &[&str], fifo: &Path) -> (Vec<String>, String) {
    nix::unistd::mkfifo(fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    // With this open, the reader waits for what is written, and not for a writer.
    let flags = nix::libc::O_NONBLOCK;
    let _writer = OpenOptions::new().read(true).write(true).custom_flags(flags).open(fifo).unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(arguments).arg(fifo).stdout(Stdio::null()).stderr(Stdio::null());
    let process = Ends(command.spawn().unwrap());
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let modes = modes(process.0.id());
        if modes.len() > 1 && modes[1..].iter().all(|mode| mode == "2") {
            return (modes, value(process.0.id(), process.0.id(), "Umask:"));
        }
        assert!(Instant::now() < deadline, "{arguments:?}: {modes:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_reading_command_reads_in_threads_with_a_filter() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [&[&str]; 3] = [&["scan", "--files-from"], &["cluster"], &["check", "--certificate"]];
    for (number, arguments) in cases.into_iter().enumerate() {
        let (modes, mask) = while_it_waits(arguments, &dir.path().join(format!("fifo{number}")));
        assert_eq!(modes[0], "0", "the first thread starts programs: {modes:?}");
        assert_eq!(mask, "0077", "what it makes is its owner's alone");
    }
}
