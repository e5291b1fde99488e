//! What identifies the installation, whatever its name is: `/etc/machine-id` (machine-id(5)).

use super::probed::Probed;
use super::root::Root;

/// Reads it; `Absent` where there is none yet.
pub fn gather(root: &Root) -> Probed<String> {
    root.parse("/etc/machine-id", |text| match str::from_utf8(text.trim_ascii()) {
        Ok(id) if id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(id.to_ascii_lowercase()),
        Ok("" | "uninitialized") => Err("it is not set"),
        _ => Err("it is no identifier of 32 hexadecimal digits"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_has_32_hexadecimal_digits() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::fixture(dir.path()).unwrap();
        assert_eq!(gather(&root), Probed::Absent);
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        let with = |text: &str| {
            std::fs::write(dir.path().join("etc/machine-id"), text).unwrap();
            gather(&root)
        };
        assert_eq!(with("0123456789ABCDEF0123456789abcdef\n"), Probed::Known("0123456789abcdef".repeat(2)));
        for bad in ["", "uninitialized\n", "0123", "x"] {
            assert!(matches!(with(bad), Probed::Unreadable(_)), "{bad}");
        }
    }
}
