//! What a name of a swap area leads to. Pure.

use super::area::refused;
use crate::disk::format::content::{Content, Kind};
use crate::engine::Reason;
use crate::host::locate::{Existence, Located, existence, mapping, mapping_on, swap_made_anew, volume};
use crate::host::{CryptEntry, Node};
use crate::subjects::boot::Loader;
use crate::subjects::next_start::{Effect, Outcome as ReferenceOutcome, Reference, resolve};
use crate::subjects::rule::Verdict;

/// What a name leads to, and what that does to the next start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) verdict: Verdict,
    pub(super) message: String,
    pub(super) remedy: &'static str,
}

/// What `source`, as /etc/fstab or `resume=` has it, leads to.
pub(super) fn named(node: &Node, source: &str) -> Named {
    let is = |verdict, message: String, remedy| Named { verdict, message, remedy };
    if let Some(entry) = mapping(node, source) {
        return encrypted(node, entry);
    }
    match volume(node, source) {
        Located::One(found) if let Some(entry) = mapping_on(node, &found) => {
            let mapping = entry.device();
            let message = format!("names {found}, of which line {} of /etc/crypttab makes {mapping}", entry.line);
            let is_swap = found.content().is_some_and(|content| content.kind == Kind::Swap);
            let verdict = if is_swap { Verdict::Warn } else { Verdict::Block };
            is(verdict, message, "Give the line the path of the mapping: /dev/mapper/NAME.")
        }
        Located::One(found) => match found.content().map(|c| c.kind) {
            Some(Kind::Swap) if let Some(why) = found.content().and_then(|c| refused(c, found.bytes())) => is(
                Verdict::Block,
                format!("names {found}, whose swap header the kernel refuses: {why}"),
                "Make the area again with its own UUID: mkswap -U UUID DEVICE",
            ),
            Some(Kind::Swap) => is(Verdict::Pass, format!("names {found}, which is swap"), ""),
            Some(Kind::Unreadable) | None => {
                is(Verdict::Unknown, format!("names {}, whose content could not be read", found.unopened()), "")
            }
            Some(_) => is(
                Verdict::Block,
                format!("names {found}, which is {} and not swap", found.content().map_or("unknown", Content::word)),
                "Give the line the UUID or path of the swap volume.",
            ),
        },
        Located::Several(found) => {
            let names: Vec<String> = found.iter().map(ToString::to_string).collect();
            is(Verdict::Warn, format!("names more than one volume: {}", names.join(", ")), "")
        }
        Located::NotAVolume if source.starts_with('/') => {
            is(Verdict::Note, "names a swap file, which is not looked into".into(), "")
        }
        Located::Unknown(why) => is(Verdict::Unknown, format!("cannot identify what it names: {why}"), ""),
        Located::Nothing if let Existence::Unknown(why) = existence(node, source) => {
            is(Verdict::Unknown, format!("not found, and not everything could be read: {why}"), "")
        }
        Located::Nothing if existence(node, source) == Existence::Exists => {
            is(Verdict::Unknown, "names a device whose content was not read".into(), "")
        }
        Located::Nothing if let Some(entry) = swap_made_anew(node).filter(|_| source.starts_with("UUID=")) => is(
            Verdict::Block,
            format!("names nothing that exists; {} gets another UUID at each start", entry.device()),
            "Give the line the path of the encrypted swap: /dev/mapper/NAME.",
        ),
        Located::Nothing | Located::NotAVolume => is(
            Verdict::Block,
            "names nothing that exists".into(),
            "Give the line the UUID or path of the swap volume before the next restart.",
        ),
    }
}

/// A mapping of /etc/crypttab. Only one that each start fills with swap needs no look into it.
fn encrypted(node: &Node, entry: &CryptEntry) -> Named {
    let is = |verdict, message: String, remedy| Named { verdict, message, remedy };
    let what =
        format!("names {}, which line {} of /etc/crypttab makes of {}", entry.device(), entry.line, entry.source);
    match existence(node, &entry.source) {
        Existence::Missing => is(
            Verdict::Block,
            format!("{what}, which does not exist"),
            "Correct the line of /etc/crypttab before the next restart.",
        ),
        Existence::Unknown(why) => is(Verdict::Unknown, format!("{what}, which was not found: {why}"), ""),
        Existence::NotADevice => is(Verdict::Unknown, format!("{what}, which is not looked into"), ""),
        Existence::Exists if entry.is_swap() => is(Verdict::Pass, format!("{what} as swap at each start"), ""),
        Existence::Exists => is(Verdict::Unknown, format!("{what}, and whose content could not be read"), ""),
    }
}

