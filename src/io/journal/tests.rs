use super::*;
use std::fs;

fn filled(dir: &Path) -> PathBuf {
    let path = dir.join("journal");
    let mut journal = Journal::<String>::open(&path).unwrap();
    for word in ["one", "two", "three"] {
        journal.append(word.to_owned()).unwrap();
    }
    path
}

fn words(path: &Path) -> io::Result<Vec<String>> {
    Ok(Journal::<String>::read(path)?.into_iter().map(|r| r.entry).collect())
}

#[test]
fn what_was_appended_is_read_again_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let mut journal = Journal::<String>::open(&path).unwrap();
    journal.append("four".into()).unwrap();
    assert_eq!(words(&path).unwrap(), ["one", "two", "three", "four"]);
    assert_eq!(journal.records().last().unwrap().number, 4);
}

#[test]
fn a_line_torn_at_any_byte_is_forgotten_and_the_next_one_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let bytes = fs::read(&path).unwrap();
    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for cut in last..bytes.len() {
        fs::write(&path, &bytes[..cut]).unwrap();
        assert_eq!(words(&path).unwrap(), ["one", "two"], "cut at {cut}");
        Journal::<String>::open(&path).unwrap().append("again".into()).unwrap();
        assert_eq!(words(&path).unwrap(), ["one", "two", "again"], "cut at {cut}");
    }
}

#[test]
fn a_torn_last_line_whose_end_reached_the_disk_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let good = fs::read(&path).unwrap();
    let last = good[..good.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for at in last..good.len() - 1 {
        let mut torn = good.clone();
        torn[at..good.len() - 1].fill(0);
        fs::write(&path, &torn).unwrap();
        assert_eq!(words(&path).unwrap(), ["one", "two"], "byte {at}");
        Journal::<String>::open(&path).unwrap().append("again".into()).unwrap();
        assert_eq!(words(&path).unwrap(), ["one", "two", "again"], "byte {at}");
    }
}

#[test]
fn a_record_of_a_later_version_is_named_and_never_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    Journal::open(&path).unwrap().append((1_u8, 2_u8)).unwrap();
    let before = fs::read(&path).unwrap();
    let why = Journal::<String>::open(&path).unwrap_err().to_string();
    assert!(why.contains(concat!("okv-host ", env!("CARGO_PKG_VERSION"), " wrote this record")), "{why}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn nothing_is_appended_behind_a_part_of_a_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let mut journal = Journal::<String>::open(&path).unwrap();
    journal.is_torn = true;
    assert!(journal.append("four".into()).is_err());
    assert_eq!(words(&path).unwrap(), ["one", "two", "three"]);
}

#[test]
fn damage_is_an_error_in_any_line_and_nothing_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let path = filled(dir.path());
    let good = fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x04;
        fs::write(&path, &bad).unwrap();
        assert!(Journal::<String>::open(&path).is_err(), "byte {at}");
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
}

/// What was written by 0.1.0, by this version, and by a later one.
const LINES: [&str; 3] = [
    r#"34cab091 {"number":1,"at":1795729205,"entry":"one"}"#,
    r#"f02380d9 {"number":2,"at":"2026-11-26T21:40:05Z","user":"ann","version":"0.2.0","entry":"two"}"#,
    r#"02e33c4a {"number":3,"at":"2031-01-02T03:04:05Z","user":"ann","version":"9.0.0","host":"okv1","entry":"three"}"#,
];

fn read(lines: &[&str]) -> io::Result<Vec<Record<String>>> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    Journal::read(&path)
}

#[test]
fn records_of_an_older_version_are_read_and_fields_of_a_later_one_are_ignored() {
    let records = read(&LINES).unwrap();
    let of = |record: &Record<String>| (record.at, record.user.clone(), record.version.clone(), record.entry.clone());
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(of(&records[0]), (1_795_729_205, None, None, "one".into()));
    assert_eq!(of(&records[1]), (1_795_729_205, text("ann"), text("0.2.0"), "two".into()));
    assert_eq!(of(&records[2]), (1_925_089_445, text("ann"), text("9.0.0"), "three".into()));
}

#[test]
fn a_record_has_its_time_by_rfc_3339_its_user_and_the_version() {
    let record = &read(&LINES[1..2]).unwrap()[0];
    assert_eq!(serde_json::to_string(record).unwrap(), LINES[1][9..]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    Journal::open(&path).unwrap().by("ann").append("one".to_owned()).unwrap();
    let record = &Journal::<String>::read(&path).unwrap()[0];
    assert_eq!((record.user.as_deref(), record.version.as_deref()), (Some("ann"), Some(env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_record_without_a_time_cannot_be_read() {
    for line in [
        r#"17188e2c {"number":1,"at":"2026-11-26 21:40","entry":"one"}"#,
        r#"652b40a0 {"number":1,"at":"yesterday","entry":"one"}"#,
        r#"ddc6e505 {"number":1,"at":-1,"entry":"one"}"#,
        r#"cbe0eee2 {"number":1,"at":null,"entry":"one"}"#,
    ] {
        assert!(read(&[line]).is_err(), "{line}");
    }
}

#[test]
fn no_journal_is_no_records_and_reading_makes_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal");
    assert_eq!(words(&path).unwrap(), Vec::<String>::new());
    assert!(!path.exists());
}
