//! Files of entries (Boot Loader Specification, type 1) as el8's GRUB reads and sorts them
//! (`grub-core/commands/blscfg.c`).

use std::cmp::Ordering;

use crate::host::BadLine;

/// What GRUB takes of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct File {
    /// Its name without `.conf`.
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) version: Option<String>,
    pub(super) linux: Option<String>,
    pub(super) initrd: Vec<String>,
    pub(super) options: Option<String>,
    /// `grub_arg`.
    pub(super) arguments: Vec<String>,
}

/// Most bytes of a file: less than GRUB reads, and more than any entry has.
const LARGEST: usize = 1 << 16;
/// Most files that an entry loads, and words that it has.
const MOST: usize = 256;

/// Whether GRUB takes a file of this name for an entry.
pub(super) fn is_entry(name: &str) -> bool {
    name.len() > 5 && name.ends_with(".conf") && !name.starts_with('.')
}

/// Reads up to the first line that has no key and value; the first of a key counts.
///
/// # Errors
/// Where it is larger than any entry, or is no text.
pub(super) fn parse(name: &str, text: &[u8]) -> Result<File, BadLine> {
    if text.len() > LARGEST {
        return Err(BadLine::whole(format!("it is larger than {LARGEST} bytes")));
    }
    let mut file = File { id: name.strip_suffix(".conf").unwrap_or(name).to_owned(), ..File::default() };
    for (line, number) in text.split(|byte| *byte == b'\n').zip(1..) {
        if line.contains(&0) {
            return Err(BadLine::new(number, "it has a NUL byte", line));
        }
        let line = String::from_utf8_lossy(line).replace('\r', "");
        let line = line.trim_start_matches([' ', '\t']);
        if line.starts_with('#') {
            continue;
        }
        let separated = line.split_once(' ').or_else(|| line.split_once('\t'));
        let Some((key, value)) = separated.filter(|(_, value)| !value.is_empty()) else { break };
        let value = value.trim_start_matches([' ', '\t']).to_owned();
        match key {
            "title" => file.title = file.title.or(Some(value)),
            "version" => file.version = file.version.or(Some(value)),
            "linux" => file.linux = file.linux.or(Some(value)),
            "options" => file.options = file.options.or(Some(value)),
            "initrd" if file.initrd.len() < MOST => file.initrd.push(value),
            "grub_arg" if file.arguments.len() < MOST => file.arguments.push(value),
            _ => {}
        }
    }
    Ok(file)
}

/// Into the order of the menu: by version where each file has one, then by name, the newest first.
pub(super) fn sort(files: &mut [(String, File)]) {
    let by_version = files.iter().all(|(_, file)| file.version.is_some());
    files.sort_by(|(_, a), (_, b)| {
        let version = |file: &File| file.version.clone().unwrap_or_default();
        let versions = if by_version { compare(&version(b), &version(a)) } else { Ordering::Equal };
        versions.then_with(|| compare(&b.id, &a.id))
    });
}

