//! A node boots by its own boot loader.
use crate::guest::{Firmware, Spec};

#[test]
fn tmp() {
    let guest = Spec::new(Firmware::Bios).boot();
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_okv-host")).unwrap();
    let t = std::time::Instant::now();
    guest.put("/root/okv-host", &bytes, 0o755);
    println!("put {} in {:?}", bytes.len(), t.elapsed());
    let t = std::time::Instant::now();
    println!("{}", guest.run("/root/okv-host check --format json"));
    println!("{:?}", t.elapsed());
    println!("{}", guest.run("/root/okv-host check; time /root/okv-host scan; lsblk -J -b -O | head -c 3000"));
    println!("{}", guest.run("/root/okv-host scan --format json"));
}
