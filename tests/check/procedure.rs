//! Rules on what the procedure touches besides disks: for each a host on both sides, and one that does not let us see.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::{Host, verdict_of};
use okv_host::base::digest::sum_of;
use okv_host::host::space::Space;
use okv_host::host::{Probed, Root};
use okv_host::profile::{Profile, Signs};
use okv_host::subjects::certificates::facts::certificate;
use okv_host::subjects::media::Isos;
use okv_host::subjects::rule::{Finding, Outcome, Verdict, outcome};
use okv_host::subjects::table::judge;
use okv_host::subjects::{Facts, of_host_at};

const ISO: &str = "var/lib/oracle/okv-upgrade-disc-21.8.0.0.0.iso";

fn profile() -> Profile {
    Profile::named(Profile::DEFAULT).unwrap()
}

/// The node on which all is ready, after `change` to its files, judged by `profile`.
fn changed_by(profile: &Profile, change: impl FnOnce(&Path)) -> Vec<Finding> {
    let host = Host::named("procedure-staged");
    change(host.path());
    judge(&of_host_at(&Root::fixture(host.path()).unwrap(), &profile.places), profile)
}

fn changed(change: impl FnOnce(&Path)) -> Vec<Finding> {
    changed_by(&profile(), change)
}

/// The node on which all is ready, after `change` to what it says of itself.
fn with_facts(profile: &Profile, change: impl FnOnce(&mut Facts)) -> Vec<Finding> {
    let mut facts = of_host_at(&Root::fixture(Host::named("procedure-staged").path()).unwrap(), &profile.places);
    change(&mut facts);
    judge(&facts, profile)
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// In the place of a file or folder there is something that cannot be read as one.
fn unreadable(dir: &Path, name: &str) {
    let path = dir.join(name);
    if path.is_dir() {
        fs::remove_dir_all(&path).unwrap();
        fs::write(path, "not a directory").unwrap();
    } else {
        fs::remove_file(&path).unwrap();
        fs::create_dir(path).unwrap();
    }
}

fn all(found: &[Finding], id: &str) -> Vec<Verdict> {
    found.iter().filter(|f| f.id == id).map(|f| f.verdict).collect()
}

#[test]
fn what_cannot_be_read_is_unknown_and_never_passes() {
    for (name, id) in [
        ("var/lib/oracle", "iso-present"),
        ("proc/self/mountinfo", "images-mount"),
        ("sys/block/loop0/loop/backing_file", "images-mount"),
        ("usr/local/okv/ssl", "ssl-jars"),
        ("etc/issue", "release"),
        ("etc/rsyslog.conf", "syslog-remote"),
        ("var/log/messages", "upgrade-log"),
        ("proc/self/stat", "session"),
    ] {
        let found = changed(|dir| unreadable(dir, name));
        assert_eq!(verdict_of(&found, id), Verdict::Unknown, "{name}");
        assert_eq!(outcome(&found), Outcome::Unknown, "{name}");
    }
}

#[test]
fn what_is_not_there_yet_does_not_make_a_good_node_a_bad_one() {
    for name in
        ["var/lib/oracle", "usr/local/okv/ssl", "etc/issue", "etc/rsyslog.conf", "var/log/messages", "proc/self/stat"]
    {
        let found = changed(|dir| {
            let path = dir.join(name);
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        });
        assert_eq!(outcome(&found), Outcome::Ready, "{name}");
    }
}

#[test]
fn an_iso_passes_when_it_is_whole_and_blocks_when_a_byte_is_missing() {
    let with = |bytes: &str| {
        changed(|dir| {
            let text = fs::read(dir.join(ISO)).unwrap();
            let at = text.windows(6).position(|w| w == b"376832").unwrap();
            write(dir, ISO, [&text[..at], bytes.as_bytes(), &text[at + 6..]].concat());
        })
    };
    assert_eq!(all(&with("376832"), "iso-present"), [Verdict::Pass]);
    assert_eq!(all(&with("376831"), "iso-present"), [Verdict::Block]);
    assert_eq!(all(&with("376833"), "iso-present"), [Verdict::Pass]);
    assert_eq!(all(&changed(|dir| write(dir, ISO, "no image")), "iso-present"), [Verdict::Block]);
    assert_eq!(all(&changed(|dir| write(dir, ISO, "")), "iso-present"), [Verdict::Block]);
}

#[test]
fn an_iso_of_another_sum_than_the_one_that_was_given_blocks_and_one_that_could_not_be_read_is_unknown() {
    let profile = profile();
    let host = Host::named("procedure-staged");
    let root = Root::fixture(host.path()).unwrap();
    let compared = |wanted: &str, damage: &dyn Fn(&mut Isos)| {
        with_facts(&profile, |facts| {
            let media = &mut facts.subjects.as_mut().unwrap().media;
            let Probed::Known(isos) = &mut media.isos else { panic!("no ISO") };
            damage(isos);
            media.compare(&root, wanted.parse().unwrap(), &mut |_, _| {});
        })
    };
    let text = fs::read(host.path().join(ISO)).unwrap();
    let sum = sum_of(&text[..], &mut |_| std::ops::ControlFlow::Continue(())).unwrap().unwrap().to_string();
    let right = compared(&sum, &|_| {});
    assert_eq!(all(&right, "iso-present"), [Verdict::Pass]);
    assert!(right.iter().any(|f| f.id == "iso-present" && f.measured.contains(&sum)));
    assert_eq!(all(&compared(&sum.replace(['0', '1', '2'], "f"), &|_| {}), "iso-present"), [Verdict::Block]);
    let gone = |isos: &mut Isos| isos.here.iter_mut().for_each(|iso| iso.path.push_str(".gone"));
    assert_eq!(all(&compared(&sum, &gone), "iso-present"), [Verdict::Unknown]);
    let none = |isos: &mut Isos| isos.here.clear();
    assert_eq!(all(&compared(&sum, &none), "iso-present"), [Verdict::Warn], "a sum that was compared with nothing");
}

#[test]
fn an_iso_elsewhere_or_by_another_name_or_twice_is_reported() {
    let copied_to = |name: &str| changed(|dir| write(dir, name, fs::read(dir.join(ISO)).unwrap()));
    let found = |name| all(&copied_to(name), "iso-present");
    assert_eq!(found("home/support/okv-upgrade-disc-21.8.iso"), [Verdict::Pass, Verdict::Warn]);
    assert_eq!(found("tmp/okv-upgrade-disc-21.8.iso"), [Verdict::Pass, Verdict::Warn]);
    assert_eq!(found("tmp/other.iso"), [Verdict::Pass]);
    assert_eq!(found("var/lib/oracle/other.iso"), [Verdict::Pass, Verdict::Note]);
    assert_eq!(found("var/lib/oracle/okv-upgrade-disc-21.7.iso"), [Verdict::Warn, Verdict::Pass, Verdict::Warn]);
    let linked = changed(|dir| {
        write(dir, "data/x.iso", fs::read(dir.join(ISO)).unwrap());
        fs::remove_file(dir.join(ISO)).unwrap();
        symlink("/data/x.iso", dir.join(ISO)).unwrap();
    });
    assert_eq!(all(&linked, "iso-present"), [Verdict::Warn], "a link to an ISO elsewhere is no ISO in the folder");
}

#[test]
fn room_for_the_iso_is_judged_by_the_figure_of_the_profile_and_a_part_of_it_is_free() {
    let mut with_figure = profile();
    with_figure.iso_bytes = Some(8_000);
    let judged = |profile: &Profile, available: u64, part: Option<u64>| {
        let found = with_facts(profile, |facts| {
            let subjects = facts.subjects.as_mut().unwrap();
            subjects.media.space = Probed::Known(Space { available });
            let Probed::Known(isos) = &mut subjects.media.isos else { panic!() };
            match part {
                Some(bytes) => isos.here[0].bytes = bytes,
                None => isos.here.clear(),
            }
        });
        verdict_of(&found, "iso-space")
    };
    assert_eq!(judged(&with_figure, 8_000, None), Verdict::Pass);
    assert_eq!(judged(&with_figure, 7_999, None), Verdict::Block);
    assert_eq!(judged(&with_figure, 5_000, Some(3_000)), Verdict::Pass, "its own part is no space that is used");
    assert_eq!(judged(&with_figure, 5_000, Some(2_999)), Verdict::Block);
    assert_eq!(judged(&with_figure, 0, Some(1 << 30)), Verdict::Pass, "it is there");
    assert_eq!(judged(&profile(), 7_999, None), Verdict::Confirm);
    let found = changed_by(&with_figure, |dir| fs::remove_file(dir.join(ISO)).unwrap());
    assert_eq!(
        verdict_of(&found, "iso-space"),
        Verdict::Unknown,
        "nobody can be asked for the free space of a directory"
    );
}

#[test]
fn only_the_iso_from_its_folder_may_be_mounted() {
    let mounted = |file: &str, options: &str, kind: &str, device: &str| {
        verdict_of(
            &changed(|dir| {
                write(dir, "sys/block/loop0/loop/backing_file", format!("{file}\n"));
                let mounts = fs::read_to_string(dir.join("proc/self/mountinfo")).unwrap();
                let mounts: String =
                    mounts.lines().filter(|l| !l.contains(" /images ")).map(|l| format!("{l}\n")).collect();
                let mount = format!("120 97 {device} / /images {options} - {kind} /dev/x {options}\n");
                write(dir, "proc/self/mountinfo", mounts + &mount);
            }),
            "images-mount",
        )
    };
    let iso = format!("/{ISO}");
    assert_eq!(mounted(&iso, "ro", "iso9660", "7:0"), Verdict::Pass);
    assert_eq!(mounted(&iso, "rw", "iso9660", "7:0"), Verdict::Warn);
    assert_eq!(mounted("/root/x.iso", "ro", "iso9660", "7:0"), Verdict::Block);
    assert_eq!(mounted(&format!("{iso} (deleted)"), "ro", "iso9660", "7:0"), Verdict::Block);
    assert_eq!(mounted(&iso, "ro", "iso9660", "11:0"), Verdict::Block, "a DVD");
    assert_eq!(mounted(&iso, "rw", "ext4", "253:4"), Verdict::Warn, "a volume of the node's own");
    let linked = changed(|dir| {
        fs::create_dir_all(dir.join("data")).unwrap();
        fs::rename(dir.join("var/lib/oracle"), dir.join("data/oracle")).unwrap();
        symlink("/data/oracle", dir.join("var/lib/oracle")).unwrap();
        write(dir, "sys/block/loop0/loop/backing_file", "/data/oracle/okv-upgrade-disc-21.8.0.0.0.iso\n");
    });
    assert_eq!(verdict_of(&linked, "images-mount"), Verdict::Pass, "its folder is a link");
    let free = changed(|dir| {
        let mounts = fs::read_to_string(dir.join("proc/self/mountinfo")).unwrap();
        write(dir, "proc/self/mountinfo", mounts.replace(" /images ", " /mnt "));
    });
    assert_eq!(verdict_of(&free, "images-mount"), Verdict::Pass);
}

#[test]
fn a_file_whose_name_is_no_text_does_not_hide_whether_an_iso_is_misplaced() {
    use std::os::unix::ffi::OsStrExt;
    let found = changed(|dir| {
        fs::create_dir(dir.join("tmp")).unwrap();
        fs::write(dir.join("tmp").join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
    });
    assert_eq!(all(&found, "iso-present"), [Verdict::Pass]);
}

#[test]
fn jars_are_counted_and_links_and_other_files_are_not() {
    let found = changed(|dir| {
        write(dir, "usr/local/okv/ssl/a.jar", [0; 1000]);
        write(dir, "usr/local/okv/ssl/b.JAR", [0; 24]);
        write(dir, "usr/local/okv/ssl/c.jar.pem", [0; 9000]);
        write(dir, "elsewhere.jar", [0; 9000]);
        symlink("/elsewhere.jar", dir.join("usr/local/okv/ssl/d.jar")).unwrap();
    });
    let jars = found.iter().find(|f| f.id == "ssl-jars").unwrap();
    assert_eq!((jars.verdict, jars.message.as_str()), (Verdict::Note, "without them, 1024 B (1.00 KiB) more are free"));
    assert!(jars.measured.contains("2 jars") && !jars.measured.contains("c.jar"), "{jars:?}");
}

#[test]
fn a_release_is_judged_against_both_ends() {
    let release = |text: &str| verdict_of(&changed(|dir| write(dir, "etc/issue", text)), "release");
    assert_eq!(release("Oracle Key Vault Server 21.1.0.0.0\n"), Verdict::Pass);
    assert_eq!(release("Oracle Key Vault Server 18.9.0.0.0\n"), Verdict::Block);
    assert_eq!(release("Oracle Key Vault Server 21.8.0.0.1\n"), Verdict::Note);
    assert_eq!(release("Oracle Key Vault Server 21.10.0.0.0\n"), Verdict::Block);
    assert_eq!(release("\\S\nKernel \\r on an \\m\n"), Verdict::Confirm);
    let two = changed(|dir| write(dir, "etc/motd", "Oracle Key Vault 21.5\n"));
    assert_eq!(verdict_of(&two, "release"), Verdict::Unknown, "two files disagree");
}

#[test]
fn the_way_to_remove_a_diagnostics_package_depends_on_the_release() {
    let remedy = |release: &str| {
        let found = changed(|dir| write(dir, "etc/issue", format!("Oracle Key Vault Server {release}\n")));
        found.into_iter().find(|f| f.id == "diagnostics-package").unwrap().remedy
    };
    assert!(remedy("21.6.0.0.0").contains("Clear") && !remedy("21.6.0.0.0").contains("--clean"));
    assert!(remedy("21.5.0.0.0").contains("--clean") && !remedy("21.5.0.0.0").contains("Clear"));
    assert!(remedy("unknown").contains("--clean") && remedy("unknown").contains("Clear"));
}

#[test]
fn signs_that_a_profile_names_are_found_as_files_and_as_processes() {
    let mut named = profile();
    let signs = || Signs { paths: vec!["/opt/made-up/*.lock".into()], processes: vec!["made-up-*".into()] };
    let places = &mut named.places;
    (places.backup_jobs, places.hsm, places.audit_vault_agent, places.diagnostics_package) =
        (signs(), signs(), signs(), signs());
    const IDS: [(&str, Verdict, Verdict); 4] = [
        ("backup-jobs", Verdict::Block, Verdict::Warn),
        ("audit-vault-agent", Verdict::Warn, Verdict::Warn),
        ("diagnostics-package", Verdict::Warn, Verdict::Warn),
        ("hsm", Verdict::Note, Verdict::Note),
    ];
    let nothing = changed_by(&named, |_| {});
    let path = changed_by(&named, |dir| write(dir, "opt/made-up/x.lock", ""));
    let process = changed_by(&named, |dir| {
        write(dir, "proc/900/stat", "900 (perl) S 1 900 900 0 -1\n");
        write(dir, "proc/900/cmdline", "perl\0/opt/bin/made-up-job\0");
    });
    let hidden = changed_by(&named, |dir| write(dir, "opt/made-up", "not a directory"));
    for (id, of_process, of_path) in IDS {
        assert_eq!(all(&nothing, id), [Verdict::Confirm], "{id}: that nothing was seen is no proof");
        assert_eq!(all(&process, id), [of_process], "{id}");
        assert_eq!(all(&path, id), [of_path], "{id}");
        assert_eq!(all(&hidden, id), [Verdict::Confirm], "{id}");
    }
    let looped = changed_by(&named, |dir| {
        symlink("/opt/made-up", dir.join("opt/made-up"))
            .or_else(|_| {
                fs::create_dir_all(dir.join("opt"))?;
                symlink("/opt/made-up", dir.join("opt/made-up"))
            })
            .unwrap()
    });
    for (id, _, _) in IDS {
        assert_eq!(all(&looped, id), [Verdict::Unknown], "{id}");
    }
}

#[test]
fn the_log_is_read_for_errors_of_an_upgrade_and_of_nothing_else() {
    let log = |text: &str| verdict_of(&changed(|dir| write(dir, "var/log/messages", text)), "upgrade-log");
    assert_eq!(log("okv1 kernel: ata1: error\nokv1 upgrade.rb: done\n"), Verdict::Pass);
    assert_eq!(log("okv1 upgrade.rb: FAILED to install\n"), Verdict::Warn);
    assert_eq!(log("okv1 Upgrade: Fatal\n"), Verdict::Warn);
    assert_eq!(log(""), Verdict::Pass);
    let line = format!("{}\n", "x".repeat(1023));
    let long = format!("upgrade error in its cut first line\n{}", line.repeat(16 << 10));
    assert_eq!(log(&long), Verdict::Pass, "only the last 16 MiB are read");
    let end = format!("{}upgrade error", line.repeat(16 << 10));
    assert_eq!(log(&end), Verdict::Warn);
}

#[test]
fn the_nearest_process_of_a_known_name_decides_what_the_session_is() {
    let session = |names: &[&str]| {
        verdict_of(
            &changed(|dir| {
                let last = names.len() - 1;
                for (at, name) in names.iter().enumerate() {
                    let parent = if at == last { 0 } else { 1000 + at + 1 };
                    let stat = format!("{} ({name}) S {parent} 1 1 0 -1\n", 1000 + at);
                    write(dir, &format!("proc/{}/stat", 1000 + at), &stat);
                }
                write(dir, "proc/self/stat", "999 (okv-host) R 1000 1 1 0 -1\n");
            }),
            "session",
        )
    };
    assert_eq!(session(&["bash", "tmux: server", "systemd"]), Verdict::Pass);
    assert_eq!(session(&["bash", "screen", "systemd"]), Verdict::Pass);
    assert_eq!(session(&["bash", "su", "bash", "sshd", "sshd", "systemd"]), Verdict::Warn);
    assert_eq!(
        session(&["ssh", "bash", "sshd-session", "tmux: server"]),
        Verdict::Warn,
        "SSH from within a multiplexer"
    );
    assert_eq!(session(&["bash", "login", "systemd"]), Verdict::Pass);
    assert_eq!(session(&["bash", "crond", "systemd"]), Verdict::Note);
    assert_eq!(session(&["a"; 70]), Verdict::Unknown, "a chain without an end");
}

#[test]
fn targets_of_syslog_pass_where_they_answer_and_warn_where_they_do_not() {
    let udp = "*.* @192.0.2.1\n";
    let tcp = "*.* @@192.0.2.1\n";
    let judged = |text: &str, reached: Probed<String>| {
        let host = Host::named("procedure-staged");
        write(host.path(), "etc/rsyslog.conf", text);
        let mut facts = of_host_at(&Root::fixture(host.path()).unwrap(), &profile().places);
        let Probed::Known(syslog) = &mut facts.subjects.as_mut().unwrap().preflight.syslog else { panic!() };
        syslog.targets.iter_mut().for_each(|target| target.reached = reached.clone());
        verdict_of(&judge(&facts, &profile()), "syslog-remote")
    };
    assert_eq!(judged("*.* /var/log/messages\n", Probed::Absent), Verdict::Pass);
    assert_eq!(judged(tcp, Probed::Known("192.0.2.1:514".into())), Verdict::Pass);
    assert_eq!(judged(tcp, Probed::Unreadable("refused".into())), Verdict::Warn);
    assert_eq!(judged(tcp, Probed::Absent), Verdict::Confirm);
    assert_eq!(judged(udp, Probed::Known("x".into())), Verdict::Confirm, "UDP cannot be proved");
    assert_eq!(judged("*.* @@`echo x`\n", Probed::Absent), Verdict::Unknown);
}

#[test]
fn a_certificate_blocks_when_it_expired_and_warns_before() {
    const DAY: u64 = 86_400;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/certificates/server.pem");
    let certificate = certificate::of_file(&file).unwrap();
    let Probed::Known(known) = &certificate else { panic!("{certificate:?}") };
    let (first, last) = (known.not_before, known.not_after);
    let at = |now: u64| {
        let found = with_facts(&profile(), |facts| {
            let subjects = facts.subjects.as_mut().unwrap();
            (subjects.certificates.server, facts.node.now) = (Some(certificate.clone()), now);
        });
        verdict_of(&found, "server-certificate")
    };
    assert_eq!(at(first - 1), Verdict::Block);
    assert_eq!(at(first), Verdict::Pass);
    assert_eq!(at(last - 61 * DAY), Verdict::Pass);
    assert_eq!(at(last - 61 * DAY + 1), Verdict::Warn);
    assert_eq!(at(last), Verdict::Warn);
    assert_eq!(at(last + 1), Verdict::Block);
    let mut named = profile();
    named.places.server_certificate = Some("/etc/made-up/server.pem".into());
    let judged = |change: &dyn Fn(&Path)| verdict_of(&changed_by(&named, change), "server-certificate");
    assert_eq!(judged(&|_| {}), Verdict::Unknown, "a file that a profile names is not there");
    assert_eq!(judged(&|dir| write(dir, "etc/made-up/server.pem", "no certificate")), Verdict::Unknown);
}
