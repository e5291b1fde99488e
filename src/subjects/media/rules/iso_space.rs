//! `iso-space`: the ISO fits into the folder that it belongs in.
//!
//! The procedure gives no size. Where the profile has none either, the free space is told, and comparing it is the
//! operator's. An ISO that is there whole needs no more room, and the room that a part of one takes is free for the
//! whole.

use crate::base::units::Bytes;
use crate::host::{Probed, Setup};
use crate::subjects::Subjects;
use crate::subjects::media::facts::iso::IsoFile;
use crate::subjects::media::missing_folder::how_to_bring;
use crate::subjects::rule::{Figures, Finding, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("iso-space");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the upgrade ISO fits into its folder",
    why: "The whole ISO has to fit into this folder and to stay there until after the restart.",
    fix: "Make room in the file system that has the folder. The jars in /usr/local/okv/ssl may be removed; ask support \
        about any other file.",
    required: |p| match p.iso_bytes {
        Some(bytes) => format!("{} in {}", Bytes(bytes), p.places.iso_folder),
        None => format!("the size of the ISO in {} (the profile gives no figure: iso_bytes)", p.places.iso_folder),
    },
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "free space of /var/lib/oracle",
        "the ISO files there",
        "iso_bytes of the release profile; without it the comparison is the operator's",
    ],
    waivable: Waivable::Yes,
    procedure: &["7.2-8", "7.3-4", "7.3-6"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    vec![match inputs.subjects().and_then(|subjects| Ok((subjects, inputs.setup()?))) {
        Ok((subjects, setup)) => space(inputs, subjects, setup),
        Err(finding) => *finding,
    }]
}

fn space(inputs: &RuleInputs<'_>, subjects: &Subjects, setup: &Setup) -> Finding {
    let folder = &inputs.profile.places.iso_folder;
    let here: &[IsoFile] = subjects.media.isos.known().map(|isos| isos.here.as_slice()).unwrap_or_default();
    let mut named = here.iter().filter(|iso| iso.is_named_so);
    if let Some(iso) = named.clone().find(|iso| iso.is_whole()) {
        let measured = format!("{}: {}", iso.path, Bytes(iso.bytes));
        let finding = inputs.finding(Verdict::Pass, folder, "the ISO is there already").measured(measured);
        return finding.figures(Figures::of_bytes(iso.bytes));
    }
    let part = named.next().map_or(0, |iso| iso.bytes);
    let remedy = "make room, or compare with the size of the ISO that you were given";
    match (&subjects.media.space, inputs.profile.iso_bytes) {
        (Probed::Absent, _) => inputs
            .finding(Verdict::Confirm, folder, "there is no such folder, so that its free space is not known")
            .remedy(how_to_bring(folder, setup)),
        (Probed::Unreadable(why), Some(_)) => {
            inputs.finding(Verdict::Unknown, folder, format!("the free space could not be read: {why}"))
        }
        (Probed::Unreadable(why), None) => {
            inputs.finding(Verdict::Confirm, folder, format!("the free space could not be read: {why}")).remedy(remedy)
        }
        (Probed::Known(space), figure) => {
            let free = space.available.saturating_add(part);
            let measured = format!("{} free", Bytes(free));
            let Some(needed) = figure else {
                let message = "compare the size of the ISO with the free space";
                let figures = Figures::of_bytes(free);
                let finding = inputs.finding(Verdict::Confirm, folder, message).figures(figures);
                return finding.measured(measured).remedy(remedy);
            };
            let figures = Figures::at_least(free, needed);
            if free >= needed {
                return inputs.finding(Verdict::Pass, folder, "the ISO fits").measured(measured).figures(figures);
            }
            let missing = Bytes(needed.saturating_sub(free));
            inputs
                .finding(Verdict::Block, folder, format!("the ISO does not fit: {missing} are missing"))
                .measured(measured)
                .figures(figures)
                .remedy(format!(
                    "Make room in the file system of {folder}. In {}, remove only files that end in .jar.",
                    inputs.profile.places.ssl_folder
                ))
        }
    }
}
