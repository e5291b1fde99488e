//! For tests: hosts with all that a start needs, in the layouts of el7 and el8, by BIOS and UEFI, and whatever a test
//! breaks of it.

use crate::overlay::Host;

pub(crate) const RELEASE: &str = "5.4.17-2136.330.7.1.el8uek.x86_64";
pub(crate) const OTHER: &str = "4.14.35-2047.504.2.el7uek.x86_64";
/// Of /boot.
pub(crate) const BOOT: &str = "0b0070b0-0000-4000-8000-000000000001";
/// What the entries pass to their kernels.
pub(crate) const LINE: &str = "root=/dev/mapper/vg_root-lv_root ro resume=/dev/mapper/vg_root-lv_swap \
    rd.lvm.lv=vg_root/lv_root rd.lvm.lv=vg_root/lv_swap fips=1";

/// What starts the host, and in which form its entries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    El7Bios,
    El7Uefi,
    El8Bios,
    El8Uefi,
}

pub(crate) const LAYOUTS: [Layout; 4] = [Layout::El7Bios, Layout::El7Uefi, Layout::El8Bios, Layout::El8Uefi];

impl Layout {
    pub(crate) fn is_uefi(self) -> bool {
        matches!(self, Self::El7Uefi | Self::El8Uefi)
    }

    pub(crate) fn is_el8(self) -> bool {
        matches!(self, Self::El8Bios | Self::El8Uefi)
    }

    /// The folder of GRUB's configuration.
    pub(crate) fn grub(self) -> &'static str {
        if self.is_uefi() { "boot/efi/EFI/redhat" } else { "boot/grub2" }
    }

    pub(crate) fn config(self) -> String {
        format!("{}/grub.cfg", self.grub())
    }

    pub(crate) fn block(self) -> String {
        format!("{}/grubenv", self.grub())
    }

    /// The partition of /boot.
    pub(crate) fn partition(self) -> &'static str {
        if self.is_uefi() { "/dev/sda2" } else { "/dev/sda1" }
    }

    /// The file with the entry of that kernel.
    pub(crate) fn entry(self, release: &str) -> String {
        if self.is_el8() { format!("boot/loader/entries/m-{release}.conf") } else { self.config() }
    }

    /// What names that entry.
    pub(crate) fn id(self, release: &str) -> String {
        if self.is_el8() { format!("m-{release}") } else { format!("Oracle Linux ({release})") }
    }

    /// A host of this layout that starts, with two kernels, of which [`RELEASE`] is the default.
    pub(crate) fn host(self) -> Host {
        let base = if self.is_uefi() { "good-uefi" } else { "good-bios" };
        let mut mounts = "22 97 0:21 / /sys rw shared:7 - sysfs sysfs rw\n\
            97 1 253:1 / / rw shared:1 - xfs /dev/mapper/vg_root-lv_root rw\n"
            .to_owned();
        mounts += match self.is_uefi() {
            true => {
                "98 97 8:2 / /boot rw shared:2 - ext4 /dev/sda2 rw\n\
                 99 98 8:1 / /boot/efi rw shared:3 - vfat /dev/sda1 rw\n"
            }
            false => "98 97 8:1 / /boot rw shared:2 - ext4 /dev/sda1 rw\n",
        };
        let version = if self.is_el8() { "8.8" } else { "7.9" };
        let mut host = Host::named(base)
            .with("proc/self/mountinfo", mounts)
            .with("etc/os-release", format!("NAME=\"Oracle Linux Server\"\nVERSION_ID=\"{version}\"\n"))
            .with(&self.config(), self.script())
            .with(&self.block(), environment(&format!("saved_entry={}\nkernelopts={LINE}\n", self.id(RELEASE))));
        if self.is_uefi() {
            let programs = [
                ("redhat/shimx64.efi", efi_shim()),
                ("redhat/grubx64.efi", efi_program()),
                ("BOOT/BOOTX64.EFI", efi_shim()),
                ("BOOT/fbx64.efi", efi_program()),
            ];
            host = programs
                .into_iter()
                .fold(host, |host, (name, bytes)| host.with(&format!("boot/efi/EFI/{name}"), bytes));
        }
        for release in [RELEASE, OTHER] {
            host = with_kernel(host, release);
            if self.is_el8() {
                let entry = format!(
                    "title UEK {release}\nversion {release}\nlinux /vmlinuz-{release}\n\
                     initrd /initramfs-{release}.img $tuned_initrd\noptions $kernelopts $tuned_params\n"
                );
                host = host.with(&self.entry(release), entry);
            }
        }
        host
    }

    fn script(self) -> String {
        let head = "if [ -s $prefix/grubenv ]; then\n  load_env\nfi\n\
            if [ \"${next_entry}\" ] ; then\n  set default=\"${next_entry}\"\n  set next_entry=\n  save_env next_entry\n\
            else\n  set default=\"${saved_entry}\"\nfi\nset timeout=5\n";
        let search = format!("search --no-floppy --fs-uuid --set=root {BOOT}\n");
        if self.is_el8() {
            let options = format!("if [ -z \"${{kernelopts}}\" ]; then\n  set kernelopts=\"{LINE}\"\nfi\n");
            return format!("{head}{search}{options}insmod blscfg\nblscfg\n");
        }
        let suffix = if self.is_uefi() { "efi" } else { "16" };
        let entry = |release: &str| {
            format!(
                "menuentry 'Oracle Linux ({release})' --class red --unrestricted {{\n\t{search}\
                 \tlinux{suffix} /vmlinuz-{release} {LINE}\n\tinitrd{suffix} /initramfs-{release}.img\n}}\n"
            )
        };
        format!("{head}{}{}", entry(RELEASE), entry(OTHER))
    }
}

