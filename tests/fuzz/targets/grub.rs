//! GRUB's scripts, its environment block and its files of entries, alone and as a menu.
//!
//! A NUL separates grub.cfg, grubenv, custom.cfg and files of entries.
#![no_main]

use libfuzzer_sys::fuzz_target;
use okv_host::host::Probed;
use okv_host::subjects::boot::facts::loader::entries_of;
use okv_host::subjects::boot::facts::loader::files::{FileKind, Files};
use okv_host::subjects::boot::facts::loader::script::is_script;

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

fuzz_target!(|data: &[u8]| {
    let texts = Texts(data.splitn(PATHS.len(), |byte| *byte == 0).collect());
    if let Ok(entries) = entries_of(&texts) {
        assert!(is_script(texts.0.first().copied().unwrap_or_default()), "a menu of what is no script");
        assert!(entries.iter().all(|entry| !entry.from.is_empty()), "an entry without its place");
    }
});
