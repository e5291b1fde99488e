//! GRUB itself, as the program grub-emu, is asked for the menu and the default of configurations, and agrees.
//!
//! Debian's GRUB has what el7's has: a number comes first in the default, and there is no `blscfg`. Commands that it
//! does not have here, `linux` and `initrd`, are functions that print their words.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use okv_host::host::{Firmware, Probed, Root};
use okv_host::subjects::boot::{Loader, boot_loader};

const CONFIGURATIONS: &str = include_str!("../fixtures/grub/configurations.txt");

/// Before and behind the configuration that is asked about.
const FUNCTIONS: &str = r#"
function told { echo "@word"; for word in "$@"; do echo "@$word"; done; }
function linux { echo "@linux"; told "$@"; }
function linux16 { echo "@linux"; told "$@"; }
function initrd { echo "@initrd"; told "$@"; }
function initrd16 { echo "@initrd"; told "$@"; }
"#;

struct Case<'c> {
    name: &'c str,
    host: tempfile::TempDir,
}

impl<'c> Case<'c> {
    fn new(text: &'c str) -> Self {
        let (name, text) = text.split_once('\n').unwrap();
        let host = tempfile::tempdir().unwrap();
        let grub = host.path().join("boot/grub2");
        fs::create_dir_all(&grub).unwrap();
        fs::create_dir_all(host.path().join("etc")).unwrap();
        fs::write(host.path().join("etc/os-release"), "VERSION_ID=\"7.9\"\n").unwrap();
        let (mut file, mut written, mut block) = ("grub.cfg".to_owned(), String::new(), String::new());
        for line in text.lines() {
            if let Some(variable) = line.strip_prefix("%% env ") {
                block.push_str(&format!("{variable}\n"));
            } else if let Some(next) = line.strip_prefix("%% file ") {
                fs::write(grub.join(&file), &written).unwrap();
                (file, written) = (next.to_owned(), String::new());
            } else {
                written.push_str(&line.replace("@CR@", "\r"));
                written.push('\n');
            }
        }
        fs::write(grub.join(&file), &written).unwrap();
        if !block.is_empty() {
            let block = format!("# GRUB Environment Block\n{block}");
            fs::write(grub.join("grubenv"), format!("{block:#<1024}")).unwrap();
        }
        Self { name, host }
    }

