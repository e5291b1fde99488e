//! What the management console shows of the nodes: saved answers of `okv server info get` and `okv server status get`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Node, Problem};
use crate::base::dates::{DAY, Date, Moment};
use crate::base::versions::Version;
use crate::subjects::console::{ServerInfo, ServerStatus};
use crate::subjects::rule::Outcome;

/// The saved answers on one node, each with why it could not be read where it could not.
#[derive(Debug, Default)]
pub struct Answers {
    /// The node, by its name in the cluster or that of its host.
    pub node: String,
    pub info: Option<Result<ServerInfo, String>>,
    pub status: Option<Result<ServerStatus, String>>,
}

/// What they show of a node. Dates are days: `2027-09-30`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Console {
    pub node: String,
    pub ca_expires: Option<String>,
    pub platform_expires: Option<String>,
    pub server_expires: Option<String>,
    /// All other values, in words: what has no documented meaning is shown and not judged.
    pub shown: Vec<String>,
}

const AS_ADMINISTRATOR: &str = "Save the answer again, as a user with administrator privileges.";
const SAVE_IT: &str = "Save the answer again.";

/// By what the dates are judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// Now, in seconds since 1970-01-01 UTC.
    pub(super) now: u64,
    /// From how many days before its end a certificate is close to expiry.
    pub(super) warn_days: u64,
}

/// What `answers` show, and what is wrong by them.
pub(super) fn console(answers: &[Answers], nodes: &[Node], clock: Clock, problems: &mut Vec<Problem>) -> Vec<Console> {
    let mut all = Vec::new();
    for answer in answers {
        let Some(node) = nodes.iter().find(|node| node.is_called(&answer.node)) else {
            let message = format!("a saved answer is on {}, and there is no such node", answer.node);
            problems.push(Problem::new("no-such-node", Outcome::Unknown, message, "Name a node of the cluster."));
            continue;
        };
        let info = read(&answer.info, ("server-info-unreadable", Outcome::Unknown), node, problems);
        let status = read(&answer.status, ("server-status-unreadable", Outcome::Ready), node, problems);
        if let Some(info) = info {
            judge(info, node, clock, problems);
        }
        if info.is_none() && status.is_none() {
            continue;
        }
        let day = |date: fn(&ServerInfo) -> Option<Moment>| {
            info.and_then(date).map(|moment| Date::of_second(moment.second).to_string())
        };
        let of_info = info.map(ServerInfo::shown).unwrap_or_default();
        all.push(Console {
            node: node.name.clone(),
            ca_expires: day(|info| info.ca_expires),
            platform_expires: day(|info| info.platform_expires),
            server_expires: day(|info| info.server_expires),
            shown: status.map(ServerStatus::shown).unwrap_or_default().into_iter().chain(of_info).collect(),
        });
    }
    all
}

fn read<'a, T>(
    answer: &'a Option<Result<T, String>>,
    (id, verdict): (&'static str, Outcome),
    node: &Node,
    problems: &mut Vec<Problem>,
) -> Option<&'a T> {
    match answer.as_ref()? {
        Ok(read) => Some(read),
        Err(why) => {
            let message = format!("the saved answer on {}: {why}", node.name);
            problems.push(Problem::new(id, verdict, message, SAVE_IT));
            None
        }
    }
}

