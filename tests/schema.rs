//! Every document has a schema that it keeps to, and a field without a schema is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use jsonschema::Validator;
use okv_host::engine::{Action, Back, Ending, Entry, ProgramRun, Proof, Step, last_run};
use okv_host::io::journal::Record;
use okv_host::io::tool::Program;
use okv_host::report::{self, Made, Read};
use overlay::Host;
use serde_json::{Value, json};

#[path = "support/overlay.rs"]
mod overlay;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&report::schema(name).unwrap_or_else(|| panic!("no schema of {name}"))).unwrap()
}

/// The same schema without room for a field that it does not name. It is published with that room: within a version,
/// fields are added.
fn strict(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(map) => {
            for value in map.values_mut() {
                *value = strict(value.take());
            }
            // A field may have the name `properties`; that of a schema has schemas of an object.
            if map.get("properties").is_some_and(Value::is_object) && map.get("type") == Some(&json!("object")) {
                map.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|value| *value = strict(value.take())),
        _ => {}
    }
    schema
}

struct Schemas(BTreeMap<&'static str, Validator>);

impl Schemas {
    fn strict() -> Self {
        let compiled = report::schemas().map(|(name, _)| {
            let schema = schema(name);
            assert!(jsonschema::meta::is_valid(&schema), "{name}");
            (name, jsonschema::validator_for(&strict(schema)).unwrap())
        });
        Self(compiled.collect())
    }

    /// The name of the document's schema, which it keeps to.
    #[track_caller]
    fn keeps(&self, document: &Value, what: &str) -> String {
        let first = document.as_array().map_or(document, |disks| &disks[0]);
        let name = first["schema"].as_str().unwrap_or_else(|| panic!("{what} has no schema: {document}")).to_owned();
        let validator = self.0.get(name.as_str()).unwrap_or_else(|| panic!("{what}: {name} is not in the list"));
        let wrong: Vec<String> =
            validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{what}: {wrong:#?}");
        name
    }
}

/// The documents that a file has, one after the other.
fn documents(text: &str) -> Vec<Value> {
    serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect()
}

/// JSON files below `folder`.
fn files(folder: PathBuf) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => files(path),
            Some(end) if end == "json" => vec![path],
            _ => vec![],
        })
        .collect()
}

/// What a command prints, of a host where one is given; nothing where it does not come to an answer.
fn printed(arguments: &[&str], host: Option<&Host>) -> Option<Value> {
    let mut process = Command::cargo_bin("okv-host").unwrap();
    process.env_clear().args(arguments).args(["--format", "json"]);
    if let Some(host) = host {
        process.arg("--root").arg(host.path());
    }
    let text = process.output().unwrap().stdout;
    (!text.is_empty()).then(|| serde_json::from_slice(&text).unwrap())
}

/// What `status` and `undo` answer about a run that was cut off.
fn of_a_run() -> [Value; 2] {
    let by = okv_host::engine::Command::new(Program::Umount, ["/boot"]);
    let proof = Proof::Mounted { point: "/boot".into() };
    let action = Action::Run(ProgramRun::changes(Program::Mount, ["/boot"], proof, Back::By { command: by }));
    let began = Entry::Began { command: "x".into(), target: "x".into(), steps: vec![Step::new("x", action)] };
    let entries = [began, Entry::StepBegan(0), Entry::StepDone(0)].into_iter().enumerate();
    let records =
        entries.map(|(number, entry)| Record { number: number as u64, at: 1, user: None, version: None, entry });
    let run = last_run(&records.collect::<Vec<_>>());
    let made = Made::at(Some(1), None, Read::Live);
    let upgrade = okv_host::host::Probed::Absent;
    let (mut status, mut undo) = (Vec::new(), Vec::new());
    report::status_json(&mut status, run.as_ref(), &upgrade, &made).unwrap();
    report::undo_json(&mut undo, run.as_ref(), &Ending::Planned, Some("x"), &made).unwrap();
    [status, undo].map(|text| serde_json::from_slice(&text).unwrap())
}

