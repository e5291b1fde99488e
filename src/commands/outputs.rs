//! The files that an answer is written to, in addition to the screen.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::cli::{OutputFormat, Outputs};
use crate::engine::ExitStatus;
use crate::io::replace::replace;
use crate::io::sys::outside;

/// Refuses a format that the command does not have, and a file that is named twice, before anything is read.
pub(super) fn verify(outputs: &Outputs, formats: &[OutputFormat]) -> Result<(), UsageError> {
    for (number, output) in outputs.files.iter().enumerate() {
        let (word, file) = (output.format.word(), output.file.display());
        if !formats.contains(&output.format) {
            let words: Vec<&str> = formats.iter().map(|format| format.word()).collect();
            return Err(UsageError(format!(
                "--output {word}:{file}: this command has no such format. It has {}",
                words.join(", ")
            )));
        }
        if outputs.files.iter().take(number).any(|other| other.file == output.file) {
            return Err(UsageError(format!("--output {word}:{file}: the file is named twice")));
        }
    }
    Ok(())
}

/// Refuses a file that is one of those that are read, by whatever name.
pub(super) fn spare(outputs: &Outputs, read: &[PathBuf]) -> Result<(), UsageError> {
    let identity = |path: &Path| fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()));
    for output in &outputs.files {
        let Some(own) = identity(&output.file) else { continue };
        if let Some(same) = read.iter().find(|path| identity(path) == Some(own)) {
            let (word, file) = (output.format.word(), output.file.display());
            return Err(UsageError(format!("--output {word}:{file}: it is {}, which is read", same.display())));
        }
    }
    Ok(())
}

/// Whether one of the files is of one of `formats`.
pub(super) fn has(outputs: &Outputs, formats: &[OutputFormat]) -> bool {
    outputs.files.iter().any(|output| formats.contains(&output.format))
}

/// What became of the files.
#[must_use]
pub(super) struct Written {
    /// Why some of them were not written.
    failures: Vec<String>,
}

/// Writes each file. The screen comes after it: a terminal may block, or a pipe be closed.
pub(super) fn write(outputs: &Outputs, document: &dyn Fn(OutputFormat) -> io::Result<Vec<u8>>) -> Written {
    let failures = outputs.files.iter().filter_map(|output| {
        let file = output.file.clone();
        // The thread that looks at a host cannot write.
        let put = |bytes: Vec<u8>| {
            let put = outside(move || replace(&file, &bytes));
            put.unwrap_or_else(|| Err(io::Error::other("it was not tried")))
        };
        let written = document(output.format).and_then(put);
        let why = written.err()?;
        Some(format!("cannot write {}: {}", output.file.display(), cause(&why)))
    });
    Written { failures: failures.collect() }
}

impl Written {
    /// How many files were not written.
    pub(super) fn failed(&self) -> usize {
        self.failures.len()
    }

    /// Names on stderr what was not written, below the answer that was `shown`. The answer itself is not changed by it,
    /// and the exit status is.
    pub(super) fn end(self, shown: Result<()>, status: ExitStatus) -> Result<ExitStatus> {
        for failure in &self.failures {
            let _ = writeln!(io::stderr(), "okv-host: {failure}");
        }
        match status {
            // Its line has how many there are, and its status can be no other.
            ExitStatus::Plugin(_) => shown.map(|()| status),
            _ if !self.failures.is_empty() => Ok(ExitStatus::NotWritten),
            _ => shown.map(|()| status),
        }
    }
}
