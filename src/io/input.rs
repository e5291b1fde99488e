//! A file that an argument names: a regular file, or a pipe such as the shell's `<(...)`. A FIFO that nobody writes to
//! is refused at once, and never waited for.

use std::fs::{File, OpenOptions};
use std::io::{self, Chain, Cursor, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

use super::sys;

/// What is read: the byte that showed whether anybody writes, then the rest.
pub type Input = Chain<Cursor<Vec<u8>>, File>;

/// Opens it for reading.
///
/// # Errors
/// Where it cannot be opened, is a folder or a device that is no terminal, or a pipe that nobody writes to.
pub fn open(path: &Path) -> io::Result<Input> {
    let mut file = OpenOptions::new().read(true).custom_flags(sys::O_NONBLOCK).open(path)?;
    let kind = file.metadata()?.file_type();
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
    let mut first = vec![0];
    match file.read(&mut first) {
        Ok(0) if kind.is_fifo() => return Err(refused("nobody writes to this pipe")),
        Ok(read) => first.truncate(read),
        // Somebody has it open for writing, and has not written yet.
        Err(e) if e.kind() == ErrorKind::WouldBlock => first.clear(),
        Err(e) => return Err(e),
    }
    sys::wait_for_input(&file)?;
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
        late.join().unwrap();
    }
}
