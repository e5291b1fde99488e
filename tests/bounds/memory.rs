//! What a scan costs in memory.

use assert_cmd::Command;
use serde_json::Value;

use super::claims::claims;

#[test]
fn whatever_a_disk_claims_a_scan_takes_less_than_64_mib() {
    let dir = tempfile::tempdir().unwrap();
    let binary = assert_cmd::cargo::cargo_bin("okv-host");
    for (path, problem) in claims(dir.path()) {
        // Its data is limited (setrlimit(2)): a scan that wants more dies.
        let output = Command::new("/bin/bash")
            .args(["-c", "ulimit -d 65536 && exec \"$0\" scan --format json \"$1\""])
            .arg(&binary)
            .arg(&path)
            .timeout(std::time::Duration::from_secs(60))
            .output()
            .unwrap();
        let name = path.file_name().unwrap().display();
        let said = String::from_utf8_lossy(&output.stderr);
        let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{name}: {e}: {said}"));
        let problems = json[0]["problems"].as_array().unwrap();
        assert!(problems.iter().any(|p| p["id"] == problem), "{name}: no {problem} in {problems:#?}");
        assert!(problems.len() < 256, "{name}: {} problems", problems.len());
        assert!(output.status.code().is_some(), "{name}: {said}");
    }
}
