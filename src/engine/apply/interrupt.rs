//! Signals are held until the running step is done and proved.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Whether someone asked to stop: at the terminal (SIGINT), from outside (SIGTERM), or by losing the connection
/// (SIGHUP).
#[derive(Debug, Clone, Default)]
pub struct Interrupts(Arc<AtomicBool>);

impl Interrupts {
    /// From now on these signals end nothing; they are only noted.
    ///
    /// # Errors
    /// Where the kernel refuses a handler.
    pub fn hold() -> io::Result<Self> {
        let held = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register(signal, Arc::clone(&held.0))?;
        }
        Ok(held)
    }

    pub fn came(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Acts as if one came, for tests.
    pub fn raise(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
