//! Words beside the root: where the start ends, hibernation, FIPS mode.

use super::*;
use crate::host::Probed;

#[test]
fn a_line_without_root_is_doubtful_and_an_empty_root_stops() {
    assert_eq!(effect(&node(), "ro quiet"), Effect::Doubtful);
    assert_eq!(effect(&node(), "root="), Effect::Stops);
    assert_eq!(effect(&node(), "root=/dev/x root=/dev/vg-root/lv_root rd.auto"), Effect::GoesOn, "the last one counts");
    assert_eq!(effect(&node(), "quiet -- root=/dev/vg-root/lv_root rd.auto"), Effect::GoesOn, "dracut reads all words");
}

#[test]
fn resume_names_swap_or_beside_an_offset_a_file_system() {
    let of = |line: &str| seen(&node(), &format!("{ROOT} rd.lvm.lv=vg-root/lv-swap {line}"))[3].clone();
    assert!(of("resume=/dev/dm-0").contains("GoesOn") && of("resume=253:0").contains("GoesOn"));
    assert!(of("resume=LABEL=boot resume_offset=34816").contains("GoesOn (it names /dev/sda partition 2, which has"));
    assert!(of("resume=LABEL=boot").contains("Doubtful (it names /dev/sda partition 2, which is ext4 and not swap"));
    assert!(of("resume=LABEL=boot resume_offset=0").contains("Doubtful"));
    assert!(of("resume=/dev/dm-0 resume_offset=1").contains("Doubtful"));
    assert!(of("resume=/swapfile").contains("Doubtful"));
}

#[test]
fn fips_mode_verifies_the_kernel_on_the_volume_of_boot() {
    let of = |line: &str| seen(&node(), &format!("{ROOT} {line}")).get(2).cloned().unwrap_or_default();
    assert!(of("fips=1 boot=LABEL=boot").contains("GoesOn (/dev/sda2)"));
    assert!(of("fips=1 boot=UUID=77777777-0000-4000-8000-000000000077").contains("Stops"));
    assert!(of("fips=1 boot=/dev/vg-root/lv-swap").contains("Stops") && of("fips=1 boot=8:2").contains("Stops"));
    assert!(of("fips=1").contains("Doubtful (fips=1 without boot="));
    for none in ["fips=0 boot=UUID=7", "boot=UUID=7", "fips=1 fips=0"] {
        assert_eq!(of(none), "", "{none}");
    }
    let mut started = node();
    running(&mut started).cmdline = Probed::Known(vec!["fips=1".to_owned()]);
    assert_eq!(seen(&started, &format!("{ROOT} fips=1")).len(), 2, "the node started without boot=");
}

#[test]
fn words_that_end_the_start_in_a_shell_stop_it() {
    for word in
        ["emergency", "rescue", "single", "s", "S", "1", "-b", "systemd.unit=rescue.target", "rd.break=pre-mount"]
    {
        assert_eq!(effect(&node(), &format!("{word} {ROOT}")), Effect::Stops, "{word}");
    }
    for word in ["init=/bin/bash", "systemd.unit=my.target"] {
        assert_eq!(effect(&node(), &format!("{word} {ROOT}")), Effect::Doubtful, "{word}");
    }
    for word in ["init=/usr/lib/systemd/systemd", "3", "5", "systemd.unit=multi-user.target", "1 3", "-- single"] {
        let end = word.starts_with("--");
        let line = if end { format!("{ROOT} {word}") } else { format!("{word} {ROOT}") };
        assert_eq!(seen(&node(), &line).len(), 2, "{word}");
    }
}
