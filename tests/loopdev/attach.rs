//! The support itself: what it attaches it also detaches.

use std::fs::{self, File};
use std::path::Path;

use crate::support::loopdev::Loop;

#[test]
fn a_loop_device_is_gone_when_the_test_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("disk");
    File::create(&file).unwrap().set_len(1 << 20).unwrap();
    let attached = Loop::attach(&file, 4096).unwrap();
    let sys = Path::new("/sys/block").join(attached.device().file_name().unwrap());
    assert_eq!(fs::read_to_string(sys.join("queue/logical_block_size")).unwrap().trim(), "4096");
    drop(attached);
    let backing = fs::read_to_string(sys.join("loop/backing_file")).unwrap_or_default();
    assert_ne!(Path::new(backing.trim()), file, "{} is still attached", sys.display());
}