fn judge(info: &ServerInfo, node: &Node, clock: Clock, problems: &mut Vec<Problem>) {
    let name = &node.name;
    if info.has_version_alone() {
        let message = format!("the saved answer on {name} has the version alone: its user lacks a privilege");
        problems.push(Problem::new("server-info-privilege", Outcome::Ready, message, AS_ADMINISTRATOR));
    }
    let parsed = info.version.as_deref().and_then(Version::parse);
    if let (Some(shown), Some(known)) = (parsed, node.parsed_version())
        && shown != known
    {
        let message = format!("node {name} has release {known}, and {shown} by the console: one of the files is older");
        problems.push(Problem::new("version-differs", Outcome::Ready, message, "Save both again."));
    }
    let certificates = [
        (
            "the platform certificates",
            info.platform_expires,
            "platform-certificate-expired",
            "platform-certificate-expires",
        ),
        ("the server certificate", info.server_expires, "server-certificate-expired", "server-certificate-expires"),
    ];
    for (what, until, expired, expires) in certificates {
        let Some(until) = until else { continue };
        let day = Date::of_second(until.second);
        match until.second.checked_sub(clock.now).map(|left| left / DAY) {
            None => {
                let message = format!("{what} of {name} expired on {day}: it cannot be upgraded");
                problems.push(Problem::new(
                    expired,
                    Outcome::Blocked,
                    message,
                    format!("Renew {what}, and save the answer again."),
                ));
            }
            Some(days) if days <= clock.warn_days => {
                let message = format!("{what} of {name}: close to expiry, {days} days left, until {day}");
                problems.push(Problem::new(expires, Outcome::Ready, message, format!("Renew {what} soon.")));
            }
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::console::facts::info;

    const NOW: u64 = 1_800_000_000;

    fn node(name: &str, host: &str, version: Option<&str>) -> Node {
        Node {
            name: name.to_owned(),
            host: Some(host.to_owned()),
            mode: None,
            pair: None,
            status: None,
            version: version.map(str::to_owned),
            verdict: None,
            blocked_by: vec![],
            unknown_by: vec![],
            waived: vec![],
            is_under_way: false,
            has_old_report: false,
            blockers: vec![],
        }
    }

    /// The ids of the problems that an answer on `node` makes, and what is shown.
    fn of(name: &str, text: &str) -> (Vec<&'static str>, Vec<Console>) {
        let nodes = [node("okv1", "host1", Some("21.6.0.0.0"))];
        let answers = [Answers { node: name.to_owned(), info: Some(info::parse(text)), status: None }];
        let mut problems = Vec::new();
        let shown = console(&answers, &nodes, Clock { now: NOW, warn_days: 60 }, &mut problems);
        (problems.iter().map(|problem| problem.id).collect(), shown)
    }

    fn with_dates(platform: &str, server: &str) -> String {
        format!(
            "{{\"platformCertificatesExpirationDate\": \"{platform}\", \
             \"serverCertificateExpirationDate\": \"{server}\"}}"
        )
    }

    #[test]
    fn expired_certificates_block_and_those_close_to_it_warn() {
        let of = |platform: &str, server: &str| of("okv1", &with_dates(platform, server)).0;
        assert_eq!(of("2036-01-01 00:00:00", "2036-01-01 00:00:00"), [""; 0]);
        assert_eq!(of("2026-01-01 00:00:00", "2036-01-01 00:00:00"), ["platform-certificate-expired"]);
        assert_eq!(
            of("2027-02-01 00:00:00", "2026-01-01 00:00:00"),
            ["platform-certificate-expires", "server-certificate-expired"]
        );
    }

    #[test]
    fn a_node_is_named_by_its_own_name_or_that_of_its_host_and_no_other() {
        let (problems, shown) = of("host1", &with_dates("2036-01-01 00:00:00", "soon"));
        assert_eq!((problems, shown[0].node.as_str()), (vec![], "okv1"));
        assert_eq!(shown[0].platform_expires.as_deref(), Some("2036-01-01"));
        assert_eq!(of("okv2", "{}").0, ["no-such-node"]);
    }

    #[test]
    fn a_version_alone_another_release_and_what_is_no_answer_are_reported() {
        assert_eq!(of("okv1", r#"{"version": "21.6"}"#).0, ["server-info-privilege"]);
        assert_eq!(of("okv1", r#"{"version": "21.7", "cpuCores": 8}"#).0, ["version-differs"]);
        assert_eq!(of("okv1", "okv: command not found"), (vec!["server-info-unreadable"], vec![]));
    }
}
