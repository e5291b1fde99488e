//! Upgrade ISOs as small as they may be, made by xorriso.

use std::fs;

use sha2::{Digest, Sha256};

use crate::tools::run;

/// The name of an upgrade ISO.
pub(crate) const NAME: &str = "okv-upgrade-disc-21.8.0.0.0.iso";

/// An ISO and its sum.
pub(crate) struct Iso {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
}

impl Iso {
    /// One whose upgrade is this shell script, with so many bytes of packages.
    pub(crate) fn with(script: &str, packages: usize) -> Self {
        let repository = "[okv-upgrade]\nname=okv-upgrade\nbaseurl=file:///images/packages\nenabled=1\ngpgcheck=0\n";
        Self::of(&[
            ("upgrade.rb", script.as_bytes()),
            ("upgrade.repo", repository.as_bytes()),
            ("packages", &noise(packages)),
        ])
    }

    /// One of that name with other files in it.
    pub(crate) fn without_an_upgrade() -> Self {
        Self::of(&[("README", b"something else"), ("packages", &noise(1 << 20))])
    }

    fn of(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        fs::create_dir(&tree).unwrap();
        files.iter().for_each(|(name, bytes)| fs::write(tree.join(name), bytes).unwrap());
        let path = folder.path().join(NAME);
        let [path_text, tree] = [&path, &tree].map(|path| path.to_str().unwrap());
        run("xorriso", &["-as", "mkisofs", "-quiet", "-R", "-V", "OKV_UPGRADE", "-o", path_text, tree]);
        let bytes = fs::read(&path).unwrap();
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { bytes, sha256 }
    }
}

/// Bytes that repeat nowhere near (xorshift, Marsaglia 2003).
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..bytes / 8).flat_map(|_| next()).collect()
}
