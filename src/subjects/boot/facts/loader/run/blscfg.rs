//! `blscfg` of el8: entries in files of their own, each of which becomes a script (`grub-core/commands/blscfg.c`).

use std::rc::Rc;

use super::sources::device;
use super::{Followed, Pending, Run, State, Status};
use crate::host::Probed;
use crate::subjects::boot::facts::loader::bls::{self, File};
use crate::subjects::boot::facts::loader::files::on_host;
use crate::subjects::boot::facts::loader::menu::Device;
use crate::subjects::boot::facts::loader::script::parse_text;
use crate::subjects::boot::facts::loader::value::{hole, unknown};

/// Most files of entries.
const MOST: usize = 2048;

impl Run<'_> {
    pub(super) fn blscfg(&mut self, state: &mut State, words: &[String]) -> Followed<()> {
        if !words.is_empty() {
            return self.stop("okv-host does not follow blscfg with words behind it");
        }
        // Under BIOS it looks on $boot, which grub2-mkconfig sets as it sets $root.
        let is_bios = state.get("grub_platform") == "pc" && !state.get("boot").is_empty();
        let device = device(state.get(if is_bios { "boot" } else { "root" }));
        let Ok(device) = device.map_err(|why| self.line_of(&why)) else {
            return self.stop("the device of the entries is not known");
        };
        let folder = Some(state.get("blsdir")).filter(|folder| !folder.is_empty()).unwrap_or("/loader/entries");
        if let Some(why) = unknown(folder) {
            return self.stop(&format!("the folder of the entries is not known: {why}"));
        }
        let folder = folder.trim_end_matches('/').to_owned();
        let mut files = self.entries_in(state, &device, &folder)?;
        if files.is_empty() {
            files = self.entries_in(state, &device, "/boot/loader/entries")?;
        }
        bls::sort(&mut files);
        for (path, file) in files {
            if file.linux.is_none() {
                state.skipped.push((path, "it names no kernel (linux), so GRUB passes over it".to_owned()));
                continue;
            }
            let entry = self.entry(state, path, &file);
            state.menu.push(Rc::new(entry));
        }
        state.status = Status::True;
        Ok(())
    }

    fn line_of(&self, why: &str) -> String {
        format!("{}: {why}", self.here())
    }

    fn entries_in(&mut self, state: &mut State, device: &Device, folder: &str) -> Followed<Vec<(String, File)>> {
        let folder = match on_host(self.boot, device, folder) {
            Ok(folder) => folder,
            Err(why) => return self.stop(&why),
        };
        let names = match self.files.names(&folder) {
            Probed::Known(names) => names,
            Probed::Absent => vec![],
            Probed::Unreadable(why) => return self.stop(&why),
        };
        let mut files = Vec::new();
        for name in names.iter().filter(|name| bls::is_entry(name)) {
            let path = format!("{folder}/{name}");
            if files.len() >= MOST {
                return self.stop(&format!("{folder}: more entries than a menu has"));
            }
            match self.files.read(&path) {
                Probed::Known(text) => {
                    self.spend(text.len())?;
                    match bls::parse(name, &text) {
                        Ok(file) => files.push((path, file)),
                        Err(why) => return Err(super::Stop(format!("{path}: {why}"))),
                    }
                }
                Probed::Absent => state.skipped.push((path, "it leads nowhere, so GRUB passes over it".to_owned())),
                Probed::Unreadable(why) => return self.stop(&why),
            }
        }
        Ok(files)
    }

    /// The script that the module makes of a file.
    fn entry(&self, state: &State, path: String, file: &File) -> Pending {
        let linux = file.linux.clone().unwrap_or_default();
        let value = |text: &str| expanded(state, text);
        let options = file.options.as_deref().map(value).filter(|options| !options.is_empty());
        let options = options.unwrap_or_else(|| value(state.get("default_kernelopts")));
        let mut text = format!("linux ($root){linux} {options}\n");
        if !file.initrd.is_empty() {
            text.push_str("initrd");
            file.initrd.iter().for_each(|file| text.push_str(&format!(" ($root){file}")));
            text.push('\n');
        }
        let title = file.title.clone().unwrap_or(linux);
        // Where it is no script, GRUB shows the entry and cannot start it.
        let broken = |why: crate::host::BadLine| {
            let why = hole(&format!("{path}: GRUB cannot read what the entry does: {}", why.why));
            parse_text(&format!("linux '{}'", why.replace('\'', ""))).unwrap_or_else(|_| Rc::from([]))
        };
        let body = parse_text(&text).unwrap_or_else(broken);
        let params = std::iter::once(title.clone()).chain(file.arguments.clone()).collect();
        Pending {
            title,
            id: file.id.clone(),
            is_submenu: false,
            params,
            body,
            file: Rc::from(path.as_str()),
            from: path,
        }
    }
}

/// A value with `$name` replaced; braces are no part of a name here.
fn expanded(state: &State, text: &str) -> String {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at_checked(end).unwrap_or_default();
        out.push_str(state.get(name));
        out.push_str(rest);
    }
    out
}
