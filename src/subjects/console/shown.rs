//! The values of saved answers in words. What has no documented meaning is shown as it is.

use super::facts::info::ServerInfo;
use super::facts::status::ServerStatus;

impl ServerStatus {
    pub fn shown(&self) -> Vec<String> {
        let services = self.services.iter().map(|(name, state)| format!("{name} {state}"));
        let backup = self.backup.iter().map(|state| format!("backup: {state}"));
        services.chain(backup).chain(self.usage.iter().cloned()).collect()
    }
}

impl ServerInfo {
    /// All but its dates, and what it lacks.
    pub fn shown(&self) -> Vec<String> {
        let with = |what: &str, value: &Option<String>, unit: &str| value.as_ref().map(|v| format!("{what} {v}{unit}"));
        let values = [
            with("release", &self.version, ""),
            with("CPU cores", &self.cpu_cores, ""),
            with("disk", &self.disk_gb, " GB"),
            with("FRA", &self.fra_gb, " GB"),
            self.memory_kb.map(|kb| format!("memory {kb} KB")),
        ];
        let lacks = (!self.lacks.is_empty()).then(|| format!("not in the answer: {}", self.lacks.join(", ")));
        values.into_iter().flatten().chain(lacks).collect()
    }
}
