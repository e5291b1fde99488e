//! `okv-host check`.

use std::io::{self, Write};

use anyhow::Result;

use super::explain;
use super::judged::{Judged, facts_of, judged, profile, root_at};
use super::progress::Progress;
use super::verdict::{exit, write_coloured};
use crate::cli::{Check, PlainFormat};
use crate::disk::Source;
use crate::engine::ExitStatus;
use crate::host::Probed;
use crate::profile::Places;
use crate::report::{self, CheckReport};
use crate::subjects::table::RULES;
use crate::subjects::{Facts, of_disks, rule};

pub(super) fn run(args: &Check) -> Result<ExitStatus> {
    let profile = profile(&args.judge.profile)?;
    if args.list {
        match args.format {
            PlainFormat::Json => report::list_json(&mut io::stdout().lock(), &profile, RULES)?,
            PlainFormat::Text => io::stdout().lock().write_all(report::list_text(&profile).as_bytes())?,
        }
        return Ok(ExitStatus::Success);
    }
    if let Some(name) = &args.explain {
        return explain::run(name, &profile, args.format);
    }
    let facts = gather(args, &profile.places)?;
    let Judged { findings, waivers } = judged(&facts, &profile, &args.judge)?;
    let verdict = rule::outcome(&findings);
    let report = CheckReport {
        schema: CheckReport::SCHEMA,
        profile: &profile.release,
        host: &facts.node.name,
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

fn gather(args: &Check, places: &Places) -> Result<Facts> {
    if !args.image.is_empty() {
        let sources: Vec<Source> = args.image.iter().map(|path| Source::open(path)).collect();
        return Ok(of_disks(&sources));
    }
    let root = root_at(args.root.as_deref())?;
    let mut facts = facts_of(&root, places, &args.judge);
    let isos = facts.subjects.as_mut().map(|subjects| &mut subjects.media.isos);
    if let (Some(wanted), Some(Probed::Known(isos))) = (args.sha256, isos) {
        let mut progress = Progress::default();
        isos.compare(&root, wanted, &mut |read, of| progress.report("read for its checksum", read, of));
    }
    Ok(facts)
}
