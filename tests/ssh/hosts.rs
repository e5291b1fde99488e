//! Every host: what is planned or refused, and what `check` says.

use crate::gather;
use crate::ssh_hosts::{host, hosts};
use okv_host::engine::Action;
use okv_host::engine::{Plan, Refusal};
use okv_host::host::{Probed, Root};
use okv_host::profile::Profile;
use okv_host::subjects::of_host;
use okv_host::subjects::rule::Verdict;
use okv_host::subjects::ssh_keys::Effective;
use okv_host::subjects::ssh_keys::plan::{Request, plan};
use okv_host::subjects::table::judge;

use Expected::{Refused, Renames};
use Verdict::{Pass, Unknown, Warn};

/// What is expected of a host.
enum Expected {
    /// The names in /etc/ssh that get `.retire`, in order.
    Renames(&'static [&'static str]),
    /// The ids of the reasons.
    Refused(&'static [&'static str]),
}

const BOTH: Expected = Renames(&["ssh_host_dsa_key", "ssh_host_dsa_key.pub"]);
const NONE: Expected = Renames(&[]);

/// Host, plan, verdicts of `ssh-dsa-key`, verdict of `ssh-host-keys`.
const CASES: &[(&str, Expected, &[Verdict], Verdict)] = &[
    ("normal", BOTH, &[Warn], Pass),
    ("nothing-to-do", NONE, &[Pass], Pass),
    ("already-retired", NONE, &[Pass], Pass),
    ("dsa-only", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("other-name", Renames(&["old_host_key", "old_host_key.pub"]), &[Warn], Pass),
    ("pkcs8", BOTH, &[Warn], Pass),
    ("named-in-config", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("named-in-include", Refused(&["named-by-configuration"]), &[Warn], Pass),
    (
        "named-through-link",
        Refused(&["key-is-a-link", "key-is-a-link", "named-by-configuration"]),
        &[Warn, Warn, Warn],
        Pass,
    ),
    ("named-in-options", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("other-configuration", Refused(&["other-configuration"]), &[Warn], Pass),
    ("host-key-in-match", Refused(&["configuration-refused"]), &[Warn], Warn),
    ("circular-include", Refused(&["configuration-unknown"]), &[Warn], Unknown),
    ("no-configuration", Refused(&["configuration-unknown"]), &[Warn], Unknown),
    ("rsa-elsewhere", BOTH, &[Warn], Pass),
    ("rsa-not-loaded", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("algorithms-leave-rsa-out", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("algorithms-add", BOTH, &[Warn], Pass),
    ("retire-same", Refused(&["retire-exists", "retire-exists"]), &[Warn], Pass),
    ("retire-other", Refused(&["retire-exists"]), &[Warn], Pass),
    ("retire-is-a-link", Refused(&["retire-exists"]), &[Warn], Pass),
    ("pub-only", Renames(&["ssh_host_dsa_key.pub"]), &[Warn], Pass),
    ("private-only", Renames(&["ssh_host_dsa_key"]), &[Warn], Pass),
    ("half-retired", Renames(&["ssh_host_dsa_key.pub"]), &[Warn], Pass),
    ("half-retired-by-hand", Renames(&["ssh_host_dsa_key"]), &[Warn], Pass),
    ("half-retired-other-name", Renames(&["old.pub"]), &[Warn], Pass),
    ("halves-of-two-keys", BOTH, &[Warn], Pass),
    ("symlinked", Refused(&["key-is-a-link"]), &[Warn, Warn], Pass),
    ("read-only", Refused(&["read-only"]), &[Warn], Pass),
    ("newline", Renames(&["old\nkey", "old\nkey.pub"]), &[Warn], Pass),
    ("no-text", Refused(&["name-is-no-text"]), &[Warn], Pass),
    ("empty", Refused(&["dsa-key-unknown"]), &[Unknown], Pass),
    ("damaged", Refused(&["dsa-key-unknown"]), &[Unknown], Pass),
    ("directory", Refused(&["dsa-key-unknown"]), &[Unknown], Pass),
    ("encrypted-dsa", BOTH, &[Warn], Pass),
    ("encrypted-pem", Refused(&["dsa-key-unknown"]), &[Warn, Unknown], Pass),
    ("encrypted-pem-elsewhere", NONE, &[Unknown], Pass),
    ("encrypted-rsa", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("open-rsa", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("not-roots-rsa", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("group-ssh-keys", Renames(&["ssh_host_dsa_key"]), &[Warn], Pass),
    ("other-group", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("rsa-public-only", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("fips-ed25519", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("fips-rsa-1024", Refused(&["no-other-host-key"]), &[Warn], Warn),
    ("rsa-as-dsa", Refused(&["not-what-its-name-says", "not-what-its-name-says"]), &[Warn, Warn], Pass),
    ("dsa-as-rsa", Refused(&["not-what-its-name-says", "not-what-its-name-says"]), &[Warn], Pass),
    ("private-as-public", Refused(&["not-what-its-name-says"]), &[Warn], Pass),
    ("authority", NONE, &[Warn, Warn], Pass),
    ("made-again", NONE, &[Warn, Warn, Warn], Pass),
    ("made-again-no-more", NONE, &[Pass], Pass),
    ("revoked-keys", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("revoked-host-key", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("authority-of-users", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("host-certificate", Refused(&["named-by-configuration"]), &[Warn, Warn], Pass),
    ("host-certificate-elsewhere", Refused(&["named-by-configuration"]), &[Warn, Warn], Pass),
    ("unnamed-certificate", BOTH, &[Warn, Warn], Pass),
    ("keys-of-users", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("client-identity", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("named-in-a-command", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("named-in-options-for-else", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("named-through-a-folder", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("old-keyword", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("relative-host-key", Refused(&["named-by-configuration"]), &[Warn], Pass),
    ("names-others", Renames(&["bad", "bad.pub"]), &[Warn], Pass),
    ("rsa-of-too-few-bits", Refused(&["no-other-host-key"]), &[Warn], Warn),
];

fn planned(name: &str, reload: bool) -> Result<Plan, Refusal> {
    plan(&gather(host(name).path()), &Request { reload })
}

fn renames(plan: &Plan) -> Vec<&str> {
    let rename = |action: &Action| matches!(action, Action::Rename { .. });
    let renames = plan.steps.iter().map(|step| &step.action).filter(|action| rename(action));
    renames
        .map(|action| {
            let Action::Rename { from, to, .. } = action else { unreachable!() };
            assert_eq!(*to, format!("{from}.retire"));
            from.strip_prefix("/etc/ssh/").unwrap()
        })
        .collect()
}

#[test]
fn every_host_gets_the_plan_or_the_refusal_that_it_was_made_for() {
    for (name, expected, ..) in CASES {
        match (planned(name, false), expected) {
            (Ok(plan), Renames(names)) => {
                assert_eq!(renames(&plan), *names, "{name}");
                let runs = plan.steps.len() - names.len();
                assert_eq!(runs, if names.is_empty() { 0 } else { 2 }, "{name}: sshd -t before and after");
            }
            (Err(refusal), Refused(ids)) => {
                let seen: Vec<_> = refusal.reasons.iter().map(|reason| reason.id).collect();
                assert_eq!(seen, *ids, "{name}: {refusal:#?}");
                assert!(refusal.reasons.iter().all(|r| !r.message.is_empty() && !r.remedy.is_empty()), "{name}");
            }
            (Ok(plan), Refused(_)) => panic!("{name}: {plan:#?}"),
            (Err(refusal), Renames(_)) => panic!("{name}: {refusal:#?}"),
        }
    }
}

#[test]
fn every_host_gets_the_verdicts_that_it_was_made_for() {
    let profile = Profile::named(Profile::DEFAULT).unwrap();
    for (name, _, dsa, keys) in CASES {
        let host = host(name);
        let found = judge(&of_host(&Root::fixture(host.path()).unwrap()), &profile);
        let of = |id| found.iter().filter(|f| f.id == id).map(|f| f.verdict).collect::<Vec<_>>();
        let ssh: Vec<_> = found.iter().filter(|f| f.id.as_str().starts_with("ssh-")).collect();
        assert_eq!(of("ssh-dsa-key"), *dsa, "{name}: {ssh:#?}");
        assert_eq!(of("ssh-host-keys"), [*keys], "{name}: {ssh:#?}");
    }
}

#[test]
fn every_host_of_the_list_is_here() {
    let hosts: Vec<&str> = hosts().map(|(name, _)| *name).collect();
    let cases: Vec<&str> = CASES.iter().map(|case| case.0).collect();
    assert_eq!(hosts, cases);
}

#[test]
fn a_refusal_names_file_and_line_and_the_path_that_is_meant() {
    for (name, part) in [
        (
            "named-in-include",
            "/etc/ssh/more.conf line 3 (HOSTKEY /etc/ssh/./ssh_host_dsa_key) names /etc/ssh/ssh_host_dsa_key",
        ),
        ("named-in-config", "/etc/ssh/sshd_config line 2"),
        ("named-in-options", "/etc/sysconfig/sshd line 2"),
        ("host-key-in-match", "/etc/ssh/sshd_config line 2 is a HostKey within a Match block"),
        ("read-only", "lies on /etc, which"),
        ("symlinked", "/etc/ssh/ssh_host_dsa_key is a symbolic link to real"),
        ("no-text", "/etc/ssh/old\\xffkey"),
        ("retire-same", "same content"),
        ("retire-other", "holds another key"),
        ("open-rsa", "ssh_host_rsa_key: others than root may use it: its mode is 0640"),
        ("not-roots-rsa", "belongs to user 1000"),
        ("fips-ed25519", "FIPS"),
        ("algorithms-leave-rsa-out", "/etc/ssh/sshd_config line 1 (HostKeyAlgorithms)"),
        ("empty", "it is empty"),
        ("revoked-keys", "/etc/ssh/sshd_config line 2 (RevokedKeys /etc/ssh/bad.pub) names /etc/ssh/bad.pub"),
        ("revoked-host-key", "line 1 (revokedkeys /etc/ssh/ssh_host_dsa_key.pub)"),
        ("authority-of-users", "line 2 (TrustedUserCAKeys /etc/ssh/bad.pub)"),
        ("host-certificate", "line 1 (HostCertificate /etc/ssh/ssh_host_dsa_key-cert.pub)"),
        ("host-certificate-elsewhere", "line 1 (HostCertificate /etc/pki/dsa-cert.pub) names /etc/pki/dsa-cert.pub"),
        ("keys-of-users", "line 1 (AuthorizedKeysFile /etc/ssh/%u.pub) may name /etc/ssh/bad.pub"),
        ("client-identity", "/etc/ssh/ssh_config.d/1.conf line 2 (IdentityFile /etc/ssh/bad)"),
        ("named-in-a-command", "line 1 (AuthorizedKeysCommand --file=/etc/ssh/bad.pub)"),
        ("named-in-options-for-else", "/etc/default/ssh line 1 (SSHD_OPTS RevokedKeys=/etc/ssh/bad.pub)"),
        ("named-through-a-folder", "line 1 (RevokedKeys /etc/keys/bad.pub) names /etc/ssh/bad.pub"),
        ("old-keyword", "line 2 (HostDSAKey /etc/ssh/ssh_host_dsa_key)"),
        ("relative-host-key", "line 2 (HostKey ssh_host_dsa_key) names /etc/ssh/ssh_host_dsa_key"),
        ("rsa-of-too-few-bits", "/etc/ssh/sshd_config line 1 (RequiredRSASize) asks for an RSA key of more bits"),
        ("rsa-as-dsa", "ssh_host_dsa_key holds a key of type RSA"),
    ] {
        let refusal = planned(name, false).unwrap_err();
        assert!(refusal.reasons.iter().any(|reason| reason.message.contains(part)), "{name}: {refusal:#?}");
    }
}

#[test]
fn sshd_is_asked_before_and_after_and_reloaded_last_and_only_where_that_was_asked() {
    let argv = |plan: &Plan| -> Vec<String> {
        let run = |action: &Action| match action {
            Action::Run(run) => run.command.to_string(),
            _ => "rename".into(),
        };
        plan.steps.iter().map(|step| run(&step.action)).collect()
    };
    let without = ["/usr/sbin/sshd -t", "rename", "rename", "/usr/sbin/sshd -t"];
    assert_eq!(argv(&planned("normal", false).unwrap()), without);
    let with = argv(&planned("normal", true).unwrap());
    assert_eq!((&with[..4], with[4].as_str()), (&without.map(String::from)[..], "/usr/bin/systemctl reload sshd"));
    assert_eq!(planned("other-name", true).unwrap_err().reasons[0].id, "unit-unknown");
    assert!(planned("nothing-to-do", true).unwrap().steps.is_empty());
}

#[test]
fn a_plan_notes_what_makes_the_key_again_and_what_stays() {
    let notes = |name| planned(name, false).unwrap().notes.join("\n");
    assert!(notes("normal").contains("may keep the key in memory"));
    assert!(notes("half-retired").contains("this finishes it"));
    assert!(notes("halves-of-two-keys").contains("halves of different keys"));
    assert!(notes("authority").contains("/etc/ssh/user_ca.pub is a DSA public key of no host key"));
    assert!(
        notes("unnamed-certificate").contains("-cert.pub is a certificate of a DSA key that no line names, and stays")
    );
    assert!(notes("encrypted-pem-elsewhere").contains("/etc/ssh/old stays"));
    let again = notes("made-again");
    for part in [
        "/etc/sysconfig/sshd line 2 AUTOCREATE_SERVER_KEYS is \"RSA DSA\"",
        "/etc/systemd/system/first-start.service line 2 runs ssh-keygen -A",
        "sshd-keygen.target.wants/sshd-keygen@dsa.service asks for",
    ] {
        assert!(again.contains(part), "{again}");
    }
    assert_eq!(notes("made-again-no-more"), "");
}

#[test]
fn what_is_renamed_is_named_by_inode_size_mode_and_content() {
    use std::os::unix::fs::MetadataExt;
    let host = host("group-ssh-keys");
    let plan = plan(&gather(host.path()), &Request { reload: false }).unwrap();
    let Action::Rename { file, from, .. } = &plan.steps[1].action else { panic!("{plan:#?}") };
    let meta = std::fs::metadata(host.path().join(from.trim_start_matches('/'))).unwrap();
    assert_eq!((file.inode, file.bytes, file.mode), (meta.ino(), meta.len(), 0o640));
    let content = std::fs::read(host.path().join(from.trim_start_matches('/'))).unwrap();
    assert_eq!(file.sha256, Some(okv_host::base::digest::sum(&content)));
}

#[test]
fn the_output_of_sshd_counts_before_its_configuration_files() {
    let host = host("normal");
    let root = Root::fixture(host.path()).unwrap();
    let mut ssh = gather(host.path());
    let says = |host_keys: Vec<String>| Probed::Known(Effective { host_keys, others: vec![] });
    let paths = |names: &[&str]| says(names.iter().map(|n| format!("/etc/ssh/ssh_host_{n}_key")).collect());
    let ids = |ssh: &_| plan(ssh, &Request { reload: false }).map_err(|refusal| refusal.reasons[0].id).map(|_| ());

    // Without HostKey lines sshd 7.4 names ssh_host_dsa_key by default: it need not be there.
    ssh.learn_effective(&root, paths(&["rsa", "dsa", "ecdsa", "ed25519"]));
    assert_eq!(ids(&ssh), Ok(()));
    ssh.learn_effective(&root, paths(&["dsa"]));
    assert_eq!(ids(&ssh), Err("no-other-host-key"));
    ssh.learn_effective(&root, Probed::Unreadable("bad line".into()));
    assert_eq!(ids(&ssh), Err("configuration-refused"));

    let host = crate::ssh_hosts::host("rsa-elsewhere");
    let root = Root::fixture(host.path()).unwrap();
    let mut ssh = gather(host.path());
    ssh.learn_effective(&root, says(vec!["/var/keys/rsa".into(), "/etc/ssh/ssh_host_dsa_key".into()]));
    assert_eq!(ids(&ssh), Err("named-by-configuration"));
}

#[test]
fn the_output_of_sshd_on_revoked_keys_counts_where_no_line_was_read() {
    let host = host("names-others");
    let mut ssh = gather(host.path());
    let others = vec![
        ("authorizedkeysfile".to_owned(), ".ssh/authorized_keys .ssh/authorized_keys2".to_owned()),
        ("revokedkeys".to_owned(), "/etc/ssh/bad.pub".to_owned()),
    ];
    let effective = Effective { host_keys: vec!["/etc/ssh/ssh_host_rsa_key".into()], others };
    ssh.learn_effective(&Root::fixture(host.path()).unwrap(), Probed::Known(effective));
    let refusal = plan(&ssh, &Request { reload: false }).unwrap_err();
    let seen: Vec<_> = refusal.reasons.iter().map(|reason| (reason.id, reason.message.as_str())).collect();
    let message = "sshd -T (revokedkeys /etc/ssh/bad.pub) names /etc/ssh/bad.pub, a file of a DSA key";
    assert_eq!(seen, [("named-by-configuration", message)]);
}

#[test]
fn the_size_of_an_rsa_key_that_sshd_reports_to_require_counts() {
    let host = host("normal");
    std::fs::remove_file(host.path().join("etc/ssh/ssh_host_ecdsa_key")).unwrap();
    std::fs::remove_file(host.path().join("etc/ssh/ssh_host_ed25519_key")).unwrap();
    let mut ssh = gather(host.path());
    for (bits, refused) in [("2048", None), ("2049", Some("no-other-host-key"))] {
        let others = vec![("requiredrsasize".to_owned(), bits.to_owned())];
        let effective = Effective { host_keys: vec!["/etc/ssh/ssh_host_rsa_key".into()], others };
        ssh.learn_effective(&Root::fixture(host.path()).unwrap(), Probed::Known(effective));
        assert_eq!(
            plan(&ssh, &Request { reload: false }).err().map(|refusal| refusal.reasons[0].id),
            refused,
            "{bits}"
        );
    }
}

#[test]
fn a_line_that_sshd_repeats_is_reported_once() {
    for (name, keyword, value) in [
        ("revoked-keys", "revokedkeys", "/etc/ssh/bad.pub"),
        ("host-certificate", "hostcertificate", "/etc/ssh/ssh_host_dsa_key-cert.pub"),
    ] {
        let host = host(name);
        let mut ssh = gather(host.path());
        let others = vec![(keyword.to_owned(), value.to_owned())];
        let effective = Effective { host_keys: vec!["/etc/ssh/ssh_host_rsa_key".into()], others };
        ssh.learn_effective(&Root::fixture(host.path()).unwrap(), Probed::Known(effective));
        assert_eq!(plan(&ssh, &Request { reload: false }).unwrap_err().reasons.len(), 1, "{name}");
    }
}

#[test]
fn after_the_renames_of_a_plan_nothing_is_left_to_do() {
    for (name, expected, ..) in CASES {
        let Renames(names) = expected else { continue };
        let host = host(name);
        // A power cut may come between any two of them.
        for done in 0..=names.len() {
            let plan = plan(&gather(host.path()), &Request { reload: false }).unwrap();
            assert_eq!(renames(&plan), names[done..], "{name} after {done}");
            if let Some(next) = names.get(done) {
                let path = host.path().join("etc/ssh").join(next);
                std::fs::rename(&path, format!("{}.retire", path.display())).unwrap();
            }
        }
    }
}
