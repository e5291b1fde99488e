//! What rpm knows of installed packages, as far as it tells kernels from what is none: one query of all packages.
//!
//! The format uses only tags and conditions that rpm 4.11 of el7 has. A line each, fields between tabs:
//!
//! ```text
//! P NAME EPOCH VERSION RELEASE ARCH SIZE SOURCE    a package begins; SIZE in bytes
//! p NAME FLAGS VERSION                             it provides
//! d FOLDER/                                        it has files in this folder
//! r NAME FLAGS VERSION                             it requires; asked only of a package without files
//! E                                                it ends
//! ```
//!
//! rpm is asked only where it has a database: see [`rpm_database`].

use std::time::Duration;

use super::Package;
use crate::base::evr::Evr;
use crate::host::kernel_release::is_release;
use crate::host::{BadLine, Probed, Root, rpm_database};
use crate::io::tool::{Cmd, Program, Runner, success};

const FORMAT: &str = concat!(
    "P\\t%{NAME}\\t%|EPOCH?{%{EPOCH}}:{0}|\\t%{VERSION}\\t%{RELEASE}\\t%|ARCH?{%{ARCH}}:{}|",
    "\\t%|SIZE?{%{SIZE}}:{}|\\t%|SOURCERPM?{%{SOURCERPM}}:{}|\\n",
    "[p\\t%{PROVIDENAME}\\t%{PROVIDEFLAGS:depflags}\\t%{PROVIDEVERSION}\\n]",
    "%|DIRNAMES?{[d\\t%{DIRNAMES}\\n]}:{[r\\t%{REQUIRENAME}\\t%{REQUIREFLAGS:depflags}\\t%{REQUIREVERSION}\\n]}|",
    "E\\n"
);

/// Where a fixture host keeps what rpm answered.
pub const SAVED: &str = "/rpm-qa.txt";

/// Longer than a node takes, shorter than an operator waits: a damaged database may keep rpm waiting for a lock for
/// ever.
const LIMIT: Duration = Duration::from_secs(30);

pub fn query() -> Cmd {
    Cmd { limit: LIMIT, ..Cmd::new(Program::Rpm, ["-qa", "--nodigest", "--nosignature", "--qf", FORMAT]) }
}

/// A package, with what tells whether it is of a kernel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Record {
    pub(super) package: Package,
    /// Name of the source package; empty where it has none.
    pub(super) source: String,
    /// What it provides under a name that ends in `-uname-r`, with the release.
    pub(super) provides: Vec<(String, String)>,
    /// Whether it provides `kernel-uek`, under any version.
    pub(super) is_uek: bool,
    /// Folders of modules and kernel sources that it has files in.
    pub(super) folders: Vec<String>,
    /// Releases that it requires under a name that ends in `-uname-r`.
    pub(super) requires: Vec<String>,
}

/// What rpm says: of the live host, or what a fixture host has saved. Never [`Probed::Absent`].
pub(super) fn gather(root: &Root, runner: &dyn Runner) -> Probed<Vec<Record>> {
    if !root.has_answers() {
        return match root.parse(SAVED, parse) {
            Probed::Absent => Probed::Unreadable(format!("a saved host has no rpm to ask, and there is no {SAVED}")),
            probed => probed,
        };
    }
    if !rpm_database::is_there(root) {
        return Probed::Unreadable(rpm_database::NONE.to_owned());
    }
    ask(runner)
}

fn ask(runner: &dyn Runner) -> Probed<Vec<Record>> {
    let output = match success(runner, &query()) {
        Ok(output) => output,
        Err(why) => return Probed::Unreadable(shortened(&why.to_string())),
    };
    // A package that rpm cannot read or format is left out, and rpm succeeds all the same.
    if let Some(error) = String::from_utf8_lossy(&output.stderr).lines().find(|line| line.starts_with("error:")) {
        return Probed::Unreadable(format!("rpm -qa: {error}"));
    }
    match parse(&output.stdout) {
        Ok(records) => Probed::Known(records),
        Err(why) => Probed::Unreadable(format!("what rpm -qa says makes no sense: {why}")),
    }
}

