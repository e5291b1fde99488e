//! Disks that claim more than there is.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::tables::{self, Gpt, GptEntry, LINUX};
use okv_host::disk::format::lvm2;

/// A physical volume of `bytes` bytes with an area of `area` bytes and a text of the length that is claimed.
fn pv(bytes: u64, area: u64, text: &[u8], claimed: u64) -> Vec<(u64, Vec<u8>)> {
    let mut label = vec![0; 512];
    let put = |sector: &mut Vec<u8>, at: usize, bytes: &[u8]| sector[at..at + bytes.len()].copy_from_slice(bytes);
    put(&mut label, 0, b"LABELONE\x01");
    put(&mut label, 20, b"\x20\0\0\0LVM2 001");
    put(&mut label, 32, b"aaaaaa00000000000000000000000001");
    put(&mut label, 64, &bytes.to_le_bytes());
    put(&mut label, 72, &(4096 + area).to_le_bytes());
    put(&mut label, 104, &4096_u64.to_le_bytes());
    put(&mut label, 112, &area.to_le_bytes());
    let crc = lvm2::checksum(&[&label[20..]]);
    put(&mut label, 16, &crc.to_le_bytes());
    let mut header = vec![0; 512];
    put(&mut header, 4, b" LVM2 x[5A%r0N*>\x01");
    put(&mut header, 24, &4096_u64.to_le_bytes());
    put(&mut header, 32, &area.to_le_bytes());
    put(&mut header, 40, &512_u64.to_le_bytes());
    put(&mut header, 48, &claimed.to_le_bytes());
    put(&mut header, 56, &lvm2::checksum(&[text]).to_le_bytes());
    let crc = lvm2::checksum(&[&header[4..]]);
    put(&mut header, 0, &crc.to_le_bytes());
    vec![(512, label), (4096, header), (4608, text.to_vec())]
}

/// A disk as a sparse file: what no part covers is a hole.
fn sparse_file(dir: &Path, name: &str, bytes: u64, parts: &[(u64, Vec<u8>)]) -> PathBuf {
    use std::os::unix::fs::FileExt;
    let path = dir.join(name);
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(bytes).unwrap();
    parts.iter().for_each(|(at, part)| file.write_all_at(part, *at).unwrap());
    path
}

/// A container: for disks that are larger than a file can be.
fn container(dir: &Path, name: &str, bytes: u64, parts: &[(u64, Vec<u8>)]) -> PathBuf {
    let mut header = format!("okv-host sparse image 1\nbytes {bytes}\nsector 0\n");
    parts.iter().for_each(|(at, part)| writeln!(header, "block {at} {}", part.len()).unwrap());
    let mut data = (header + "\n").into_bytes();
    parts.iter().for_each(|(_, part)| data.extend(part));
    if data.len().is_multiple_of(512) {
        data.push(b'\n');
    }
    let path = dir.join(name);
    std::fs::write(&path, data).unwrap();
    path
}

fn group(logical_volumes: &str) -> Vec<u8> {
    let id = "aaaaaa-0000-0000-0000-0000-0000-000001";
    let head = format!(
        "vg0 {{\nid = \"{id}\"\nseqno = 1\nformat = \"lvm2\"\nstatus = [\"RESIZEABLE\"]\nextent_size = 128\n\
         physical_volumes {{\npv0 {{\nid = \"{id}\"\ndev_size = 4096\npe_start = 128\npe_count = 31\nstatus = []\n}}\n}}\n"
    );
    format!("{head}logical_volumes {{\n{logical_volumes}}}\n}}\n\0").into_bytes()
}

/// Disks that claim more than there is, each with what the scan has to say of it.
pub(super) fn claims(dir: &Path) -> Vec<(PathBuf, &'static str)> {
    let table = Gpt::new(512, 4096);
    let mut entries = table.disk();
    entries[512 + 80..512 + 84].fill(0xff);
    tables::seal(&mut entries[512..1024]);
    let last = entries.len() - 512;
    entries[last + 80..last + 84].fill(0xff);
    tables::seal(&mut entries[last..]);

    let mut most = Gpt { entries: 32768, ..Gpt::new(512, 40000) };
    most.partitions = (0..32768).map(|n| GptEntry::new(n, LINUX, 9000, 9100 + n as u64 % 500)).collect();

    let nested = "a{".repeat(1_000_000) + "\0";
    let deep = group(&format!("x {{\n{nested}"));
    let id = "aaaaaa-0000-0000-0000-0000-0000-000002";
    let areas = "\"pv0\", 0, ".repeat(1_000_000);
    let striped = group(&format!(
        "lv {{\nid = \"{id}\"\nstatus = [\"VISIBLE\"]\nsegment_count = 1\nsegment1 {{\nstart_extent = 0\nextent_count = 1000001\n\
         type = \"striped\"\nstripe_size = 8\nstripe_count = 1000001\nstripes = [{areas}\"pv0\", 0]\n}}\n}}\n"
    ));
    let many = |count: usize, volume: &dyn Fn(usize) -> String| group(&(0..count).map(volume).collect::<String>());
    let linear = |n: usize, areas: &str, count: usize| {
        format!(
            "lv{n} {{\nid = \"aaaaaa-0000-0000-0000-0000-0000-{n:06}\"\nstatus = [\"VISIBLE\"]\nsegment_count = 1\nsegment1 {{\n\
             start_extent = 0\nextent_count = {count}\ntype = \"striped\"\nstripe_size = 8\nstripe_count = {count}\n\
             stripes = [{areas}]\n}}\n}}\n"
        )
    };
    let empty = group(&"a{}\n".repeat(4_000_000));
    let stripes = vec!["\"pv0\", 0"; 50_000].join(", ");
    let (area, bytes) = (20 << 20, 32 << 20);
    let pv_file = |name: &str, text: &[u8]| sparse_file(dir, name, bytes, &pv(bytes, area, text, text.len() as u64));
    let far = 1 << 62;
    vec![
        (sparse_file(dir, "entries.img", entries.len() as u64, &[(0, entries)]), "table-damaged"),
        (sparse_file(dir, "most.img", 40000 * 512, &[(0, most.disk())]), "partitions-overlap"),
        (container(dir, "text.img", far, &pv(far, 1 << 61, b"vg0 {}\0", 1 << 60)), "lvm-damaged"),
        (pv_file("deep.img", nested.as_bytes()), "lvm-damaged"),
        (pv_file("deep-volume.img", &deep), "lvm-damaged"),
        (pv_file("stripes.img", &striped), "lvm-damaged"),
        (pv_file("fewer-volumes.img", &many(29_000, &|n| linear(n, "\"pv0\", 0", 1))), "lvm-damaged"),
        (pv_file("fewer-stripes.img", &many(9, &|n| linear(n, &stripes, 50_000))), "lvm-damaged"),
        (pv_file("volumes.img", &empty), "lvm-damaged"),
        (sparse_file(dir, "loop.img", 4 << 20, &[(0, tables::chain(8192, &[0, 10, 20, 0]))]), "table-damaged"),
    ]
}
