//! What identifies the installation, whatever its name is: `/etc/machine-id` (machine-id(5)).

use super::probed::Probed;
use super::root::Root;
use crate::base::digest::sum;

/// Reads it; `Absent` where there is none yet.
pub fn gather(root: &Root) -> Probed<String> {
    root.parse("/etc/machine-id", |text| match str::from_utf8(text.trim_ascii()) {
        Ok(id) if id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(id.to_ascii_lowercase()),
        Ok("" | "uninitialized") => Err("it is not set"),
        _ => Err("it is no identifier of 32 hexadecimal digits"),
    })
}

/// What identifies the node whatever its name is: the installation and the machine that it is on. A copy of its disk
/// has the installation alone. Only its sum, as neither is meant for others.
pub fn node(root: &Root) -> Probed<String> {
    gather(root).and_then(|installation| {
        root.read("/sys/class/dmi/id/product_uuid").map(|machine| {
            let machine = String::from_utf8_lossy(machine.trim_ascii()).to_ascii_lowercase();
            sum(format!("okv-host {installation} {machine}").as_bytes()).to_string()
        })
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

    #[test]
    fn the_node_is_known_by_installation_and_machine_and_by_neither_alone() {
        let of = |installation: Option<&str>, machine: Option<&str>| {
            let dir = tempfile::tempdir().unwrap();
            for (path, text) in [("etc/machine-id", installation), ("sys/class/dmi/id/product_uuid", machine)] {
                let Some(text) = text else { continue };
                std::fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
                std::fs::write(dir.path().join(path), text).unwrap();
            }
            node(&Root::fixture(dir.path()).unwrap())
        };
        let id = "0123456789abcdef".repeat(2);
        let known = of(Some(&id), Some("4C4C4544-0000\n"));
        assert!(matches!(&known, Probed::Known(sum) if sum.len() == 64));
        assert_eq!(of(Some(&id), Some("4c4c4544-0000")), known);
        assert_ne!(of(Some(&id), Some("4c4c4544-0001")), known, "a copy of the disk");
        assert_eq!((of(Some(&id), None), of(None, Some("x"))), (Probed::Absent, Probed::Absent));
    }
}