/// GRUB's order of versions, which is an older one of rpm's: it knows `~` and not `^`.
fn compare(a: &str, b: &str) -> Ordering {
    let (mut one, mut two) = (a.as_bytes(), b.as_bytes());
    if a == b {
        return Ordering::Equal;
    }
    while !one.is_empty() || !two.is_empty() {
        one = skip(one, |c| !c.is_ascii_alphanumeric() && c != b'~');
        two = skip(two, |c| !c.is_ascii_alphanumeric() && c != b'~');
        match (one.split_first(), two.split_first()) {
            (Some((b'~', rest)), Some((b'~', other))) => {
                (one, two) = (rest, other);
                continue;
            }
            (Some((b'~', _)), _) => return Ordering::Less,
            (_, Some((b'~', _))) => return Ordering::Greater,
            (None, _) | (_, None) => break,
            (Some((first, _)), Some(_)) => {
                let is_number = first.is_ascii_digit();
                let of_kind = |c: u8| if is_number { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
                let (rest, other) = (skip(one, of_kind), skip(two, of_kind));
                let (left, right) = (taken(one, rest), taken(two, other));
                if right.is_empty() {
                    return if is_number { Ordering::Greater } else { Ordering::Less };
                }
                let order = if is_number {
                    let (left, right) = (skip(left, |c| c == b'0'), skip(right, |c| c == b'0'));
                    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
                } else {
                    left.cmp(right)
                };
                if order.is_ne() {
                    return order;
                }
                (one, two) = (rest, other);
            }
        }
    }
    one.len().min(1).cmp(&two.len().min(1))
}

fn skip(text: &[u8], what: impl Fn(u8) -> bool) -> &[u8] {
    let at = text.iter().position(|c| !what(*c)).unwrap_or(text.len());
    text.get(at..).unwrap_or_default()
}

/// What lies before `rest`.
fn taken<'t>(text: &'t [u8], rest: &[u8]) -> &'t [u8] {
    text.get(..text.len().saturating_sub(rest.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const UEK: &str = "title Oracle Linux Server 8.8, with UEK 5.4.17-2136.el8uek.x86_64\n\
        version 5.4.17-2136.el8uek.x86_64\n\
        # made by kernel-install\nlinux /vmlinuz-5.4.17-2136.el8uek.x86_64\n\
        initrd /initramfs-5.4.17-2136.el8uek.x86_64.img $tuned_initrd\noptions $kernelopts $tuned_params quiet\n\
        id ol-20230101-5.4\ngrub_users $grub_users\ngrub_arg --unrestricted\n";

    #[test]
    fn a_file_is_read_up_to_the_first_line_without_a_key_and_a_value_and_the_first_of_a_key_counts() {
        let file = parse("m-5.4.conf", UEK.as_bytes()).unwrap();
        assert_eq!(file.id, "m-5.4");
        assert_eq!(file.options.as_deref(), Some("$kernelopts $tuned_params quiet"));
        assert_eq!(file.initrd, ["/initramfs-5.4.17-2136.el8uek.x86_64.img $tuned_initrd"]);
        assert_eq!(file.arguments, ["--unrestricted"]);

        let linux = |text: &str| parse("x.conf", text.as_bytes()).unwrap().linux;
        let a = Some("/a".to_owned());
        assert_eq!(linux("title x\nlinux /a\nlinux /b\n"), a);
        assert_eq!(linux("title x\n\nlinux /a\n"), None);
        assert_eq!(linux("title\nlinux /a\n"), None);
        assert_eq!(linux("title \nlinux /a\n"), None);
        assert_eq!(linux("title  \nlinux /a\n"), a);
        assert_eq!(linux("  # a comment\n\tlinux  \t/a"), a);
        assert_eq!(linux("linux\t/a\r\n"), a);
        // The first space separates, also where a tab is before it.
        assert_eq!(linux("linux\t/a b\n"), None);
        assert_eq!(linux(""), None);
        assert!(parse("x.conf", b"linux /a\0\n").is_err() && parse("x.conf", &vec![b'#'; LARGEST + 1]).is_err());
        damage::battery(UEK.as_bytes(), |text| parse("x.conf", text));
    }

    #[test]
    fn names_that_grub_takes_for_entries() {
        assert!(is_entry("a.conf") && is_entry("a.conf.conf"));
        assert!(!is_entry(".conf") && !is_entry(".a.conf") && !is_entry("a.con") && !is_entry("a.conf~"));
    }

    fn sorted(files: &[(&str, Option<&str>)]) -> Vec<String> {
        let file = |(id, version): &(&str, Option<&str>)| {
            let version = version.map(str::to_owned);
            (String::new(), File { id: (*id).to_owned(), version, ..File::default() })
        };
        let mut files: Vec<_> = files.iter().map(file).collect();
        sort(&mut files);
        files.into_iter().map(|(_, file)| file.id).collect()
    }

    #[test]
    fn the_newest_comes_first_and_a_rescue_entry_last() {
        let ids =
            ["m-0-rescue", "m-5.4.17-2136.el8uek.x86_64", "m-5.15.0-3.el8uek.x86_64", "m-4.14.35-1.el7uek.x86_64"];
        assert_eq!(sorted(&ids.map(|id| (id, None))), [ids[2], ids[1], ids[3], ids[0]]);
    }

    #[test]
    fn the_version_counts_before_the_name_only_where_each_file_has_one() {
        assert_eq!(sorted(&[("a", Some("5.4")), ("b", Some("4.14"))]), ["a", "b"]);
        assert_eq!(sorted(&[("a", Some("5.4")), ("b", None)]), ["b", "a"]);
        assert_eq!(sorted(&[("a", Some("5.4")), ("b", Some("5.4"))]), ["b", "a"]);
    }

    #[test]
    fn versions_are_compared_by_their_segments() {
        for (less, more) in [
            ("5.4", "5.15"),
            ("5.4.17", "5.4.17.1"),
            ("1.0~rc1", "1.0"),
            ("1.a", "1.0"),
            ("1.a", "1.b"),
            ("009", "10"),
            ("18446744073709551616", "18446744073709551617"),
            ("", "a"),
        ] {
            assert_eq!(
                (compare(less, more), compare(more, less)),
                (Ordering::Less, Ordering::Greater),
                "{less} {more}"
            );
        }
        assert_eq!(compare("1.0", "1_0"), Ordering::Equal);
    }
}
