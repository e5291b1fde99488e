//! What a command looks at and which programs it starts, from the record that strace makes of a real run.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use crate::OKV_HOST;
use crate::guest::{Guest, Output};

/// Every system call that takes a path, and those that make a process or a thread.
const CALLS: &str = "%file,clone,clone3,fork,vfork";
const FILE: &str = "/root/strace";

/// A run, with all its processes.
#[derive(Debug, PartialEq)]
pub(crate) struct Record {
    /// Paths in system calls of the recorded program itself: its processes and threads, without the programs that it
    /// starts. A path is here whether it exists or not. That of the program's own process is `/proc/self`.
    pub(crate) looked_at: BTreeSet<String>,
    /// Names of all the programs that started, those too that other programs started.
    pub(crate) started: BTreeSet<String>,
}

impl Record {
    /// Records a run of the binary under test in the guest.
    pub(crate) fn of(guest: &Guest, arguments: &str) -> (Output, Self) {
        let output = guest.run(&format!("strace -f -qq -y -e trace={CALLS} -o {FILE} {OKV_HOST} {arguments}"));
        let text = guest.get(FILE);
        (output, Self::parse(&String::from_utf8_lossy(&text)))
    }

    /// The paths that lie below a place, or are the place itself.
    pub(crate) fn below(&self, place: &str) -> Vec<&str> {
        self.looked_at.iter().map(String::as_str).filter(|path| Path::new(path).starts_with(place)).collect()
    }

    /// The paths that are no directory on the way to another one, and that lie in none of these places.
    pub(crate) fn leaves(&self, but: &[&str]) -> Vec<&str> {
        let is_leaf =
            |path: &&str| self.below(path).len() == 1 && !but.iter().any(|place| Path::new(path).starts_with(place));
        self.looked_at.iter().map(String::as_str).filter(is_leaf).collect()
    }

    /// Reads the output of `strace -f -qq -y -o FILE`.
    fn parse(text: &str) -> Self {
        let mut record = Self { looked_at: BTreeSet::new(), started: BTreeSet::new() };
        let mut recorded: Option<(u32, String)> = None;
        let mut programs: HashMap<u32, String> = HashMap::new();
        for call in calls(text) {
            let path = call.path();
            if call.name().starts_with("execve") {
                if call.result().starts_with('0') {
                    let program = path.unwrap_or_else(|| panic!("no program: {call:?}"));
                    record.started.insert(program.rsplit('/').next().unwrap().to_owned());
                    recorded.get_or_insert_with(|| (call.by, program.clone()));
                    programs.insert(call.by, program);
                }
                continue;
            }
            let program = programs.get(&call.by).unwrap_or_else(|| panic!("a process of nobody: {call:?}")).clone();
            if let (Some(path), Some((process, _))) = (path, recorded.as_ref().filter(|(_, own)| *own == program)) {
                assert!(path.starts_with('/'), "below which directory? {call:?}");
                record.looked_at.insert(by_self(&path, *process));
            }
            let child = call.result().split(' ').next().and_then(|id| id.parse().ok());
            if let (true, Some(child)) = (call.makes_a_process(), child) {
                programs.insert(child, program);
            }
        }
        record
    }
}

/// The path, by `/proc/self` where it is by the number of that process.
fn by_self(path: &str, process: u32) -> String {
    match path.strip_prefix(&format!("/proc/{process}")) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("/proc/self{rest}"),
        Some(_) | None => path.to_owned(),
    }
}

/// A system call, as one line even where others came between its begin and its end.
#[derive(Debug)]
struct Call {
    /// The process or thread.
    by: u32,
    text: String,
}

impl Call {
    fn name(&self) -> &str {
        self.text.split('(').next().unwrap_or_default()
    }

    fn makes_a_process(&self) -> bool {
        self.name().starts_with("clone") || self.name().ends_with("fork")
    }

    fn result(&self) -> &str {
        self.text.rsplit_once(" = ").map_or("", |(_, result)| result.trim_start())
    }

