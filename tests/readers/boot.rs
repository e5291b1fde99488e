//! What starts: GRUB's files, kernels, EFI programs, boot options, initramfs.

use std::io::Read;

use super::{Reader, seeds};
use crate::host::Probed;
use crate::subjects::boot::facts::loader::entries_of;
use crate::subjects::boot::facts::loader::files::{FileKind, Files};
use crate::subjects::boot::facts::loader::script::is_script;
use crate::subjects::next_start::{Contents, Verdict, boot_option, efi_program, initramfs, kernel_image};

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "grub-script",
        sources: &["subjects/boot/facts/loader/script"],
        seeds: menus,
        read: |data| {
            let _ = is_script(data);
        },
    },
    Reader {
        name: "grub-menu",
        sources: &[
            "subjects/boot/facts/loader",
            "subjects/boot/facts/loader/files",
            "subjects/boot/facts/loader/run",
            "subjects/boot/facts/loader/run/sources",
        ],
        seeds: menus,
        read: menu,
    },
    Reader { name: "grubenv", sources: &["subjects/boot/facts/loader/grubenv"], seeds: blocks, read: environment },
    Reader { name: "bls", sources: &["subjects/boot/facts/loader/bls"], seeds: entries, read: entry },
    Reader {
        name: "cpio",
        sources: &[
            "subjects/next_start/facts/initramfs/cpio",
            "subjects/next_start/facts/initramfs/source",
            "subjects/next_start/facts/initramfs/verify",
        ],
        seeds: archives,
        read: |data| {
            unpack(data);
        },
    },
    Reader {
        name: "compressed",
        sources: &["subjects/next_start/facts/initramfs/compression", "subjects/next_start/facts/initramfs/decode/mod"],
        seeds: streams,
        read: |data| {
            unpack(data);
        },
    },
    Reader { name: "kernel", sources: &["subjects/next_start/facts/kernel_image"], seeds: kernels, read: kernel },
    Reader {
        name: "efi-program",
        sources: &["subjects/next_start/facts/efi/program"],
        seeds: kernels,
        read: |data| {
            if efi_program::verify(data, data.len() as u64).whole().is_some() {
                assert!(data.starts_with(b"MZ"));
            }
        },
    },
    Reader {
        name: "boot-option",
        sources: &["subjects/next_start/facts/efi/option"],
        seeds: options,
        read: |data| {
            let _ = boot_option::parse(String::new(), data);
        },
    },
];

const PATHS: [&str; 5] = [
    "/boot/grub2/grub.cfg",
    "/boot/grub2/grubenv",
    "/boot/grub2/custom.cfg",
    "/boot/loader/entries/m-1.conf",
    "/boot/loader/entries/m-2.conf",
];

struct Texts<'d>(Vec<&'d [u8]>);

impl Files for Texts<'_> {
    fn read(&self, path: &str) -> Probed<Vec<u8>> {
        let text = PATHS.iter().position(|known| *known == path).and_then(|at| self.0.get(at));
        text.map_or(Probed::Absent, |text| Probed::Known(text.to_vec()))
    }

    fn kind(&self, path: &str) -> Probed<FileKind> {
        self.read(path).map(|text| FileKind::File { is_empty: text.is_empty() })
    }

    fn names(&self, folder: &str) -> Probed<Vec<String>> {
        let names = PATHS.iter().take(self.0.len()).filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
        Probed::Known(names.map(str::to_owned).collect())
    }
}

/// A NUL separates grub.cfg, grubenv, custom.cfg and files of entries.
fn menu(data: &[u8]) {
    followed(data.splitn(PATHS.len(), |byte| *byte == 0).collect());
}

fn environment(data: &[u8]) {
    let script =
        b"load_env\nset default=\"${saved_entry}\"\nmenuentry \"${kernelopts}\" {\nlinux /v ${tuned_params}\n}\n";
    followed(vec![script, data]);
}

fn entry(data: &[u8]) {
    let entries = followed(vec![b"insmod blscfg\nblscfg\n", b"# GRUB Environment Block\n", b"", data]);
    assert!(entries <= 1, "{entries} entries of one file");
}

fn followed(texts: Vec<&[u8]>) -> usize {
    let texts = Texts(texts);
    let Ok(entries) = entries_of(&texts) else { return 0 };
    assert!(is_script(texts.0.first().copied().unwrap_or_default()), "a menu of what is no script");
    assert!(entries.iter().all(|entry| !entry.from.is_empty()), "an entry without its place");
    entries.len()
}

/// The bytes at once, and one at a time: what is found does not depend on it.
fn unpack(data: &[u8]) -> Verdict<Contents> {
    let verdict = initramfs::verify(data, data.len() as u64);
    match &verdict {
        Verdict::Whole(contents) => {
            assert!(contents.members > 0);
            assert_eq!(contents.bytes, data.len() as u64);
        }
        Verdict::Broken { at, why } => assert!(*at <= data.len() as u64 && !why.is_empty(), "{at}: {why}"),
        Verdict::Unknown(why) => assert!(!why.is_empty()),
    }
    if data.len() < 512 {
        assert_eq!(initramfs::verify(Slow(data), data.len() as u64), verdict);
    }
    verdict
}

