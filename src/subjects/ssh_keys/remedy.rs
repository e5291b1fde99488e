//! What would give sshd a host key other than DSA. A key that is there is never written over.

use std::path::Path;

use super::facts::dsa::with_suffix;
use super::facts::{Algorithm, Half, Key, KeyFile, Line, Ssh, display_path};
use super::loads::{DEFAULT_KEYS, Load, Refusal};
use crate::subjects::rule::Remedy;

/// Bits of an RSA key that is to be made, where no more are asked for.
const RSA_BITS: u32 = 4096;

impl Ssh {
    /// What to do where sshd can load no host key but DSA keys: first what puts right a key that is there, then what
    /// makes one.
    pub fn remedy_without_key(&self) -> Remedy {
        let loads = self.loads().unwrap_or_default();
        let refusals = || {
            loads.iter().filter_map(|(path, load)| match load {
                Load::No(why) => Some((*path, why)),
                Load::Yes(..) | Load::Unknown(_) => None,
            })
        };
        let of_file = |(path, why): (&str, &Refusal)| match why {
            Refusal::Owner(_) | Refusal::Mode(_) => self.key(path).map(|file| self.of_file(file)),
            _ => None,
        };
        let by_line = |(_, why): (&str, &Refusal)| match why {
            Refusal::LeftOut(line, "HostKeyAlgorithms") => Some(allow(line).into()),
            _ => None,
        };
        refusals().find_map(of_file).or_else(|| refusals().find_map(by_line)).unwrap_or_else(|| self.make(&loads))
    }

    /// Owner and mode as sshd wants them.
    fn of_file(&self, file: &KeyFile) -> Remedy {
        let path = file.display_path();
        let (owner, mode) = (file.uid != 0, !self.mode_is_safe(file));
        let chown = if owner { Remedy::default().run_on("chown root:root", &path) } else { Remedy::default() };
        let both = if owner && mode { chown.then(" && ") } else { chown };
        if mode { both.run_on("chmod 0600", &path) } else { both }
    }

    /// Makes a key of a type that sshd takes, at a path where there is none: one that sshd looks for already, if there
    /// is one.
    fn make(&self, loads: &[(&str, Load<'_>)]) -> Remedy {
        let is_free = |path: &str| {
            let path = Path::new(path);
            [path.to_owned(), with_suffix(path, ".pub"), with_suffix(path, "-cert.pub")]
                .iter()
                .all(|path| self.key(path).is_none())
        };
        let wanted =
            loads.iter().filter(|(_, load)| matches!(load, Load::No(Refusal::NotThere))).map(|(path, _)| *path);
        let mut free = wanted.chain(DEFAULT_KEYS.iter().copied()).filter(|path| is_free(path)).peekable();
        let is_any = free.peek().is_some();
        let Some((path, (word, bits))) = free.find_map(|path| Some((path, self.kind(path)?))) else {
            let algorithms = self.configuration.known().and_then(|known| known.algorithms.as_ref());
            return match algorithms.filter(|_| is_any) {
                Some((line, _)) => allow(line).into(),
                None => "every usual path of a host key is taken: move what is of no use out of /etc/ssh, then make a \
                         key with ssh-keygen at the path that became free"
                    .into(),
            };
        };
        let bits = bits.map_or_else(String::new, |bits| format!(" -b {bits}"));
        Remedy::words("make one (")
            .run(&format!("/usr/bin/ssh-keygen -q -t {word}{bits} -N"))
            .arg("")
            .arg("-f")
            .arg(&display_path(Path::new(path)))
            .then("), name it in sshd_config if needed, and give the clients its fingerprint")
    }

    /// The type that the name of a host key promises, for ssh-keygen, with bits where there is a choice; RSA where it
    /// promises nothing. `None` for a type that sshd would not take.
    fn kind(&self, path: &str) -> Option<(&'static str, Option<u32>)> {
        let name = Path::new(path).file_name()?.to_str()?;
        let rsa = self.smallest_rsa().map_or(RSA_BITS, |(_, bits)| bits.max(RSA_BITS));
        let (algorithm, word, bits) = match name {
            "ssh_host_dsa_key" => return None,
            "ssh_host_ecdsa_key" => (Algorithm::Ecdsa, "ecdsa", 256),
            "ssh_host_ed25519_key" => (Algorithm::Ed25519, "ed25519", 256),
            _ => (Algorithm::Rsa, "rsa", rsa),
        };
        let is_rsa = algorithm == Algorithm::Rsa;
        let key =
            Key { half: Half::Private, algorithm, bits, fingerprint: None, is_certificate: false, encrypted: false };
        self.refuses(&key).is_none().then_some((word, is_rsa.then_some(bits)))
    }
}

/// What to do about `HostKeyAlgorithms`.
fn allow(line: &Line) -> String {
    format!(
        "let {line} (HostKeyAlgorithms) allow the type of a host key that is there, such as rsa-sha2-512, or take it \
         out"
    )
}
