//! `iso-present`: the upgrade ISO lies in its folder and nowhere else, and is whole.
//!
//! It has to stay there until after the reboot. That none is there yet is no fault: the procedure copies it later.

use crate::base::units::Bytes;
use crate::host::Probed;
use crate::subjects::media::facts::iso::{Checksum, IsoFile, Isos};
use crate::subjects::rule::{Figures, Finding, Remedy, Rule, RuleId, RuleInputs, Verdict, Waivable};

pub(crate) const ID: RuleId = RuleId::new("iso-present");

pub(crate) const RULE: Rule = Rule {
    id: ID,
    title: "the upgrade ISO is whole, in its folder and nowhere else",
    why: "The upgrade reads the ISO from this folder again after the restart. A copy that was cut off or has the \
        wrong sum fails there, half-way.",
    fix: "Run: okv-host stage /root/ISO --sha256 HEX --apply. Move an ISO that lies elsewhere, or remove it.",
    required: |p| format!("one {} in {}, as long as its volume requires", p.places.iso_name, p.places.iso_folder),
    source: |p| p.source_of(ID.as_str()),
    inputs: &[
        "the ISO files in /var/lib/oracle, their ISO 9660 volumes, and their sum with --sha256 HEX",
        "the folders where an ISO must not be (iso_misplaced of the release profile)",
    ],
    waivable: Waivable::Never(
        "The upgrade reads the ISO again after the restart: without a whole one the node stays half upgraded.",
    ),
    procedure: &["7.3-6"],
    judge,
};

fn judge(inputs: &RuleInputs<'_>) -> Vec<Finding> {
    let folder = &inputs.profile.places.iso_folder;
    match inputs.subjects().map(|subjects| &subjects.media.isos) {
        Ok(Probed::Known(isos)) => present(inputs, isos),
        Ok(Probed::Absent) => {
            vec![none(inputs)]
        }
        Ok(Probed::Unreadable(why)) => {
            let message = format!("cannot determine whether an upgrade ISO is there: {why}");
            vec![inputs.finding(Verdict::Unknown, folder, message)]
        }
        Err(finding) => vec![*finding],
    }
}

fn present(inputs: &RuleInputs<'_>, isos: &Isos) -> Vec<Finding> {
    let folder = &inputs.profile.places.iso_folder;
    let mut findings: Vec<Finding> = isos.here.iter().map(|iso| file(inputs, iso)).collect();
    if isos.here.iter().filter(|iso| iso.is_named_so).count() > 1 {
        let remedy = "keep the one of the release that the node is upgraded to";
        findings.push(inputs.finding(Verdict::Warn, folder, "more than one upgrade ISO is there").remedy(remedy));
    }
    findings.extend(isos.misplaced.iter().map(|path| {
        let remedy = format!("move it to {folder}, or remove it where it is there already");
        inputs.finding(Verdict::Warn, path, "an upgrade ISO outside its folder").remedy(remedy)
    }));
    findings.extend(isos.not_looked_at.iter().map(|why| {
        let message = format!("cannot determine whether an upgrade ISO lies there: {why}");
        inputs.finding(Verdict::Unknown, folder, message).remedy("Run as root.")
    }));
    if findings.is_empty() || has_nothing_to_compare(inputs) {
        findings.push(none(inputs));
    }
    findings
}

fn has_nothing_to_compare(inputs: &RuleInputs<'_>) -> bool {
    inputs.subjects().is_ok_and(|subjects| subjects.media.has_nothing_to_compare)
}

fn none(inputs: &RuleInputs<'_>) -> Finding {
    let folder = &inputs.profile.places.iso_folder;
    match has_nothing_to_compare(inputs) {
        true => inputs
            .finding(Verdict::Warn, folder, "no upgrade ISO is there yet: nothing was compared with --sha256")
            .remedy("Run: okv-host stage ISO --sha256 HEX"),
        false => inputs.finding(Verdict::Note, folder, "no upgrade ISO is there yet"),
    }
}

