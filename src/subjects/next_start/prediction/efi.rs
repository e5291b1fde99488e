//! What UEFI firmware starts: the first of its boot options that leads to a program that is whole.
//!
//! It passes over an option of what is not there, as it does itself. Options of the network and of removable media are
//! passed over, too: whether something answers there does not show on the node.

use super::link::{Link, LinkName};
use crate::base::ids::Id;
use crate::disk::Disk;
use crate::host::{Node, Probed};
use crate::subjects::next_start::command_line::Effect;
use crate::subjects::next_start::facts::efi::{BootOption, BootOptions, EFI, Efi, EfiProgram, Target};
use crate::subjects::next_start::facts::verdict::Verdict;

/// `own` is the folder of GRUB's configuration, `disk` the one that has it.
pub(super) fn links(efi: &Efi, own: Option<&str>, disk: &Disk, node: &Node) -> Vec<Link> {
    let programs = match &efi.programs {
        Probed::Known(programs) => programs.as_slice(),
        Probed::Absent => return vec![link(Effect::Unknown, "the EFI System Partition was not looked at")],
        Probed::Unreadable(why) => return vec![link(Effect::Unknown, why)],
    };
    let is_started =
        |program: &EfiProgram| program.is_for_removable_media() || own.is_none_or(|own| program.folder() == own);
    if !programs.iter().any(is_started) {
        let why = "the EFI System Partition has no boot program: no .efi file in its folders";
        return vec![link(Effect::Stops, why)];
    }
    match &efi.options {
        Probed::Known(options) => Firmware { options, programs, disk, node }.links(),
        Probed::Absent => without_options(programs, is_started),
        Probed::Unreadable(why) => vec![link(Effect::Unknown, format!("its boot options cannot be read: {why}"))],
    }
}

fn link(effect: Effect, why: impl Into<String>) -> Link {
    Link::new(LinkName::Firmware, effect, why)
}

/// Where the options are not known, any of the programs may be the one.
fn without_options(programs: &[EfiProgram], is_started: impl Fn(&EfiProgram) -> bool) -> Vec<Link> {
    let may_be_first =
        |program: &&EfiProgram| program.is_for_removable_media() || program.is_shim() || program.is_grub();
    let (mut is_one_whole, mut wrong) = (false, Vec::new());
    for program in programs.iter().filter(|program| is_started(program)).filter(may_be_first) {
        match goes(program, programs) {
            Led::Wrong(effect, why) => wrong.push((effect, why)),
            Led::Started | Led::Nowhere => is_one_whole = true,
        }
    }
    let first = wrong.iter().find(|(effect, _)| *effect == Effect::Stops).or_else(|| wrong.first());
    match first {
        Some((Effect::Stops, why)) if is_one_whole => vec![link(Effect::Doubtful, why)],
        Some((effect, why)) => vec![link(*effect, why)],
        None => Vec::new(),
    }
}

fn problem(program: &EfiProgram) -> Option<(Effect, String)> {
    match &program.verdict {
        Verdict::Whole(_) => None,
        Verdict::Broken { why, .. } => Some((Effect::Stops, format!("{}: {why}", program.path))),
        Verdict::Unknown(why) => Some((Effect::Unknown, format!("{}: {why}", program.path))),
    }
}

struct Firmware<'e> {
    options: &'e BootOptions,
    programs: &'e [EfiProgram],
    disk: &'e Disk,
    node: &'e Node,
}

/// What an option leads to.
enum Led {
    Started,
    Wrong(Effect, String),
    /// Nothing that is there.
    Nowhere,
}

