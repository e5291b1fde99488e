//! The folder that an image lies in: where the files that it names may be.
//!
//! A guest can write the first sector of its own raw disk, so that this looks like an image with a backing file.
//! Therefore a name leads nowhere but to a regular file below the folder of the image that the operator named. Links
//! count as where they lead. What was opened is verified, and not only the name: the two may differ by then.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::super::File;
use crate::io::sys;

/// Which files an image may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Those in its folder, and below.
    #[default]
    Folder,
    Anywhere,
}

pub(super) struct Folder {
    /// Without links.
    real: PathBuf,
    reach: Reach,
}

/// A file that was opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    /// Its path without links.
    path: PathBuf,
    /// Where the names in it are looked for.
    pub(super) dir: PathBuf,
    /// Device and inode.
    pub(super) id: (u64, u64),
}

impl Opened {
    /// Its name, for a message.
    pub(super) fn shown(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }
}

impl Folder {
    /// The folder that the image at `path` was named in.
    pub(super) fn of(path: &Path, reach: Reach) -> io::Result<Self> {
        Ok(Self { real: fs::canonicalize(parent(path))?, reach })
    }

    /// Opens the image itself, which the operator named.
    pub(super) fn open_first(&self, path: &Path) -> io::Result<Opened> {
        let file = fs::OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(path)?;
        opened(file, path.to_path_buf(), self.real.clone())
    }

    /// Opens the file that an image in `dir` calls `name`.
    pub(super) fn open(&self, dir: &Path, name: &str) -> io::Result<Opened> {
        let shown = shortened(name);
        let path = dir.join(plain(name).map_err(|why| refused(&format!("the file \"{shown}\" {why}")))?);
        let failed = |why: io::Error| {
            io::Error::new(
                why.kind(),
                format!("{}: {}", shortened(&path.to_string_lossy()), crate::base::cause::cause(&why)),
            )
        };
        let real = fs::canonicalize(&path).map_err(failed)?;
        self.verify(&real, &shown)?;
        let flags = sys::O_NONBLOCK | sys::O_NOFOLLOW;
        let file = fs::OpenOptions::new().read(true).custom_flags(flags).open(&real).map_err(failed)?;
        if self.reach == Reach::Folder {
            if !file.metadata()?.is_file() {
                return Err(refused(&format!("\"{shown}\", which the image names, is no regular file")));
            }
            self.verify(&fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?, &shown)?;
        }
        // QEMU looks for the next name beside the name that was followed, not beside what it is a link to.
        let dir = parent(&path).to_path_buf();
        opened(file, real, dir).map_err(failed)
    }

    fn verify(&self, real: &Path, shown: &str) -> io::Result<()> {
        if self.reach == Reach::Anywhere || real.starts_with(&self.real) {
            return Ok(());
        }
        Err(refused(&format!(
            "it names \"{shown}\", outside the folder of the image; --backing-anywhere allows such files"
        )))
    }
}

/// The path in a name of an image. QEMU also has names of other things than files.
fn plain(name: &str) -> Result<&Path, &'static str> {
    let name = name.strip_prefix("file:").unwrap_or(name);
    if name.is_empty() || name.contains('\0') {
        return Err("has no name");
    }
    if name.starts_with("json:") {
        return Err("is named by a description in JSON, which is not read");
    }
    match name.split('/').next().is_some_and(|first| first.contains(':')) {
        true => Err("is no file but a protocol"),
        false => Ok(Path::new(name)),
    }
}

fn opened(file: fs::File, path: PathBuf, dir: PathBuf) -> io::Result<Opened> {
    let meta = file.metadata()?;
    let id = (meta.dev(), meta.ino());
    Ok(Opened { file: File::new(file)?, path, dir, id })
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name from an image, as a message may have it.
pub(super) fn shortened(name: &str) -> String {
    name.chars().take(200).collect()
}

fn refused(why: &str) -> io::Error {
    io::Error::new(ErrorKind::PermissionDenied, why)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn open(folder: &Path, reach: Reach, name: &str) -> Result<String, String> {
        let folder = Folder::of(&folder.join("top"), reach).unwrap();
        folder.open(&folder.real, name).map(|opened| opened.shown()).map_err(|why| why.to_string())
    }

    #[test]
    fn a_name_leads_to_a_regular_file_below_the_folder_and_nowhere_else() {
        let root = tempfile::tempdir().unwrap();
        let images = root.path().join("images");
        fs::create_dir_all(images.join("sub")).unwrap();
        fs::create_dir(root.path().join("images-other")).unwrap();
        for file in ["out", "images/in", "images/sub/deep", "images-other/near"] {
            fs::write(root.path().join(file), "x").unwrap();
        }
        symlink("../out", images.join("link-out")).unwrap();
        symlink("sub/deep", images.join("link-in")).unwrap();
        symlink("..", images.join("sub/up")).unwrap();
        symlink("/dev/null", images.join("null")).unwrap();
        nix::unistd::mkfifo(&images.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let absolute = images.join("in").to_string_lossy().into_owned();
        for (name, file) in
            [("in", "in"), ("sub/deep", "deep"), ("sub/../in", "in"), ("link-in", "deep"), ("sub/up/in", "in")]
        {
            assert_eq!(open(&images, Reach::Folder, name), Ok(file.to_owned()));
            assert_eq!(open(&images, Reach::Folder, &format!("file:{name}")), Ok(file.to_owned()));
        }
        assert_eq!(open(&images, Reach::Folder, &absolute), Ok("in".to_owned()));
        let outside = ["../out", "link-out", "../images-other/near", "/etc/passwd", "sub/up/../out", "null"];
        for name in outside {
            let refused = open(&images, Reach::Folder, name).unwrap_err();
            assert!(refused.contains("outside the folder of the image"), "{name}: {refused}");
        }
        for name in outside.iter().filter(|name| **name != "null") {
            open(&images, Reach::Anywhere, name).unwrap();
        }
        for (name, why) in [
            ("fifo", "no regular file"),
            ("sub", "no regular file"),
            ("gone", "No such file"),
            ("", "no name"),
            ("json:{}", "JSON"),
            ("nbd://host/disk", "protocol"),
            ("a\0b", "no name"),
        ] {
            let refused = open(&images, Reach::Folder, name).unwrap_err();
            assert!(refused.contains(why), "{name}: {refused}");
        }
    }
}
