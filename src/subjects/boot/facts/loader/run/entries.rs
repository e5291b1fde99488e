//! A configuration from its beginning to its menu, and what each entry loads.

use std::rc::Rc;

use super::sources::device_name;
use super::{BUDGET, Flow, Followed, Loaded, Pending, Run, State, Status, Stop};
use crate::host::{Probed, cmdline};
use crate::subjects::boot::facts::loader::files::Files;
use crate::subjects::boot::facts::loader::menu::{Device, Entry, Item};
use crate::subjects::boot::facts::loader::value::unknown;

/// What GRUB sets before it reads a configuration.
const FEATURES: &[&str] = &[
    "feature_200_final",
    "feature_all_video_module",
    "feature_chainloader_bpb",
    "feature_default_font_path",
    "feature_menuentry_id",
    "feature_menuentry_options",
    "feature_nativedisk_cmd",
    "feature_ntldr",
    "feature_platform_search_hint",
    "feature_timeout_style",
];

/// Most menus within menus.
const DEEPEST: usize = 8;

/// Where a configuration begins.
pub(in super::super) struct Start<'s> {
    pub(in super::super) files: &'s dyn Files,
    /// Where on the host the file system of the boot loader's files begins.
    pub(in super::super) boot: &'s str,
    pub(in super::super) path: &'s str,
    pub(in super::super) device: Device,
    /// Variables of the environment block that are left out.
    pub(in super::super) without: &'s [&'s str],
}

/// What a configuration comes to.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Menu {
    pub(in super::super) items: Vec<Item>,
    /// The variable `default`.
    pub(in super::super) default: Result<String, String>,
    pub(in super::super) default_from: String,
    pub(in super::super) fallback: Result<String, String>,
    /// The configuration whose menu it is.
    pub(in super::super) config: String,
    /// Files of entries that GRUB passes over, and why.
    pub(in super::super) skipped: Vec<(String, String)>,
}

/// Follows a configuration. `None` where there is none.
///
/// # Errors
/// With file and line, where the menu depends on what is not known.
pub(in super::super) fn follow(start: &Start<'_>) -> Result<Option<Menu>, String> {
    let text = match start.files.read(start.path) {
        Probed::Known(text) => text,
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(why),
    };
    let mut run = Run {
        files: start.files,
        boot: start.boot,
        budget: BUDGET,
        depth: 0,
        file: Rc::from(start.path),
        line: 0,
        config: start.path.to_owned(),
        without: start.without,
        in_entry: false,
    };
    let (is_efi, mount) = match start.device {
        Device::System => (true, "/boot/efi"),
        _ => (false, start.boot),
    };
    let mut state = State::default();
    let name = device_name(&start.device);
    let path = format!("({name}){}", start.path.strip_prefix(mount).unwrap_or(start.path));
    state.set("root", &name);
    state.set("prefix", path.rsplit_once('/').map_or("", |(folder, _)| folder));
    state.set("grub_platform", if is_efi { "efi" } else { "pc" });
    state.set("grub_cpu", if is_efi { "x86_64" } else { "i386" });
    FEATURES.iter().for_each(|feature| state.set(feature, "y"));
    state.variables.values_mut().for_each(|variable| variable.exported = true);
    state.enter(&path);
    let followed = run.parsed(start.path, &text).and_then(|script| run.block(&mut state, &script));
    let menu = followed.and_then(|_| {
        run.in_entry = true;
        let items = run.items(&mut state, 0)?;
        Ok(Menu {
            items,
            default: known(&state, "default"),
            default_from: state.default_from.clone(),
            fallback: known(&state, "fallback"),
            config: run.config.clone(),
            skipped: state.skipped.clone(),
        })
    });
    menu.map(Some).map_err(|Stop(why)| why)
}

fn known(state: &State, name: &str) -> Result<String, String> {
    let value = state.get(name);
    unknown(value).map_or_else(|| Ok(value.to_owned()), Err)
}

impl Run<'_> {
    fn items(&mut self, state: &mut State, depth: usize) -> Followed<Vec<Item>> {
        if depth >= DEEPEST {
            return self.stop("menus too deep in each other");
        }
        let menu = std::mem::take(&mut state.menu);
        let mut items = Vec::with_capacity(menu.len());
        for pending in menu {
            self.spend(state.variables.len().saturating_add(8))?;
            items.push(match pending.is_submenu {
                true => self.submenu(state, &pending, depth)?,
                false => Item::Entry(self.entry_of(state, &pending)),
            });
        }
        Ok(items)
    }

    fn submenu(&mut self, state: &State, pending: &Pending, depth: usize) -> Followed<Item> {
        let mut inner = state.context();
        inner.params.clone_from(&pending.params);
        self.depth = 0;
        self.within(&mut inner, &pending.body, &pending.file)?;
        let items = self.items(&mut inner, depth.saturating_add(1))?;
        Ok(Item::Submenu { title: pending.title.clone(), id: pending.id.clone(), items })
    }

    fn entry_of(&mut self, state: &State, pending: &Pending) -> Entry {
        let mut inner = state.clone();
        inner.params.clone_from(&pending.params);
        inner.status = Status::True;
        inner.loaded = Loaded::default();
        self.depth = 0;
        let stopped = self.within(&mut inner, &pending.body, &pending.file).map(|_: Flow| ());
        if let Err(Stop(why)) = stopped {
            inner.loaded = Loaded { unknown: Some(why), ..Loaded::default() };
        }
        let mut entry = Entry {
            title: pending.title.clone(),
            id: pending.id.clone(),
            from: pending.from.clone(),
            unknown: inner.loaded.unknown.take(),
            ..Entry::default()
        };
        if let Some((device, linux, words)) = inner.loaded.linux.take() {
            entry.unknown = entry.unknown.take().or_else(|| words.iter().find_map(|word| unknown(word)));
            entry.starts(&linux);
            entry.device = device;
            if entry.unknown.is_none() {
                entry.args = cmdline::parse(line(&words).as_bytes()).unwrap_or_default();
            }
        }
        entry.initrd = inner.loaded.initrd.into_iter().map(|(_, path)| path).collect();
        entry
    }
}

/// The line that GRUB hands to the kernel (`grub-core/lib/cmdline.c`).
fn line(words: &[String]) -> String {
    let mut line = String::new();
    for word in words {
        let quote = if word.contains(' ') { "\"" } else { "" };
        line.push_str(quote);
        for c in word.chars() {
            if matches!(c, '\\' | '\'' | '"') {
                line.push('\\');
            }
            line.push(c);
        }
        line.push_str(quote);
        line.push(' ');
    }
    line
}
