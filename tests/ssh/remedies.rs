//! What an operator is told to do: it must not end in another refusal, nor in the loss of a good key.

use crate::gather;
use crate::ssh_hosts::Entry::{self, Key, KeyOf, Pair, Text};
use crate::ssh_hosts::{DSA, NAMES_NONE, RSA, WRITABLE, host, made_of};
use okv_host::host::{Probed, Root};
use okv_host::profile::Profile;
use okv_host::subjects::of_host;
use okv_host::subjects::rule::Finding;
use okv_host::subjects::ssh_keys::plan::{Request, plan};
use okv_host::subjects::ssh_keys::{Content, Unknown};
use okv_host::subjects::table::judge;

fn findings(dir: &std::path::Path, id: &str) -> Vec<Finding> {
    let profile = Profile::named(Profile::DEFAULT).unwrap();
    let facts = of_host(&Root::fixture(dir).unwrap());
    judge(&facts, &profile).into_iter().filter(|finding| finding.id == id).collect()
}

/// The remedy of `no-other-host-key`; `ssh-host-keys` must say the same.
fn remedy(dir: &std::path::Path) -> String {
    let refusal = plan(&gather(dir), &Request { reload: false }).unwrap_err();
    let reason = refusal.reasons.into_iter().find(|reason| reason.id == "no-other-host-key").unwrap();
    let told = reason.remedy.strip_suffix("; then run again").unwrap().to_owned();
    assert_eq!(findings(dir, "ssh-host-keys")[0].remedy, told);
    told
}

#[test]
fn a_good_key_with_a_wrong_mode_or_owner_is_not_to_be_written_over() {
    assert_eq!(remedy(host("open-rsa").path()), "chmod 0600 /etc/ssh/ssh_host_rsa_key");
    assert_eq!(remedy(host("not-roots-rsa").path()), "chown root:root /etc/ssh/ssh_host_rsa_key");
    let both = made_of(&[NAMES_NONE, WRITABLE, DSA, KeyOf("ssh_host_rsa_key", "rsa", 0o644, 7, 7)]);
    let told = "chown root:root /etc/ssh/ssh_host_rsa_key && chmod 0600 /etc/ssh/ssh_host_rsa_key";
    assert_eq!(remedy(both.path()), told);
}

#[test]
fn where_host_key_algorithms_leaves_nothing_that_line_is_to_be_changed() {
    let told = remedy(host("algorithms-leave-rsa-out").path());
    assert!(told.contains("/etc/ssh/sshd_config line 1 (HostKeyAlgorithms)") && !told.contains("ssh-keygen"), "{told}");
    let none = made_of(&[Text("etc/ssh/sshd_config", "HostKeyAlgorithms ssh-dss\n"), WRITABLE, DSA]);
    let told = remedy(none.path());
    assert!(told.contains("line 1 (HostKeyAlgorithms)") && !told.contains("ssh-keygen"), "{told}");
}

#[test]
fn ssh_keygen_is_suggested_only_for_a_path_where_there_is_nothing() {
    let cases: &[(&[Entry], &str)] = &[
        (&[NAMES_NONE], "-t rsa -b 4096 -N '' -f /etc/ssh/ssh_host_rsa_key)"),
        (&[NAMES_NONE, Pair("ssh_host_rsa_key", "rsa-encrypted")], "-t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key)"),
        // ssh-keygen writes over a public half without a word.
        (&[NAMES_NONE, Key(b"ssh_host_rsa_key.pub", "rsa.pub", 0o644)], "-f /etc/ssh/ssh_host_ecdsa_key)"),
        (&[Text("etc/ssh/sshd_config", "HostKey /etc/ssh/mine\n"), RSA], "-t rsa -b 4096 -N '' -f /etc/ssh/mine)"),
        (&[Text("etc/ssh/sshd_config", "RequiredRSASize 8192\n")], "-t rsa -b 8192 "),
        (&[Text("etc/ssh/sshd_config", "RequiredRSASize 8192\n"), RSA], "-f /etc/ssh/ssh_host_ecdsa_key)"),
        (
            &[Text("etc/ssh/sshd_config", "HostKeyAlgorithms *ed25519\n")],
            "-t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key)",
        ),
    ];
    for (entries, part) in cases {
        let host = made_of(&[&[WRITABLE, DSA], *entries].concat());
        let told = remedy(host.path());
        assert!(told.contains(part), "{entries:?}: {told}");
    }
    let all = [
        NAMES_NONE,
        WRITABLE,
        DSA,
        Pair("ssh_host_rsa_key", "rsa-encrypted"),
        Text("etc/ssh/ssh_host_ecdsa_key", ""),
        Text("etc/ssh/ssh_host_ed25519_key", "x"),
    ];
    assert!(remedy(made_of(&all).path()).starts_with("every usual path of a host key is taken"));
}

