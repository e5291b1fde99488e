//! What is mounted at the place of the ISO, as the kernel shows it.

use crate::base::cause::cause;
use crate::engine::apply::{TargetHost, all_mounts};
use crate::host::{Mount, Probed, loops, mounts};

/// Whether the ISO at `iso` is what one sees at `point`; whether it can be written to is another question.
pub(crate) fn is_iso_at(host: &TargetHost<'_>, iso: &str, point: &str) -> Result<bool, String> {
    Ok(iso_at(host, iso, point)?.is_some())
}

/// Whether the ISO at `iso` is mounted at `point` read-only, and has these files.
pub(crate) fn has_iso(host: &TargetHost<'_>, iso: &str, point: &str, files: &[String]) -> Result<bool, String> {
    let Some(mount) = iso_at(host, iso, point)? else { return Ok(false) };
    if !mount.options.iter().any(|option| option == "ro") {
        return Ok(false);
    }
    for file in files {
        let path = format!("{point}/{file}");
        match std::fs::metadata(host.path(&path)) {
            Ok(meta) if meta.is_file() => {}
            Ok(_) => return Err(format!("{path} is no file")),
            Err(e) => return Err(format!("{path}: {}: is {iso} the ISO of an upgrade?", cause(&e))),
        }
    }
    Ok(true)
}

fn iso_at(host: &TargetHost<'_>, iso: &str, point: &str) -> Result<Option<Mount>, String> {
    let root = host.root()?;
    let mounts = all_mounts(&root)?;
    let Some(mount) = mounts::mounted_at(&mounts, point) else { return Ok(None) };
    let loops = match loops::gather(&root) {
        Probed::Known(loops) => loops,
        Probed::Absent => return Ok(None),
        Probed::Unreadable(why) => return Err(why),
    };
    let file = root.at(iso)?.host_path();
    Ok(loops.iter().any(|each| each.device == mount.device && each.file == file).then(|| mount.clone()))
}
