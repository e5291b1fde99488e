//! Files that an answer is written to, in addition to the screen.

use std::path::PathBuf;

use clap::Args;

/// Arguments of every command whose answer can be written to files.
#[derive(Debug, Args)]
pub struct Outputs {
    /// Also write the answer to FILE, as json, text, markdown or html; of check and cluster also nagios or prometheus;
    /// can be repeated.
    #[arg(long = "output", value_name = "FORMAT:FILE", value_parser = output)]
    pub files: Vec<Output>,
}

/// A file, and what is written to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    pub format: OutputFormat,
    pub file: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    Json,
    Text,
    Markdown,
    Html,
    Nagios,
    Prometheus,
}

impl OutputFormat {
    pub const ALL: [Self; 6] = [Self::Json, Self::Text, Self::Markdown, Self::Html, Self::Nagios, Self::Prometheus];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Nagios => "nagios",
            Self::Prometheus => "prometheus",
        }
    }
}

fn output(text: &str) -> Result<Output, String> {
    let formats = OutputFormat::ALL;
    let found = text.split_once(':').and_then(|(word, file)| {
        let format = formats.iter().find(|format| format.word() == word)?;
        Some((*format, file))
    });
    match found {
        None => {
            let words: Vec<&str> = formats.iter().map(|format| format.word()).collect();
            Err(format!("a format and a file with : between them are needed; the formats are {}", words.join(", ")))
        }
        Some((_, "" | "-")) => Err("a file is needed; --format prints to stdout".to_owned()),
        Some((format, file)) => Ok(Output { format, file: file.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_format_and_a_file_of_any_name() {
        let file = |text: &str| output(text).map(|output| (output.format.word(), output.file));
        assert_eq!(file("html:a:b.html"), Ok(("html", "a:b.html".into())));
        for format in OutputFormat::ALL {
            assert_eq!(file(&format!("{}:x", format.word())), Ok((format.word(), "x".into())));
        }
        for bad in ["", "json", "json:", "json:-", "pdf:x", ":x", "JSON:x"] {
            assert!(output(bad).is_err(), "{bad}");
        }
    }
}
