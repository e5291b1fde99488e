//! Features of file systems that some kernels do not mount: those of the appliance are 4.14 (UEK5) and 5.4 (UEK6).

use std::fmt::{self, Write as _};

/// Version of a kernel: 5.4 is `(5, 4)`.
pub type Kernel = (u32, u32);

/// The kernels of the appliance.
const APPLIANCE: [(Kernel, &str); 2] = [((4, 14), "4.14"), ((5, 4), "5.4")];
/// Room for the words of a refusal beside the names of its features.
const WORDS: usize = 80;

/// A feature, and the first kernel that mounts a file system with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feature {
    pub bit: u32,
    pub name: &'static str,
    pub since: Kernel,
}

/// What keeps kernels before `since` from mounting a file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub features: String,
    pub since: Kernel,
}

impl Refusal {
    /// Whether a kernel of this release refuses it; an unreadable release is taken for one that does not.
    pub fn holds_for(&self, release: &str) -> bool {
        kernel(release).is_some_and(|kernel| kernel < self.since)
    }

    /// Its text, in memory that is asked for once: most xfs of newer systems have one.
    pub fn message(&self) -> String {
        let mut message = String::with_capacity(self.features.len().saturating_add(WORDS));
        let _ = write!(message, "{self}");
        message
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not mounted for writing by Linux ")?;
        let refuse = APPLIANCE.iter().filter(|(kernel, _)| *kernel < self.since);
        for (place, (_, name)) in refuse.enumerate() {
            f.write_str(if place == 0 { "" } else { " and " })?;
            f.write_str(name)?;
        }
        let (major, minor) = self.since;
        write!(f, ", but by {major}.{minor} and newer: ")?;
        f.write_str(&self.features)
    }
}

/// Major and minor number of `5.4.17-2136.330.7.1.el8uek.x86_64`.
fn kernel(release: &str) -> Option<Kernel> {
    let mut numbers = release.split(['.', '-']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Features that a superblock has.
#[derive(Debug, Clone, Copy)]
pub struct Features {
    /// Their offset in bytes from the start of the superblock.
    pub at: u64,
    pub set: u32,
    pub known: &'static [Feature],
}

/// What keeps some kernels from mounting a file system, and what keeps all kernels of the appliance: with an unknown
/// incompatible feature they do not mount it, with an unknown one of the others only for reading.
pub fn judge(incompat: Features, ro_compat: Features) -> (Vec<Refusal>, Vec<(u64, String)>) {
    let mut refusal = None;
    let not_mounted = of(incompat.set, incompat.known, &mut refusal);
    let read_only = of(ro_compat.set, ro_compat.known, &mut refusal);
    let problems = [
        (incompat.at, "do not mount it: unknown incompatible features", not_mounted),
        (ro_compat.at, "mount it only for reading: unknown features", read_only),
    ];
    let problem = |(at, what, unknown)| (at, format!("Linux 4.14 and 5.4 {what} {unknown:#x}"));
    let problems = problems.into_iter().filter(|(.., unknown)| *unknown != 0).map(problem).collect();
    (refusal.into_iter().collect(), problems)
}

/// Adds to `refusal` what the features `set` imply, where a kernel of the appliance lacks some that another has: a
/// kernel has to know all of them. The bits that no kernel of `known` has.
fn of(set: u32, known: &[Feature], refusal: &mut Option<Refusal>) -> u32 {
    let mut unknown = set;
    for feature in known.iter().filter(|feature| set & feature.bit != 0) {
        unknown &= !feature.bit;
        if feature.since <= (4, 14) {
            continue;
        }
        let all = refusal.get_or_insert_with(|| Refusal { features: String::with_capacity(WORDS), since: (0, 0) });
        if !all.features.is_empty() {
            all.features.push_str(", ");
        }
        all.features.push_str(feature.name);
        all.since = all.since.max(feature.since);
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Feature] = &[
        Feature { bit: 1, name: "old", since: (2, 6) },
        Feature { bit: 2, name: "casefold", since: (5, 2) },
        Feature { bit: 4, name: "bigtime", since: (5, 10) },
    ];

    #[test]
    fn a_refusal_names_the_kernels_and_the_features() {
        let mut refusal = None;
        assert_eq!((of(1, KNOWN, &mut refusal), &refusal), (0, &None));
        assert_eq!(of(1 | 2 | 64, KNOWN, &mut refusal), 64);
        let mut refusal = refusal.unwrap();
        let why = "not mounted for writing by Linux 4.14, but by 5.2 and newer: casefold";
        assert_eq!(refusal.to_string(), why);
        assert!(refusal.holds_for("4.14.35-2047.504.2.el7uek.x86_64"));
        assert!(!refusal.holds_for("5.4.17-2136.el8uek.x86_64") && !refusal.holds_for("unreadable"));
        (refusal.features, refusal.since) = ("casefold, bigtime".into(), (5, 10));
        let both = refusal.message();
        assert!(
            both.starts_with("not mounted for writing by Linux 4.14 and 5.4,") && both.ends_with("casefold, bigtime"),
            "{both}"
        );
    }

    #[test]
    fn an_unknown_feature_is_a_problem_where_it_is_and_known_ones_of_both_kinds_are_one_refusal() {
        let features = |at, set| Features { at, set, known: KNOWN };
        let (refusals, problems) = judge(features(96, 2 | 64), features(100, 4 | 128));
        assert_eq!((refusals.len(), refusals[0].since), (1, (5, 10)));
        let incompat = "Linux 4.14 and 5.4 do not mount it: unknown incompatible features 0x40";
        let ro_compat = "Linux 4.14 and 5.4 mount it only for reading: unknown features 0x80";
        assert_eq!(problems, [(96, incompat.to_owned()), (100, ro_compat.to_owned())]);
        assert_eq!(judge(features(96, 1), features(100, 0)), (vec![], vec![]));
    }
}
