//! What is mounted where, as the kernel shows it.

use super::host::TargetHost;
use crate::host::{Mount, Probed, Root, mounts};

impl TargetHost<'_> {
    pub(super) fn is_mounted(&self, point: &str) -> Result<bool, String> {
        Ok(mounts::mounted_at(&all(&self.root()?)?, point).is_some())
    }
}

pub(crate) fn all(root: &Root) -> Result<Vec<Mount>, String> {
    match mounts::gather(root) {
        Probed::Known(mounts) => Ok(mounts),
        Probed::Absent => Err("what is mounted is not known".into()),
        Probed::Unreadable(why) => Err(why),
    }
}
