//! The order of RPM versions, as rpm itself has it (rpm-version(7)): 5.15 lies behind 5.4, and `~` before nothing at
//! all.

use std::cmp::Ordering;
use std::fmt;

/// Epoch, version and release of a package.
///
/// Two that rpm holds for equal are equal here, however they are written: `1.0` and `1.00`.
#[derive(Debug, Clone, Default)]
pub struct Evr {
    /// Epoch; 0 where a package has none.
    pub epoch: u32,
    pub version: String,
    pub release: String,
}

impl Evr {
    /// `VERSION-RELEASE`, without an epoch of 0.
    pub fn new(version: impl Into<String>, release: impl Into<String>) -> Self {
        Self { epoch: 0, version: version.into(), release: release.into() }
    }
}

impl fmt::Display for Evr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.epoch > 0 {
            write!(f, "{}:", self.epoch)?;
        }
        write!(f, "{}-{}", self.version, self.release)
    }
}

impl Ord for Evr {
    fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| segments(&self.version, &other.version))
            .then_with(|| segments(&self.release, &other.release))
    }
}

impl PartialOrd for Evr {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Evr {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Evr {}

/// rpm's comparison of two versions, or of two releases.
pub(crate) fn segments(a: &str, b: &str) -> Ordering {
    rpm_version::Evr::new("0", a, "").cmp(&rpm_version::Evr::new("0", b, ""))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Versions of real kernels, and everything that is odd in rpm's order.
    const ODD: &[&str] = &[
        "4.14.35-2047.504.2.el7uek",
        "5.4.17-2136.329.3.1.el8uek",
        "5.4.17-2136.304.4.5.el7uek",
        "5.4.17-2136.330.7.1.el8uek",
        "5.4.17-2136.330.7.el8uek",
        "5.15.0-3.60.5.1.el8uek",
        "5.15.0-200.131.27.el8uek",
        "5.15.0-200.131.27.1.el8uek",
        "6.12.0-1.23.3.2.el9uek",
        "4.18.0-513.5.1.el8_9",
        "4.18.0-513.el8",
        "3.10.0-1160.el7",
        "1.0-1",
        "1.00-1",
        "1.0-01",
        "1.0~rc1-1",
        "1.0~rc2-1",
        "1.0~~-1",
        "1.0^git1-1",
        "1.0^-1",
        "1.0^git1~pre-1",
        "1.0.1-1",
        "1.0a-1",
        "1.0.a-1",
        "10-1",
        "9-1",
        "a-1",
        "B-1",
        "1_0-1",
        "1+0-1",
        "1.0-1~a",
        "1.0-1^a",
        "1.0-1.a",
        "18446744073709551616-1",
        "0018446744073709551615-1",
    ];

    fn evr(text: &str) -> Evr {
        let (version, release) = text.rsplit_once('-').unwrap();
        Evr::new(version, release)
    }

    #[test]
    fn every_pair_is_ordered_as_rpm_orders_it() {
        let quoted: Vec<String> = ODD.iter().map(|version| format!("\"{version}\"")).collect();
        let script = format!(
            "%{{lua: local v = {{{}}} for i = 1, #v do for j = 1, #v do print(rpm.vercmp(v[i], v[j]), \" \") end end}}",
            quoted.join(", ")
        );
        let output =
            Command::new("rpm").args(["--eval", &script]).output().expect("rpm, by scripts/install-test-tools");
        let text = String::from_utf8(output.stdout).unwrap();
        let said: Vec<i8> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
        assert_eq!(said.len(), ODD.len() * ODD.len(), "{}", String::from_utf8_lossy(&output.stderr));
        let pairs = ODD.iter().flat_map(|a| ODD.iter().map(move |b| (a, b)));
        for ((a, b), rpm) in pairs.zip(said) {
            assert_eq!(evr(a).cmp(&evr(b)) as i8, rpm, "{a} against {b}");
        }
    }

    #[test]
    fn a_kernel_of_5_15_is_newer_than_one_of_5_4_and_an_epoch_counts_before_all() {
        assert!(evr("5.15.0-3.60.5.1.el8uek") > evr("5.4.17-2136.329.3.1.el8uek"));
        assert!(Evr { epoch: 1, ..evr("1-1") } > evr("9-9"));
        assert_eq!(Evr { epoch: 1, ..evr("1-1") }.to_string(), "1:1-1");
    }
}
