//! `menuentry` and `submenu` (`grub-core/commands/menuentry.c`).

use std::rc::Rc;

use super::{Followed, Pending, Run, State, Status};
use crate::subjects::boot::facts::loader::script::{Block, parse_text};
use crate::subjects::boot::facts::loader::value::unknown;

/// Most entries that are defined.
const MOST: usize = 4096;

impl Run<'_> {
    pub(super) fn menuentry(
        &mut self,
        state: &mut State,
        command: &str,
        words: &[String],
        block: Option<&Block>,
    ) -> Followed<()> {
        let (mut id, mut source, mut params) = (None, None, Vec::new());
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if let Some(why) = unknown(word) {
                return self.stop(&format!("a name in the menu is not known: {why}"));
            }
            let (option, value) = match word.split_once('=') {
                Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            match option {
                "--" => {
                    params.extend(words.by_ref().cloned());
                }
                "--unrestricted" => {}
                "--class" | "--users" | "--hotkey" | "--id" | "--source" => {
                    let value = value.or_else(|| words.next().cloned());
                    match option {
                        "--id" => id = value,
                        "--source" => source = value,
                        _ => {}
                    }
                }
                _ if option.starts_with('-') && option.len() > 1 => {
                    return self.stop(&format!("an option of {command} that okv-host does not know: {option}"));
                }
                _ => params.push(word.clone()),
            }
        }
        let Some(title) = params.first().cloned() else { return self.stop("an entry without a title") };
        let body = match (block, source) {
            (Some(block), _) => Rc::clone(block),
            (None, Some(source)) => match parse_text(&source) {
                Ok(body) => body,
                Err(why) => return self.stop(&format!("the text of an entry: {why}")),
            },
            (None, None) => return self.stop("an entry without what it does"),
        };
        if state.menu.len() >= MOST {
            return self.stop("more entries than a menu has");
        }
        let is_submenu = command == "submenu";
        let (file, from) = (Rc::clone(&self.file), self.here());
        let id = id.unwrap_or_default();
        state.menu.push(Rc::new(Pending { title, id, is_submenu, params, body, file, from }));
        state.status = Status::True;
        Ok(())
    }
}
