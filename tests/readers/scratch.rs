//! A host in a folder, which is in memory where the system has such a file system.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::host::Root;

/// A host in a folder, which is written over again and again.
struct Host {
    folder: PathBuf,
    root: Root,
}

thread_local! {
    static HOSTS: RefCell<BTreeMap<&'static str, Host>> = RefCell::default();
}

impl Host {
    fn new(name: &'static str) -> Self {
        let memory = PathBuf::from("/dev/shm");
        let top = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let number = thread_number();
        let folder = top.join(format!("okv-host-readers-{}-{number}{}", std::process::id(), name.replace('/', "-")));
        fs::create_dir_all(&folder).expect("a folder");
        let root = Root::fixture(&folder).expect("a host");
        Self { folder, root }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn thread_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Puts the parts of an input, with a NUL between, into these files of a host.
pub(super) fn with(data: &[u8], paths: &[&'static str], read: impl FnOnce(&Root)) {
    let Some(first) = paths.last() else { return };
    HOSTS.with_borrow_mut(|hosts| {
        let host = hosts.entry(first).or_insert_with(|| Host::new(first));
        let mut parts = data.splitn(paths.len(), |byte| *byte == 0);
        for path in paths {
            let path = host.folder.join(path.trim_start_matches('/'));
            let part = parts.next().unwrap_or_default();
            if fs::write(&path, part).is_err() {
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(&path, part).expect("a file");
            }
        }
        read(&host.root);
    });
}
