//! What commands of this program did on the host, by the journal of their runs.

use std::io;

use crate::base::cause::cause;
use crate::engine::{self, RecordedRun};
use crate::host::state::{self, STATE};
use crate::host::{Probed, Root};
use crate::io::image::Reader;
use crate::io::journal::Journal;

/// Reads the runs, oldest first. There were none where there is no journal.
pub fn gather(root: &Root) -> Probed<Vec<RecordedRun>> {
    let folder = match root.at(STATE) {
        Ok(folder) => folder,
        Err(why) => return Probed::Unreadable(why),
    };
    if let Err(why) = state::verify(root, "journal") {
        return Probed::Unreadable(why);
    }
    let place = folder.beside("journal");
    let read = || match place.unkept() {
        Ok(file) => Journal::of(Reader::new(file), &place.real_path()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e),
    };
    let ask = || read().map_err(|e| format!("{STATE}/journal: {}", cause(&e)));
    match place.answer("records in", ask).and_then(|records| records) {
        Ok(records) => Probed::Known(engine::runs(&records)),
        Err(why) => Probed::Unreadable(why),
    }
}
