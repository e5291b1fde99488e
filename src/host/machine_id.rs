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

/// What identifies a node and its machine whatever their names are. Only sums, as what they are of is not meant for
/// others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identities {
    /// The installation and the machine that it is on. A copy of its disk has the installation alone.
    pub node: Probed<String>,
    /// The machine alone, whatever is installed on it.
    pub machine: Probed<String>,
    /// The installation alone, whatever machine it is on.
    pub installation: Probed<String>,
}

impl Identities {
    pub fn gather(root: &Root) -> Self {
        let machine = root
            .read("/sys/class/dmi/id/product_uuid")
            .map(|machine| String::from_utf8_lossy(machine.trim_ascii()).to_ascii_lowercase());
        let sum_of = |text: String| sum(text.as_bytes()).to_string();
        let installation = gather(root);
        let node = installation.as_ref().and_then(|installation| {
            machine.as_ref().map(|machine| sum_of(format!("okv-host {installation} {machine}")))
        });
        Self {
            node,
            machine: machine.map(|machine| sum_of(format!("okv-host machine {machine}"))),
            installation: installation.map(|id| sum_of(format!("okv-host installation {id}"))),
        }
    }
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
            Identities::gather(&Root::fixture(dir.path()).unwrap()).node
        };
        let id = "0123456789abcdef".repeat(2);
        let known = of(Some(&id), Some("4C4C4544-0000\n"));
        assert!(matches!(&known, Probed::Known(sum) if sum.len() == 64));
        assert_eq!(of(Some(&id), Some("4c4c4544-0000")), known);
        assert_ne!(of(Some(&id), Some("4c4c4544-0001")), known, "a copy of the disk");
        assert_eq!((of(Some(&id), None), of(None, Some("x"))), (Probed::Absent, Probed::Absent));
    }

    #[test]
    fn the_installation_is_a_sum_of_its_identifier_alone() {
        let dir = tempfile::tempdir().unwrap();
        let of = |path: &str, text: &str| {
            std::fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
            std::fs::write(dir.path().join(path), text).unwrap();
            Identities::gather(&Root::fixture(dir.path()).unwrap()).installation
        };
        assert_eq!(of("sys/class/dmi/id/product_uuid", "x"), Probed::Absent);
        let id = "0123456789abcdef".repeat(2);
        let known = of("etc/machine-id", &id);
        assert!(matches!(&known, Probed::Known(sum) if sum.len() == 64 && !sum.contains(&id)));
        assert_eq!(of("sys/class/dmi/id/product_uuid", "y"), known);
    }

    #[test]
    fn the_machine_stays_the_same_whatever_is_installed_on_it() {
        let of = |installation: &str, machine: &str| {
            let dir = tempfile::tempdir().unwrap();
            for (path, text) in [("etc/machine-id", installation), ("sys/class/dmi/id/product_uuid", machine)] {
                std::fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
                std::fs::write(dir.path().join(path), text).unwrap();
            }
            Identities::gather(&Root::fixture(dir.path()).unwrap()).machine
        };
        let machine = of(&"0".repeat(32), "4C4C4544-0000\n");
        assert!(matches!(&machine, Probed::Known(sum) if sum.len() == 64 && !sum.contains("4c4c4544")));
        assert_eq!(of(&"1".repeat(32), "4c4c4544-0000"), machine);
        assert_ne!(of(&"0".repeat(32), "4c4c4544-0001"), machine);
    }
}
