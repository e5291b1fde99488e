//! GRUB's commands, as far as they say what is started.

use super::sources::{device as device_of, device_name, split};
use super::{Flow, Followed, Run, State, Status};
use crate::subjects::boot::facts::loader::menu::Device;
use crate::subjects::boot::facts::loader::script::{Block, Word};
use crate::subjects::boot::facts::loader::value::{hole, leading_number, unknown};

/// What gives the menu another shape in a way that is not followed.
const OPAQUE: &[&str] = &[
    "eval",
    "legacy_configfile",
    "legacy_source",
    "syslinux_configfile",
    "syslinux_source",
    "extract_entries_source",
    "extract_entries_configfile",
    "extract_legacy_entries_source",
    "extract_legacy_entries_configfile",
    "extract_syslinux_entries_source",
    "extract_syslinux_entries_configfile",
    "normal",
];
/// What leaves GRUB, or starts what is loaded.
const LEAVES: &[&str] = &["boot", "exit", "fwsetup", "halt", "normal_exit", "reboot"];
/// What has no part in it.
const WITHOUT_PART: &[&str] = &[
    "echo",
    "insmod",
    "rmmod",
    "save_env",
    "terminal_input",
    "terminal_output",
    "true",
    "serial",
    "terminfo",
    "password",
    "password_pbkdf2",
    "play",
    "load_video",
    "clear",
];

impl Run<'_> {
    pub(super) fn simple(&mut self, state: &mut State, words: &[Word], block: Option<&Block>) -> Followed {
        let mut expanded = self.expand(state, words)?;
        if block.is_some() && !expanded.iter().take(2).any(|word| matches!(word.as_str(), "menuentry" | "submenu")) {
            // It is a word to any other command, with what it has as it is written.
            expanded.push(hole("a block is a word here"));
        }
        let (inverted, words_of) = match expanded.split_first() {
            Some((first, rest)) if first == "!" => (true, rest),
            _ => (false, expanded.as_slice()),
        };
        let Some((name, args)) = words_of.split_first() else { return Ok(Flow::Next) };
        if let Some(why) = unknown(name.split('=').next().unwrap_or_default()) {
            return self.stop(&format!("which command this is, is not known: {why}"));
        }
        let flow = self.named(state, name, args, words, block)?;
        if inverted {
            state.status = match std::mem::take(&mut state.status) {
                Status::True => Status::False,
                Status::False => Status::True,
                unknown @ Status::Unknown(_) => unknown,
            };
        }
        Ok(flow)
    }

    fn named(
        &mut self,
        state: &mut State,
        name: &str,
        args: &[String],
        words: &[Word],
        block: Option<&Block>,
    ) -> Followed {
        match name {
            "[" | "test" => state.status = self.test(state, args),
            "true" => state.status = Status::True,
            "false" => state.status = Status::False,
            "set" => {
                if let Some(assignment) = args.first() {
                    self.assign(state, assignment, words);
                }
            }
            "unset" => args.iter().for_each(|name| {
                state.variables.remove(name);
            }),
            "export" => args.iter().for_each(|name| state.export(name)),
            "load_env" => self.load_env(state, args)?,
            "source" | "." => return self.source(state, args),
            "configfile" => return self.configfile(state, args),
            "menuentry" | "submenu" => self.menuentry(state, name, args, block)?,
            "blscfg" | "bls_import" => self.blscfg(state, args)?,
            "search" | "search.fs_uuid" | "search.fs_label" | "search.file" => search(state, name, args),
            "linux" | "linux16" | "linuxefi" => linux(state, args),
            "initrd" | "initrd16" | "initrdefi" => initrd(state, args),
            "increment" | "decrement" => self.count(state, name, args),
            "return" => return Ok(returned(state, args)),
            "break" | "continue" => {
                let loops = args.first().and_then(|word| leading_number(word)).map_or(1, |(loops, _)| loops);
                return Ok(if name == "break" { Flow::Break(loops) } else { Flow::Continue(loops) });
            }
            "shift" => {
                let by = args.first().and_then(|word| word.parse().ok()).unwrap_or(1).min(state.params.len());
                state.params.drain(..by);
            }
            "setparams" => state.params = args.to_vec(),
            _ if OPAQUE.contains(&name) => return self.stop(&format!("okv-host does not follow {name}")),
            _ if LEAVES.contains(&name) && self.in_entry => return Ok(Flow::End),
            _ if LEAVES.contains(&name) => return self.stop(&format!("{name} comes before the menu")),
            _ => return self.other(state, name, args, words),
        }
        Ok(Flow::Next)
    }

    /// A function, a bare assignment, or a command that no menu depends on.
    fn other(&mut self, state: &mut State, name: &str, args: &[String], words: &[Word]) -> Followed {
        if let Some(function) = state.functions.get(name).cloned() {
            let params = std::mem::replace(&mut state.params, args.to_vec());
            let flow = self.within(state, &function.body, &function.file)?;
            state.params = params;
            return Ok(if flow == Flow::End { flow } else { Flow::Next });
        }
        if name.contains('=') {
            self.assign(state, name, words);
            return Ok(Flow::Next);
        }
        self.learns(state, name, args);
        state.status = match WITHOUT_PART.contains(&name) {
            true => Status::True,
            false => Status::Unknown(format!("whether {name} succeeds")),
        };
        Ok(Flow::Next)
    }
}

fn returned(state: &mut State, args: &[String]) -> Flow {
    if let Some(word) = args.first() {
        state.status = leading_number(word).is_some_and(|(number, _)| number == 0).into();
    }
    Flow::Return
}

/// What `search` finds is taken for found: it is a device that the configuration means.
fn search(state: &mut State, name: &str, args: &[String]) {
    let (mut by, mut variable, mut rest) = (name.strip_prefix("search."), None, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--fs-uuid" | "-u" => by = Some("fs_uuid"),
            "--label" | "-l" => by = Some("fs_label"),
            "--file" | "-f" => by = Some("file"),
            "--set" | "-s" => variable = Some("root"),
            option if option.starts_with("--set=") => variable = option.strip_prefix("--set="),
            option if option.starts_with("--hint") && !option.contains('=') => {
                args.next();
            }
            option if option.starts_with('-') => {}
            word => rest.push(word),
        }
    }
    let mut rest = rest.into_iter();
    let value = rest.next().unwrap_or_default();
    let is_plain = name != "search";
    let variable = variable.or_else(|| rest.next()).or(is_plain.then_some("root").filter(|_| false));
    if let (Some(by), Some(variable)) = (by, variable) {
        let before = device_of(state.get(variable));
        let else_system = matches!(before, Ok(Device::System | Device::Found { else_system: true, .. }));
        let device = Device::Found { by: by.to_owned(), value: value.to_owned(), else_system };
        state.set(variable, &device_name(&device));
    }
    state.status = Status::Unknown(format!("whether {name} finds {value}"));
}

fn linux(state: &mut State, args: &[String]) {
    let Some((file, words)) = args.split_first() else { return };
    state.loaded.initrd.clear();
    match split(state, file) {
        Ok((device, path)) => state.loaded.linux = Some((device, path, words.to_vec())),
        Err(why) => state.loaded.unknown = Some(why),
    }
    state.status = Status::True;
}

fn initrd(state: &mut State, args: &[String]) {
    state.loaded.initrd.clear();
    for file in args {
        let file = file.strip_prefix("newc:").and_then(|file| Some(file.split_once(':')?.1)).unwrap_or(file);
        match split(state, file) {
            Ok(found) => state.loaded.initrd.push(found),
            Err(why) => state.loaded.unknown = Some(why),
        }
    }
    state.status = Status::True;
}