struct Slow<'d>(&'d [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(1);
        Read::read(&mut self.0, &mut buffer[..len])
    }
}

fn kernel(data: &[u8]) {
    if let Verdict::Broken { at, .. } = kernel_image::verify(data, data.len() as u64) {
        assert!(at <= data.len() as u64 || data.len() >= 0x40, "a place behind the file");
    }
}

fn menus() -> Vec<Vec<u8>> {
    let mut all = seeds::blocks("fixtures/grub/configurations.txt");
    all.extend(seeds::ending("grub.cfg"));
    all
}

fn blocks() -> Vec<Vec<u8>> {
    let mut all = seeds::ending("grubenv");
    all.extend(seeds::texts(&["# GRUB Environment Block\nsaved_entry=a\\\\b\nkernelopts=root=/dev/x ro\n####"]));
    all
}

fn entries() -> Vec<Vec<u8>> {
    let mut all = seeds::ending(".conf");
    all.extend(seeds::texts(&["title Oracle\nversion 5.4\nlinux /vmlinuz-5.4\ninitrd /i.img /j.img\n\
        options $kernelopts rd=1\nid x\ngrub_users $grub_users\ngrub_arg --unrestricted\ngrub_class kernel\n"]));
    all
}

/// A member of a cpio archive in the form `newc`.
fn member(name: &str, mode: u32, body: &[u8]) -> Vec<u8> {
    let fields = [1, mode, 0, 0, 1, 0, body.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, 0];
    let mut out = b"070701".to_vec();
    fields.iter().for_each(|field| out.extend(format!("{field:08X}").bytes()));
    for part in [name.as_bytes(), &[0]] {
        out.extend(part);
    }
    out.resize(out.len().next_multiple_of(4), 0);
    out.extend(body);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn archive() -> Vec<u8> {
    let members = [member("etc", 0o40755, &[]), member("init", 0o100755, b"#!/bin/sh\n"), member("TRAILER!!!", 0, &[])];
    members.concat()
}

fn archives() -> Vec<Vec<u8>> {
    let two = [archive(), vec![0; 512], archive()].concat();
    vec![archive(), two]
}

/// The archive in each compression that has a block or a frame for bytes as they are.
fn streams() -> Vec<Vec<u8>> {
    let archive = archive();
    let mut gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01".to_vec();
    let len = archive.len() as u16;
    gzip.extend(len.to_le_bytes());
    gzip.extend((!len).to_le_bytes());
    gzip.extend(&archive);
    gzip.extend(crc32fast::hash(&archive).to_le_bytes());
    gzip.extend(u32::from(len).to_le_bytes());
    let mut lz4 = vec![0x02, 0x21, 0x4c, 0x18];
    let mut block = vec![0xf0];
    let mut more = archive.len() - 15;
    while more >= 255 {
        block.push(255);
        more -= 255;
    }
    block.push(more as u8);
    block.extend(&archive);
    lz4.extend((block.len() as u32).to_le_bytes());
    lz4.extend(block);
    // A frame of zstd with its size in two bytes, and one raw block.
    let mut zstd = b"\x28\xb5\x2f\xfd\x60".to_vec();
    zstd.extend((len - 256).to_le_bytes());
    zstd.extend(&((u32::from(len) << 3) | 1).to_le_bytes()[..3]);
    zstd.extend(&archive);
    let mut all = vec![gzip, lz4, zstd];
    all.extend(seeds::ending(".ko.xz"));
    all.extend([b"BZh91AY&SY".to_vec(), b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()]);
    all
}

fn kernels() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = seeds::ending("x86_64").into_iter().filter(|bytes| bytes.starts_with(b"MZ")).collect();
    let mut made = vec![0; 4096];
    made[..2].copy_from_slice(b"MZ");
    made[0x1f1] = 4;
    made[0x1fe..0x200].copy_from_slice(&[0x55, 0xaa]);
    made[0x202..0x206].copy_from_slice(b"HdrS");
    made[0x206..0x208].copy_from_slice(&[0x0f, 0x02]);
    made[0x3c] = 0x80;
    made[0x80..0x84].copy_from_slice(b"PE\0\0");
    all.push(made);
    all
}

/// A load option: attributes, length of the path, name, and the nodes of a partition, a file and the end.
fn options() -> Vec<Vec<u8>> {
    let wide = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let file = wide("\\EFI\\redhat\\shimx64.efi");
    let mut disk = vec![4, 1, 42, 0, 1, 0, 0, 0];
    disk.extend([0x22; 32]);
    disk.extend([2, 2]);
    let path = [disk, vec![4, 4, file.len() as u8 + 4, 0], file, vec![0x7f, 0xff, 4, 0]].concat();
    let option = [vec![1, 0, 0, 0, path.len() as u8, 0], wide("Oracle Linux"), path].concat();
    vec![option.clone(), [vec![7, 0, 0, 0], option].concat()]
}
