//! What starts: the input as an initramfs, and as an archive of cpio behind a compression; as a kernel, as an EFI program,
//! and as a boot option of the firmware.
#![no_main]

use libfuzzer_sys::fuzz_target;
use okv_host::subjects::next_start::{Contents, Verdict, boot_option, efi_program, initramfs, kernel_image};

fuzz_target!(|data: &[u8]| {
    look(data);
    // As a block of lz4 that was not compressed, so that the archive is reached through a stream too.
    let mut lz4 = vec![0x02, 0x21, 0x4c, 0x18];
    let block = literals(data);
    lz4.extend((block.len() as u32).to_le_bytes());
    lz4.extend(block);
    let inside = look(&lz4);
    if let Verdict::Whole(inside) = inside {
        assert_eq!(inside.unpacked_bytes, data.len() as u64);
    }
    if let Verdict::Broken { at, .. } = kernel_image::verify(data, data.len() as u64) {
        assert!(at <= data.len() as u64 || data.len() >= 0x40, "a place behind the file");
    }
    if efi_program::verify(data, data.len() as u64).whole().is_some() {
        assert!(data.starts_with(b"MZ"));
    }
    let _ = boot_option::parse(String::new(), data);
});

fn look(data: &[u8]) -> Verdict<Contents> {
    let verdict = initramfs::verify(data, data.len() as u64);
    match &verdict {
        Verdict::Whole(contents) => {
            assert!(contents.members > 0);
            assert_eq!(contents.bytes, data.len() as u64);
        }
        Verdict::Broken { at, why } => assert!(*at <= data.len() as u64 && !why.is_empty(), "{at}: {why}"),
        Verdict::Unknown(why) => assert!(!why.is_empty()),
    }
    // The same bytes, one at a time.
    if data.len() < 4096 {
        assert_eq!(initramfs::verify(Slow(data), data.len() as u64), verdict);
    }
    verdict
}

struct Slow<'d>(&'d [u8]);

impl std::io::Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(1);
        std::io::Read::read(&mut self.0, &mut buffer[..len])
    }
}

/// One sequence of lz4 that has these bytes as they are.
fn literals(data: &[u8]) -> Vec<u8> {
    let mut block = vec![(data.len().min(15) as u8) << 4];
    if let Some(mut more) = data.len().checked_sub(15) {
        while more >= 255 {
            block.push(255);
            more -= 255;
        }
        block.push(more as u8);
    }
    block.extend(data);
    block
}
