//! The query, answered by the real rpm from a real database of packages made here.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::subjects::kernels::facts::group::group;

/// The shape of a UEK: the kernel with a ghost in /boot, its devel, tools of the same source, and a package without
/// files.
const KERNEL: &str = r"
Name: kernel-uek
Version: 5.4.17
Release: 2136.329.3.1.el8uek
Summary: x
License: GPLv2
Provides: kernel-uek-uname-r = %{version}-%{release}.%{_target_cpu}
%define uname %{version}-%{release}.%{_target_cpu}
%description
x
%package devel
Summary: x
Provides: kernel-uek-devel-uname-r = %{uname}
%description devel
x
%package tools
Summary: x
%description tools
x
%package all
Summary: x
Requires: kernel-uek-uname-r = %{uname}
%description all
x
%install
mkdir -p %{buildroot}/lib/modules/%{uname}/kernel/fs %{buildroot}/boot %{buildroot}/usr/src/kernels/%{uname} %{buildroot}/usr/bin
head -c 10000 /dev/zero > %{buildroot}/lib/modules/%{uname}/vmlinuz
touch %{buildroot}/lib/modules/%{uname}/kernel/fs/x.ko %{buildroot}/boot/vmlinuz-%{uname}
touch %{buildroot}/usr/src/kernels/%{uname}/Makefile %{buildroot}/usr/bin/turbostat
%files
/lib/modules/%{uname}
%ghost /boot/vmlinuz-%{uname}
%files devel
/usr/src/kernels/%{uname}
%files tools
/usr/bin/turbostat
%files all
";

const KMOD: &str = r"
Name: kmod-acfs
Version: 1.0
Release: 1
Epoch: 2
Summary: x
License: x
%description
x
%install
mkdir -p %{buildroot}/lib/modules/5.4.17-2136.329.3.1.el8uek.x86_64/extra
touch %{buildroot}/lib/modules/5.4.17-2136.329.3.1.el8uek.x86_64/extra/acfs.ko
%files
/lib/modules/5.4.17-2136.329.3.1.el8uek.x86_64/extra/acfs.ko
";

fn run(program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).output().expect("rpm and rpmbuild, by scripts/install-test-tools");
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn built(dir: &Path, name: &str, spec: &str) {
    let path = dir.join(format!("{name}.spec"));
    fs::write(&path, spec).unwrap();
    let top = format!("_topdir {}", dir.display());
    let args = ["-bb", "--quiet", "--define", &top, "--target", "x86_64", path.to_str().unwrap()];
    run("rpmbuild", &args);
}

#[test]
fn rpm_itself_answers_in_the_format_and_the_answer_separates_the_kernel_from_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    built(dir.path(), "kernel", KERNEL);
    built(dir.path(), "kmod", KMOD);
    let folder = dir.path().join("RPMS/x86_64");
    let files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().into_os_string().into_string().unwrap())
        .collect();
    assert_eq!(files.len(), 5);
    let database = dir.path().join("db");
    let database = database.to_str().unwrap();
    let mut install = vec!["--dbpath", database, "--install", "--justdb", "--nodeps"];
    install.extend(files.iter().map(String::as_str));
    run("rpm", &install);

    let query = query();
    let mut args = vec!["--dbpath", database];
    args.extend(query.args.iter().map(String::as_str));
    let records = parse(&run("rpm", &args)).unwrap();
    assert_eq!(records.len(), 5);
    let kernels = group(&records).unwrap().kernels;
    let [kernel] = kernels.as_slice() else { panic!("{kernels:?}") };
    let nevras = |packages: &[Package]| packages.iter().map(Package::nevra).collect::<Vec<_>>();
    let of_kernel = |name: &str| format!("{name}-0:5.4.17-2136.329.3.1.el8uek.x86_64");
    assert_eq!(nevras(&kernel.packages), ["kernel-uek", "kernel-uek-all", "kernel-uek-devel"].map(of_kernel));
    assert_eq!(nevras(&kernel.guests), ["kmod-acfs-2:1.0-1.x86_64"]);
    assert_eq!(kernel.release, "5.4.17-2136.329.3.1.el8uek.x86_64");
    assert!(kernel.has_image && kernel.packages[0].bytes >= Some(10000));
    // What a query names, rpm finds.
    for nevra in nevras(&kernel.packages) {
        let (name, rest) = nevra.split_once("-0:").unwrap();
        run("rpm", &["--dbpath", database, "-q", &format!("{name}-{rest}")]);
    }
}