fn file(inputs: &RuleInputs<'_>, iso: &IsoFile) -> Finding {
    // What is no upgrade ISO is not ours to remove.
    let again = || match iso.is_named_so {
        true => Remedy::words("Remove it: ")
            .run_on("rm", &iso.path)
            .then(". Then run: ")
            .run("okv-host stage ISO --sha256 HEX"),
        false => Remedy::words("copy it again, and compare checksums"),
    };
    // Another ISO than that of an upgrade is nobody's business here.
    let bad = if iso.is_named_so { Verdict::Block } else { Verdict::Note };
    let volume = match &iso.volume {
        Probed::Known(volume) => volume,
        Probed::Absent => {
            return inputs
                .finding(bad, &iso.path, "there is no ISO 9660 volume in it")
                .measured(Bytes(iso.bytes).to_string())
                .figures(Figures::of_bytes(iso.bytes))
                .remedy(again());
        }
        Probed::Unreadable(why) => {
            return inputs.finding(Verdict::Unknown, &iso.path, format!("it could not be read: {why}"));
        }
    };
    let label = volume.label.as_deref().unwrap_or_default();
    let measured = format!("\"{label}\": {} in the file, {} in the volume", Bytes(iso.bytes), Bytes(volume.bytes));
    let finding = if !iso.is_whole() {
        let missing = Bytes(volume.bytes.saturating_sub(iso.bytes));
        inputs.finding(bad, &iso.path, format!("it is cut off: {missing} are missing")).remedy(again())
    } else if let Some(problem) = &volume.problem {
        inputs
            .finding(Verdict::Warn, &iso.path, format!("its volume is not sound: {problem}"))
            .remedy("Compare its SHA-256 with the published one.")
    } else if let Some(found) = iso.checksum.as_ref().and_then(|checksum| sum(inputs, iso, checksum)) {
        found
    } else if let Some(release) = iso.is_of_another(&inputs.profile.release).filter(|_| iso.is_named_so) {
        let message = format!("by its name it brings release {release}, not {}", inputs.profile.release);
        let remedy =
            "keep only the one of the release that the node is upgraded to, or judge by the profile of that release";
        inputs.finding(Verdict::Warn, &iso.path, message).remedy(remedy)
    } else if !iso.is_named_so {
        inputs.finding(Verdict::Note, &iso.path, "a whole ISO, whose name is not that of an upgrade")
    } else {
        inputs.finding(Verdict::Pass, &iso.path, "whole")
    };
    let finding = finding.figures(Figures::at_least(iso.bytes, volume.bytes));
    let sum = iso.checksum.as_ref().and_then(|checksum| checksum.found.known());
    finding.measured(sum.map_or_else(|| measured.clone(), |sum| format!("{measured}; SHA-256 {sum}")))
}

fn sum(inputs: &RuleInputs<'_>, iso: &IsoFile, checksum: &Checksum) -> Option<Finding> {
    match &checksum.found {
        Probed::Known(found) if *found == checksum.wanted => None,
        Probed::Known(_) => Some(
            inputs
                .finding(Verdict::Block, &iso.path, format!("it does not sum up to {}", checksum.wanted))
                .remedy("Copy it again, or compare the checksum that you were given."),
        ),
        Probed::Absent => Some(inputs.finding(Verdict::Unknown, &iso.path, "it was not summed up")),
        Probed::Unreadable(why) => {
            Some(inputs.finding(Verdict::Unknown, &iso.path, format!("it could not be summed up: {why}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use snapbox::str;

    use super::RULE;
    use crate::overlay::Host;
    use crate::subjects::rule::tests::assert_found;

    #[test]
    fn a_whole_iso_in_its_folder_passes() {
        assert_found(
            &RULE,
            &Host::named("procedure-staged"),
            str![[r#"
pass /var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso
  message: whole
  measured: "OKV_UPGRADE": 376832 B (368.00 KiB) in the file, 376832 B (368.00 KiB) in the volume

"#]],
        );
    }

    #[test]
    fn an_iso_that_is_cut_off_blocks_and_one_elsewhere_is_a_warning() {
        assert_found(
            &RULE,
            &Host::named("procedure-wrong"),
            str![[r#"
block /var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso
  message: it is cut off: 200704 B (196.00 KiB) are missing
  measured: "OKV_UPGRADE": 176128 B (172.00 KiB) in the file, 376832 B (368.00 KiB) in the volume
  remedy: Remove it: rm /var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso. Then run: okv-host stage ISO --sha256 HEX
warn /root/okv-upgrade-disc-21.8.0.0.0.iso
  message: an upgrade ISO outside its folder
  remedy: move it to /var/lib/oracle, or remove it where it is there already

"#]],
        );
    }

    #[test]
    fn an_iso_that_is_not_there_yet_is_noted() {
        assert_found(
            &RULE,
            &Host::named("good-uefi"),
            str![[r#"
note /var/lib/oracle
  message: no upgrade ISO is there yet

"#]],
        );
    }
}
