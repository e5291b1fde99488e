//! The system identifier of LVM2 on this host: it leaves the volume groups of another one alone (lvmsystemid(7)).

use super::line::numbered;
use super::machine_id;
use super::probed::Probed;
use super::root::Root;

const CONFIGURATION: &str = "/etc/lvm/lvm.conf";
const LOCAL: &str = "/etc/lvm/lvmlocal.conf";

/// Reads it, on the host of this name; `Absent` where it has none, as is the default.
pub fn gather(root: &Root, name: Probed<String>) -> Probed<String> {
    let source = match setting(root, CONFIGURATION, "system_id_source") {
        Probed::Known(source) => source,
        other => return other,
    };
    match source.as_str() {
        "none" | "" => Probed::Absent,
        "uname" => name.and_then(|name| {
            let id: String = name.chars().filter(|c| is_allowed(*c)).collect();
            if id.is_empty() || id.starts_with("localhost") { Probed::Absent } else { Probed::Known(id) }
        }),
        "machineid" => machine_id::gather(root),
        "lvmlocal" => setting(root, LOCAL, "system_id"),
        other => Probed::Unreadable(format!("{CONFIGURATION}: system_id_source = {other} is not followed")),
    }
}

/// LVM2 drops other characters of a name.
fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '-')
}

/// The value that the last line of this name has. A setting that is commented out is none.
fn setting(root: &Root, path: &str, name: &str) -> Probed<String> {
    root.read(path).and_then(|text| {
        let values = numbered(&text).filter_map(|(_, line)| {
            let line = str::from_utf8(line).ok()?.trim();
            let (key, value) = line.split_once('=')?;
            let key = key.trim();
            (key == name || key.rsplit('/').next() == Some(name)).then(|| first_string(value))?
        });
        match values.last() {
            Some(value) => Probed::Known(value),
            None => Probed::Absent,
        }
    })
}

fn first_string(value: &str) -> Option<String> {
    let (_, rest) = value.split_once('"')?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Probed<String> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root = Root::fixture(dir.path()).unwrap();
        let name = root.read("/proc/sys/kernel/hostname").map(|name| String::from_utf8(name).unwrap());
        let name = if name == Probed::Absent { Probed::Unreadable("no name".into()) } else { name };
        gather(&root, name)
    }

    #[test]
    fn each_source_of_an_identifier_is_followed_and_an_unknown_one_is_no_answer() {
        let conf = |source: &str| {
            format!("global {{\n\t# system_id_source = \"uname\"\n\tsystem_id_source = \"{source}\"\n}}\n")
        };
        let name = ("proc/sys/kernel/hostname", "okv 1\n");
        assert_eq!(of(&[name]), Probed::Absent);
        assert_eq!(
            of(&[name, ("etc/lvm/lvm.conf", "global {\n\t# system_id_source = \"uname\"\n}\n")]),
            Probed::Absent
        );
        assert_eq!(of(&[name, ("etc/lvm/lvm.conf", &conf("none"))]), Probed::Absent);
        assert_eq!(of(&[name, ("etc/lvm/lvm.conf", &conf("uname"))]), Probed::Known("okv1".into()));
        let id = "0123456789abcdef".repeat(2);
        let machine = [("etc/lvm/lvm.conf", &*conf("machineid")), ("etc/machine-id", &id)];
        assert_eq!(of(&machine), Probed::Known(id.clone()));
        let local = [("etc/lvm/lvm.conf", &*conf("lvmlocal")), ("etc/lvm/lvmlocal.conf", "local/system_id=\"a\" # b")];
        assert_eq!(of(&local), Probed::Known("a".into()));
        assert!(matches!(of(&[("etc/lvm/lvm.conf", &conf("appmachineid"))]), Probed::Unreadable(_)));
        assert!(matches!(of(&[("etc/lvm/lvm.conf", &conf("uname"))]), Probed::Unreadable(_)), "no name");
    }
}
