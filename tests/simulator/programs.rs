//! The programs of the node: what runs, and how it fails.

use std::panic::resume_unwind;

use okv_host::io::tool::{Cmd, Output, Runner, ToolError};

use crate::calls::{PowerCut, with_world};
use crate::deliberate::Deliberate;
use crate::kernel::devices::Device;
use crate::node::GROUP;
use crate::world::{Ended, Way, World};

/// Programs that change something.
const CHANGES: &[&str] = &[
    "pvcreate", "pvremove", "vgextend", "vgreduce", "lvcreate", "lvresize", "lvremove", "lvchange", "mkswap", "swapon",
    "swapoff",
];

/// Runs the programs of the world.
pub struct Programs;

impl Runner for Programs {
    fn run(&self, cmd: &Cmd) -> Result<Output, ToolError> {
        let result = with_world(|world| world.run(cmd));
        // Nothing that runs now comes to anything: the power is gone.
        result.unwrap_or_else(|PowerCut| resume_unwind(Box::new(PowerCut)))
    }
}

fn ended(status: i32, out: &str, err: &str) -> Output {
    Output { status: Some(status), stdout: out.as_bytes().to_vec(), stderr: err.as_bytes().to_vec() }
}

impl World {
    fn run(&mut self, cmd: &Cmd) -> Result<Result<Output, ToolError>, PowerCut> {
        self.is_alive("program").map_err(|_| PowerCut)?;
        let command = cmd.to_string();
        let path = cmd.program.path();
        let call = self.calls;
        self.pass(50_000_000);
        if !self.to_read.is_empty() && self.random.percent(30) {
            self.settle();
        }
        self.calls += 1;
        if self.raise_at == Some(call) {
            self.note(|| "a signal comes".to_owned());
            crate::host::raise();
            if self.has_fault(Deliberate::SignalsEnd) {
                self.is_killed = true;
                return Err(PowerCut);
            }
        }
        let args: Vec<&str> = cmd.args.iter().map(String::as_str).collect();
        let name = path.rsplit('/').next().unwrap_or(path);
        if CHANGES.contains(&name) && args != ["--version"] && !self.was_full && !self.is_recorded() {
            self.violates(format!("not-recorded: {command} runs, and the journal has no durable record of it"));
        }
        let timed_out = || Err(ToolError::TimedOut { command: command.clone(), limit: cmd.limit });
        let fault = self.fault.filter(|fault| fault.call == call || self.broken_program == Some(path));
        if fault.is_some_and(|fault| fault.lasting) {
            self.broken_program = Some(path);
        }
        let way = fault.map(|fault| fault.way);
        if fault.is_some() && name == "swapon" && args != ["--version"] && !self.was_broken {
            self.swapon_broke = true;
        }
        if name == "swapoff" {
            // One that hangs while it works prints its version all the same.
            let shows = !matches!(self.fault.map(|fault| fault.way), Some(Way::HangsAmid(_)));
            self.was_broken = shows && self.broken_program.is_some_and(|path| path.ends_with("/swapon"));
        }
        if let Some(out) = self.pretend_program(name, &args) {
            return Ok(Ok(ended(0, &out, "")));
        }
        self.note(|| format!("{call}: {command}{}", way.map(|way| format!(" ({way:?})")).unwrap_or_default()));
        match way {
            Some(Way::Status) => return Ok(Ok(ended(1, "", "it does not work"))),
            Some(Way::Hangs) => return Ok(timed_out()),
            Some(Way::Missing) => return Ok(Err(ToolError::Missing { command })),
            Some(Way::Garbage) => return Ok(Ok(ended(0, "\u{1b}[2J{\"report\": [garbage", ""))),
            Some(Way::Lies) => return Ok(Ok(ended(0, "", ""))),
            Some(Way::HangsAmid(writes)) => self.writes_left = Some(writes),
            Some(Way::StatusAfterwards | Way::HangsAfterwards) | None => {}
        }
        let answer = self.program(name, &args);
        self.writes_left = None;
        if let Some((_, actor)) = self.actor.take_if(|(at, _)| *at == call) {
            self.acts(actor);
        }
        if answer == Err(Ended::PowerCut) {
            return Err(PowerCut);
        }
        if let Err(why) = &answer {
            self.note(|| format!("  {why:?}"));
        }
        Ok(match (way, answer) {
            (Some(Way::HangsAfterwards), _) | (_, Err(Ended::Killed)) => timed_out(),
            (Some(Way::StatusAfterwards), _) => Ok(ended(1, "", "it does not work")),
            (_, Err(Ended::Status(status, why))) => Ok(ended(status, "", &why)),
            (_, Ok(out)) => Ok(ended(0, &out, "")),
            (_, Err(Ended::PowerCut)) => return Err(PowerCut),
        })
    }

