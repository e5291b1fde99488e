//! `okv-host profile`.

use std::io::{self, Write};

use anyhow::{Result, bail};

use super::columns::of_stdout;
use super::defaults;
use super::judged::read_text;
use super::judged::saved_root;
use super::made::of_host;
use super::target::{Target, is_file};
use super::usage_error::UsageError;
use crate::base::cause::cause;
use crate::cli::{PlainFormat, ProfileAction, ProfileArgs};
use crate::engine::ExitStatus;
use crate::host::{Probed, Root};
use crate::profile::{Profile, faults};
use crate::report::{self, ProfileReport};

const BUILT_IN: &str = "built in";

pub(super) fn run(args: &ProfileArgs) -> Result<ExitStatus> {
    let root = match &args.root {
        // No file that this reads is for root alone.
        None => Root::live(),
        Some(dir) => saved_root(dir)?,
    };
    match args.action {
        ProfileAction::Show if args.file.is_some() => {
            Err(UsageError("show takes no FILE. Run: okv-host profile show --profile FILE".into()).into())
        }
        ProfileAction::Show => show(args, &root),
        ProfileAction::Check if args.profile.is_some() => {
            Err(UsageError("check takes a FILE, and no --profile. Run: okv-host profile check FILE".into()).into())
        }
        ProfileAction::Check => check(args, &root),
    }
}

fn show(args: &ProfileArgs, root: &Root) -> Result<ExitStatus> {
    let profile = Target::asked(args.profile.as_deref())?.on(root)?;
    let source = match args.profile.as_deref() {
        Some(name) if is_file(name) => name,
        None if defaults::has_profile(root) => defaults::PROFILE,
        _ => BUILT_IN,
    };
    print(args, root, &ProfileReport { source, profile: Some(&profile), faults: &[] })
}

fn check(args: &ProfileArgs, root: &Root) -> Result<ExitStatus> {
    let (source, text) = match &args.file {
        Some(path) => {
            let name = path.display().to_string();
            let text = read_text(path).map_err(|e| UsageError(format!("{name}: {}", cause(&e))))?;
            (name, text)
        }
        None => match defaults::profile_text(root) {
            Probed::Known(text) => (defaults::PROFILE.to_owned(), text),
            Probed::Absent => bail!("there is no {}. Name a file: okv-host profile check FILE", defaults::PROFILE),
            Probed::Unreadable(why) => bail!("{why}"),
        },
    };
    let faults = faults(&text);
    let profile = Profile::parse(&text).ok();
    print(args, root, &ProfileReport { source: &source, profile: profile.as_ref(), faults: &faults })
}

fn print(args: &ProfileArgs, root: &Root, report: &ProfileReport<'_>) -> Result<ExitStatus> {
    let mut out = io::stdout().lock();
    match (args.format, args.action) {
        (PlainFormat::Json, _) => report::profile_json(&mut out, report, &of_host(root, report.profile))?,
        (PlainFormat::Text, ProfileAction::Show) => {
            out.write_all(report::profile_text(report, of_stdout()).as_bytes())?;
        }
        (PlainFormat::Text, ProfileAction::Check) => {
            out.write_all(report::profile_check_text(report, of_stdout()).as_bytes())?;
        }
    }
    Ok(if report.profile.is_some() { ExitStatus::Success } else { ExitStatus::Usage })
}