/// The command without its format, which tells an operator nothing.
fn shortened(why: &str) -> String {
    why.replace(FORMAT, "FORMAT")
}

/// The packages of an answer, in its order.
///
/// # Errors
/// Where a line is none of the format's, the answer is cut off, or it names no package at all.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<Record>, BadLine> {
    let mut records = Vec::new();
    let mut open: Option<Record> = None;
    for (at, line) in crate::host::line::numbered_whole(text)? {
        let bad = |why| BadLine::new(at, why, line);
        let mut fields = line.split(|b| *b == b'\t');
        match (fields.next().unwrap_or_default(), &mut open) {
            (b"P", None) => open = Some(begin(fields).ok_or_else(|| bad("no package"))?),
            (b"E", Some(_)) if line == b"E" => records.extend(open.take()),
            (b"p", Some(record)) => {
                let (name, version) = dependency(fields).ok_or_else(|| bad("nothing that can be provided"))?;
                record.is_uek |= name == "kernel-uek";
                if let Some(release) = version.filter(|_| name.ends_with(UNAME)) {
                    record.provides.push((name.to_owned(), release.to_owned()));
                }
            }
            (b"r", Some(record)) => {
                let (name, version) = dependency(fields).ok_or_else(|| bad("nothing that can be required"))?;
                record.requires.extend(version.filter(|_| name.ends_with(UNAME)).map(str::to_owned));
            }
            (b"d", Some(record)) => {
                let folder = fields.next().ok_or_else(|| bad("no folder"))?;
                record.folders.extend(folder_of_a_kernel(folder));
            }
            _ => return Err(bad("not a line of the format")),
        }
    }
    match open {
        Some(_) => Err(BadLine::whole("it is cut off: the last package does not end")),
        None if records.is_empty() => Err(BadLine::whole("it names no package")),
        None => Ok(records),
    }
}

/// End of the names under which a package of a kernel says which `uname -r` it belongs to.
const UNAME: &str = "-uname-r";

fn begin<'l>(mut fields: impl Iterator<Item = &'l [u8]>) -> Option<Record> {
    let mut text = || std::str::from_utf8(fields.next()?).ok().filter(|text| !text.contains(char::is_control));
    let name = text().filter(|name| !name.is_empty())?.to_owned();
    let epoch = text()?.parse().ok()?;
    let (version, release, arch) = (text()?.to_owned(), text()?.to_owned(), text()?.to_owned());
    let size = text()?;
    let bytes = if size.is_empty() { None } else { Some(size.parse().ok()?) };
    let source = text()?.to_owned();
    let sound = !version.is_empty() && !release.is_empty() && fields.next().is_none();
    let package = Package { name, evr: Evr { epoch, version, release }, arch, bytes };
    sound.then(|| Record { package, source, ..Record::default() })
}

/// A name, and the release it has to be equal to, where that is one.
fn dependency<'l>(mut fields: impl Iterator<Item = &'l [u8]>) -> Option<(&'l str, Option<&'l str>)> {
    let (name, flags, version) = (fields.next()?, fields.next()?, fields.next()?);
    let name = std::str::from_utf8(name).ok()?;
    let version = std::str::from_utf8(version).ok().filter(|v| flags.trim_ascii() == b"=" && is_release(v));
    fields.next().is_none().then_some((name, version))
}