    /// Runs a program: what it prints.
    pub fn program(&mut self, name: &str, args: &[&str]) -> Result<String, Ended> {
        let last = args.last().copied().unwrap_or_default();
        let volume = last.trim_start_matches(GROUP).trim_start_matches('/');
        let number = |option: &str| after(args, option).and_then(|text| text.parse().ok()).unwrap_or(0);
        if args == ["--version"] {
            return Ok(format!("{name} from util-linux 2.32.1\n"));
        }
        let done = match name {
            "pvs" | "vgs" | "lvs" => return Ok(self.report(name)),
            "sshd" => return self.sshd(args),
            "systemctl" => return Ok(String::new()),
            "lvmconfig" => return Ok("use_devicesfile=0\n".to_owned()),
            "udevadm" => {
                self.settle();
                Ok(())
            }
            "vgcfgbackup" => self.backup(after(args, "--file").unwrap_or_default()),
            "pvcreate" => self.pvcreate(last),
            "pvremove" => self.pvremove(last),
            "vgextend" => self.vgextend(last),
            "vgreduce" => self.vgreduce(last),
            "lvcreate" => {
                self.lvcreate(after(args, "--name").unwrap_or_default(), number("--extents"), after(args, "--addtag"))
            }
            "lvresize" => self.lvresize(volume, number("--extents")),
            "lvchange" => self.lvchange(args, last.trim_start_matches("/dev/").trim_start_matches("vg_root/")),
            "lvremove" => self.lvremove(volume),
            "mkswap" => self.mkswap(last, after(args, "--uuid"), after(args, "--label")),
            "swapon" => {
                let priority = after(args, "--priority").filter(|_| !self.has_fault(Deliberate::PriorityLost));
                self.swapon(last, priority.and_then(|text| text.parse().ok()))
            }
            "swapoff" => self.swapoff(last),
            _ => Err(Ended::Status(127, format!("{name}: not modelled: {args:?}"))),
        };
        done.map(|()| String::new())
    }

    /// udev has looked at every disk that was written to: the kernel finds the partitions of its table, or no more.
    pub fn settle(&mut self) {
        for disk in std::mem::take(&mut self.to_read) {
            let (found, shown) = (crate::table::read(&self.disks[disk]), self.disks[disk].partitions.clone());
            let is_held =
                |(_, from, bytes): &(u32, u64, u64)| self.is_held(Device::Plain { disk, from: *from, bytes: *bytes });
            let is_hidden = self.has_fault(Deliberate::AnyDiskIsNew) && self.disks[disk].serial == "FOREIGN";
            if !is_hidden && found != shown && !shown.iter().any(is_held) {
                self.disks[disk].partitions = found;
                self.show_devices();
            }
        }
    }

    fn backup(&mut self, path: &str) -> Result<(), Ended> {
        self.in_program()?;
        if self.scan_volumes().group.is_none() {
            return Err(Ended::Status(5, "not found".into()));
        }
        self.files.put(path, "vg_root { }\n");
        Ok(())
    }
}

/// The word behind `option`.
fn after<'a>(args: &[&'a str], option: &str) -> Option<&'a str> {
    args.iter().skip_while(|arg| **arg != option).nth(1).copied()
}
