//! Where to look on a node. What the procedure names is filled in; what it does not name is empty, and an operator who
//! knows it fills it into a profile of his own.

use serde::Deserialize;

use super::{Address, Profile};

/// Paths and words by which the parts of a node are found. Patterns are those of glob(7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// Folder that the upgrade ISO belongs in.
    pub iso_folder: String,
    pub iso_name: String,
    /// Folders that it is looked for in because it must not be there.
    pub iso_misplaced: Vec<String>,
    pub iso_mount: String,
    /// Folder with the temporary jars.
    pub ssl_folder: String,
    pub rsyslog: String,
    /// Log that an upgrade writes its errors to.
    pub log: String,
    /// Words of which a line about an upgrade has one, in lower case.
    pub log_about: Vec<String>,
    /// Words of which a line with an error has one, in lower case.
    pub log_errors: Vec<String>,
    /// Files that may name the release of the node: a line with `Oracle Key Vault` and a version.
    pub release_files: Vec<String>,
    /// The server's certificate, PEM or DER: the procedure does not name its file.
    pub server_certificate: Option<String>,
    /// A TLS port of the node that shows it, asked on the live host only: the procedure names none, so none is guessed.
    pub server_certificate_address: Option<Address>,
    /// Patterns of the files of the platform certificates, PEM or DER: the procedure does not name them.
    pub platform_certificates: Vec<String>,
    /// What shows a diagnostics package.
    pub diagnostics_package: Signs,
    /// What shows a backup that runs or is scheduled.
    pub backup_jobs: Signs,
    /// What shows an agent of Audit Vault.
    pub audit_vault_agent: Signs,
    /// What shows an HSM as a Root of Trust.
    pub hsm: Signs,
    /// Where the configuration of a generic HSM may lie.
    pub hsm_configurations: Vec<String>,
    /// The copy of a wallet that the HSM guide has made before an upgrade, and deleted after it.
    pub hsm_wallet: String,
}

/// What shows that something is on a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signs {
    pub paths: Vec<String>,
    /// Patterns of names: of a process, its program, or a file among its arguments, without folders.
    pub processes: Vec<String>,
}

impl Places {
    /// Those of the profile that is used where none is named.
    pub fn built_in() -> Self {
        Profile::named(Profile::DEFAULT).map(|profile| profile.places).unwrap_or_default()
    }

    pub(super) fn contradiction(&self) -> Option<&'static str> {
        let one = [&self.iso_folder, &self.iso_mount, &self.ssl_folder, &self.rsyslog, &self.log, &self.hsm_wallet];
        let signs = [&self.diagnostics_package, &self.backup_jobs, &self.audit_vault_agent, &self.hsm];
        let all = one.into_iter().chain(&self.server_certificate).chain(&self.release_files).chain(&self.iso_misplaced);
        let all = all.chain(&self.platform_certificates).chain(&self.hsm_configurations);
        let mut all = all.chain(signs.iter().flat_map(|signs| &signs.paths));
        if all.any(|path| !path.starts_with('/') || path.contains(char::is_control)) {
            return Some("a place that is no absolute path");
        }
        if self.server_certificate.is_some() && self.server_certificate_address.is_some() {
            return Some("both a file and a port for the server's certificate");
        }
        let words = self.log_about.iter().chain(&self.log_errors);
        words.chain([&self.iso_name]).any(String::is_empty).then_some("a word or name that is empty")
    }
}
