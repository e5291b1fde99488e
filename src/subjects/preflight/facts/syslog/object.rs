//! Parameters of objects of RainerScript: `name="value"`, `name=["a", "b"]`.

use super::line::is_host;
use super::{PORT, Protocol, Syslog, Target};
use crate::host::Probed;

/// The values of the parameter `name`, whose case has no meaning.
pub(super) fn values(parameters: &str, name: &str) -> Vec<String> {
    all(parameters)
        .into_iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .flat_map(|(_, values)| values)
        .collect()
}

/// Whether an object is taken out of the configuration by `config.enabled`.
pub(super) fn is_off(parameters: &str) -> bool {
    let values = values(parameters, "config.enabled");
    values.last().is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "off" | "no" | "0" | "false"))
}

/// Adds the targets of an action that sends to another host.
pub(super) fn targets(parameters: &str, place: &str, found: &mut Syslog) {
    let first = |name| values(parameters, name).into_iter().next();
    let kind = first("type").unwrap_or_default();
    let protocol = match (kind.to_ascii_lowercase().as_str(), first("protocol").map(|p| p.to_ascii_lowercase())) {
        ("omrelp", _) => Protocol::Relp,
        ("omfwd", None) => Protocol::Udp,
        ("omfwd", Some(protocol)) if protocol == "udp" => Protocol::Udp,
        ("omfwd", Some(protocol)) if protocol == "tcp" => Protocol::Tcp,
        ("omfwd", Some(_)) => return found.unclear.push((place.to_owned(), parameters.trim().to_owned())),
        _ => return,
    };
    let port = first("port").map_or(Some(PORT), |port| port.parse().ok());
    let hosts = values(parameters, "target");
    let Some(port) = port.filter(|_| !hosts.is_empty() && hosts.iter().all(|host| is_host(host))) else {
        return found.unclear.push((place.to_owned(), parameters.trim().to_owned()));
    };
    for host in hosts {
        found.add(Target { protocol, host, port, place: place.to_owned(), reached: Probed::Absent });
    }
}

/// Every parameter with its values. One in back-ticks, which rsyslog would have a shell or the environment fill in, has
/// none.
fn all(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('=') {
        let name = before.rsplit(|c: char| c.is_whitespace() || c == ',').find(|w| !w.is_empty()).unwrap_or_default();
        let behind = behind.trim_start();
        let (values, after) = match behind.strip_prefix('[') {
            Some(mut list) => {
                let mut values = Vec::new();
                loop {
                    list = list.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
                    let Some((value, after)) = quoted(list) else { break };
                    values.push(value);
                    list = after;
                }
                (values, list)
            }
            None => match quoted(behind) {
                Some((value, after)) => (vec![value], after),
                None => (vec![], behind),
            },
        };
        found.push((name.to_owned(), values));
        rest = after;
    }
    found
}

/// The text in quotes that `text` begins with, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let open = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            _ if c == open => return Some((value, text.get(at.checked_add(1)?..)?)),
            _ => value.push(c),
        }
    }
    None
}
