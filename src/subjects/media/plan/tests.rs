use super::*;
use crate::base::digest::Summing;
use crate::engine::assert_roles_fit;
use crate::host::Probed;
use crate::host::space::Space;
use crate::profile::Places;
use crate::subjects::media::facts::iso::{IsoFile, Volume};

const ISO: &str = "okv-upgrade-disc-21.8.0.0.0.iso";
const GIB: u64 = 1 << 30;

fn sum(of: &str) -> Sha256 {
    let mut summing = Summing::default();
    summing.update(of.as_bytes());
    summing.finish()
}

/// A whole ISO of 4 GiB in /mnt, a node with room for it, and nothing done yet.
fn staging() -> Staging {
    let volume = Volume { label: Some("OKV".into()), bytes: 4 * GIB, problem: None };
    Staging {
        iso: IsoFile {
            path: format!("/mnt/{ISO}"),
            is_named_so: true,
            bytes: 4 * GIB,
            volume: Probed::Known(volume),
            checksum: None,
        },
        target: format!("/var/lib/oracle/{ISO}"),
        there: There::Nothing,
        part_bytes: 0,
        space: Probed::Known(Space { available: 5 * GIB }),
        mount_folder: Probed::Known("/images".into()),
    }
}

fn put_there() -> Staging {
    let mut staging = staging();
    staging.iso.path.clone_from(&staging.target);
    Staging { there: There::ItIs, ..staging }
}

fn means() -> Means {
    Means { cleaner: Some(Program::Yum), release: "21.8".into(), ..Means::default() }
}

fn sums() -> Sums {
    Sums { iso: Some(sum("iso")), there: None }
}

fn planned(staging: &Staging, request: &Request, means: &Means, sums: &Sums) -> Result<Plan, Refusal> {
    plan(staging, &Places::built_in(), request, means, sums).inspect(|plan| assert_roles_fit(&plan.steps))
}

fn steps(staging: &Staging, means: &Means) -> Vec<String> {
    let plan = planned(staging, &Request::default(), means, &sums()).unwrap();
    let shown = |step: &Step| match &step.action {
        Action::Copy(copy) => format!("copy {} {}", copy.from, copy.to),
        Action::Run(run) => run.command.to_string(),
        other => panic!("{other:?}"),
    };
    plan.steps.iter().map(shown).collect()
}

/// The only reason for which it is refused.
fn refused(staging: &Staging) -> &'static str {
    refused_with(staging, &means())
}

fn refused_with(staging: &Staging, means: &Means) -> &'static str {
    let refusal = planned(staging, &Request::default(), means, &sums()).unwrap_err();
    let [reason] = <[Reason; 1]>::try_from(refusal.reasons).unwrap();
    assert!(!reason.message.is_empty() && !reason.remedy.is_empty(), "{reason:?}");
    reason.id
}

#[test]
fn an_iso_is_copied_mounted_read_only_and_the_cache_of_its_repository_emptied() {
    assert_eq!(
        steps(&staging(), &means()),
        [
            format!("copy /mnt/{ISO} /var/lib/oracle/{ISO}"),
            format!("/usr/bin/mount -o loop,ro /var/lib/oracle/{ISO} /images"),
            "/usr/bin/yum -c /images/upgrade.repo clean all".to_owned(),
        ]
    );
}

#[test]
fn what_is_done_already_is_left_as_it_is() {
    let mount = format!("/usr/bin/mount -o loop,ro /var/lib/oracle/{ISO} /images");
    let clean = "/usr/bin/yum -c /images/upgrade.repo clean all".to_owned();
    assert_eq!(steps(&put_there(), &means()), [mount, clean.clone()]);
    let mounted = Means { mounted: Mounted::This { read_only: true }, ..means() };
    assert_eq!(steps(&put_there(), &mounted), [clean]);
    assert!(steps(&put_there(), &Means { is_cleaned: true, ..mounted }).is_empty());
    // After a restart it is mounted, and the cache emptied, again.
    assert_eq!(steps(&put_there(), &Means { is_cleaned: true, ..means() }).len(), 2);
}

#[test]
fn a_file_of_the_same_name_is_the_iso_only_where_it_sums_up_to_the_same() {
    let there = Staging { there: There::File(4 * GIB), ..staging() };
    assert_eq!(needs_sums(&there, &Request::default()), (true, true));
    let same = Sums { there: sums().iso, ..sums() };
    assert_eq!(planned(&there, &Request::default(), &means(), &same).unwrap().steps.len(), 2);
    let other = Sums { there: Some(sum("another")), ..sums() };
    let refusal = planned(&there, &Request::default(), &means(), &other).unwrap_err();
    assert_eq!(refusal.reasons[0].id, "name-taken");
    let cut = Staging { there: There::File(7), ..staging() };
    assert_eq!(needs_sums(&cut, &Request::default()), (false, false));
    assert_eq!(refused(&cut), "name-taken");
    assert_eq!(refused(&Staging { there: There::NoFile, ..staging() }), "name-taken");
}

#[test]
fn another_sum_than_the_one_that_was_given_is_refused() {
    let request = |of: &str| Request { sha256: Some(sum(of)) };
    assert!(planned(&staging(), &request("iso"), &means(), &sums()).is_ok());
    for staging in [staging(), put_there()] {
        assert!(needs_sums(&staging, &request("iso")).0);
        let refusal = planned(&staging, &request("another"), &means(), &sums()).unwrap_err();
        assert_eq!(refusal.reasons[0].id, "wrong-checksum");
    }
}

