//! File systems that are mounted for this program alone, to look into them: `unshare(2)`, `mount(2)`.

use crate::base::cause::cause;
use std::io;
use std::path::Path;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// A file system to look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateMount {
    pub device: String,
    pub point: String,
    /// Type of the file system, as `mount(2)` takes it.
    pub kind: &'static str,
    /// Options beside read-only, which keep the file system from writing even what it would recover.
    pub options: &'static str,
}

/// Runs `look` where `mounts` are mounted read-only, in a mount namespace of a thread of its own: nobody else sees
/// them, they go with the thread, and nothing is written. Threads that `look` starts see them too. `/proc/self` is
/// still that of the whole program.
///
/// # Errors
/// Where the kernel refuses the namespace or a mount; the message names it.
pub fn look_into<T: Send>(mounts: &[PrivateMount], look: impl FnOnce() -> T + Send) -> io::Result<T> {
    let in_namespace = || -> io::Result<T> {
        let named = |what: &str, e: nix::Error| io::Error::other(format!("{what}: {}", cause(&io::Error::from(e))));
        unshare(CloneFlags::CLONE_NEWNS).map_err(|e| named("a mount namespace", e))?;
        let nothing: Option<&str> = None;
        // Else the mounts would be seen by all that share the root file system's.
        mount(nothing, "/", nothing, MsFlags::MS_REC | MsFlags::MS_PRIVATE, nothing).map_err(|e| named("/", e))?;
        let flags = MsFlags::MS_RDONLY | MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        for PrivateMount { device, point, kind, options } in mounts {
            let mounted = mount(Some(Path::new(device)), Path::new(point), Some(*kind), flags, Some(*options));
            mounted.map_err(|e| named(&format!("{device} on {point}"), e))?;
        }
        Ok(look())
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, in_namespace)?;
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the look ended early")))
    })
}
