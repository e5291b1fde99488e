//! What is mounted where, as the kernel shows it.

use super::host::TargetHost;
use crate::host::{Mount, Probed, Root, loops, mounts};

impl TargetHost<'_> {
    /// Whether something is mounted at `point`.
    pub(super) fn is_mounted(&self, point: &str) -> Result<bool, String> {
        Ok(mounts::mounted_at(&all(&self.root()?)?, point).is_some())
    }

    /// Whether the ISO at `iso` is what one sees at `point`; whether it can be written to is another question.
    pub(super) fn is_iso_at(&self, iso: &str, point: &str) -> Result<bool, String> {
        Ok(self.iso_at(iso, point)?.is_some())
    }

    /// Whether the ISO at `iso` is mounted at `point` read-only, and has these files.
    pub(super) fn has_iso(&self, iso: &str, point: &str, files: &[String]) -> Result<bool, String> {
        let Some(mount) = self.iso_at(iso, point)? else { return Ok(false) };
        if !mount.options.iter().any(|option| option == "ro") {
            return Ok(false);
        }
        for file in files {
            let path = format!("{point}/{file}");
            match std::fs::metadata(self.path(&path)) {
                Ok(meta) if meta.is_file() => {}
                Ok(_) => return Err(format!("{path} is no file")),
                Err(e) => return Err(format!("{path}: {e}: is {iso} the ISO of an upgrade?")),
            }
        }
        Ok(true)
    }

    fn iso_at(&self, iso: &str, point: &str) -> Result<Option<Mount>, String> {
        let root = self.root()?;
        let mounts = all(&root)?;
        let Some(mount) = mounts::mounted_at(&mounts, point) else { return Ok(None) };
        let loops = match loops::gather(&root) {
            Probed::Known(loops) => loops,
            Probed::Absent => return Ok(None),
            Probed::Unreadable(why) => return Err(why),
        };
        let file = root.at(iso)?.shown();
        Ok(loops.iter().any(|each| each.device == mount.device && each.file == file).then(|| mount.clone()))
    }
}

fn all(root: &Root) -> Result<Vec<Mount>, String> {
    match mounts::gather(root) {
        Probed::Known(mounts) => Ok(mounts),
        Probed::Absent => Err("what is mounted is not known".into()),
        Probed::Unreadable(why) => Err(why),
    }
}