#[test]
fn check_names_the_command_as_a_remedy_only_behind_what_it_would_refuse_for() {
    let told = |dir: &std::path::Path| findings(dir, "ssh-dsa-key").into_iter().map(|f| f.remedy).collect::<Vec<_>>();
    assert_eq!(told(host("normal").path()), ["okv-host ssh-dsa-retire"]);
    for (name, part) in [
        ("named-in-config", "/etc/ssh/sshd_config line 2 (HostKey /etc/ssh/ssh_host_dsa_key)"),
        ("revoked-keys", "/etc/ssh/sshd_config line 2 (RevokedKeys"),
        ("dsa-as-rsa", "give the file a name that fits"),
        ("private-as-public", "give the file a name that fits"),
        ("dsa-only", "ssh-keygen"),
        ("read-only", "remount,rw"),
    ] {
        let told = told(host(name).path());
        assert!(told[0].contains(part) && told[0].ends_with("; then okv-host ssh-dsa-retire"), "{name}: {told:#?}");
    }
    let swapped = made_of(&[
        NAMES_NONE,
        WRITABLE,
        RSA,
        Key(b"ssh_host_dsa_key", "dsa.pub", 0o600),
        Key(b"ssh_host_dsa_key.pub", "dsa", 0o600),
    ]);
    assert!(plan(&gather(swapped.path()), &Request { reload: false }).is_err());
    for remedy in told(swapped.path()) {
        assert!(remedy.contains("give the file a name that fits"), "{remedy}");
    }
}

#[test]
fn many_obstacles_are_reported_in_part() {
    let config = "RevokedKeys /etc/ssh/ssh_host_dsa_key.pub\n";
    let many: &'static str = config.repeat(9).leak();
    let found = findings(made_of(&[Text("etc/ssh/sshd_config", many), WRITABLE, RSA, DSA]).path(), "ssh-dsa-key");
    assert!(found[0].remedy.contains("; then and 6 more: okv-host ssh-dsa-retire"), "{found:#?}");
    assert!(found[0].remedy.contains("line 3 ") && !found[0].remedy.contains("line 4 "), "{found:#?}");
}

#[test]
fn another_key_with_the_name_of_a_dsa_key_is_reported() {
    let found = findings(host("rsa-as-dsa").path(), "ssh-dsa-key");
    assert!(
        found.iter().all(|f| f.message.contains("holds a key of type RSA") && f.remedy.contains("name")),
        "{found:#?}"
    );
    assert_eq!(found.len(), 2);
}

#[test]
fn root_is_not_asked_to_run_as_root() {
    let host = host("normal");
    let root = Root::fixture(host.path()).unwrap();
    let profile = Profile::named(Profile::DEFAULT).unwrap();
    let mut facts = of_host(&root);
    let remedies = |seen_by_root: bool, facts: &mut okv_host::subjects::Facts| {
        let Some(subjects) = &mut facts.subjects else { panic!("no host") };
        let Probed::Known(ssh) = &mut subjects.ssh else { panic!("no SSH") };
        ssh.seen_by_root = seen_by_root;
        for file in &mut ssh.keys {
            file.content = Content::Unknown(Unknown::Unreadable("Input/output error".into()));
        }
        let found = judge(facts, &profile).into_iter().filter(|f| f.id.as_str().starts_with("ssh-"));
        found.map(|f| f.remedy).collect::<Vec<_>>().join("\n")
    };
    assert!(!remedies(true, &mut facts).contains("as root"));
    let told = remedies(false, &mut facts);
    assert!(told.lines().filter(|line| *line == "Run as root.").count() > 2, "{told}");
}
