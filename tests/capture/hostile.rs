//! A capture that is damaged, cut off, too large, or made to do harm is refused: with a reason, no panic, and bounded
//! memory.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use okv_host::base::digest::sum;
use okv_host::host::Root;
use okv_host::host::capture::read;

use super::overlay::Host;
use super::{captured, okv_host};

fn capture() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    captured(Host::named("good-uefi").path(), &file);
    fs::read(file).unwrap()
}

fn lines_of(packed: &[u8]) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

/// A capture of these lines, with a true last one.
fn sealed(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\n") + "\n";
    let end = sum(text.as_bytes());
    let _ = writeln!(text, r#"{{"end":{{"lines":{},"sha256":"{end}"}}}}"#, lines.len() - 1);
    packed(text.as_bytes())
}

/// The lines of a sound capture without the last one, then `more`.
fn with(more: &[&str]) -> Vec<u8> {
    let mut lines = lines_of(&capture());
    lines.pop();
    lines.extend(more.iter().map(|line| (*line).to_owned()));
    sealed(&lines)
}

#[track_caller]
fn refused(capture: &[u8], because: &str) {
    match read(capture) {
        Ok(_) => panic!("it was read, and should be refused: {because}"),
        Err(why) => assert!(why.contains(because), "{because}: {why}"),
    }
}

#[test]
fn a_capture_cut_at_any_byte_or_with_any_byte_changed_is_refused() {
    let whole = capture();
    assert!(read(whole.as_slice()).is_ok());
    for cut in 0..whole.len() {
        assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
    }
    // The header of gzip has fields that mean nothing: a time, a system, flags for who packed it.
    for at in (10..whole.len()).chain(0..4) {
        let mut bad = whole.clone();
        bad[at] ^= 0x20;
        // A few bits of deflate have no meaning.
        assert!(read(bad.as_slice()).is_err() || lines_of(&bad) == lines_of(&whole), "byte {at}");
    }
    refused(&[whole.as_slice(), b"x"].concat(), "follows");
    refused(&[whole.as_slice(), &whole].concat(), "follows");
}

#[test]
fn what_is_no_capture_is_called_so() {
    refused(b"", "it is no capture");
    refused(b"PK\x03\x04", "it is no capture");
    refused(&packed(b""), "empty");
    refused(&packed(b"\n"), "it is no capture");
    refused(&packed(b"{}\n"), "it is no capture");
    refused(&packed(b"{\"schema\":\"okv-host.capture.v2\",\"version\":\"9.0\",\"live\":true}\n"), "another version");
    refused(
        &sealed(&["{\"schema\":\"other\",\"version\":\"\\u001b[2J\",\"live\":true}".to_owned()]),
        "another version",
    );
}

#[test]
fn a_path_that_leads_out_a_duplicate_and_a_name_that_is_none_are_refused() {
    let place = |path: &str| format!(r#"{{"path":"{path}","seen":{{}}}}"#);
    for path in ["etc/x", "", "/..", "/../x", "/etc/../../x", "/etc//x", "/etc/./x", "/etc/x/", "//etc", "/a\\u0000b"] {
        refused(&with(&[&place(path)]), "no path");
    }
    refused(&with(&[&place("/etc/fstab")]), "twice");
    let answer = r#"{"question":"clock","answer":1}"#;
    refused(&with(&[answer, answer]), "twice");
    for names in [
        r#"[["..",true]]"#,
        r#"[["a/b",true]]"#,
        r#"[["",false]]"#,
        r#"[["b",true],["a",true]]"#,
        r#"[["a",true],["a",true]]"#,
    ] {
        refused(&with(&[&format!(r#"{{"path":"/n","seen":{{"names":{{"is":{names}}}}}}}"#)]), "names are none");
    }
    for line in ["{}", "[]", "7", r#"{"path":"/x"}"#, r#"{"path":"/x","seen":{},"answer":1}"#, r#"{"other":1}"#, "{"] {
        refused(&with(&[line]), "line ");
    }
}

#[test]
fn a_disk_whose_parts_lie_about_it_is_refused() {
    let disk = |parts: &str| format!(r#"{{"path":"/dev/x","seen":{{"parts":{{"is":{parts}}}}}}}"#);
    for parts in [
        r#"{"bytes":512,"sector":512,"read":[[0,1024]],"data":[],"content":""}"#,
        r#"{"bytes":4096,"sector":512,"read":[[512,512],[0,512]],"data":[],"content":""}"#,
        r#"{"bytes":4096,"sector":512,"read":[[0,512]],"data":[[0,512]],"content":"x"}"#,
        r#"{"bytes":18446744073709551615,"sector":512,"read":[[18446744073709551615,18446744073709551615]],"data":[],"content":""}"#,
        r#"{"bytes":4096,"sector":512,"read":[],"data":[],"content":{"base64":"*"}}"#,
        r#"{"bytes":-1,"sector":512,"read":[],"data":[],"content":""}"#,
    ] {
        refused(&with(&[&disk(parts)]), "line ");
    }
    // A disk of any size costs nothing.
    let huge =
        r#"{"bytes":18446744073709551615,"sector":512,"read":[[0,18446744073709551615]],"data":[],"content":""}"#;
    assert!(read(with(&[&disk(huge)]).as_slice()).is_ok());
}

#[test]
fn links_of_a_capture_lead_nowhere_outside_and_not_in_circles() {
    let link = |path: &str, to: &str| format!(r#"{{"path":"{path}","seen":{{"link":{{"is":"{to}"}}}}}}"#);
    let tape = read(with(&[&link("/out", "../../../../etc/passwd"), &link("/circle", "/circle")]).as_slice()).unwrap();
    let root = Root::captured(tape);
    let why = root.read("/out").found().unwrap_err();
    assert!(why.contains("not in this capture"), "{why}");
    assert!(root.read("/circle").found().unwrap_err().contains("too many symbolic links"));
    let why = root.read("/never/asked").found().unwrap_err();
    assert!(why.contains("not in this capture"), "{why}");
}

/// How the program ends that may have 64 MiB of memory that it writes to, its stacks among them.
fn ends_within_64_mib(file: &Path) -> Option<i32> {
    let script = "ulimit -d 65536 && exec \"$0\" capture --list -q \"$1\"";
    let program = assert_cmd::cargo::cargo_bin("okv-host");
    let output = std::process::Command::new("sh").args(["-c", script]).arg(program).arg(file).output().unwrap();
    output.status.code()
}

#[test]
fn a_capture_made_to_fill_memory_is_refused_or_read_within_64_mib() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    let head = lines_of(&capture()).swap_remove(0);
    let many = |line: &dyn Fn(usize) -> String, n: usize| {
        let lines: Vec<String> = std::iter::once(head.clone()).chain((0..n).map(line)).collect();
        sealed(&lines)
    };
    let list = |value: &str, n: usize| vec![value; n].join(",");
    let seen = |what: &str, is: &str| many(&|_| format!(r#"{{"path":"/x","seen":{{"{what}":{{"is":{is}}}}}}}"#), 1);
    let disk = |what: &str, value: &str, n: usize| {
        let others: String = ["read", "data"]
            .iter()
            .filter(|name| **name != what)
            .fold(String::new(), |text, name| text + &format!(r#","{name}":[]"#));
        seen("parts", &format!(r#"{{"bytes":9,"sector":0{others},"content":"","{what}":[{}]}}"#, list(value, n)))
    };
    let bombs = [
        ("zeros", packed(&vec![b'0'; 200 << 20])),
        ("a long line", packed(&[head.as_bytes(), b"\n", &vec![b'x'; 20 << 20]].concat())),
        ("lines", many(&|n| format!(r#"{{"path":"/{n}","seen":{{}}}}"#), 200_000)),
        ("most lines", many(&|n| format!(r#"{{"path":"/{n}","seen":{{"link":{{"is":"/x"}}}}}}"#), 65_000)),
        ("most answers", many(&|n| format!(r#"{{"question":"{n}","answer":{}}}"#, "[[[[[]]]]]"), 60_000)),
        (
            "many names",
            many(
                &|n| {
                    let names: Vec<String> = (0..60_000).map(|name| format!(r#"["{name:05}",true]"#)).collect();
                    format!(r#"{{"path":"/{n}","seen":{{"names":{{"is":[{}]}}}}}}"#, names.join(","))
                },
                20,
            ),
        ),
        (
            "most content",
            many(&|n| format!(r#"{{"path":"/{n}","seen":{{"content":{{"is":"{}"}}}}}}"#, "x".repeat(1 << 20)), 22),
        ),
        ("a large file", seen("content", &format!(r#""{}""#, "x".repeat((1 << 20) + 1)))),
        ("names of one folder", seen("names", &format!("[{}]", list(r#"["a",true]"#, 760_000)))),
        ("failed reads", disk("failed", r#"[0,0,"a"]"#, 830_000)),
        ("parts with data", disk("data", "[0,1]", 1 << 20)),
        ("bytes that are a list", seen("link", &format!("[{}]", list("0", 4 << 20)))),
        (
            "an error that is a list",
            many(&|_| format!(r#"{{"path":"/","seen":{{"meta":{{"failed":[{}]}}}}}}"#, list("0", 4_000_000)), 1),
        ),
        ("a path that is a list", many(&|_| format!(r#"{{"path":[{}],"seen":{{}}}}"#, list("0", 4_000_000)), 1)),
        ("nested", many(&|_| "[".repeat(7 << 20), 1)),
        ("most values", many(&|n| format!(r#"{{"question":"{n}","answer":[{}0]}}"#, "0,".repeat(3 << 20)), 3)),
        (
            "parts",
            many(
                &|n| {
                    let parts = vec!["[0,1]"; 1 << 20].join(",");
                    format!(
                        r#"{{"path":"/{n}","seen":{{"parts":{{"is":{{"bytes":9,"sector":0,"read":[{parts}],"data":[],"content":""}}}}}}}}"#
                    )
                },
                3,
            ),
        ),
    ];
    for (name, bomb) in bombs {
        fs::write(&file, &bomb).unwrap();
        let status = ends_within_64_mib(&file);
        assert_eq!(status, Some(if name.starts_with("most") { 0 } else { 3 }), "{name}");
    }
}

#[test]
fn a_damaged_capture_is_a_usage_error_that_names_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("capture");
    fs::write(&file, &capture()[..1000]).unwrap();
    for command in ["check", "runbook", "scan", "swap-extend", "kernel-prune", "ssh-dsa-retire", "upgrade"] {
        let output = okv_host(&[command, "--root"], &file);
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && why.contains("cut off"), "{command}: {why}");
    }
    let output = okv_host(&["capture", "--list"], &file);
    assert_eq!(output.status.code(), Some(3));
}
