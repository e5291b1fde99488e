//! Disk images made and read by the partitioning tools.

use std::fs;
use std::path::{Path, PathBuf};

use super::loopdev::Loop;
use super::tools::{Outcome, Tool};
use okv_host::disk::table::{Edges, HEAD, Reading, TAIL, read};
use okv_host::io::image;

/// Runs a program with these words of input and returns what it prints.
///
/// # Panics
/// Where the program is missing or fails.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) -> String {
    Tool::new(program).args(arguments).input(input).run().unwrap_or_else(|e| panic!("{e}"))
}

/// The same, whatever its exit status.
pub(crate) fn attempt(program: &str, arguments: &[&str], input: &str) -> Outcome {
    Tool::new(program).args(arguments).input(input).outcome().unwrap_or_else(|e| panic!("{e}"))
}

/// A sparse image file that goes away with its folder.
pub(crate) struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    pub(crate) fn new(mib: u64) -> Self {
        let disk = Self { folder: tempfile::tempdir().unwrap() };
        fs::File::create(disk.path()).unwrap().set_len(mib << 20).unwrap();
        disk
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("disk.img")
    }

    pub(crate) fn name(&self) -> String {
        self.path().to_str().unwrap().to_owned()
    }

    /// Runs a tool on the image, which is its last argument.
    pub(crate) fn tool(&self, program: &str, arguments: &[&str], input: &str) -> &Self {
        let name = self.name();
        run(program, &[arguments, &[&name]].concat(), input);
        self
    }

    /// Writes a table by `sfdisk`, through a device of this sector size.
    pub(crate) fn sfdisk(&self, sector: u64, script: &str) -> &Self {
        let device = attach(&self.path(), sector);
        run("sfdisk", &["--quiet", "--no-reread", "--no-tell-kernel", device.device().to_str().unwrap()], script);
        self
    }

    pub(crate) fn resize(&self, bytes: u64) {
        fs::OpenOptions::new().write(true).open(self.path()).unwrap().set_len(bytes).unwrap();
    }

    pub(crate) fn bytes(&self) -> u64 {
        fs::metadata(self.path()).unwrap().len()
    }

    /// Flips the bits of `mask` in one byte.
    pub(crate) fn flip(&self, at: u64, mask: u8) {
        use std::os::unix::fs::FileExt;
        let file = fs::OpenOptions::new().read(true).write(true).open(self.path()).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ mask], at).unwrap();
    }

    pub(crate) fn write(&self, at: u64, bytes: &[u8]) {
        use std::os::unix::fs::FileExt;
        fs::OpenOptions::new().write(true).open(self.path()).unwrap().write_all_at(bytes, at).unwrap();
    }

    pub(crate) fn scan(&self) -> Reading {
        scan(&self.path())
    }
}

/// Reads the table of a device or image file, as the scanner does.
pub(crate) fn scan(path: &Path) -> Reading {
    let image = image::open(path).unwrap();
    let size = image.bytes();
    let edge = |at: u64, len: u64| {
        let mut bytes = vec![0; usize::try_from(len).unwrap()];
        image.read_at(&mut bytes, at).unwrap();
        bytes
    };
    let (head, tail) = (edge(0, size.min(HEAD)), edge(size.saturating_sub(TAIL), size.min(TAIL)));
    read(image.as_ref(), &Edges { head: &head, tail: &tail, bad: &[] })
}

/// Attaches a file as a device of this sector size.
pub(crate) fn attach(file: &Path, sector: u64) -> Loop {
    Loop::attach(file, u32::try_from(sector).unwrap()).unwrap()
}

/// A partition, in the words of `sfdisk --json`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub number: u32,
    pub start: u64,
    pub size: u64,
    pub kind: String,
    pub uuid: Option<String>,
    pub name: Option<String>,
    pub active: bool,
}

/// What `sfdisk --json` says: kind of table, identifier, partitions. It takes the sector size from the device.
pub(crate) fn sfdisk(path: &str) -> (String, String, Vec<Row>) {
    let json = run("sfdisk", &["--json", path], "");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let table = &json["partitiontable"];
    let text = |value: &serde_json::Value| value.as_str().map(str::to_lowercase);
    let row = |p: &serde_json::Value| Row {
        number: p["node"].as_str().unwrap()[path.len()..].trim_start_matches('p').parse().unwrap(),
        start: p["start"].as_u64().unwrap(),
        size: p["size"].as_u64().unwrap(),
        kind: text(&p["type"]).unwrap(),
        uuid: text(&p["uuid"]),
        name: p["name"].as_str().map(str::to_owned),
        active: p["bootable"].as_bool().unwrap_or(false),
    };
    let rows = table["partitions"].as_array().map(|rows| rows.iter().map(row).collect()).unwrap_or_default();
    (text(&table["label"]).unwrap(), text(&table["id"]).unwrap(), rows)
}

/// Our reading in the same words.
pub(crate) fn in_sfdisk_words(reading: &Reading) -> (String, String, Vec<Row>) {
    use okv_host::disk::{Flag, PartitionType, TableKind};
    let sector = reading.sector.bytes();
    let label = if reading.table.kind == TableKind::Gpt { "gpt" } else { "dos" };
    let row = |p: &okv_host::disk::Partition| Row {
        number: p.number,
        start: p.start_bytes / sector,
        size: p.bytes / sector,
        kind: match p.kind {
            PartitionType::Guid(id) => id.to_string(),
            PartitionType::Mbr(byte) => format!("{byte:x}"),
        },
        uuid: p.uuid.map(|id| id.to_string()),
        name: p.name.clone(),
        active: p.flags.contains(&Flag::Active),
    };
    let id = reading.table.uuid.map(|id| id.to_string()).unwrap_or_default();
    (label.to_owned(), id, reading.partitions.iter().map(row).collect())
}

/// Asserts that `sfdisk` and we read the same. It invents UUIDs for the partitions of an MBR, which have none.
pub(crate) fn same_as_sfdisk(path: &str, reading: &Reading) {
    let sector = reading.sector.bytes();
    let device = (sector != 512 && !path.starts_with("/dev/")).then(|| attach(path.as_ref(), sector));
    let mut theirs = sfdisk(device.as_ref().map_or(path, |device| device.device().to_str().unwrap()));
    if theirs.0 == "dos" {
        theirs.2.iter_mut().for_each(|row| row.uuid = None);
    }
    assert_eq!(in_sfdisk_words(reading), theirs, "{:#?}", reading.problems);
}
