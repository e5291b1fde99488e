//! What a cluster says of itself, read leniently.
//!
//! Which fields `okv cluster info get` prints is documented only in words: the cluster's version, the Maximum Disable
//! Node Duration, and of each node its configuration mode, status and version. So names are compared without case and
//! punctuation, wherever they stand, and what was not found is said.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::base::dates::Moment;

/// Most nodes that are taken.
const MOST: usize = 1024;
/// A number of milliseconds since 1970 is above this, and one of seconds below.
const MILLISECONDS: u64 = 100_000_000_000;

/// Whether a node is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It only follows.
    ReadOnly,
    /// It is written to, with or without a partner at this time.
    ReadWrite,
}

impl Mode {
    pub fn word(self) -> &'static str {
        match self {
            Self::ReadOnly => "read-only",
            Self::ReadWrite => "read-write",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Info {
    pub version: Option<String>,
    /// Maximum Disable Node Duration, in seconds.
    pub longest_disabled: Option<u64>,
    pub nodes: Vec<NodeInfo>,
    /// What was not found, and what was assumed.
    pub not_found: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeInfo {
    pub name: String,
    pub status: Option<String>,
    pub version: Option<String>,
    /// Whether it is written to.
    pub mode: Option<Mode>,
    /// What names its partner: another node, or what both share.
    pub pair: Option<String>,
    /// Since when it is disabled, in seconds since 1970-01-01 UTC.
    pub disabled_since: Option<Moment>,
}

/// Reads it.
///
/// # Errors
/// Where it is no JSON, or nothing in it is about a cluster.
pub fn parse(text: &str) -> Result<Info, String> {
    let json: Value = serde_json::from_str(text).map_err(|e| format!("no JSON: {e}"))?;
    let mut info = Info::default();
    let mut duration = None;
    walk(&json, "", &mut info, &mut duration);
    if info.nodes.is_empty() && info.version.is_none() {
        return Err("nothing in it is about a node or the version of a cluster".into());
    }
    info.longest_disabled = duration.and_then(|(key, value)| seconds(&key, &value, &mut info.not_found));
    let missing = [
        (info.version.is_none(), "the version of the cluster"),
        (info.longest_disabled.is_none(), "the Maximum Disable Node Duration"),
        (info.nodes.is_empty(), "the nodes"),
    ];
    info.not_found.extend(missing.into_iter().filter(|(is, _)| *is).map(|(_, what)| what.to_owned()));
    for node in &info.nodes {
        let missing = [
            (node.mode.is_none(), "its mode"),
            (node.status.is_none(), "its status"),
            (node.version.is_none(), "its version"),
        ];
        let missing: Vec<&str> = missing.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
        if !missing.is_empty() {
            info.not_found.push(format!("of node {}: {}", node.name, missing.join(", ")));
        }
    }
    Ok(info)
}

/// Looks through `value`, which stands under `key`. Whether a node was found in it. Nesting is bounded by the JSON
/// parser.
fn walk(value: &Value, key: &str, info: &mut Info, duration: &mut Option<(String, Value)>) -> bool {
    match value {
        Value::Array(items) => {
            let mut found = false;
            for item in items {
                found |= walk(item, "", info, duration);
            }
            found
        }
        Value::Object(object) => {
            let mut found = false;
            for (key, value) in object {
                let plain = plain(key);
                if plain == "clusterversion" && info.version.is_none() {
                    info.version = text(value);
                } else if plain.contains("disable") && plain.contains("duration") && duration.is_none() {
                    *duration = Some((plain, value.clone()));
                } else {
                    found |= walk(value, key, info, duration);
                }
            }
            // What has nodes in it is none itself.
            let node = if found { None } else { node(object, key) };
            if let Some(node) =
                node.filter(|node| info.nodes.len() < MOST && info.nodes.iter().all(|n| n.name != node.name))
            {
                info.nodes.push(node);
                return true;
            }
            found
        }
        _ => false,
    }
}

/// The node that `object` describes, which stands under `key`: it has a name and says something of a node.
fn node(object: &Map<String, Value>, key: &str) -> Option<NodeInfo> {
    let field = |names: &[&str]| {
        let of = |name: &&str| object.iter().find(|(key, _)| plain(key) == **name).and_then(|(_, value)| text(value));
        names.iter().find_map(of)
    };
    let with = |fits: &dyn Fn(&str) -> bool| {
        object.iter().find(|(key, _)| fits(&plain(key))).and_then(|(_, value)| text(value))
    };
    let status = field(&["nodestatus", "status", "nodestate", "state"]);
    let version = field(&["nodeversion", "version", "okvversion", "serverversion"]);
    let mode =
        field(&["nodemode", "mode", "configurationmode", "configmode", "nodeconfigurationmode", "nodetype", "type"]);
    let mode = mode.as_deref().and_then(mode_of);
    // One alone may be anything.
    if [status.is_some(), version.is_some(), mode.is_some()].iter().filter(|is| **is).count() < 2 {
        return None;
    }
    let under_key = || (!key.is_empty()).then(|| key.to_owned());
    let name = field(&["nodename", "name", "node"]).or_else(under_key).or_else(|| field(&["nodeid", "id"]))?;
    let pair = with(&|key| ["pair", "peer", "partner"].iter().any(|word| key.contains(word)));
    let since =
        |key: &str| key.contains("disable") && ["time", "date", "since", "at"].iter().any(|end| key.ends_with(end));
    Some(NodeInfo {
        name,
        status,
        version,
        mode,
        pair: pair
            .filter(|pair| !["", "none", "na", "null", "false", "true", "no", "yes"].contains(&plain(pair).as_str())),
        disabled_since: with(&since).and_then(|text| moment(&text)),
    })
}

/// A node in read-only restricted mode is a read-write one without its partner.
fn mode_of(text: &str) -> Option<Mode> {
    let text = plain(text);
    if text.contains("readwrite") || text.contains("restricted") {
        return Some(Mode::ReadWrite);
    }
    text.contains("readonly").then_some(Mode::ReadOnly)
}

fn moment(text: &str) -> Option<Moment> {
    match text.parse::<u64>() {
        Ok(number) => {
            let second = if number > MILLISECONDS { number / 1000 } else { number };
            Some(Moment { second, has_zone: true })
        }
        Err(_) => Moment::parse(text),
    }
}

/// A duration in seconds. The unit stands in the key or behind the number; where it stands nowhere, hours are assumed
/// and that is said.
fn seconds(key: &str, value: &Value, told: &mut Vec<String>) -> Option<u64> {
    let text = match value {
        // A number and its unit may stand apart.
        Value::Object(object) => object.values().filter_map(text).collect::<Vec<_>>().join(" "),
        other => text(other)?,
    };
    let is_digit = |c: char| c.is_ascii_digit();
    let number = text.split(|c| !is_digit(c)).find(|part| !part.is_empty())?.parse::<u64>().ok()?;
    let words = format!("{} {}", text.to_ascii_lowercase(), key);
    let units = [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)];
    let unit = units.iter().find(|(word, _)| words.contains(word)).map(|(_, unit)| *unit);
    if unit.is_none() {
        told.push(format!("the unit of the Maximum Disable Node Duration: {number} was taken as hours"));
    }
    number.checked_mul(unit.unwrap_or(3600))
}

/// A key or word without case and punctuation.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