/// The swap lines of /etc/fstab, and the `resume=` of the entry that starts by default, that surely lead to no swap
/// area.
pub fn broken_references(node: &Node, loader: Option<&Loader>) -> Vec<Reason> {
    let reason = |message: String, remedy: &str| Reason { id: "swap-references", message, remedy: remedy.to_owned() };
    let fstab = node.setup.as_ref().and_then(|setup| setup.fstab.known()).map(Vec::as_slice).unwrap_or_default();
    let is_spared = |options: &[String]| options.iter().any(|option| matches!(option.as_str(), "noauto" | "nofail"));
    let lines = fstab.iter().filter(|entry| entry.kind == "swap" && !is_spared(&entry.options)).filter_map(|entry| {
        let found = named(node, &entry.source);
        let message = format!("line {} of /etc/fstab ({}) {}", entry.line, entry.source, found.message);
        (found.verdict == Verdict::Block).then(|| reason(message, found.remedy))
    });
    let entry = loader.and_then(|loader| loader.default.known()).map(|default| &default.entry);
    let resumes = entry.into_iter().flat_map(|entry| {
        let is_broken = |name: &Reference| {
            name.name == "resume"
                && matches!(name.effect(), Effect::Doubtful | Effect::Stops)
                && !matches!(name.outcome, ReferenceOutcome::Ambiguous(_))
        };
        resolve(&entry.args, node).into_iter().filter(is_broken).filter_map(|name| {
            name.why().map(|why| format!("{} of the default entry ({}): {why}", name.word(), entry.from))
        })
    });
    let remedy = "correct it with: grubby --update-kernel=ALL --remove-args=OLD --args=NEW";
    lines.chain(resumes.map(|why| reason(why, remedy))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Root;
    use crate::overlay::Host;
    use crate::subjects::next_start::facts::sample::{LINE, Layout, RELEASE, environment};
    use crate::subjects::next_start::facts::start::menu;

    fn broken(host: &Host) -> Vec<String> {
        let root = Root::fixture(host.path()).unwrap();
        let node = Node::gather(&root);
        let loader = menu(&root, &node);
        broken_references(&node, loader.known()).into_iter().map(|reason| reason.message).collect()
    }

    #[test]
    fn fstab_and_the_default_entry_of_a_good_host_name_its_swap() {
        for layout in [Layout::El7Uefi, Layout::El8Bios] {
            assert!(broken(&layout.host()).is_empty());
        }
    }

    #[test]
    fn a_line_of_fstab_and_a_resume_of_the_default_entry_that_name_no_swap_are_broken() {
        let layout = Layout::El8Uefi;
        let swap = "UUID=5a5a5a5a-0000-4000-8000-000000000002";
        let host = layout.host().replacing("etc/fstab", swap, "/dev/vg_root/gone");
        assert_eq!(broken(&host), ["line 9 of /etc/fstab (/dev/vg_root/gone) names nothing that exists"]);
        let spared = layout.host().replacing("etc/fstab", swap, "/dev/vg_root/gone");
        let spared = spared.replacing("etc/fstab", "swap    defaults", "swap    nofail");
        assert!(broken(&spared).is_empty());
        for (resume, why) in [("/dev/vg_root/gone", "vg_root has no volume gone"), ("/dev/vg_root/lv_var", "not swap")]
        {
            let line = LINE.replace("resume=/dev/mapper/vg_root-lv_swap", &format!("resume={resume}"));
            let block = environment(&format!("saved_entry={}\nkernelopts={line}\n", layout.id(RELEASE)));
            let found = broken(&layout.host().with(&layout.block(), block));
            assert!(
                found.len() == 1 && found[0].contains("of the default entry") && found[0].contains(why),
                "{found:?}"
            );
        }
    }
}
