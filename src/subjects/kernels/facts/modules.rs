//! /lib/modules: a folder for each kernel whose modules are there (depmod(8)).

use crate::host::kernel_release::is_release;
use crate::host::{Place, Probed, Root};

const FOLDER: &str = "/lib/modules";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modules {
    pub release: String,
    /// Whether it has modules (the folder `kernel`).
    pub has_modules: bool,
    /// Whether it has the list of dependencies, without which none can be loaded (`modules.dep`, not empty).
    pub has_list: bool,
}

impl Modules {
    /// Whether a kernel can load modules from it.
    pub fn is_whole(&self) -> bool {
        self.has_modules && self.has_list
    }
}

pub(super) fn gather(root: &Root) -> Probed<Vec<Modules>> {
    match root.at(FOLDER).and_then(|place| place.places(is_release)) {
        Ok(Some(places)) => {
            Probed::from(places.iter().filter_map(|place| look(place).transpose()).collect::<Result<_, _>>())
        }
        Ok(None) => Probed::Absent,
        Err(why) => Probed::Unreadable(why),
    }
}

/// `None` for what is no folder.
fn look(place: &Place<'_>) -> Result<Option<Modules>, String> {
    if !place.kind().known().is_some_and(|kind| kind.is_dir()) {
        return Ok(None);
    }
    let Some(release) = place.name().map(str::to_owned) else { return Ok(None) };
    let has_modules = match place.below("kernel")?.kind() {
        Probed::Known(kind) => kind.is_dir(),
        Probed::Absent => false,
        Probed::Unreadable(why) => return Err(why),
    };
    let has_list = match place.below("modules.dep")?.metadata() {
        Probed::Known(list) => list.is_file() && list.len() > 0,
        Probed::Absent => false,
        Probed::Unreadable(why) => return Err(why),
    };
    Ok(Some(Modules { release, has_modules, has_list }))
}
