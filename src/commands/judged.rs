//! A host as the rules judge it, for every command that has to know.

use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use anyhow::Result;

use super::defaults;
use super::root::{Without, need_root};
use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::base::dates::Date;
use crate::cli::Judge;
use crate::host::{Probed, Root, capture};
use crate::io::input;
use crate::io::tool::Host;
use crate::profile::Profile;
use crate::subjects::certificates::facts::certificate;
use crate::subjects::console::Console;
use crate::subjects::console::facts::{info, status};
use crate::subjects::preflight::facts::syslog::{self, Syslog};
use crate::subjects::records::facts::earlier;
use crate::subjects::rule::Finding;
use crate::subjects::upgrade::Edited;
use crate::subjects::upgrade::facts::edited;
use crate::subjects::waivers::{self, Applied, Waiver};
use crate::subjects::{Facts, Subjects, ask_for_edited_files, of_host_at, table};

/// Findings, and the waivers that were applied to them.
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) waivers: Vec<Applied>,
}

/// Judges `facts` by `profile`, with the waivers that the arguments name, or else those of the host in `root`.
pub(super) fn judged(root: Option<&Root>, facts: &Facts, profile: &Profile, args: &Judge) -> Result<Judged> {
    let waivers = match (args.waivers.as_deref(), root) {
        (Some(path), _) => read_waivers(path)?,
        (None, Some(root)) => defaults::waivers(root)?.unwrap_or_default(),
        (None, None) => Vec::new(),
    };
    let mut findings = table::judge(facts, profile);
    let waivers = waivers::apply(&mut findings, &waivers, Date::of_second(facts.node.now));
    Ok(Judged { findings, waivers })
}

/// The host in `root`, or this one.
pub(super) fn root_at(root: Option<&Path>) -> Result<Root> {
    match root {
        Some(path) => Ok(saved_root(path)?),
        None => need_root(Without::Reading).map(|()| Root::live()),
    }
}

/// The host in a folder, or in a capture.
///
/// # Errors
/// Where it is neither, or the capture is damaged.
pub(super) fn saved_root(path: &Path) -> Result<Root, UsageError> {
    let wrong = |why: String| UsageError(format!("--root {}: {why}", path.display()));
    if !path.is_file() {
        return Root::fixture(path).map_err(|e| wrong(cause(&e)));
    }
    let file = input::open(path).map_err(|e| wrong(cause(&e)))?;
    Ok(Root::captured(capture::read(file).map_err(wrong)?))
}

/// What rpm answered about edited files: a plan is made several times in a run, and this takes up to minutes.
static EDITED: OnceLock<Probed<Edited>> = OnceLock::new();

/// The facts of a host, with what only goes over the network or stands in the arguments.
///
/// # Errors
/// Where an argument names a file that cannot be read.
pub(super) fn facts_of(root: &Root, profile: &Profile, args: &Judge) -> Result<Facts> {
    let places = &profile.places;
    let certificate = args.certificate.as_deref().map(|path| {
        let read = certificate::of_file(path);
        read.map_err(|e| UsageError(format!("--certificate {}: {}", path.display(), cause(&e))))
    });
    let certificate = certificate.transpose()?;
    let before = saved("--earlier", args.earlier.as_deref(), earlier::parse)?;
    let saved = Console {
        info: saved("--server-info", args.server_info.as_deref(), info::parse)?,
        status: saved("--server-status", args.server_status.as_deref(), status::parse)?,
    };
    let mut facts = of_host_at(root, places);
    ask_for_edited_files(&mut facts, profile, || match root.is_live() {
        true => EDITED.get_or_init(|| edited::gather(root, &root.runner(&Host))).clone(),
        false => edited::gather(root, &root.runner(&Host)),
    });
    if let Some(Subjects { preflight, certificates, console, records, .. }) = &mut facts.subjects {
        *console = saved;
        records.earlier = before;
        if certificate.is_some() {
            certificates.server = certificate;
        }
        // A port that an operator names is asked from wherever this runs; one of a profile may be that of every node of
        // a fleet.
        let port_of_profile =
            places.server_certificate_address.as_ref().filter(|_| root.has_answers() && args.certificate.is_none());
        let expected = certificate::Expected { sha256: args.fingerprint, authority: args.ca.clone() };
        match (&args.certificate_from, port_of_profile) {
            (Some(address), _) => certificates.server = Some(certificate::of_port(address, &expected, &Host)),
            (None, Some(address)) => {
                let ask = || certificate::of_port(address, &expected, &Host);
                let answer = root.answer(&format!("the certificate of {address}"), ask);
                certificates.server = Some(answer.unwrap_or_else(Probed::Unreadable));
            }
            (None, None) => {}
        }
        // Only the host itself can say whom it reaches.
        if let Probed::Known(syslog) = &mut preflight.syslog
            && root.has_answers()
        {
            reach(root, syslog);
        }
    }
    Ok(facts)
}

/// Tries the log hosts, or takes what the host that was captured found.
fn reach(root: &Root, syslog: &mut Syslog) {
    let found = root.answer("log hosts that take a connection", || {
        let mut tried = syslog.clone();
        syslog::reach(&mut tried, &Host);
        tried.targets.into_iter().map(|target| target.reached).collect::<Vec<_>>()
    });
    for (target, reached) in syslog.targets.iter_mut().zip(found.unwrap_or_default()) {
        target.reached = reached;
    }
}

/// A saved answer of the console: one that cannot be opened is a usage error, one that cannot be understood a finding.
fn saved<T>(
    option: &str,
    path: Option<&Path>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<Probed<T>>, UsageError> {
    let Some(path) = path else { return Ok(None) };
    let text = read_text(path).map_err(|e| UsageError(format!("{option} {}: {}", path.display(), cause(&e))))?;
    let parsed = parse(&text).map_err(|why| format!("{}: {why}", path.display()));
    Ok(Some(parsed.into()))
}

/// Longest file that is read beside a host, in bytes.
const LONGEST: u64 = 1 << 20;

fn read_waivers(path: &Path) -> Result<Vec<Waiver>> {
    let text = read_text(path).map_err(|e| UsageError(format!("waivers {}: {}", path.display(), cause(&e))))?;
    waivers::parse(&text).map_err(|e| UsageError(format!("{}: {e}", path.display())).into())
}

/// The text of a file. What is too long to be one is cut off, and then no JSON.
pub(super) fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    input::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