/// What the commands print of a host that has something of everything.
fn live() -> Vec<Value> {
    let host = Host::named("vg-free-enough");
    let disk = project().join("fixtures/images/gpt-damaged-both/disk");
    let alone = [
        &["scan", disk.to_str().unwrap()][..],
        &["profile", "check", "fixtures/waivers/waivers.json"],
        &["check", "--list"],
        &["check", "--profile", "list"],
    ];
    let alone = alone.into_iter().map(|arguments| printed(arguments, None).unwrap());
    let of_host = [&["check"][..], &["runbook"], &["swap-extend"], &["swap-extend", "--prepare"], &["kernel-prune"]];
    let of_host = of_host.into_iter().map(|arguments| printed(arguments, Some(&host)).unwrap());
    let mut found: Vec<Value> = alone.chain(of_host).collect();
    let dir = tempfile::tempdir().unwrap();
    found.extend(printed(&["capture", dir.path().join("capture").to_str().unwrap()], Some(&host)));
    found.extend(of_a_run());
    found
}

#[test]
fn every_golden_document_keeps_to_its_schema() {
    let schemas = Schemas::strict();
    let mut seen = BTreeSet::new();
    for folder in ["check", "runbook", "compare"] {
        for path in files(project().join("fixtures").join(folder)) {
            for document in documents(&fs::read_to_string(&path).unwrap()) {
                seen.insert(schemas.keeps(&document, &path.display().to_string()));
            }
        }
    }
    let cluster = project().join("fixtures/cluster/cluster.json");
    seen.insert(schemas.keeps(&documents(&fs::read_to_string(&cluster).unwrap())[0], "cluster"));
    // How the array was made is not in these.
    for path in files(project().join("fixtures/images")).iter().filter(|path| path.ends_with("scan.json")) {
        for disk in documents(&fs::read_to_string(path).unwrap())[0].as_array().unwrap() {
            seen.insert(schemas.keeps(disk, &path.display().to_string()));
        }
    }
    assert_eq!(seen.len(), 5, "{seen:?}");
}

#[test]
fn what_commands_print_keeps_to_its_schema() {
    let schemas = Schemas::strict();
    let mut seen = 0;
    for name in ["everything-wrong", "vg-free-enough", "kernel-old", "good-uefi", "good-bios"] {
        let host = Host::named(name);
        for command in ["check", "runbook", "swap-extend", "stage", "upgrade", "kernel-prune", "ssh-dsa-retire"] {
            let arguments: &[&str] = if command == "stage" { &["stage", "/root/okv.iso"] } else { &[command] };
            if let Some(answer) = printed(arguments, Some(&host)) {
                schemas.keeps(&answer, &format!("{command} on {name}"));
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

/// Every place of a document where an object is.
fn objects(value: &Value, at: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            places.push(at.to_owned());
            map.iter().for_each(|(key, value)| objects(value, &format!("{at}/{}", key.replace('/', "~1")), places));
        }
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(n, value)| objects(value, &format!("{at}/{n}"), places));
        }
        _ => {}
    }
}

#[test]
fn a_field_that_no_schema_names_is_refused_wherever_it_is() {
    let schemas = Schemas::strict();
    let mut seen = BTreeSet::new();
    for document in live() {
        let name = schemas.keeps(&document, "a live answer");
        let mut places = Vec::new();
        objects(&document, "", &mut places);
        // One of each kind of place: the numbers in an array do not matter.
        let kind = |place: &String| place.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let mut kinds = BTreeSet::new();
        places.retain(|place| kinds.insert(kind(place)));
        for place in places {
            let mut more = document.clone();
            more.pointer_mut(&place).unwrap().as_object_mut().unwrap().insert("new".into(), json!(1));
            assert!(!schemas.0[name.as_str()].is_valid(&more), "{name} takes a new field at {place:?}");
        }
        seen.insert(name);
    }
    let others = ["okv-host.cluster.v1", "okv-host.compare.v1", "okv-host.confirm.v1"];
    let all: BTreeSet<String> = report::schemas().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(seen.into_iter().chain(others.map(str::to_owned)).collect::<BTreeSet<_>>(), all);
}

#[test]
fn the_command_prints_the_list_and_the_schema_that_is_in_the_documents() {
    let run = |arguments: &[&str]| {
        let output = Command::cargo_bin("okv-host").unwrap().arg("schema").args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, list) = run(&[]);
    assert_eq!((status, list.lines().count()), (0, report::schemas().count()));
    for name in ["okv-host.check.v1", "check.v1"] {
        let published = fs::read_to_string(project().join("docs/schema/okv-host.check.v1.json")).unwrap();
        assert_eq!(run(&[name]), (0, published));
    }
    assert_eq!(run(&["frobnicate"]), (2, String::new()));
}
