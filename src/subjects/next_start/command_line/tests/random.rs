use proptest::prelude::{ProptestConfig, any, prop, proptest};

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_makes_it_panic(
        names in prop::collection::vec(0..NAMES.len(), 0..8),
        values in prop::collection::vec(any::<String>(), 8),
        forms in prop::collection::vec(0..FORMS.len(), 8),
    ) {
        let words: Vec<String> = names
            .iter()
            .zip(&values)
            .zip(&forms)
            .map(|((name, value), form)| format!("{}{}{value}", NAMES[*name], FORMS[*form]))
            .collect();
        for node in [node(), Node { running: None, ..node() }] {
            resolve(&words, &node).iter().for_each(|reference| assert!(reference.word().starts_with(reference.name)));
        }
    }
}

const NAMES: &[&str] = &[
    "root=",
    "rd.lvm.lv=",
    "rd.lvm.vg=",
    "rd.luks.uuid=",
    "rd.luks.name=",
    "rd.md.uuid=",
    "resume=",
    "resume_offset=",
    "fips=1",
    "boot=",
    "rootfstype=",
    "rd.break",
    "init=",
    "systemd.unit=",
    "--",
    "",
    "\"root=",
];
const FORMS: &[&str] = &[
    "",
    "UUID=",
    "LABEL=",
    "PARTUUID=a/PARTNROFF=",
    "/dev/",
    "/dev/mapper/",
    "/dev/disk/by-label/\\x",
    "0x",
    "8:",
    "block:",
    "vg-root/",
    "luks-",
    "\"",
];
