//! The system identifier of LVM2 on this host: it leaves the volume groups of another one alone (lvmsystemid(7)).

use super::line::numbered;
use super::machine_id;
use super::probed::Probed;
use super::root::Root;

const CONFIGURATION: &str = "/etc/lvm/lvm.conf";
const LOCAL: &str = "/etc/lvm/lvmlocal.conf";

/// Reads the identifiers whose groups LVM2 of this host uses: its own, on the host of this name, and those that it was
/// told to take for its own (`extra_system_ids`). `Absent` where it has none, as is the default.
///
/// Lines are read one by one: a setting in another shape, which LVM2 understands, is no answer.
pub fn gather(root: &Root, name: Probed<String>) -> Probed<Vec<String>> {
    if let Some(why) = unread(root) {
        return Probed::Unreadable(why);
    }
    let line = match root.parse(LOCAL, |text| Ok::<_, String>(last_line(text, "extra_system_ids"))) {
        Probed::Known(line) => line.unwrap_or_default(),
        Probed::Absent => String::new(),
        Probed::Unreadable(why) => return Probed::Unreadable(why),
    };
    let extra: Vec<String> = line.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    match own(root, name) {
        Probed::Known(own) => Probed::Known(std::iter::once(own).chain(extra).collect()),
        Probed::Absent if extra.is_empty() => Probed::Absent,
        Probed::Absent => Probed::Known(extra),
        Probed::Unreadable(why) => Probed::Unreadable(why),
    }
}

/// What of the two files could not be read as they are here.
fn unread(root: &Root) -> Option<String> {
    for (path, names) in [(CONFIGURATION, &["system_id_source"][..]), (LOCAL, &["system_id", "extra_system_ids"])] {
        match root.read(path) {
            Probed::Known(text) => {
                let odd = numbered(&text).find(|(_, line)| is_odd(line, names));
                if let Some((number, _)) = odd {
                    return Some(format!("{path}: line {number} has an identifier in a shape that is not followed"));
                }
            }
            Probed::Unreadable(why) => return Some(why),
            Probed::Absent if path == CONFIGURATION && !root.has_answers() => {
                return Some(format!("this saved host has no {path}"));
            }
            Probed::Absent => {}
        }
    }
    None
}

/// Whether a line that is no comment has one of these settings, and not as its one setting.
fn is_odd(line: &[u8], names: &[&str]) -> bool {
    let line = String::from_utf8_lossy(line);
    let line = line.split('#').next().unwrap_or_default().trim();
    let Some(name) = names.iter().find(|name| line.contains(**name)) else { return false };
    let Some((key, value)) = line.split_once('=') else { return true };
    let key = key.trim();
    let is_plain = key == *name || key.rsplit('/').next() == Some(name) || names.contains(&key);
    let value = value.trim();
    !is_plain || value.is_empty() || (value.starts_with('[') && !value.ends_with(']')) || value.contains(['{', '}'])
}

fn own(root: &Root, name: Probed<String>) -> Probed<String> {
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
    root.read(path).and_then(|text| match last_line(&text, name).as_deref().and_then(first_string) {
        Some(value) => Probed::Known(value),
        None => Probed::Absent,
    })
}

/// What the last line of this name has behind its `=`.
fn last_line(text: &[u8], name: &str) -> Option<String> {
    let values = numbered(text).filter_map(|(_, line)| {
        let (key, value) = str::from_utf8(line).ok()?.trim().split_once('=')?;
        let key = key.trim();
        (key == name || key.rsplit('/').next() == Some(name)).then(|| value.to_owned())
    });
    values.last()
}

fn first_string(value: &str) -> Option<String> {
    let (_, rest) = value.split_once('"')?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Probed<Vec<String>> {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in [("etc/lvm/lvm.conf", "")].iter().chain(files) {
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
        assert_eq!(of(&[name, ("etc/lvm/lvm.conf", &conf("uname"))]), Probed::Known(vec!["okv1".into()]));
        let id = "0123456789abcdef".repeat(2);
        let machine = [("etc/lvm/lvm.conf", &*conf("machineid")), ("etc/machine-id", &id)];
        assert_eq!(of(&machine), Probed::Known(vec![id.clone()]));
        let local = [("etc/lvm/lvm.conf", &*conf("lvmlocal")), ("etc/lvm/lvmlocal.conf", "local/system_id=\"a\" # b")];
        assert_eq!(of(&local), Probed::Known(vec!["a".into()]));
        let extra = ("etc/lvm/lvmlocal.conf", "local {\n  extra_system_ids = [ \"b\", \"c\" ]\n}\n");
        assert_eq!(of(&[name, extra]), Probed::Known(vec!["b".into(), "c".into()]));
        let both = [name, ("etc/lvm/lvm.conf", &*conf("uname")), extra];
        assert_eq!(of(&both), Probed::Known(vec!["okv1".into(), "b".into(), "c".into()]));
        assert!(matches!(of(&[("etc/lvm/lvm.conf", &conf("appmachineid"))]), Probed::Unreadable(_)));
        for odd in ["global { system_id_source = \"uname\" }", "global {\nsystem_id_source =\n\"uname\"\n}"] {
            assert!(matches!(of(&[name, ("etc/lvm/lvm.conf", odd)]), Probed::Unreadable(_)), "{odd}");
        }
        let lines = ("etc/lvm/lvmlocal.conf", "local {\n extra_system_ids = [\n \"b\" ]\n}\n");
        assert!(matches!(of(&[name, lines]), Probed::Unreadable(_)));
        assert!(matches!(of(&[("etc/lvm/lvm.conf", &conf("uname"))]), Probed::Unreadable(_)), "no name");
    }
}
