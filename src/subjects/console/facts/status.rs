//! A saved answer of `okv server status get`. What its values mean is not documented: they are shown, and not judged.

use super::saved::Saved;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerStatus {
    pub backup: Option<String>,
    /// Services and their state, as the console names them.
    pub services: Vec<(String, String)>,
    /// How much is used of what: `disk 41 % of 2000 GB`.
    pub usage: Vec<String>,
}

/// What has a usage: its name, and the unit of its total.
const USED: [(&str, &str); 3] = [("disk", "GB"), ("fra", "GB"), ("memory", "KB")];

/// Reads it.
///
/// # Errors
/// Where it is no JSON, or has none of the documented fields.
pub fn parse(text: &str) -> Result<ServerStatus, String> {
    let saved = Saved::parse(text)?;
    let usage = |(name, unit): (&str, &str)| {
        let percent = saved.value(&format!("{name}UsagePercentage"))?;
        let total = saved.value(&format!("{name}TotalIn{unit}"));
        let of = total.map(|total| format!(" of {total} {unit}")).unwrap_or_default();
        Some(format!("{name} {} %{of}", percent.trim_end_matches(['%', ' '])))
    };
    let own = |(name, state): (&str, &str)| (name.to_owned(), state.to_owned());
    let status = ServerStatus {
        backup: saved.value("backupStatus").map(str::to_owned),
        services: saved.within("services").into_iter().map(own).collect(),
        usage: USED.into_iter().filter_map(usage).collect(),
    };
    if status == ServerStatus::default() {
        return Err("it has no field of okv server status get".to_owned());
    }
    Ok(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_use_and_backup_are_read_whatever_the_nesting() {
        let status = parse(
            r#"{"value": {"backupStatus": "No backup in progress", "cpu": {"usagePercentage": "3", "cpuCores": 8},
            "disk": {"usagePercentage": 41, "usedInGB": 820, "totalInGB": 2000},
            "memory": {"usagePercentage": "55", "usedInKB": "18", "totalInKB": "32"},
            "services": {"RESTfulService": "Up", "KMIPService": "Down"}}}"#,
        )
        .unwrap();
        assert_eq!(status.backup.as_deref(), Some("No backup in progress"));
        assert_eq!(status.usage, ["disk 41 % of 2000 GB", "memory 55 % of 32 KB"]);
        let own = |name: &str, state: &str| (name.to_owned(), state.to_owned());
        assert_eq!(status.services, [own("KMIPService", "Down"), own("RESTfulService", "Up")]);
    }

    #[test]
    fn what_is_no_such_answer_is_refused() {
        for text in ["", "{}", r#"{"value": {"version": "21.8"}}"#, "[1, 2]"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
