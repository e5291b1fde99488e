//! A file that an argument names: a regular file, or a pipe such as the shell's `<(...)`. A FIFO that nobody writes to
//! is refused at once, and never waited for. A pipe gives what is in it once, and a command may need it again: that is
//! kept.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Chain, Cursor, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Mutex;

use super::sys;

/// The most of a pipe that is kept, in bytes.
const KEPT: u64 = 16 << 20;

/// What pipes gave, by device and inode.
static PIPES: Mutex<BTreeMap<(u64, u64), Vec<u8>>> = Mutex::new(BTreeMap::new());

/// What is read: what a pipe gave, then the rest.
pub type Input = Chain<Cursor<Vec<u8>>, File>;

/// Opens it for reading.
///
/// # Errors
/// Where it cannot be opened, is a folder or a device that is no terminal, or a pipe that nobody writes to.
pub fn open(path: &Path) -> io::Result<Input> {
    let mut file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(path)?;
    let meta = file.metadata()?;
    let kind = meta.file_type();
    let refused = |why: &str| io::Error::new(ErrorKind::InvalidInput, why);
    if kind.is_file() {
        return Ok(Cursor::new(Vec::new()).chain(file));
    }
    if kind.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if kind.is_block_device() || kind.is_socket() {
        return Err(refused("it is neither a file nor a pipe"));
    }
    let pipe = (meta.dev(), meta.ino());
    let kept = PIPES.lock().ok().and_then(|pipes| pipes.get(&pipe).cloned()).filter(|_| kind.is_fifo());
    if let Some(kept) = kept {
        return Ok(Cursor::new(kept).chain(file));
    }
    let mut first = vec![0];
    match file.read(&mut first) {
        Ok(0) if kind.is_fifo() => return Err(refused("nobody writes to this pipe")),
        Ok(read) => first.truncate(read),
        // Somebody has it open for writing, and has not written yet.
        Err(e) if e.kind() == ErrorKind::WouldBlock => first.clear(),
        Err(e) => return Err(e),
    }
    sys::wait_for_input(&file)?;
    if kind.is_fifo() {
        (&mut file).take(KEPT).read_to_end(&mut first)?;
        if (first.len() as u64) < KEPT
            && let Ok(mut pipes) = PIPES.lock()
        {
            pipes.insert(pipe, first.clone());
        }
    }
    Ok(Cursor::new(first).chain(file))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsRawFd;

    use super::*;

    fn text(path: &Path) -> io::Result<String> {
        let mut text = String::new();
        open(path)?.read_to_string(&mut text).map(|_| text)
    }

    #[test]
    fn a_file_is_read_and_a_folder_is_not() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "words").unwrap();
        assert_eq!(text(&dir.path().join("file")).unwrap(), "words");
        assert_eq!(text(dir.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(text(&dir.path().join("none")).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn a_fifo_that_nobody_writes_to_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let fifo = dir.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(text(&fifo).unwrap_err().to_string().contains("nobody writes"));
    }

    #[test]
    fn a_pipe_is_read_to_its_end_also_where_it_is_written_later() {
        let (reader, mut writer) = io::pipe().unwrap();
        let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
        let late = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(100));
            writer.write_all(b"late words").unwrap();
        });
        assert_eq!(text(Path::new(&path)).unwrap(), "late words");
        assert_eq!(text(Path::new(&path)).unwrap(), "late words", "a plan is made more than once");
        late.join().unwrap();
    }
}
