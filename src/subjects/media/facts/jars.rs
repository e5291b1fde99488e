//! What lies in the folder of the TLS files: jars, which are temporary, and the rest, without which the server does not
//! work.

use crate::host::{Probed, Root};

/// Most files that are looked at.
const MOST: usize = 4096;

/// Files directly in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jars {
    /// Name and size in bytes of each regular file that ends in `.jar`.
    pub jars: Vec<(String, u64)>,
    /// How many other names there are.
    pub others: usize,
}

/// Reads it. [`Probed::Absent`] where there is no such folder.
pub fn gather(root: &Root, folder: &str) -> Probed<Jars> {
    let (folder, names) = match root.folder(folder) {
        Probed::Known(folder) => folder,
        Probed::Absent => return Probed::Absent,
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let mut found = Jars::default();
    for name in names {
        let jar = name.to_str().filter(|name| name.to_ascii_lowercase().ends_with(".jar"));
        let Some(name) = jar.filter(|_| found.jars.len() < MOST) else {
            found.others = found.others.saturating_add(1);
            continue;
        };
        let place = match folder.below(name) {
            Ok(place) => place,
            Err(why) => return Probed::Unreadable(why),
        };
        match place.metadata() {
            // A link to a file elsewhere wins no space here.
            Probed::Known(meta) if meta.is_file() && place.name() == Some(name) => {
                found.jars.push((name.to_owned(), meta.len()));
            }
            Probed::Known(_) | Probed::Absent => found.others = found.others.saturating_add(1),
            Probed::Unreadable(why) => return Probed::Unreadable(why),
        }
    }
    Probed::Known(found)
}