fn folder_of_a_kernel(folder: &[u8]) -> Option<String> {
    let folder = std::str::from_utf8(folder).ok()?;
    let folder =
        folder.strip_prefix("/usr/lib/modules/").map(|rest| format!("/lib/modules/{rest}")).unwrap_or(folder.into());
    ["/lib/modules/", "/usr/src/kernels/", "/usr/lib/debug/lib/modules/"]
        .iter()
        .any(|top| folder.strip_prefix(top).is_some_and(|rest| !rest.is_empty()))
        .then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;
    use crate::io::tool::{Output, Script, Scripted, ToolError};

    const TWO: &str = "\
        P\tkernel-uek\t0\t5.4.17\t2136.el8uek\tx86_64\t130000000\tkernel-uek-5.4.17-2136.el8uek.src.rpm\n\
        p\tkernel-uek\t = \t5.4.17-2136.el8uek\n\
        p\tkernel-uek-uname-r\t = \t5.4.17-2136.el8uek.x86_64\n\
        p\tkernel-uek-uname-r\t\t\n\
        d\t/boot/\nd\t/lib/modules/\nd\t/usr/lib/modules/5.4.17-2136.el8uek.x86_64/\nE\n\
        P\tgpg-pubkey\t0\tec551f03\t53619141\t\t0\t\np\tgpg(Oracle)\t=\t4:ec551f03-53619141\nr\t(none)\t\t\nE\n";

    #[test]
    fn a_package_keeps_what_identifies_its_kernel_and_nothing_else() {
        let records = parse(TWO.as_bytes()).unwrap();
        let kernel = &records[0];
        assert_eq!(kernel.package.nevra(), "kernel-uek-0:5.4.17-2136.el8uek.x86_64");
        assert_eq!(kernel.package.bytes, Some(130_000_000));
        assert_eq!(kernel.provides, [("kernel-uek-uname-r".into(), "5.4.17-2136.el8uek.x86_64".into())]);
        assert_eq!(kernel.folders, ["/lib/modules/5.4.17-2136.el8uek.x86_64/"]);
        assert!(kernel.is_uek && records[1].folders.is_empty() && !records[1].is_uek);
    }

    #[test]
    fn an_answer_that_is_cut_off_is_no_shorter_list() {
        for end in 1..TWO.len() {
            let whole = TWO.find("E\nP").unwrap() + 2;
            assert_eq!(parse(&TWO.as_bytes()[..end]).is_ok(), end == whole, "cut at {end}");
        }
        assert!(parse(b"").is_err() && parse(b"\n").is_err());
        damage::battery(TWO.as_bytes(), parse);
    }

    #[test]
    fn an_answer_with_a_package_left_out_is_no_answer() {
        let answers = |stderr: &str| {
            let output = Output { status: Some(0), stdout: TWO.into(), stderr: stderr.into() };
            ask(&Script::new([Scripted { command: query().to_string(), answer: Ok(output) }]))
        };
        assert!(answers("warning: found a lock\n").known().is_some());
        let why = "warning: x\nerror: rpmdbNextIterator: skipping h# 7 Header V3 RSA/SHA256: BAD\n";
        assert!(matches!(answers(why), Probed::Unreadable(why) if why.contains("h# 7")));
    }

    #[test]
    fn rpm_that_fails_or_talks_prose_is_unreadable_and_the_reason_leaves_the_format_out() {
        let command = query().to_string();
        let runner = Script::new([
            Scripted::prints(&command, TWO),
            Scripted::prints(&command, "package kernel is not installed\n"),
            Scripted::fails(&command, 1, "error: cannot open Packages database in /var/lib/rpm\n"),
            Scripted::breaks(&command, ToolError::TimedOut { command: command.clone(), limit: LIMIT }),
        ]);
        assert_eq!(ask(&runner).known().map(Vec::len), Some(2));
        for part in ["line 1: not a line of the format", "cannot open Packages database", "without an answer"] {
            let Probed::Unreadable(why) = ask(&runner) else { panic!("{part}") };
            assert!(why.contains(part) && !why.contains("PROVIDENAME"), "{why}");
        }
    }

    #[test]
    fn the_reference_has_the_query_by_which_a_host_is_saved() {
        let reference = include_str!("../../../../docs/reference.md");
        assert!(reference.contains(&format!("--qf '{FORMAT}' > ")), "{FORMAT}");
    }
}
