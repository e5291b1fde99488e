//! Lines of the old syntax: `*.* @@host:port`, `$IncludeConfig pattern`.

use super::{PORT, Protocol, Syslog, Target};
use crate::host::Probed;

pub(super) fn included(line: &str) -> Option<&str> {
    let (keyword, pattern) = line.split_once(char::is_whitespace)?;
    keyword.eq_ignore_ascii_case("$IncludeConfig").then(|| pattern.trim())
}

/// Adds the targets of the actions on a line: words that begin with `@` (UDP), `@@` (TCP) or `:omrelp:`. Words in
/// quotes are none.
pub(super) fn targets(line: &str, place: &str, found: &mut Syslog) {
    if line.starts_with('$') {
        return;
    }
    for word in unquoted_words(line) {
        let word = word.trim_start_matches(['{', '&']).trim_end_matches('}');
        let (protocol, rest) = if let Some(rest) = word.strip_prefix("@@") {
            (Protocol::Tcp, rest)
        } else if let Some(rest) = word.strip_prefix('@') {
            (Protocol::Udp, rest)
        } else if let Some(rest) = word.strip_prefix(":omrelp:") {
            (Protocol::Relp, rest)
        } else {
            continue;
        };
        match target(rest) {
            Some((host, port)) => {
                let (place, reached) = (place.to_owned(), Probed::Absent);
                found.add(Target { protocol, host, port, place, reached });
            }
            None => found.unclear.push((place.to_owned(), word.to_owned())),
        }
    }
}

/// Words of a line that are not within quotes. Only a condition of RainerScript has single ones; elsewhere they are
/// apostrophes.
fn unquoted_words(line: &str) -> impl Iterator<Item = &str> {
    let is_condition = line.split_whitespace().next() == Some("if") || line.starts_with("if(");
    let quotes: &[char] = if is_condition { &['"', '\''] } else { &['"'] };
    line.split(quotes).step_by(2).flat_map(str::split_whitespace)
}

/// Host and port of `(options)host:port;template`, of which all but the host may be missing. An IPv6 address stands in
/// brackets.
fn target(text: &str) -> Option<(String, u16)> {
    let text = match text.strip_prefix('(') {
        Some(options) => options.split_once(')')?.1,
        None => text,
    };
    let text = text.split(';').next().unwrap_or_default();
    let (host, port) = match text.strip_prefix('[') {
        Some(address) => {
            let (address, behind) = address.split_once(']')?;
            (address, behind.strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = port.map_or(Some(PORT), |port| port.parse().ok())?;
    is_host(host).then(|| (host.to_owned(), port))
}

/// Whether it can be a name or an address: nothing that a program could take for an option.
pub(super) fn is_host(text: &str) -> bool {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || "._:%-".contains(c);
    matches!(text.len(), 1..=253) && text.chars().all(is_fit) && !text.starts_with(['-', '.'])
}
