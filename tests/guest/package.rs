//! The RPM of a release with the real rpm: installed, verified, upgraded, downgraded and removed.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::guest::{Firmware, Guest, Spec};
use crate::kernel_rpms::{Rpms, set_up};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const OLD: &str = "0.1.0";
const NEW: &str = env!("CARGO_PKG_VERSION");

/// What a script of this repository prints.
fn script(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(Path::new(ROOT).join("scripts").join(name)).args(arguments).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn file(version: &str, system: &str) -> String {
    format!("okv-host-{version}-1.{system}.x86_64.rpm")
}

/// The packages of both versions, of the release's binary.
fn packages() -> TempDir {
    let folder = tempfile::Builder::new().prefix("packages").tempdir().unwrap();
    let (binary, out) = (script("release-build", &[]), folder.path().to_string_lossy().into_owned());
    for version in [OLD, NEW] {
        script("release-rpm", &[&binary, version, &out]);
    }
    folder
}

fn put(guest: &Guest, folder: &Path, name: &str) {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    guest.put(&format!("/root/{name}"), &bytes, 0o644);
}

/// The state of a node: what a run left, with its modes.
fn state(guest: &Guest) -> String {
    guest.ok("cd /var/lib/okv-host && stat -c '%n %a %U %s' . * && cat journal")
}

#[test]
fn the_package_is_installed_verified_upgraded_downgraded_and_removed() {
    let folder = packages();
    let guest = Spec::new(Firmware::Bios).start();
    set_up(&guest);
    Rpms::new().base().copy_to(&guest);
    guest.ok("rpm --install --nosignature rpms/base-system-8.8-1.noarch.rpm");
    for name in [file(OLD, "el7"), file(NEW, "el7"), file(NEW, "el8")] {
        put(&guest, folder.path(), &name);
    }
    is_installed_whole(&guest);
    is_kept_from_writing_by_this_kernel(&guest);
    refuses_what_a_reading_command_writes(&guest, folder.path());
    guest.ok("echo '{}' > /var/lib/okv-host/journal; echo '{}' > /etc/okv-host/waivers.json");
    let before = state(&guest);
    is_upgraded_and_downgraded(&guest);
    assert_eq!(state(&guest), before, "an upgrade and a downgrade keep the state");
    is_not_removed_during_a_run(&guest);
    guest.ok("rpm --erase okv-host");
    assert_eq!(guest.run("rpm --query okv-host").status, 1);
    assert_eq!(guest.run("test -e /usr/sbin/okv-host").status, 1);
    let kept = state(&guest).lines().filter(|line| !line.starts_with("lock ")).collect::<Vec<_>>().join("\n");
    assert_eq!(kept, before.trim_end(), "a removal keeps the state");
    guest.ok("test -e /etc/okv-host/waivers.json");
}

fn is_installed_whole(guest: &Guest) {
    guest.ok(&format!("rpm --install --nosignature {}", file(OLD, "el7")));
    assert_eq!(guest.ok("rpm --verify okv-host"), "");
    assert_eq!(guest.ok("stat -c '%a %U %G' /var/lib/okv-host /etc/okv-host"), "700 root root\n755 root root\n");
    assert!(guest.ok("okv-host --version").starts_with(&format!("okv-host {NEW} (")));
    let requires = guest.ok("rpm --query --requires okv-host");
    let is_own = |line: &&str| !line.starts_with("rpmlib(") && *line != "/bin/sh";
    assert_eq!(requires.lines().filter(is_own).collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(!requires.contains("PayloadIs"), "gzip, which every rpm unpacks: {requires}");
    for (page, word) in [("okv-host", "NAME"), ("okv-host-check", "SYNOPSIS"), ("okv-host-swap-extend", "SYNOPSIS")] {
        assert!(guest.ok(&format!("zcat /usr/share/man/man8/{page}.8.gz")).contains(word), "{page}");
    }
    let completes = "source /usr/share/bash-completion/completions/okv-host; complete -p okv-host; \
        COMP_WORDS=(okv-host kernel-) COMP_CWORD=1; _okv__host okv-host kernel- okv-host; echo \"${COMPREPLY[@]}\"";
    assert!(guest.ok(completes).contains("kernel-prune"));
    guest.ok("cd /usr/share; test -s zsh/site-functions/_okv-host -a -s fish/vendor_completions.d/okv-host.fish");
    guest.ok("test -s /usr/share/licenses/okv-host/LICENSE -a -s /usr/share/doc/okv-host/guide.md");
}

/// A program of ours that is built beside this one.
fn example(name: &str, folder: &Path) -> Vec<u8> {
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--locked", "--example", name])
        .env_remove("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER")
        .current_dir(ROOT)
        .status()
        .unwrap();
    assert!(built.success(), "{name} is not built");
    let beside = std::env::current_exe().unwrap(); // target/.../debug/deps/guest-...
    let (built, small) = (beside.ancestors().nth(2).unwrap().join("examples").join(name), folder.join(name));
    let stripped = Command::new("strip").arg("-o").args([&small, &built]).status().unwrap();
    assert!(stripped.success(), "{name} is not stripped");
    std::fs::read(small).unwrap()
}

/// This kernel refuses every attempt to write, and only of what reads.
fn refuses_what_a_reading_command_writes(guest: &Guest, folder: &Path) {
    guest.put("/root/try-to-write", &example("try-to-write", folder), 0o755);
    let tried = |arguments: &str| {
        let text = guest.ok(&format!("/root/try-to-write {arguments}"));
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let before = "cd /root/confined && ls -R . && cat written";
    let refused = tried("/root/confined");
    let is_refused = |line: &String| line.ends_with(": refused");
    assert!(refused.len() > 10 && refused.iter().all(is_refused), "{refused:#?}");
    assert_eq!(guest.ok(before), ".:\nappended\nchanged\nempty\nremoved\nrenamed\nwritten\n\n./empty:\ntext");
    let free = tried("/root/free --free");
    assert!(free.len() == refused.len() && free.iter().all(|line| line.ends_with(": done")), "{free:#?}");
    guest.ok("rm -r /root/try-to-write /root/confined /root/free");
}

/// The threads that read have a filter, here too: `Seccomp: 2` (proc(5)).
fn is_kept_from_writing_by_this_kernel(guest: &Guest) {
    let look = "mkfifo /tmp/list; exec 7<>/tmp/list; okv-host scan --files-from /tmp/list >/dev/null 2>&1 & \
        for i in $(seq 300); do grep -hs '^Seccomp:.*2' /proc/$!/task/*/status && break; sleep 0.2; done; \
        kill $!; rm /tmp/list";
    assert!(guest.ok(look).contains("Seccomp:\t2"));
}

fn is_upgraded_and_downgraded(guest: &Guest) {
    let version = || guest.ok("rpm --query --queryformat '%{VERSION}-%{RELEASE}' okv-host");
    // Oracle Linux 7 becomes 8: the same version replaces itself.
    for (option, name) in [
        ("--upgrade", (NEW, "el7")),
        ("--upgrade", (NEW, "el8")),
        ("--upgrade --oldpackage", (OLD, "el7")),
        ("--upgrade", (NEW, "el8")),
    ] {
        guest.ok(&format!("rpm {option} --nosignature {}", file(name.0, name.1)));
        assert_eq!(version(), format!("{}-1.{}", name.0, name.1));
        assert_eq!(guest.ok("rpm --verify okv-host"), "");
    }
}

fn is_not_removed_during_a_run(guest: &Guest) {
    let held = "exec 8<>/var/lib/okv-host/lock; chmod 600 /var/lib/okv-host/lock; flock 8; rpm --erase okv-host 8<&-";
    let refused = guest.run(held);
    assert_ne!(refused.status, 0, "{refused}");
    assert!(refused.stderr().contains("a run is under way"), "{refused}");
    assert_eq!(guest.ok("rpm --verify okv-host"), "");
    // An upgrade replaces the file, which the run has open.
    let held = held.replace("--erase okv-host", &format!("--upgrade --oldpackage --nosignature {}", file(OLD, "el7")));
    guest.ok(&held);
}
