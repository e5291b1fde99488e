//! Write caches of disks, as files of sysfs.

use std::io::Write;
use std::os::fd::AsRawFd;

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::*;
use crate::engine::{Back, CacheSwitch, DiskIdentity};

const FILE: &str = "/sys/class/block/sdb/cache_type";

fn switch(serial: &str) -> Vec<CacheSwitch> {
    let disk = DiskIdentity {
        path: "/dev/sdb".into(),
        bytes: 1 << 30,
        sector_bytes: 512,
        model: None,
        serial: Some(serial.into()),
        wwn: None,
    };
    vec![CacheSwitch { disk, file: FILE.into(), from: "write back".into(), to: "write through".into() }]
}

fn with_disk() -> Bench {
    let bench = bench();
    let disk = bench.base.path().join("sys/class/block/sdb");
    fs::create_dir_all(disk.join("device")).unwrap();
    for (file, text) in [("dev", "8:16"), ("ro", "0"), ("removable", "0"), ("device/serial", "S1")] {
        fs::write(disk.join(file), format!("{text}\n")).unwrap();
    }
    fs::write(disk.join("cache_type"), "write back\n").unwrap();
    bench
}

fn mode(bench: &Bench) -> String {
    fs::read_to_string(bench.base.path().join(&FILE[1..])).unwrap().trim().to_owned()
}

#[test]
fn a_cache_is_switched_and_switched_back() {
    let bench = with_disk();
    let host = bench.host(&Yes);
    let as_before = || switch("S1").into_iter().map(|switch| CacheSwitch { from: "none".into(), ..switch });
    assert!(host.are_switched(&as_before().collect::<Vec<_>>()).is_err());
    host.switch_caches(&switch("S1")).unwrap();
    assert_eq!((mode(&bench).as_str(), host.are_switched(&switch("S1"))), ("write through", Ok(())));
    host.switch_caches_back(&switch("S1")).unwrap();
    assert_eq!(mode(&bench), "write back");
}

#[test]
fn a_disk_that_refuses_the_switch_keeps_its_mode_and_stops_nothing() {
    let bench = with_disk();
    let file = bench.base.path().join(&FILE[1..]);
    // Sealed: it is read and opened for writing, and each write fails.
    let sealed = memfd_create("cache_type", MFdFlags::MFD_ALLOW_SEALING).unwrap();
    fs::File::from(sealed.try_clone().unwrap()).write_all(b"write back\n").unwrap();
    fcntl(&sealed, FcntlArg::F_ADD_SEALS(SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_SHRINK)).unwrap();
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(format!("/proc/self/fd/{}", sealed.as_raw_fd()), &file).unwrap();
    let (host, off) = (bench.host(&Yes), switch("S1"));
    assert!(fs::write(&file, "write through").is_err());
    host.switch_caches(&off).unwrap();
    assert_eq!((mode(&bench).as_str(), host.are_switched(&off)), ("write back", Ok(())));
    // The step that was to switch it on again is taken back, too: nothing can, and nothing has to be.
    let on: Vec<_> = off.into_iter().map(|off| CacheSwitch { from: off.to, to: off.from, ..off }).collect();
    host.switch_caches(&on).unwrap();
    assert_eq!((host.switch_caches_back(&on), mode(&bench).as_str()), (Ok(()), "write back"));
}

#[test]
fn another_disk_under_that_name_is_neither_switched_nor_switched_back() {
    let bench = with_disk();
    let host = bench.host(&Yes);
    assert!(host.switch_caches(&switch("S2")).unwrap_err().contains("not the disk"));
    fs::write(bench.base.path().join(&FILE[1..]), "write through\n").unwrap();
    host.switch_caches_back(&switch("S2")).unwrap();
    assert_eq!(mode(&bench), "write through");
}

#[test]
fn caches_that_are_on_again_when_a_run_stops_are_on_behind_its_undo_too() {
    let mut bench = with_disk();
    let off = switch("S1");
    let on = off.iter().cloned().map(|off| CacheSwitch { from: off.to, to: off.from, ..off }).collect();
    let renames = bench.plan.steps.clone();
    bench.plan.steps = vec![
        Step::new("off", Action::SwitchCaches(off)).in_role(Role::Temporary),
        Step::new("on", Action::SwitchCaches(on)),
    ];
    bench.plan.steps.extend(renames);
    let (host, interrupts) = (bench.host(&Yes), Interrupts::default());
    let mut stops_behind_on = |news: News<'_>| {
        if let News::Step { number: 2, .. } = news {
            interrupts.raise();
        }
    };
    let mut journal = host.journal().unwrap();
    let ending = carry_out(&bench.plan, &host, &mut journal, &interrupts, &mut stops_behind_on).unwrap();
    assert_eq!((ending, mode(&bench).as_str()), (Ending::Interrupted { steps: 2 }, "write back"));
    drop(journal);
    assert_eq!(bench.undo(), Ok(()));
    assert_eq!(mode(&bench), "write back");
}

/// Answers as `pvs` does: sdb1 is of the group. Notes the mode of the cache when `vgreduce` runs.
struct Reduces<'b> {
    bench: &'b Bench,
    seen: std::sync::Mutex<Vec<String>>,
}

impl Runner for Reduces<'_> {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let mut seen = self.seen.lock().unwrap();
        let group = if seen.is_empty() { "vg_root" } else { "" };
        if cmd.program == Program::Vgreduce {
            seen.push(mode(self.bench));
        }
        let row = format!(r#"{{"pv_name":"/dev/sdb1","pv_uuid":"u","vg_name":"{group}"}}"#);
        let stdout = format!(r#"{{"report":[{{"pv":[{row}]}}]}}"#).into_bytes();
        Ok(Output { status: Some(0), stdout, stderr: Vec::new() })
    }
}

#[test]
fn a_disk_leaves_its_group_while_the_caches_are_off_although_no_step_has_switched_them() {
    let bench = with_disk();
    let class = bench.base.path().join("sys/class/block");
    let part = class.join("sdb/sdb1");
    fs::create_dir_all(&part).unwrap();
    std::os::unix::fs::symlink("sdb/sdb1", class.join("sdb1")).unwrap();
    fs::write(class.join("sdb/size"), "2097152\n").unwrap();
    for (file, text) in [("dev", "8:17"), ("size", "2048"), ("partition", "1")] {
        fs::write(part.join(file), format!("{text}\n")).unwrap();
    }
    let proof = Proof::PhysicalVolume { device: "/dev/sdb1".into(), group: Some("vg_root".into()), beside: Vec::new() };
    let args = ["vg_root", "/dev/sdb1"];
    let extend = ProgramRun::changes(Program::Vgextend, args, proof, Back::by(Program::Vgreduce, args));
    let runner = Reduces { bench: &bench, seen: std::sync::Mutex::default() };
    bench.host(&runner).take_back(&Action::Run(extend)).unwrap();
    assert_eq!(
        (runner.seen.into_inner().unwrap(), mode(&bench).as_str()),
        (vec!["write through".into()], "write back")
    );
}
