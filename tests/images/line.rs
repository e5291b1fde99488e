//! A line of a fleet says what the array of disks says, byte for byte.

use okv_host::disk::{Scratch, Source, scan_alone};
use okv_host::report::disk_line;

use super::fixture::all;

#[test]
fn a_line_is_what_serde_json_writes_of_every_image() {
    let mut scratch = Scratch::default();
    let mut count = 0;
    for fixture in all() {
        for disk in &fixture.disks {
            let disk = scan_alone(&Source::open(&fixture.folder.join(disk)), &mut scratch);
            let mut line = Vec::new();
            disk_line(&mut line, &disk).unwrap();
            let expected = serde_json::to_string(&disk).unwrap() + "\n";
            assert_eq!(String::from_utf8(line).unwrap(), expected, "{}", fixture.name);
            count += 1;
        }
    }
    assert!(count > 70, "only {count} images");
}
