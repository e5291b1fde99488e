//! Which system the host has: `/etc/os-release` (os-release(5)).

use super::probed::Probed;
use super::root::Root;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OsRelease {
    pub is_oracle_linux: bool,
    /// The first number of its version.
    pub major: u32,
}

pub fn gather(root: &Root) -> Probed<OsRelease> {
    root.parse("/etc/os-release", |text| parse(&String::from_utf8_lossy(text)).ok_or("it names no version of a system"))
}

pub(crate) fn parse(text: &str) -> Option<OsRelease> {
    let value = |name: &str| {
        let value = text.lines().rev().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim_matches(['"', '\'']))
    };
    let major = value("VERSION_ID")?.split('.').next()?.parse().ok()?;
    let is_oracle_linux =
        value("ID").map_or_else(|| value("NAME").is_some_and(|name| name.starts_with("Oracle Linux")), |id| id == "ol");
    Some(OsRelease { is_oracle_linux, major })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_linux_is_known_by_its_id_or_else_by_its_name() {
        let of = |text: &str| parse(text).map(|os| (os.is_oracle_linux, os.major));
        assert_eq!(of("NAME=\"Oracle Linux Server\"\nVERSION_ID=\"7.9\"\nID=\"ol\"\n"), Some((true, 7)));
        assert_eq!(of("NAME=\"Oracle Linux Server\"\nVERSION_ID=8.10\n"), Some((true, 8)));
        assert_eq!(of("ID=debian\nVERSION_ID='12'\n"), Some((false, 12)));
        for none in ["", "ID=ol", "ID=ol\nVERSION_ID=\"\"", "ID=ol\nVERSION_ID=x"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
