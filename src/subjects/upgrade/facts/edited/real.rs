//! The question, answered by the real rpm about a package that is made and installed here.

use std::fs;
use std::process::{Command, Output};

use super::*;
use crate::io::tool;

const SPEC: &str = r"
Name: settings
Version: 1
Release: 1
Summary: x
License: x
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/opt/settings
for name in edited kept gone program touched; do echo $name > %{buildroot}/opt/settings/$name; done
%verifyscript
exit 1
%files
%config /opt/settings/edited
%config(noreplace) /opt/settings/kept
%config /opt/settings/gone
%config /opt/settings/touched
/opt/settings/program
";

fn run(program: &str, args: &[&str]) -> Output {
    Command::new(program).args(args).output().expect("rpm and rpmbuild, by scripts/install-test-tools")
}

#[test]
fn rpm_itself_names_the_configuration_files_whose_content_differs() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    fs::write(path("settings.spec"), SPEC).unwrap();
    fs::create_dir(path("root")).unwrap();
    let (top, root) = (format!("_topdir {}", dir.path().display()), path("root"));
    let built = run("rpmbuild", &["-bb", "--quiet", "--define", &top, &path("settings.spec")]);
    assert!(built.status.success(), "{built:?}");
    let package = path("RPMS/noarch/settings-1-1.noarch.rpm");
    let installed = run("rpm", &["--root", &root, "--install", "--nodeps", &package]);
    assert!(installed.status.success(), "{installed:?}");

    let question = question();
    let mut args = vec!["--root", root.as_str()];
    args.extend(question.args.iter().map(String::as_str));
    let asked = || {
        let Output { status, stdout, stderr } = run("rpm", &args);
        understood(tool::Output { status: status.code(), stdout, stderr })
    };
    assert_eq!(asked(), Probed::Known(Edited::default()));
    let settings = dir.path().join("root/opt/settings");
    fs::write(settings.join("edited"), "by hand\n").unwrap();
    fs::write(settings.join("program"), "another\n").unwrap();
    fs::remove_file(settings.join("gone")).unwrap();
    fs::write(settings.join("touched"), "touched\n").unwrap();
    let files = ["edited", "gone"].map(|name| format!("/opt/settings/{name}")).to_vec();
    assert_eq!(asked(), Probed::Known(Edited { files, not_compared: vec![] }));
}
