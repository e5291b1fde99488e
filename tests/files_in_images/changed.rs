//! Images of which a byte is changed.

use std::sync::{Arc, Mutex};

use okv_host::disk::filesystem::{Entry, FileSystem};
use okv_host::io::image::{Image, Memory, ReadError};

/// An image of which a byte is changed, and that knows what was read.
pub(super) struct Changed {
    pub(super) bytes: Arc<Memory>,
    pub(super) change: Option<(u64, u8)>,
    pub(super) read: Arc<Mutex<Vec<(u64, usize)>>>,
}

impl Image for Changed {
    fn bytes(&self) -> u64 {
        self.bytes.bytes()
    }

    fn read_at(&self, buf: &mut [u8], at: u64) -> Result<(), ReadError> {
        self.bytes.read_at(buf, at)?;
        if let Some((place, mask)) = self.change.filter(|(place, _)| *place >= at)
            && let Some(byte) = buf.get_mut((place - at) as usize)
        {
            *byte ^= mask;
        }
        self.read.lock().expect("a list").push((at, buf.len()));
        Ok(())
    }
}

/// Everything that a walk of at most so many names finds.
pub(super) fn walk(files: &dyn FileSystem) -> std::io::Result<Vec<String>> {
    let (mut found, mut ahead) = (Vec::new(), vec![files.top()]);
    while let Some(folder) = ahead.pop() {
        for Entry { name, inode, .. } in files.names(folder, 1000)? {
            let known = files.inode(inode)?;
            let content = if known.is_file() || known.is_link() { Some(files.content(inode)?) } else { None };
            found.push(format!("{name:?} {known:?} {content:?}"));
            if known.is_folder() && found.len() < 2000 {
                ahead.push(inode);
            }
        }
    }
    Ok(found)
}