    /// The first path that it names; below the directory that it names before that, where there is one.
    fn path(&self) -> Option<String> {
        let (before, rest) = self.text.split_once('"')?;
        let end = rest.match_indices('"').find(|(at, _)| !rest[..*at].ends_with('\\'))?.0;
        let path = rest[..end].replace(r"\\", r"\");
        let directory = before.split_once('<').and_then(|(_, rest)| Some(rest.rsplit_once('>')?.0));
        match directory {
            Some(_) if path.is_empty() => None, // it is open already
            Some(directory) => Some(Path::new(directory).join(path).to_str().unwrap().to_owned()),
            None => Some(path),
        }
    }
}

/// The calls, in the order of their begin.
fn calls(text: &str) -> Vec<Call> {
    const BEGUN: &str = "<unfinished ...>";
    let mut calls: Vec<Call> = Vec::new();
    let mut begun = HashMap::new();
    for line in text.lines() {
        let (by, said) = line.split_once(' ').unwrap_or_else(|| panic!("{line:?}"));
        let by = by.parse().unwrap_or_else(|e| panic!("{line:?}: {e}"));
        let said = said.trim_start();
        if let Some((_, rest)) = said.strip_prefix("<... ").and_then(|said| said.split_once(" resumed>")) {
            let at: usize = begun.remove(&by).unwrap_or_else(|| panic!("an end without a begin: {line:?}"));
            calls[at].text.push_str(rest);
        } else if let Some(said) = said.strip_suffix(BEGUN) {
            begun.insert(by, calls.len());
            calls.push(Call { by, text: said.to_owned() });
        } else if !said.starts_with("---") && !said.starts_with("+++") {
            calls.push(Call { by, text: said.to_owned() });
        }
    }
    calls
}

/// A thread, a program that is started by another one, and a call that others interrupt.
const SAMPLE: &str = r#"700   execve("/root/okv-host", ["/root/okv-host", "swap-extend"], 0x7ffd /* 4 vars */) = 0
700   openat(AT_FDCWD</root>, "/proc/swaps", O_RDONLY|O_NONBLOCK|O_CLOEXEC) = 3</proc/swaps>
700   statx(3</proc/swaps>, "", AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH, STATX_ALL, {stx_mask=STATX_ALL}) = 0
700   readlink("/proc/self", "700", 256) = 3
700   openat(AT_FDCWD</root>, "/proc/700/mountinfo", O_RDONLY|O_CLOEXEC) = 3</proc/700/mountinfo>
700   statx(4</memfd:okv-host>(deleted), "", AT_EMPTY_PATH, STATX_ALL, {stx_mask=STATX_ALL}) = 0
700   readlink("/dev/disk/by-id", 0x7ffd, 256) = -1 EINVAL (Invalid argument)
700   readlink("/dev/a\\x2db", "../var/lib/oracle", 256) = 17
700   clone3({flags=CLONE_VM|CLONE_THREAD, child_tid=0x7f}, 88 <unfinished ...>
701   openat(AT_FDCWD</root>, "/etc/fstab", O_RDONLY <unfinished ...>
700   <... clone3 resumed> => {parent_tid=[701]}, 88) = 701
701   <... openat resumed>) = -1 ENOENT (No such file or directory)
701   newfstatat(4</sys/block>, "vda/size", {st_mode=S_IFREG|0444, st_size=4096}, 0) = 0
701   clone(child_stack=0x7f, flags=CLONE_VM|CLONE_VFORK|SIGCHLD <unfinished ...>
702   execve("/sbin/lvm", ["lvm", "pvs"], 0x7ffd /* 3 vars */) = -1 ENOENT (No such file or directory)
702   openat(AT_FDCWD</root>, "/dev/null", O_RDONLY) = 0</dev/null>
702   execve("/usr/sbin/pvs", ["/usr/sbin/pvs", "--all"], 0x7ffd /* 3 vars */ <unfinished ...>
701   <... clone resumed>)              = 702
702   <... execve resumed>)             = 0
702   openat(AT_FDCWD</root>, "/etc/lvm/lvm.conf", O_RDONLY) = 3</etc/lvm/lvm.conf>
702   vfork( <unfinished ...>
703   stat("relative", {st_mode=S_IFREG|0644, st_size=1}) = 0
703   execve("/usr/bin/rpm", ["rpm"], 0x7ffd /* 3 vars */) = 0
703   openat(AT_FDCWD</root>, "/var/lib/rpm", O_RDONLY) = 3</var/lib/rpm>
702   <... vfork resumed>)              = 703
702   --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=703} ---
"#;

#[test]
fn a_record_has_the_paths_of_the_program_itself_and_the_programs_of_all() {
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    let record = Record::parse(SAMPLE);
    assert_eq!(record.started, set(&["okv-host", "pvs", "rpm"]));
    let own = ["/proc/swaps", "/proc/self", "/proc/self/mountinfo", "/dev/disk/by-id", r"/dev/a\x2db", "/etc/fstab"];
    let of_other_processes = ["/sys/block/vda/size", "/dev/null"];
    assert_eq!(record.looked_at, set(&[&own[..], &of_other_processes].concat()));
    assert_eq!(record.leaves(&["/proc", "/sys"]), [r"/dev/a\x2db", "/dev/disk/by-id", "/dev/null", "/etc/fstab"]);
    assert_eq!(record.below("/etc"), ["/etc/fstab"]);
    assert_eq!(record.below("/etc/fs"), [""; 0], "a name that only begins alike is another place");
}