fn with_kernel(host: Host, release: &str) -> Host {
    host.with(&format!("boot/vmlinuz-{release}"), vmlinuz(release))
        .with(&format!("boot/.vmlinuz-{release}.hmac"), "aa vmlinuz\n")
        .with(&format!("boot/initramfs-{release}.img"), initramfs(release, &["usr/sbin/lvm"]))
        .with(&format!("lib/modules/{release}/kernel/fs/xfs/xfs.ko.xz"), "a module\n")
        .with(&format!("lib/modules/{release}/modules.dep"), "kernel/fs/xfs/xfs.ko.xz:\n")
}

/// An environment block of GRUB.
pub(crate) fn environment(variables: &str) -> String {
    let text = format!("# GRUB Environment Block\n{variables}");
    format!("{text}{}", "#".repeat(1024 - text.len()))
}

/// A kernel image that says this release: four sectors of setup, and 1 KiB behind them.
pub(crate) fn vmlinuz(release: &str) -> Vec<u8> {
    let mut image = vec![0; 5 * 512 + 1024];
    let mut put = |at: usize, bytes: &[u8]| image[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &0x80_u32.to_le_bytes());
    put(0x80, b"PE\0\0");
    put(0x1f1, &[4]);
    put(0x1f4, &64_u32.to_le_bytes());
    put(0x1fe, &[0x55, 0xaa]);
    put(0x202, b"HdrS");
    put(0x206, &0x020d_u16.to_le_bytes());
    put(0x20e, &0x300_u16.to_le_bytes());
    put(0x500, format!("{release} (mockbuild@host) #2 SMP\0").as_bytes());
    put(0x248, &16_u32.to_le_bytes());
    put(0x24c, &1000_u32.to_le_bytes());
    image
}

/// An initramfs with modules of that kernel, and with these programs.
pub(crate) fn initramfs(release: &str, programs: &[&str]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut member = |name: &str, mode: u32, body: &[u8]| {
        archive.extend(b"070701");
        let fields = [1, mode, 0, 0, 1, 0, body.len() as u32, 0, 0, 0, 0, name.len() as u32 + 1, 0];
        fields.iter().for_each(|field| archive.extend(format!("{field:08X}").bytes()));
        archive.extend(name.bytes().chain([0]));
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend(body);
        archive.resize(archive.len().next_multiple_of(4), 0);
    };
    member(&format!("usr/lib/modules/{release}"), 0o040_755, b"");
    member(&format!("usr/lib/modules/{release}/dm-mod.ko"), 0o100_644, b"a module");
    member("usr/lib/dracut/build-parameter.txt", 0o100_644, b"--no-hostonly");
    programs.iter().for_each(|program| member(program, 0o100_755, b"\x7fELF"));
    member("TRAILER!!!", 0, b"");
    archive
}

/// An EFI program of one section.
pub(crate) fn efi_program() -> Vec<u8> {
    let mut program = vec![0; 1024];
    let mut put = |at: usize, bytes: &[u8]| program[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &0x80_u32.to_le_bytes());
    put(0x80, b"PE\0\0");
    put(0x84, &0x8664_u16.to_le_bytes());
    put(0x86, &1_u16.to_le_bytes());
    put(0x94, &160_u16.to_le_bytes());
    put(0x98, &0x20b_u16.to_le_bytes());
    put(0x98 + 68, &10_u16.to_le_bytes());
    put(0x98 + 160, b".text");
    put(0x98 + 160 + 16, &256_u32.to_le_bytes());
    put(0x98 + 160 + 20, &512_u32.to_le_bytes());
    // The signature, at the end of the file.
    put(0x98 + 144, &768_u32.to_le_bytes());
    put(0x98 + 148, &256_u32.to_le_bytes());
    program
}

/// shim: a program with the name of GRUB in it.
pub(crate) fn efi_shim() -> Vec<u8> {
    let mut program = efi_program();
    let name: Vec<u8> = "\\grubx64.efi".encode_utf16().flat_map(u16::to_le_bytes).collect();
    program[600..600 + name.len()].copy_from_slice(&name);
    program
}

/// The value of a boot option of the firmware that is active.
pub(crate) fn efi_option(description: &str, partition: Option<[u8; 16]>, file: &str) -> Vec<u8> {
    let text = |text: &str| text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let node = |kind: u8, sub: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 4).unwrap();
        [&[kind, sub][..], &length.to_le_bytes(), body].concat()
    };
    let mut path = node(1, 1, &[0, 4]);
    if let Some(guid) = partition {
        let numbers = [&1_u32.to_le_bytes()[..], &2048_u64.to_le_bytes(), &409_600_u64.to_le_bytes()].concat();
        path.extend(node(4, 1, &[&numbers[..], &guid, &[2, 2]].concat()));
    }
    if !file.is_empty() {
        path.extend(node(4, 4, &text(file)));
    }
    path.extend(node(0x7f, 0xff, &[]));
    let length = u16::try_from(path.len()).unwrap();
    [&1_u32.to_le_bytes()[..], &length.to_le_bytes(), &text(description), &path].concat()
}

/// The file of a variable of the firmware, and its bytes.
pub(crate) fn efi_variable(name: &str, value: &[u8]) -> (String, Vec<u8>) {
    let path = format!("sys/firmware/efi/efivars/{name}-8be4df61-93ca-11d2-aa0d-00e098032b8c");
    (path, [&7_u32.to_le_bytes()[..], value].concat())
}
