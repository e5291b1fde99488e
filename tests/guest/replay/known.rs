//! States that a node does not recover from yet, by what is seen then. They are counted and shown, and fail no test; one
//! that is mended leaves this list.

/// Each with the parts that the name of the state and the finding have together.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "the packages are gone, and /boot is not mounted to verify it",
        &["kernel-prune", "could not be told: /boot is not mounted"],
    ),
    (
        "the packages are gone, and /boot has lost that their files are",
        &["kernel-prune", "result", "/boot/vmlinuz-4.14"],
    ),
    (
        "the packages are gone, and /boot has lost that their files are",
        &["kernel-prune", "result", "/boot/vmlinuz-5.4.17-2136.312"],
    ),
];

pub(super) fn known(name: &str, why: &str) -> Option<&'static str> {
    let has = |part: &&str| name.contains(*part) || why.contains(*part);
    KNOWN.iter().find(|(_, parts)| parts.iter().all(has)).map(|(what, _)| *what)
}
