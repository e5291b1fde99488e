//! Journals: lines of JSON, each with a checksum, which is made right here.

use std::cell::RefCell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::{Reader, seeds};
use crate::engine::{self, Entry};
use crate::io::journal::Journal;
use crate::subjects::records::Confirmation;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "journal",
        sources: &["io/journal"],
        seeds: journals,
        read: |data| {
            with_file(data, |path| {
                if let Ok((records, damaged)) = Journal::<Entry>::read_past_damage(path) {
                    let lines = data.split_inclusive(|byte| *byte == b'\n').count();
                    assert!(records.len() + damaged.len() <= lines);
                    assert!(damaged.iter().all(|line| line.before <= records.len()));
                    assert_eq!(Journal::<Entry>::read(path).is_ok(), damaged.is_empty());
                    assert!(engine::runs(&records).len() <= records.len());
                }
            });
        },
    },
    Reader {
        name: "confirmations",
        sources: &[],
        seeds: || {
            seeds::texts(&[
                "{\"number\":1,\"at\":\"2026-11-27T22:00:00Z\",\"user\":\"op\",\"version\":\"0.2.0\",\"entry\":\
                {\"step\":\"back-up\",\
                \"release\":\"21.8\",\"user\":\"op\",\"host\":\"okv1\",\"note\":\"\",\"withdrawn\":false}}\n",
            ])
        },
        read: |data| {
            with_file(data, |path| {
                if let Ok((records, damaged)) = Journal::<Confirmation>::read_past_damage(path) {
                    assert!(damaged.iter().all(|line| line.before <= records.len()));
                }
            });
        },
    },
];

thread_local! {
    static FILE: RefCell<Option<Scratch>> = const { RefCell::new(None) };
}

struct Scratch {
    path: PathBuf,
    file: File,
}

impl Scratch {
    fn new() -> Self {
        let memory = PathBuf::from("/dev/shm");
        let top = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let name = format!("okv-host-records-{}-{:?}", std::process::id(), std::thread::current().id());
        let path = top.join(name);
        let file = File::create(&path).expect("a file");
        Self { path, file }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A file of these bytes; and one of the same lines, each with its right checksum before it.
fn with_file(data: &[u8], read: impl Fn(&Path)) {
    let mut sealed = Vec::with_capacity(2 * data.len());
    for line in data.split_inclusive(|byte| *byte == b'\n') {
        let json = line.strip_suffix(b"\n").unwrap_or(line);
        // A line may have one already, as those of a real journal do.
        let json = json.get(9..).filter(|_| json.get(8) == Some(&b' ')).unwrap_or(json);
        sealed.extend(format!("{:08x} ", crc32fast::hash(json)).bytes());
        sealed.extend(json);
        sealed.extend(&line[line.len() - usize::from(line.ends_with(b"\n"))..]);
    }
    FILE.with_borrow_mut(|scratch| {
        let scratch = scratch.get_or_insert_with(Scratch::new);
        for bytes in [data, &sealed] {
            scratch.file.set_len(0).expect("an empty file");
            scratch.file.write_all_at(bytes, 0).expect("a file");
            read(&scratch.path);
        }
    });
}

fn journals() -> Vec<Vec<u8>> {
    let record = |number: u32, entry: &str| {
        format!(
            "{{\"number\":{number},\
             \"at\":\"2026-11-27T22:00:00Z\",\"user\":\"op\",\"version\":\"0.2.0\",\"entry\":{entry}}}\n"
        )
    };
    let entries = [
        r#"{"began":{"command":"swap-extend","target":"64 GiB of swap","steps":[]}}"#,
        r#"{"step-began":0}"#,
        r#"{"step-done":0}"#,
        r#"{"step-failed":[1,"why"]}"#,
        r#"{"step-undone":0}"#,
        r#""undo-began""#,
        r#"{"closed":{"note":"by hand"}}"#,
        r#"{"ended":"done"}"#,
        r#"{"ended":"rolled-back"}"#,
    ];
    let lines: Vec<String> = entries.iter().zip(1..).map(|(entry, number)| record(number, entry)).collect();
    vec![lines.concat().into_bytes(), lines[0].clone().into_bytes()]
}
