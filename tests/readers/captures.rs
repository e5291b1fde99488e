//! Captures, and what is taken out of bytes before they are kept in one.

use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::{Reader, seeds};
use crate::base::digest::Summing;
use crate::host::capture::{self, reduce};
use crate::host::{Node, Root};

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "capture",
        sources: &[
            "host/capture/answer",
            "host/capture/blocks",
            "host/capture/extents",
            "host/capture/file",
            "host/capture/image",
        ],
        seeds: || vec![lines()],
        read: |data| {
            if let Ok(tape) = capture::read(sealed(data).as_slice()) {
                assert!(capture::pieces(&tape).len() <= data.split(|byte| *byte == b'\n').count());
                let again = capture::write(&tape).expect("what was read can be written");
                assert!(capture::read(again.as_slice()).is_ok(), "what was written can be read");
            }
            let _ = capture::read(data);
        },
    },
    Reader {
        name: "secrets",
        sources: &[
            "host/capture/reduce",
            "host/capture/reduce/der",
            "host/capture/reduce/encoded",
            "host/capture/reduce/magic",
            "host/capture/reduce/pem",
            "host/capture/reduce/words",
        ],
        seeds: || seeds::within("ssh"),
        read: |data| {
            let begin = b"-----BEGIN PRIVATE KEY-----";
            let mut whole = data.to_vec();
            reduce::of_file(Path::new("/etc/ssh/key"), &mut whole);
            reduce::of_disk(&mut data.to_vec());
            let mut with_key = [begin.as_slice(), b"\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8=\n", data].concat();
            assert!(reduce::of_text(&mut with_key), "a key is taken out whatever follows it");
            assert!(!with_key.windows(12).any(|part| part == b"MC4CAQAwBQYD"));
        },
    },
];

/// The lines of a capture of a host, without the last one.
fn lines() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hosts/good-uefi");
    let (root, tape) = Root::fixture(&folder).expect("a host").kept();
    let _ = Node::gather(&root);
    let mut text = Vec::new();
    let packed = capture::write(&tape).expect("a capture");
    GzDecoder::new(packed.as_slice()).read_to_end(&mut text).expect("its lines");
    let end = text.trim_ascii_end().iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    text.truncate(end);
    text
}

/// The file with these lines, and with the last one that makes them whole.
fn sealed(lines: &[u8]) -> Vec<u8> {
    let mut sum = Summing::default();
    sum.update(lines);
    let count = lines.iter().filter(|byte| **byte == b'\n').count().saturating_sub(1);
    let sum = serde_json::to_string(&sum.finish()).expect("a sum");
    let mut packed = GzEncoder::new(lines.to_vec(), Compression::none());
    packed.get_mut().clear();
    let end = format!("{{\"end\":{{\"lines\":{count},\"sha256\":{sum}}}}}\n");
    packed.write_all(lines).and_then(|()| packed.write_all(end.as_bytes())).expect("memory");
    packed.finish().expect("memory")
}
