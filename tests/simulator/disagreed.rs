//! Where the models once showed something else than a real node: programs, and what the node showed after the last one.

use crate::validate::in_model;

/// The sum of 4096 zeros.
const ZEROS: &str = "ad7facb2586fc6e966c004d7d1d16b024f5805ff7cb47c7a85dabd8b48892ca7";

/// Programs on a group of one volume, vdb1, beside a blank vdc1; and lines that must be shown then.
const CASES: &[(&[&str], &[&str])] = &[
    (
        &[
            "lvcreate --extents 30 --name lv_swap_a --wipesignatures n vg_root",
            "mkswap --uuid aaaaaaaa-0000-4000-8000-00000000000a /dev/vg_root/lv_swap_a",
            "lvremove --yes vg_root/lv_swap_a",
            "lvcreate --extents 30 --name lv_swap_b --wipesignatures n vg_root",
        ],
        &["good 1", ZEROS],
    ),
    (&["vgreduce vg_root /dev/vdb1"], &["good 0", "pv vdb1 vg_model", "vg 63 1"]),
];

/// Whether the models show now what the node showed.
pub fn agree() -> bool {
    let names = ["vdb", "vdc"].map(str::to_owned);
    let mut is_good = true;
    for (programs, wanted) in CASES {
        let words = |line: &&str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let programs: Vec<Vec<String>> = programs.iter().map(words).collect();
        let shown = in_model(&programs, &names).pop().unwrap();
        for line in wanted.iter().filter(|line| !shown.iter().any(|its| its.contains(**line))) {
            println!("after {}: no line has \"{line}\": {shown:?}", programs.last().unwrap().join(" "));
            is_good = false;
        }
    }
    println!("{} sequences of programs on which models and node once disagreed", CASES.len());
    is_good
}
