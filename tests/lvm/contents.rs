//! What lies in a logical volume.

use super::agreement::agrees;
use super::read;
use super::support::lvm::Lvm;
use okv_host::disk::format::content::{Content, Kind};
use okv_host::disk::volume_group::{PvOnDisk, assemble};

#[test]
fn the_bytes_of_linear_and_striped_volumes_come_from_the_extents_of_lvm() {
    let lvm = Lvm::new(&[64, 64]);
    lvm.create("bytes");
    lvm.lvcreate("-n first -L 8M bytes");
    lvm.lvcreate("-n striped -i2 -I64k -L 16M bytes");
    lvm.lvcreate("-n last -L 8M bytes");
    let starts = lvm.report("lvs --segments", "lv_name,seg_pe_ranges");
    for row in &starts {
        for (turn, range) in row["seg_pe_ranges"].split(' ').enumerate() {
            let (path, extents) = range.split_once(':').unwrap();
            let start: u64 = extents.split('-').next().unwrap().parse().unwrap();
            let index = if path == lvm.device(0) { 0 } else { 1 };
            lvm.write(
                index,
                (1 << 20) + start * (4 << 20),
                format!("{}{turn}\0", row["lv_name"].get(..5).unwrap_or("last")).as_bytes(),
            );
        }
    }
    let (assembled, _) = agrees(&lvm);
    let label = |n: usize| assembled.group.logical_volumes[n].content.clone().unwrap().label.unwrap();
    assert_eq!([label(0), label(1), label(2)], ["first0", "strip0", "last0"].map(str::to_owned));

    // The second stripe begins where the first one's 64 KiB end.
    let images = [lvm.open(0), lvm.open(1)];
    let readings = [read(&*images[0]), read(&*images[1])];
    let pv = |n: usize| PvOnDisk { path: "", partition: None, image: &*images[n], reading: &readings[n] };
    let mut seen = Vec::new();
    assemble(&[pv(0), pv(1)], &mut |image| {
        let mut bytes = [0; 6];
        image.read_at(&mut bytes, 64 << 10).unwrap();
        seen.push(bytes);
        (Content::new(Kind::Unknown), Vec::new())
    });
    assert_eq!(seen[1], *b"strip1");
}
