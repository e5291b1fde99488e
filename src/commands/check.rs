//! `okv-host check`.

use std::io::{self, Read, Write};
use std::path::Path;

use anyhow::Result;

use super::verdict::{exit, write_coloured};
use super::{Exit, UsageError};
use crate::cli::{Check, PlainFormat};
use crate::dates::Date;
use crate::disk::Source;
use crate::facts::procedure::{certificate, syslog};
use crate::facts::{self, Facts, Probed, Root};
use crate::profile::{Places, Profile};
use crate::report::{self, CheckReport};
use crate::rules::waivers::{self, Applied, Waiver};
use crate::rules::{self, Finding};
use crate::sys;
use crate::tool::Host;

pub(super) fn run(args: &Check) -> Result<Exit> {
    let profile = profile(&args.profile)?;
    if args.list {
        match args.format {
            PlainFormat::Json => report::list_json(&mut io::stdout().lock(), &profile)?,
            PlainFormat::Text => io::stdout().lock().write_all(report::list_text(&profile).as_bytes())?,
        }
        return Ok(Exit::Done);
    }
    let waivers = args.waivers.as_deref().map_or_else(|| Ok(vec![]), read_waivers)?;
    let facts = gather(args, &profile.places)?;
    let (findings, waivers) = judge(&facts, &profile, &waivers);
    let verdict = rules::outcome(&findings);
    let report = CheckReport {
        schema: CheckReport::SCHEMA,
        profile: &profile.release,
        host: &facts.host,
        release: facts.release(),
        verdict,
        findings: &findings,
        waivers: &waivers,
    };
    match args.format {
        PlainFormat::Json => report::check_json(&mut io::BufWriter::new(io::stdout().lock()), &report)?,
        PlainFormat::Text => write_coloured(&report::check_text(&report))?,
    }
    Ok(exit(verdict))
}

/// What the rules find, with the waivers applied, and what each of these does.
pub(super) fn judge(facts: &Facts, profile: &Profile, waivers: &[Waiver]) -> (Vec<Finding>, Vec<Applied>) {
    let mut findings = rules::judge(facts, profile);
    let now = facts.running.as_ref().map_or_else(sys::seconds_since_1970, |running| running.procedure.now);
    let applied = waivers::apply(&mut findings, waivers, Date::of_second(now));
    (findings, applied)
}

fn gather(args: &Check, places: &Places) -> Result<Facts> {
    if !args.image.is_empty() {
        let sources: Vec<Source> = args.image.iter().map(|path| Source::open(path)).collect();
        return Ok(facts::of_disks(&sources));
    }
    host(args.root.as_deref(), args.certificate.as_deref(), places)
}

/// The facts of the host in `root`, or of this one; `certificate` is judged as the server's.
pub(super) fn host(root: Option<&Path>, certificate: Option<&Path>, places: &Places) -> Result<Facts> {
    let root = match root {
        Some(dir) => Root::fixture(dir).map_err(|e| UsageError(format!("--root {}: {e}", dir.display())))?,
        None if !sys::is_root() => {
            anyhow::bail!("reading the disks of this host takes root; use --root or --image to judge another");
        }
        None => Root::live(),
    };
    let mut facts = facts::of_host_at(&root, places);
    if let Some(running) = &mut facts.running {
        if let Some(path) = certificate {
            running.procedure.certificate = Some(certificate::of_file(path));
        }
        // Only the host itself can say whom it reaches.
        if let Probed::Known(syslog) = &mut running.procedure.syslog
            && root.is_live()
        {
            syslog::reach(syslog, &Host);
        }
    }
    Ok(facts)
}

/// Longest file that is read beside a host, in bytes.
const LONGEST: u64 = 1 << 20;

/// A built-in profile, or one from a file where the name is a path.
pub(super) fn profile(name: &str) -> Result<Profile> {
    if name.contains('/') || Path::new(name).extension().is_some_and(|e| e == "json") {
        let text = read_text(Path::new(name)).map_err(|e| UsageError(format!("release profile {name}: {e}")))?;
        return Profile::parse(&text).map_err(|e| UsageError(format!("{name}: {e}")).into());
    }
    Profile::named(name).map_err(|e| UsageError(e.to_string()).into())
}

/// The waivers of a file.
pub(super) fn read_waivers(path: &Path) -> Result<Vec<Waiver>> {
    let text = read_text(path).map_err(|e| UsageError(format!("waivers {}: {e}", path.display())))?;
    waivers::parse(&text).map_err(|e| UsageError(format!("{}: {e}", path.display())).into())
}

/// The text of a file. What is too long to be one is cut off, and then no JSON.
fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
