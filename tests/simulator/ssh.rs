//! The SSH daemon and its host keys.

use std::rc::Rc;

use crate::kernel::files::{Files, Kind};
use crate::world::{Ended, World};

const FOLDER: &str = "/etc/ssh";
/// Names that sshd looks for where its configuration names none.
const NAMES: [&str; 4] = ["ssh_host_rsa_key", "ssh_host_ecdsa_key", "ssh_host_ed25519_key", "ssh_host_dsa_key"];

macro_rules! key {
    ($name:literal) => {
        (
            include_bytes!(concat!("../../fixtures/ssh/keys/", $name)).as_slice(),
            include_bytes!(concat!("../../fixtures/ssh/keys/", $name, ".pub")).as_slice(),
        )
    };
}

/// The private and the public half.
type Pair = (&'static [u8], &'static [u8]);

const KEYS: [(&str, Pair); 3] =
    [("ssh_host_rsa_key", key!("rsa")), ("ssh_host_ed25519_key", key!("ed25519")), ("ssh_host_dsa_key", key!("dsa"))];

/// Puts the configuration and the keys there.
pub fn put(files: &mut Files) {
    files.put("/etc/ssh/sshd_config", "#HostKey /etc/ssh/ssh_host_dsa_key\nUsePAM yes\n");
    files.put("/usr/lib/systemd/system/sshd.service", "[Service]\nExecStart=/usr/sbin/sshd -D $OPTIONS\n");
    for (name, (private, public)) in KEYS {
        files.put(&format!("{FOLDER}/{name}"), private);
        files.put(&format!("{FOLDER}/{name}.pub"), public);
        let number = files.find(&format!("{FOLDER}/{name}"), true).unwrap();
        Rc::make_mut(&mut files.inodes[number]).mode = 0o600;
    }
}

impl World {
    /// The keys that sshd can load.
    fn loads(&self) -> usize {
        let is_key = |name: &&&str| {
            let text = self.files.text(&format!("{FOLDER}/{name}"));
            text.is_some_and(|text| KEYS.iter().any(|(_, (private, _))| text.as_slice() == *private))
        };
        NAMES.iter().filter(is_key).count()
    }

    pub fn sshd(&mut self, args: &[&str]) -> Result<String, Ended> {
        if self.loads() == 0 {
            return Err(Ended::Status(1, "sshd: no hostkeys available -- exiting.".into()));
        }
        match args {
            ["-T"] => Ok(NAMES.map(|name| format!("hostkey {FOLDER}/{name}\n")).concat() + "usepam yes\n"),
            _ => Ok(String::new()),
        }
    }

    /// What may not be: no key that can be loaded, or a key that is gone.
    pub fn watch_keys(&mut self) {
        if self.loads() == 0 {
            self.violates("no-host-key: sshd finds no key that it can load".to_owned());
        }
        let folder = self.files.find(FOLDER, true).and_then(|number| self.files.folder(number)).ok();
        let numbers: Vec<usize> = folder.into_iter().flat_map(|folder| folder.names.values().copied()).collect();
        let has = |wanted: &[u8]| {
            let is_it = |number: &&usize| match &self.files.inodes[**number].kind {
                Kind::File(content) => content.bytes.as_slice() == wanted,
                _ => false,
            };
            numbers.iter().filter(is_it).count() == 1
        };
        if let Some((name, _)) = KEYS.iter().find(|(_, (private, public))| !has(private) || !has(public)) {
            self.violates(format!("key-gone: {name} or its public half is gone or there twice"));
        }
    }

    /// The names of the keys, and which file each is.
    pub fn key_names(&self) -> Vec<(String, usize)> {
        let folder = self.files.find(FOLDER, true).and_then(|number| self.files.folder(number)).ok();
        folder.into_iter().flat_map(|folder| &folder.names).map(|(name, number)| (name.to_string(), *number)).collect()
    }

    pub fn has_dsa_key(&self) -> bool {
        self.key_names().iter().any(|(name, _)| name.starts_with("ssh_host_dsa_key") && !name.ends_with(".retire"))
    }
}
