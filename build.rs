//! The commit and its day, for `--version` of a release build, and the commit for its reports.
//!
//! Only there: a build that asks git is made again after each commit. Where there is no git, as in a tarball, neither
//! is shown; who packages it gives `OKV_HOST_COMMIT` and `SOURCE_DATE_EPOCH`. A build from files that differ from the
//! commit's is marked `modified`.

use std::env;
use std::path::Path;
use std::process::Command;

/// What the binary is made of. A change elsewhere, as in a document, does not change the binary and is not marked.
const INPUTS: [&str; 6] = [".cargo", "Cargo.lock", "Cargo.toml", "build.rs", "rust-toolchain.toml", "src"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=OKV_HOST_COMMIT");
    println!("cargo:rerun-if-env-changed=SOURCE_DATE_EPOCH");
    if env::var("PROFILE").as_deref() != Ok("release") {
        return;
    }
    // The log is written at each commit; the inputs decide whether the tree is modified. A path that is not there would
    // have each build run this again.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]);
    for path in INPUTS.into_iter().chain(log.as_deref()).filter(|path| Path::new(path).exists()) {
        println!("cargo:rerun-if-changed={path}");
    }
    let commit = env::var("OKV_HOST_COMMIT").ok().or_else(|| git(&["rev-parse", "--short=12", "HEAD"]));
    if let Some(commit) = &commit {
        println!("cargo:rustc-env=OKV_HOST_BUILD_COMMIT={commit}");
    }
    let modified = env::var_os("OKV_HOST_COMMIT").is_none() && is_modified();
    let commit = commit.map(|commit| if modified { format!("{commit} modified") } else { commit });
    let day = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| day_of(seconds.parse().ok()?));
    let day = day.or_else(|| git(&["log", "-1", "--format=%cs"]));
    let build = [commit, day].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if !build.is_empty() {
        println!("cargo:rustc-env=OKV_HOST_VERSION={} ({build})", env!("CARGO_PKG_VERSION"));
    }
}

fn is_modified() -> bool {
    git(&[&["status", "--porcelain", "--"][..], &INPUTS[..]].concat()).is_some()
}

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The day of a second since 1970, `YYYY-MM-DD` in UTC (days from civil, Howard Hinnant).
fn day_of(second: u64) -> Option<String> {
    let days = i64::try_from(second / 86_400).ok()? + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}
