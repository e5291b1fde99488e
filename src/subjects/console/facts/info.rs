//! A saved answer of `okv server info get`.

use super::saved::Saved;
use crate::base::dates::Moment;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerInfo {
    pub version: Option<String>,
    /// The last second of each certificate.
    pub ca_expires: Option<Moment>,
    pub platform_expires: Option<Moment>,
    pub server_expires: Option<Moment>,
    pub cpu_cores: Option<String>,
    pub disk_gb: Option<String>,
    pub fra_gb: Option<String>,
    pub memory_kb: Option<u64>,
    /// The documented fields that it lacks, or that cannot be read.
    pub lacks: Vec<&'static str>,
}

impl ServerInfo {
    /// A user without the privileges gets the version and nothing else (RESTful reference, 21.10).
    pub fn has_version_alone(&self) -> bool {
        self.version.is_some() && self.lacks.len() == FIELDS - 1
    }
}

/// The documented fields.
const FIELDS: usize = 8;

/// Reads it.
///
/// # Errors
/// Where it is no JSON, or has none of the documented fields.
pub fn parse(text: &str) -> Result<ServerInfo, String> {
    let saved = Saved::parse(text)?;
    let mut lacks = Vec::new();
    let mut value = |name: &'static str| {
        let found = saved.value(name).map(str::to_owned);
        if found.is_none() {
            lacks.push(name);
        }
        found
    };
    let version = value("version");
    let dates =
        ["caCertificateExpirationDate", "platformCertificatesExpirationDate", "serverCertificateExpirationDate"]
            .map(|name| value(name).map(|text| (name, text)));
    let (cpu_cores, disk_gb, fra_gb) = (value("cpuCores"), value("diskInGB"), value("fraInGB"));
    let memory = value("memoryInKB");
    let [ca_expires, platform_expires, server_expires] = dates.map(|date| {
        let (name, text) = date?;
        let moment = Moment::parse(&text);
        if moment.is_none() {
            lacks.push(name);
        }
        moment
    });
    // An answer on the cluster has a version too, that of its nodes.
    if saved.value("nodeName").is_some() || saved.value("clusterSubgroup").is_some() {
        return Err("it is an answer on the cluster, and not that of okv server info get".to_owned());
    }
    if lacks.len() == FIELDS {
        return Err("it has no field of okv server info get".to_owned());
    }
    let memory_kb = memory.and_then(|text| text.parse().ok());
    Ok(ServerInfo {
        version,
        ca_expires,
        platform_expires,
        server_expires,
        cpu_cores,
        disk_gb,
        fra_gb,
        memory_kb,
        lacks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"result": "Success", "value": {
        "caCertificateExpirationDate": "2028-03-01 10:00:00", "cpuCores": "8", "diskInGB": "2000", "fraInGB": "150",
        "memoryInKB": "32780112", "platformCertificatesExpirationDate": "2027-09-30 23:59:59",
        "serverCertificateExpirationDate": "2027-05-01 00:00:00", "version": "21.8.0.0.0"}}"#;

    #[test]
    fn all_documented_fields_are_read() {
        let info = parse(WHOLE).unwrap();
        assert_eq!(
            (info.version.as_deref(), info.memory_kb, info.lacks.len()),
            (Some("21.8.0.0.0"), Some(32_780_112), 0)
        );
        assert_eq!(info.platform_expires, Moment::parse("2027-09-30 23:59:59"));
        assert!(!info.has_version_alone());
    }

    #[test]
    fn what_is_missing_is_named_and_a_version_alone_is_a_missing_privilege() {
        let info = parse(r#"{"value": {"version": "21.10.0.0.0"}}"#).unwrap();
        assert!(info.has_version_alone());
        let cluster = parse(r#"{"value": {"nodes": [{"nodeName": "okv1", "version": "21.8.0.0.0"}]}}"#);
        assert!(cluster.unwrap_err().contains("on the cluster"));
        let info = parse(&WHOLE.replace("2027-09-30 23:59:59", "soon")).unwrap();
        assert_eq!((info.platform_expires, info.lacks), (None, vec!["platformCertificatesExpirationDate"]));
        assert!(parse(r#"{"value": {"name": "x"}}"#).is_err() && parse("[]").is_err() && parse("").is_err());
    }

    #[test]
    fn an_answer_that_is_cut_off_anywhere_is_no_answer() {
        assert!((0..WHOLE.len()).filter(|at| WHOLE.is_char_boundary(*at)).all(|at| parse(&WHOLE[..at]).is_err()));
    }
}