impl Firmware<'_> {
    fn links(&self) -> Vec<Link> {
        let mut links = Vec::new();
        if let Some(next @ BootOption { target: Target::Elsewhere, .. }) = &self.options.next {
            let what = format!("the next start alone is of {} ({})", next.name, next.description);
            return vec![link(Effect::Doubtful, what)];
        }
        for option in self.options.next.iter().chain(&self.options.order) {
            match self.led(option) {
                Led::Started => return links,
                // A device without a program may be this disk, and may be an empty drive.
                Led::Nowhere => {}
                // The firmware goes on with its next option.
                Led::Wrong(Effect::Stops, why) => links.push(link(Effect::Doubtful, of(option, &why))),
                Led::Wrong(effect, why) => {
                    links.push(link(effect, of(option, &why)));
                    return links;
                }
            }
        }
        let spare = self.removable();
        let is_named = self.options.order.iter().any(|option| option.target == Target::Device);
        match spare.map(|program| goes(program, self.programs)) {
            Some(Led::Started) if is_named => {}
            Some(Led::Started) => {
                let path = spare.map_or("", |program| program.path.as_str());
                let why =
                    format!("no boot option leads to a program of this disk; firmware may start {path} without one");
                links.push(link(Effect::Doubtful, why));
            }
            Some(Led::Wrong(Effect::Unknown, why)) => links.push(link(Effect::Unknown, why)),
            _ => links.push(link(Effect::Stops, "no boot option of the firmware leads to a program that is whole")),
        }
        links
    }

    fn led(&self, option: &BootOption) -> Led {
        match &option.target {
            Target::Elsewhere | Target::Device => Led::Nowhere,
            Target::Program { partition: Some(partition), path } if self.is_other(*partition) => {
                self.elsewhere(*partition, path)
            }
            Target::Program { path, .. } => {
                let path = format!("{EFI}{path}");
                let named = self.programs.iter().find(|program| program.path.eq_ignore_ascii_case(&path));
                named.map_or(Led::Nowhere, |program| goes(program, self.programs))
            }
        }
    }

    /// Whether it is not the partition whose programs were verified.
    fn is_other(&self, partition: Id) -> bool {
        let own = self.disk.partitions.iter().find(|p| Some(p.number) == self.disk.boot.esp);
        own.and_then(|own| own.uuid).is_some_and(|own| own != partition)
    }

    /// A program of a partition that is not mounted on /boot/efi.
    fn elsewhere(&self, partition: Id, path: &str) -> Led {
        let has = |disk: &&Disk| disk.partitions.iter().any(|p| p.uuid == Some(partition));
        match (self.node.disks.iter().find(has), self.node.why_incomplete()) {
            (Some(disk), _) => {
                let why = format!("it starts {path} of another partition of {}, which was not verified", disk.path);
                Led::Wrong(Effect::Doubtful, why)
            }
            (None, Some(why)) => Led::Wrong(Effect::Unknown, format!("partition {partition} was not found: {why}")),
            (None, None) => Led::Nowhere,
        }
    }

    fn removable(&self) -> Option<&EfiProgram> {
        let is_default = |program: &&EfiProgram| {
            program.is_for_removable_media()
                && ["bootx64.efi", "bootia32.efi"].iter().any(|name| program.name().eq_ignore_ascii_case(name))
        };
        self.programs.iter().find(is_default)
    }
}

/// What becomes of a program that the firmware starts. shim starts the GRUB in its own folder; as what firmware starts
/// without a boot option, the program that looks for shim in the other folders.
fn goes(program: &EfiProgram, programs: &[EfiProgram]) -> Led {
    if let Some((effect, why)) = problem(program) {
        return Led::Wrong(effect, why);
    }
    if !program.is_shim() {
        return Led::Started;
    }
    let beside = |is: fn(&EfiProgram) -> bool| {
        programs.iter().find(|other| other.folder() == program.folder() && is(other) && !other.is_shim())
    };
    match (beside(EfiProgram::is_grub), beside(EfiProgram::is_fallback)) {
        (Some(next), None) => problem(next).map_or(Led::Started, |(effect, why)| Led::Wrong(effect, why)),
        (_, Some(next)) if program.is_for_removable_media() => match problem(next) {
            None => by_fallback(next, programs),
            Some((effect, why)) => Led::Wrong(effect, why),
        },
        (Some(next), Some(_)) => problem(next).map_or(Led::Started, |(effect, why)| Led::Wrong(effect, why)),
        (None, _) => Led::Wrong(Effect::Stops, format!("{} has no GRUB beside it", program.path)),
    }
}

fn by_fallback(fallback: &EfiProgram, programs: &[EfiProgram]) -> Led {
    let shims = programs.iter().filter(|other| other.is_shim() && !other.is_for_removable_media());
    let mut found: Vec<Led> = shims.map(|shim| goes(shim, programs)).collect();
    match found.iter().any(|led| matches!(led, Led::Started)) {
        true => Led::Started,
        false if found.is_empty() => {
            Led::Wrong(Effect::Stops, format!("{} finds no shim in another folder", fallback.path))
        }
        false => found.remove(0),
    }
}

fn of(option: &BootOption, why: &str) -> String {
    format!("{} ({}): {why}", option.name, option.description)
}
