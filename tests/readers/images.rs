//! Captures of hosts, the secrets in them, and images of virtual machines.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

use super::scratch::with;
use super::{Reader, seeds};
use crate::base::digest::sum;
use crate::disk::{Scratch, Source, scan_file};
use crate::host::capture::{Head, Tape, pieces, read, reduce, write};
use crate::host::{Root, cmdline, fstab, os_release, swaps};

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "capture",
        sources: &["host/capture/answer", "host/capture/extents", "host/capture/file"],
        seeds: captures,
        read: capture,
    },
    Reader {
        name: "secrets",
        sources: &[
            "host/capture/reduce",
            "host/capture/reduce/commands",
            "host/capture/reduce/der",
            "host/capture/reduce/encoded",
            "host/capture/reduce/magic",
            "host/capture/reduce/passwords",
            "host/capture/reduce/pem",
            "host/capture/reduce/words",
        ],
        seeds: || {
            let mut all = seeds::within("ssh/keys");
            all.extend(seeds::texts(&["root:$6$x$y:20000:0:99999:7:::\npassword = \"x\"\nPASSWORD: y\n"]));
            all
        },
        read: |data| {
            let reductions: [fn(&mut [u8]) -> bool; 3] =
                [reduce::of_text, reduce::of_disk, |bytes| reduce::of_file(Path::new("etc/shadow"), bytes)];
            for reduction in reductions {
                let mut bytes = data.to_vec();
                let is_changed = reduction(&mut bytes);
                assert_eq!(bytes.len(), data.len());
                assert_eq!(is_changed, bytes != data);
            }
        },
    },
    Reader {
        name: "vm-image",
        sources: &[
            "io/image/vm/chain",
            "io/image/vm/mod",
            "io/image/vm/ova",
            "io/image/vm/qcow2/header",
            "io/image/vm/qcow2/mod",
            "io/image/vm/tar",
            "io/image/vm/unpack",
            "io/image/vm/vhdx/layout",
            "io/image/vm/vhdx/mod",
            "io/image/vm/vmdk/descriptor",
            "io/image/vm/vmdk/extents",
            "io/image/vm/vmdk/sparse_extent",
        ],
        seeds: vm_images,
        read: vm_image,
    },
];

/// The bytes as a file, and as the lines of one, with the line at its end that makes its sum right.
fn capture(data: &[u8]) {
    let _ = read(data);
    let mut lines = data.strip_suffix(b"\n").unwrap_or(data).to_vec();
    lines.push(b'\n');
    let between = lines.iter().filter(|byte| **byte == b'\n').count() - 1;
    let end = format!("{{\"end\":{{\"lines\":{between},\"sha256\":\"{}\"}}}}\n", sum(&lines));
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(&lines).and_then(|()| packed.write_all(end.as_bytes())).expect("memory");
    let Ok(tape) = read(packed.finish().expect("memory").as_slice()) else { return };
    let again = write(&tape).map(|bytes| read(bytes.as_slice()).expect("what was written is read"));
    if let Ok(again) = again {
        assert_eq!(format!("{:?}", pieces(&again)), format!("{:?}", pieces(&tape)));
    }
}

thread_local! {
    static USED: RefCell<Scratch> = RefCell::default();
}

fn vm_image(data: &[u8]) {
    with(data, &["/vm/image"], |root| {
        let Ok(place) = root.at("/vm/image") else { return };
        let (first, more) = USED.with_borrow_mut(|scratch| scan_file(&Source::open(&place.real_path()), scratch));
        assert!(more.len() <= 65, "{} disks", more.len());
        for disk in std::iter::once(&first).chain(&more) {
            assert!(disk.problems.len() < 8192, "{} problems", disk.problems.len());
        }
    });
}

/// What a fixture host answers, as lines: the first, and those between it and the last.
fn captures() -> Vec<Vec<u8>> {
    let empty = write(&Tape::new(Head::new(false))).unwrap_or_default();
    let (root, tape) = Root::fixture(seeds::fixtures().join("hosts/good-bios")).expect("a host").kept();
    let _ = (fstab::gather(&root), swaps::gather(&root), cmdline::gather(&root), os_release::gather(&root));
    let few = write(&tape).unwrap_or_default();
    let seed = |packed: Vec<u8>| {
        let mut lines = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut lines).ok()?;
        let end = lines.strip_suffix(b"\n")?.iter().rposition(|byte| *byte == b'\n')?;
        lines.truncate(end + 1);
        Some(lines)
    };
    [empty, few].into_iter().filter_map(seed).collect()
}

fn vm_images() -> Vec<Vec<u8>> {
    let mut qcow2 = vec![0; 1024];
    qcow2[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
    qcow2[23] = 16;
    qcow2[24..32].copy_from_slice(&(1_u64 << 30).to_be_bytes());
    qcow2[36..40].copy_from_slice(&2_u32.to_be_bytes());
    qcow2[40..48].copy_from_slice(&512_u64.to_be_bytes());
    qcow2[96..104].copy_from_slice(&[0, 0, 0, 4, 0, 0, 0, 104]);
    let descriptor = b"# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\n\
        createType=\"twoGbMaxExtentSparse\"\n\nRW 16 FLAT \"image\" 0\nRDONLY 2 ZERO\n";
    let mut sparse = vec![0; 2048];
    sparse[..4].copy_from_slice(b"KDMV");
    for (at, value) in [(4, 1_u64), (8, 3), (12, 128), (20, 8), (28, 1), (36, 1), (44, 512), (48, 2), (56, 2), (64, 3)]
    {
        sparse[at..at + 4].copy_from_slice(&(value as u32).to_le_bytes());
    }
    sparse[73..77].copy_from_slice(b"\n \r\n");
    sparse[512..512 + descriptor.len()].copy_from_slice(descriptor);
    let mut vhdx = vec![0; 1 << 10];
    vhdx[..8].copy_from_slice(b"vhdxfile");
    let mut tar = vec![0; 2048];
    tar[..5].copy_from_slice(b"a.ovf");
    tar[124..135].copy_from_slice(b"00000000003");
    tar[156] = b'0';
    tar[257..265].copy_from_slice(b"ustar\x0000");
    tar[512..515].copy_from_slice(b"<a>");
    let checksum: u32 = tar[..512].iter().map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
    tar[148..156].copy_from_slice(format!("{checksum:06o}\0 ").as_bytes());
    vec![qcow2, descriptor.to_vec(), sparse, vhdx, tar]
}