    fn loader(&self) -> Loader {
        let root = Root::fixture(self.host.path()).unwrap();
        match boot_loader(&root, &Probed::Known(Firmware::Bios), "/boot") {
            Probed::Known(loader) => loader,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    /// What GRUB starts where `default` is set to this behind the configuration.
    fn started(&self, default: Option<&str>) -> Started {
        let grub = self.host.path().join("boot/grub2");
        let emulated = self.host.path().join("emulated");
        fs::create_dir_all(&emulated).unwrap();
        let default = default.map(|word| format!("set default='{word}'\n")).unwrap_or_default();
        let script = format!(
            "{FUNCTIONS}set prefix=(host){0}\nset timeout=0\nexport timeout\nsource (host){0}/grub.cfg\n{default}\
             set timeout=0\n",
            grub.display()
        );
        fs::write(emulated.join("grub.cfg"), script).unwrap();
        Started::read(&emulated)
    }
}

/// What GRUB prints of an entry that it starts.
#[derive(Debug, PartialEq, Clone, Default)]
struct Started {
    /// The titles of the submenus on the way and of the entry.
    titles: Vec<String>,
    linux: Vec<String>,
    initrd: Vec<String>,
}

impl Started {
    fn read(folder: &Path) -> Self {
        let mut grub = Command::new("/usr/bin/grub-emu")
            .env_clear()
            .env("TERM", "dumb")
            .args(["--root=host", "--directory"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("grub-emu, by scripts/install-test-tools");
        let mut started = Self::default();
        let mut into: Option<bool> = None;
        let mut reader = BufReader::new(grub.stdout.take().unwrap());
        let mut bytes = Vec::new();
        // It waits for a key at the end, which has no line of its own.
        while reader.read_until(b'\n', &mut bytes).unwrap() > 0 {
            let line = String::from_utf8_lossy(&bytes).replace('\r', "");
            let line = line.trim_end_matches('\n');
            if let Some((_, title)) = line.split_once("Booting `") {
                started.titles.push(title.strip_suffix('\'').unwrap().to_owned());
            } else if line == "@linux" {
                (into, started.linux) = (Some(true), vec![]);
            } else if line == "@initrd" {
                (into, started.initrd) = (Some(false), vec![]);
            } else if line == "@word" {
            } else if let Some(word) = line.strip_prefix('@') {
                match into {
                    Some(true) => started.linux.push(word.to_owned()),
                    Some(false) => started.initrd.push(word.to_owned()),
                    None => {}
                }
            } else if line.contains("Failed to boot") {
                break;
            }
            bytes.clear();
        }
        grub.kill().unwrap();
        grub.wait().unwrap();
        let bare = |word: &mut String| {
            if let Some((_, path)) = word.strip_prefix('(').and_then(|word| word.split_once(')')) {
                *word = path.to_owned();
            }
        };
        started.linux.first_mut().map(bare);
        started.initrd.iter_mut().for_each(bare);
        started
    }
}

/// The title of an entry, and what it loads, in words.
fn ours(entry: &okv_host::subjects::boot::Entry) -> (String, Vec<String>, Vec<String>) {
    assert_eq!(entry.unknown, None, "{entry:?}");
    let linux = std::iter::once(entry.linux.clone()).filter(|path| !path.is_empty());
    (entry.title.clone(), linux.chain(entry.args.iter().cloned()).collect(), entry.initrd.clone())
}

fn theirs(started: &Started) -> (String, Vec<String>, Vec<String>) {
    // The kernel sees no empty word.
    let words = started.linux.iter().filter(|word| !word.is_empty());
    (started.titles.last().cloned().unwrap_or_default(), words.cloned().collect(), started.initrd.clone())
}

/// Every entry of the menu, as the number that names it is given to GRUB.
fn menu(case: &Case<'_>) -> Vec<Started> {
    fn below(case: &Case<'_>, before: &str, depth: usize, all: &mut Vec<Started>) {
        let first = case.started(Some(&format!("{before}0")));
        for number in 0.. {
            let started = match number {
                0 => first.clone(),
                _ => case.started(Some(&format!("{before}{number}"))),
            };
            if number > 0 && started == first {
                return; // GRUB takes the first where there is no such number.
            }
            if started.titles.len() > depth {
                below(case, &format!("{before}{number}>"), depth + 1, all);
            } else {
                all.push(started);
            }
        }
    }
    let mut all = Vec::new();
    below(case, "", 1, &mut all);
    all
}

/// Words that the kernel would read otherwise than GRUB has them.
fn is_read_otherwise(word: &str) -> bool {
    word.contains(['"', '\'', '\\', '\n'])
}

#[test]
fn grub_itself_has_the_same_menus_and_the_same_defaults() {
    let cases: Vec<&str> = CONFIGURATIONS.split("%% ").collect();
    let mut texts: Vec<String> = Vec::new();
    for part in cases.iter().filter(|part| !part.is_empty()) {
        match texts.last_mut() {
            Some(last) if part.starts_with("env ") || part.starts_with("file ") => last.push_str(&format!("%% {part}")),
            _ => texts.push((*part).to_owned()),
        }
    }
    assert!(texts.len() >= 60, "{}", texts.len());
    let wrong: Vec<String> = texts.iter().flat_map(|text| compared(&Case::new(text))).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), texts.len());
}

/// What differs.
fn compared(case: &Case<'_>) -> Vec<String> {
    let loader = case.loader();
    let mut wrong = Vec::new();
    let mut compare =
        |what: &str, ours: (String, Vec<String>, Vec<String>), theirs: (String, Vec<String>, Vec<String>)| {
            let words_differ = !theirs.1.iter().any(|word| is_read_otherwise(word)) && ours.1 != theirs.1;
            if ours.0 != theirs.0 || words_differ || ours.2 != theirs.2 {
                wrong.push(format!("{}, {what}: {ours:?}, but GRUB has {theirs:?}", case.name));
            }
        };
    let default = loader.default.known().map(|default| ours(&default.entry)).unwrap_or_default();
    compare("default", default, theirs(&case.started(None)));
    if !loader.config.ends_with("/grub2/grub.cfg") {
        return wrong; // Another configuration has the menu, and does not see what is set behind the first.
    }
    let menu = menu(case);
    for (number, (entry, started)) in loader.entries.iter().zip(&menu).enumerate() {
        compare(&format!("entry {number}"), ours(entry), theirs(started));
    }
    if menu.len() != loader.entries.len() {
        wrong.push(format!("{}: {} entries, but GRUB has {menu:?}", case.name, loader.entries.len()));
    }
    wrong
}
