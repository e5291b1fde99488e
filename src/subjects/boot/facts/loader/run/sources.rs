//! Where files are, and files that a script reads as scripts.

use std::rc::Rc;

use super::{DEEPEST, Flow, Followed, Run, State, Status};
use crate::host::Probed;
use crate::subjects::boot::facts::loader::files::on_host;
use crate::subjects::boot::facts::loader::menu::Device;
use crate::subjects::boot::facts::loader::value::{hole, unknown};

/// What a hole for a device has as its reason.
const OWN: &str = "the device that GRUB's files are on";
const SYSTEM: &str = "the EFI System Partition";
const FOUND: &str = "the device found by ";
const FOUND_OR_SYSTEM: &str = "the device, or the EFI System Partition, found by ";

/// How a script names a device that only the firmware can name.
pub(super) fn device_name(device: &Device) -> String {
    match device {
        Device::Own => hole(OWN),
        Device::System => hole(SYSTEM),
        Device::Found { by, value, else_system: false } => hole(&format!("{FOUND}{by} {value}")),
        Device::Found { by, value, else_system: true } => hole(&format!("{FOUND_OR_SYSTEM}{by} {value}")),
        Device::Named(name) => name.clone(),
    }
}

pub(super) fn device(name: &str) -> Result<Device, String> {
    let Some(why) = unknown(name) else { return Ok(Device::Named(name.to_owned())) };
    let found = || {
        let (rest, else_system) = match why.strip_prefix(FOUND) {
            Some(rest) => (rest, false),
            None => (why.strip_prefix(FOUND_OR_SYSTEM)?, true),
        };
        let (by, value) = rest.split_once(' ')?;
        Some(Device::Found { by: by.to_owned(), value: value.to_owned(), else_system })
    };
    match why.as_str() {
        OWN => Ok(Device::Own),
        SYSTEM => Ok(Device::System),
        _ => found().ok_or(why),
    }
}

/// The device and the path that a word names.
pub(super) fn split(state: &State, word: &str) -> Result<(Device, String), String> {
    let (name, path) = match word.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((name, path)) => (name, path),
        None => (state.get("root"), word),
    };
    unknown(path).map_or(Ok(()), Err)?;
    Ok((device(name)?, path.to_owned()))
}

impl Run<'_> {
    /// The path on this host; `None` where GRUB finds nothing there.
    pub(super) fn located(&self, state: &State, word: &str) -> Result<Option<String>, String> {
        let (device, path) = split(state, word)?;
        if !path.starts_with('/') {
            return Ok(None);
        }
        on_host(self.boot, &device, &path).map(Some)
    }

    /// A file, with its path on this host; `None` where GRUB finds none.
    pub(super) fn file_of(&self, state: &State, word: &str) -> Followed<Option<(String, Vec<u8>)>> {
        let path = match self.located(state, word) {
            Ok(Some(path)) => path,
            Ok(None) => return Ok(None),
            Err(why) => return self.stop(&format!("a file that it reads is not known: {why}")),
        };
        match self.files.read(&path) {
            Probed::Known(text) => Ok(Some((path, text))),
            Probed::Absent => Ok(None),
            Probed::Unreadable(why) => self.stop(&format!("a file that it reads cannot be read: {why}")),
        }
    }

    pub(super) fn source(&mut self, state: &mut State, words: &[String]) -> Followed {
        let Some(word) = words.first() else { return Ok(Flow::Next) };
        let Some((path, text)) = self.file_of(state, word)? else {
            state.status = Status::False;
            return Ok(Flow::Next);
        };
        let names = ["config_file", "config_directory"];
        let before = names.map(|name| state.get(name).to_owned());
        let flow = self.read_script(state, word, &path, &text)?;
        for (name, value) in names.iter().zip(before) {
            state.set(name, &value);
        }
        state.status = Status::True;
        Ok(if flow == Flow::End { flow } else { Flow::Next })
    }

    /// Another configuration, which sees what is exported. Its menu is shown where it has one.
    pub(super) fn configfile(&mut self, state: &mut State, words: &[String]) -> Followed {
        let Some(word) = words.first() else { return Ok(Flow::Next) };
        let Some((path, text)) = self.file_of(state, word)? else {
            state.status = Status::False;
            return Ok(Flow::Next);
        };
        let mut inner = state.context();
        let flow = self.read_script(&mut inner, word, &path, &text)?;
        if flow != Flow::End {
            if inner.menu.is_empty() {
                return Ok(Flow::Next);
            }
            self.config = path;
        }
        *state = inner;
        Ok(Flow::End)
    }

    fn read_script(&mut self, state: &mut State, word: &str, path: &str, text: &[u8]) -> Followed {
        if self.depth >= DEEPEST {
            return self.stop("files too deep in each other");
        }
        self.spend(text.len() / 4)?;
        let script = self.parsed(path, text)?;
        state.enter(word);
        self.within(state, &script, &Rc::from(path))
    }
}

impl State {
    /// What a configuration of its own or a submenu begins with.
    pub(super) fn context(&self) -> Self {
        let exported = self.variables.iter().filter(|(_, variable)| variable.exported);
        Self {
            variables: exported.map(|(name, variable)| (name.clone(), variable.clone())).collect(),
            functions: self.functions.clone(),
            params: self.params.clone(),
            skipped: self.skipped.clone(),
            ..Self::default()
        }
    }

    /// Takes note of the script that is read now.
    pub(super) fn enter(&mut self, word: &str) {
        let name = match word.starts_with('(') {
            true => word.to_owned(),
            false => format!("({}){word}", self.get("root")),
        };
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        self.set("config_file", &name);
        self.set("config_directory", &folder);
        self.export("config_file");
        self.export("config_directory");
    }
}
