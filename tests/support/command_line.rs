//! Whether the command line takes what a text asks an operator to type.

use okv_host::cli::Cli;

/// What stands for something of the operator's own, and what the command line takes in its place.
const PLACES: [(&str, &str); 3] = [("HEX", ZEROS), ("ISO ", "x.iso "), ("NUMBER", "1")];
const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Asserts that the command line takes the words behind `okv-host `, up to the end of their sentence, a pipe or a
/// redirection.
#[track_caller]
pub fn parses(words: &str) {
    let ends = [", ", "; ", ". ", ") ", ": ", " | ", " > ", ";", " -> "];
    let end = ends.iter().filter_map(|end| words.find(end)).min().unwrap_or(words.len());
    let mut words = words[..end].trim().trim_end_matches(['.', ')', ',']).to_owned();
    for (place, value) in PLACES {
        words = words.replace(place, value);
    }
    let mut arguments = vec!["okv-host".to_owned()];
    for (number, part) in words.split('"').enumerate() {
        if number % 2 == 1 {
            arguments.push(part.to_owned());
        } else {
            arguments.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    let parsed = Cli::in_groups().try_get_matches_from(&arguments);
    let is_help = |error: &clap::Error| error.kind() == clap::error::ErrorKind::DisplayHelp;
    assert!(parsed.as_ref().map_or_else(is_help, |_| true), "{arguments:?}: {}", parsed.unwrap_err());
}

/// The words behind each `okv-host ` of a text.
pub fn commands_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("okv-host ").skip(1)
}
