use super::*;

const RELEASE: &str = "5.4.17-2136.329.3.1.el8uek.x86_64";

/// An image with four sectors of setup, and 1 KiB behind them.
fn image() -> Vec<u8> {
    let mut image = vec![0; 5 * 512 + 1024];
    let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(PE_OFFSET, &0x80_u32.to_le_bytes());
    put(0x80, b"PE\0\0");
    put(SETUP_SECTORS, &[4]);
    put(SYSTEM_SIZE, &64_u32.to_le_bytes());
    put(BOOT_FLAG, &[0x55, 0xaa]);
    put(MAGIC, b"HdrS");
    put(PROTOCOL, &0x020d_u16.to_le_bytes());
    put(VERSION_TEXT, &0x300_u16.to_le_bytes());
    put(0x500, format!("{RELEASE} (mockbuild@host) #2 SMP\0").as_bytes());
    put(PAYLOAD, &16_u32.to_le_bytes());
    put(PAYLOAD + 4, &1000_u32.to_le_bytes());
    image
}

fn look(image: &[u8]) -> Verdict<KernelImage> {
    verify(image, image.len() as u64)
}

fn with(at: usize, bytes: &[u8]) -> Verdict<KernelImage> {
    let mut image = image();
    image[at..at + bytes.len()].copy_from_slice(bytes);
    look(&image)
}

fn is_broken_at(at: usize, verdict: &Verdict<KernelImage>) -> bool {
    matches!(verdict, Verdict::Broken { at: found, .. } if *found == at as u64)
}

#[test]
fn a_whole_image_says_its_release() {
    let whole = KernelImage { bytes: 3584, release: Some(RELEASE.into()), has_efi_stub: true };
    assert_eq!(look(&image()), Verdict::Whole(whole.clone()));
    // A signature lies behind the image.
    let signed = [image(), vec![7; 2000]].concat();
    assert_eq!(look(&signed), Verdict::Whole(KernelImage { bytes: 5584, ..whole.clone() }));
    assert_eq!(with(0, &[0xea, 5]), Verdict::Whole(KernelImage { has_efi_stub: false, ..whole.clone() }));
    assert_eq!(with(VERSION_TEXT, &[0, 0]), Verdict::Whole(KernelImage { release: None, ..whole }));
    assert!(with(SETUP_SECTORS, &[0]).whole().is_some(), "zero is four");
}

#[test]
fn an_image_cut_off_anywhere_is_broken() {
    let image = image();
    for length in 0..image.len() {
        assert!(is_broken_at(length, &look(&image[..length])), "{length}");
    }
}

#[test]
fn each_wrong_field_is_broken_and_named() {
    assert!(is_broken_at(MAGIC, &with(MAGIC, b"HdrX")));
    assert!(is_broken_at(BOOT_FLAG, &with(BOOT_FLAG, &[0, 0])));
    assert!(is_broken_at(PAYLOAD, &with(PAYLOAD + 4, &[0xff; 4])));
    assert!(is_broken_at(PAYLOAD, &with(PAYLOAD, &[0xff; 8])));
    assert!(is_broken_at(0x80, &with(0x80, b"XX")));
    assert!(is_broken_at(0xffff_ffff, &with(PE_OFFSET, &[0xff; 4])));
    assert!(is_broken_at(VERSION_TEXT, &with(VERSION_TEXT, &[0xff; 2])));
    assert!(is_broken_at(VERSION_TEXT, &with(0x500, &[0])));
    assert!(is_broken_at(3584, &with(SYSTEM_SIZE, &65_u32.to_le_bytes())));
    assert!(is_broken_at(3584, &with(SYSTEM_SIZE, &[0xff; 4])));
}

#[test]
fn an_image_without_a_setup_header_by_its_format_is_unknown() {
    assert!(matches!(with(4, b"zimg"), Verdict::Unknown(_)));
    assert!(matches!(look(b"\x7fELF"), Verdict::Unknown(_)));
    assert!(matches!(look(b"\x1f\x8b\x08"), Verdict::Unknown(_)));
}