#[test]
fn an_iso_that_is_none_or_not_whole_is_refused() {
    let with = |change: &dyn Fn(&mut IsoFile)| {
        let mut staging = staging();
        change(&mut staging.iso);
        refused(&staging)
    };
    assert_eq!(with(&|iso| iso.volume = Probed::Absent), "no-iso");
    assert_eq!(with(&|iso| iso.volume = Probed::Unreadable("EIO".into())), "iso-unreadable");
    assert_eq!(with(&|iso| iso.bytes -= 2048), "iso-cut-off");
    assert_eq!(with(&|iso| iso.is_named_so = false), "iso-name");
    let damaged = |iso: &mut IsoFile| {
        let volume = Volume { label: None, bytes: GIB, problem: Some("two sizes".into()) };
        iso.volume = Probed::Known(volume);
    };
    assert_eq!(with(&damaged), "iso-damaged");
}

#[test]
fn the_copy_needs_room_for_itself_and_what_runs_meanwhile_and_its_own_part_counts() {
    let free = |available| Staging { space: Probed::Known(Space { available }), ..staging() };
    let needed = 4 * GIB + (512 << 20);
    assert_eq!(refused(&free(needed - 1)), "no-space");
    assert_eq!(steps(&free(needed), &means()).len(), 3);
    assert_eq!(steps(&Staging { part_bytes: GIB, ..free(needed - GIB) }, &means()).len(), 3);
    assert_eq!(refused(&Staging { space: Probed::Unreadable("EIO".into()), ..staging() }), "space-unknown");
    assert_eq!(steps(&Staging { space: Probed::Known(Space { available: 0 }), ..put_there() }, &means()).len(), 2);
}

#[test]
fn what_else_is_mounted_there_is_in_the_way() {
    let mounted = |mounted| refused_with(&put_there(), &Means { mounted, ..means() });
    assert_eq!(mounted(Mounted::Other("/mnt/another.iso".into())), "mount-taken");
    assert_eq!(mounted(Mounted::This { read_only: false }), "mounted-writable");
    assert_eq!(mounted(Mounted::NoFolder), "no-mount-point", "it was copied first, and then taken back");
    assert_eq!(
        mounted(Mounted::Linked("/srv".into())),
        "mount-point-linked",
        "the mount was not found, and left there"
    );
    assert_eq!(mounted(Mounted::Unknown("EIO".into())), "mount-unknown");
    let own = Means { mounted: Mounted::Own("/dev/mapper/vg_root-lv_images".into()), ..means() };
    assert_eq!(steps(&put_there(), &own).len(), 2, "the mount hides it");
}

#[test]
fn where_the_iso_is_mounted_is_a_folder_of_its_own_name() {
    let mut node = crate::host::sample::node();
    node.setup.as_mut().unwrap().mounts = Probed::Known(vec![]);
    let of = |mount_folder| Mounted::of(&Staging { mount_folder, ..staging() }, &Places::built_in(), &node);
    assert_eq!(of(Probed::Known("/images".into())), Ok(Mounted::Nothing));
    assert_eq!(of(Probed::Known("/srv/images".into())), Ok(Mounted::Linked("/srv/images".into())));
    assert_eq!(of(Probed::Absent), Ok(Mounted::NoFolder));
    assert_eq!(of(Probed::Unreadable("EIO".into())), Err("EIO".to_owned()));
}

#[test]
fn the_cache_is_clean_where_the_last_run_reached_the_same_target() {
    let run = |ending, target: &str| RecordedRun {
        began: 0,
        done_at: None,
        command: COMMAND.into(),
        target: target.into(),
        steps: vec![],
        standing: vec![],
        earlier: vec![],
        undo_failed: false,
        state: RunState::Ended(ending),
        resumes: false,
    };
    assert!(is_cleaned(Some(&run(Ending::Done, "x")), "x"));
    assert!(!is_cleaned(Some(&run(Ending::Done, "y")), "x"));
    assert!(!is_cleaned(Some(&run(Ending::Undone, "x")), "x") && !is_cleaned(None, "x"));
}

#[test]
fn what_blocks_an_upgrade_blocks_its_staging_and_every_reason_is_reported_at_once() {
    let blocked = Reason { id: "boot-size", message: "too small".into(), remedy: "replace the node".into() };
    let means = Means { blocked: vec![blocked], cleaner: None, ..means() };
    let refusal = planned(&staging(), &Request::default(), &means, &sums()).unwrap_err();
    assert_eq!(refusal.reasons.iter().map(|reason| reason.id).collect::<Vec<_>>(), ["boot-size", "manager-missing"]);
}

#[test]
fn an_iso_of_another_release_than_the_profile_is_refused() {
    let named = |name: &str| {
        let mut staging = staging();
        staging.iso.path = format!("/mnt/{name}");
        planned(&staging, &Request::default(), &means(), &sums()).map_err(|refusal| refusal.reasons[0].id)
    };
    for other in ["okv-upgrade-disc-21.7.0.0.0.iso", "okv-upgrade-disc-21.9.0.0.0.iso", "okv-upgrade-disc-21.80.iso"] {
        assert_eq!(named(other), Err("iso-release"), "{other}");
    }
    for fine in [ISO, "okv-upgrade-disc-21.8.0.0.1.iso", "okv-upgrade-disc-21.8.iso", "okv-upgrade-disc-new.iso"] {
        assert!(named(fine).is_ok(), "{fine}");
    }
}
