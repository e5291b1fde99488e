//! A server of disks (NBD) for QEMU, on a socket of its own, which records what is done to them.
//!
//! The disks have a volatile write cache and take flushes; they ignore discards. A disk's requests are done one after
//! the other, so a flush covers all that was asked before.

mod content;
mod protocol;
mod recorder;

use std::collections::HashMap;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

pub(crate) use content::{Content, PAGE};
pub(crate) use recorder::{Disks, Event, Recording};

/// A disk by the name that the client asks for.
#[derive(Debug, Clone)]
struct Export {
    disks: Disks,
    number: usize,
}

type Exports = Arc<Mutex<HashMap<String, Export>>>;

/// It serves as long as the process lives.
#[derive(Debug)]
pub(crate) struct Server {
    exports: Exports,
    folder: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("nbd").tempdir().expect("a directory for the socket");
        let listener = UnixListener::bind(folder.path().join("socket")).expect("a socket");
        let exports = Exports::default();
        let shared = Arc::clone(&exports);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let exports = Arc::clone(&shared);
                thread::spawn(move || protocol::serve(stream, &exports)); // a client that goes away is no error
            }
        });
        Self { exports, folder }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        Path::new(self.folder.path()).join("socket")
    }

    /// From now on that name is this disk; a client that had another one by it keeps that.
    pub(crate) fn add(&self, name: &str, disks: &Disks, number: usize) {
        let export = Export { disks: disks.clone(), number };
        self.exports.lock().expect("no panic in here").insert(name.to_owned(), export);
    }
}
