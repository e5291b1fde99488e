//! Packages of kernels, built by rpmbuild: names, versions, provides, files, ghosts and scriptlets as the real families
//! have them. The kernel in each is the guest's own, so that a machine boots from it; its modules are not needed for
//! that, and stand for them.
//!
//! What grubby, kernel-install and dracut do on a real node, the scriptlets leave to `kernel-entry`, which is of these
//! tests.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::guest::{Guest, kernel_image};
use crate::tools::Tool;

/// How a family is packaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// One package, which holds its files of /boot.
    El7,
    /// One package, whose scriptlets put its files into /boot.
    El8,
    /// Several packages.
    Split,
}

/// A kernel release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Release {
    version: &'static str,
    release: &'static str,
    family: Family,
}

/// The procedure's own example: what goes.
pub(crate) const UEK5: Release = Release { version: "4.14.35", release: "2047.504.2.el7uek", family: Family::El7 };
/// The procedure's own example: what stays.
pub(crate) const UEK6: Release = Release { version: "5.4.17", release: "2136.329.3.1.el8uek", family: Family::El8 };
/// What runs in the procedure's contradictory sample.
pub(crate) const UEK6_EL7: Release = Release { version: "5.4.17", release: "2136.304.4.5.el7uek", family: Family::El7 };
pub(crate) const UEK6_OLDER: Release =
    Release { version: "5.4.17", release: "2136.312.3.4.el8uek", family: Family::El8 };
pub(crate) const UEK7: Release = Release { version: "5.15.0", release: "200.131.27.el8uek", family: Family::Split };
pub(crate) const UEK7_OLDER: Release =
    Release { version: "5.15.0", release: "101.103.2.1.el8uek", family: Family::Split };

impl Release {
    /// As `uname -r` prints it.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}.x86_64", self.version, self.release)
    }

    /// The title of its entry.
    pub(crate) fn title(&self) -> String {
        format!("Oracle Linux Server ({})", self.name())
    }

    /// How `rpm -qa` prints the package of that name.
    pub(crate) fn package(&self, name: &str) -> String {
        format!("{name}-{}", self.name())
    }

    /// How `rpm -qa` prints its packages.
    pub(crate) fn packages(&self) -> Vec<String> {
        let names: &[&str] = match self.family {
            Family::El7 | Family::El8 => &["kernel-uek", "kernel-uek-devel"],
            Family::Split => &["kernel-uek", "kernel-uek-core", "kernel-uek-devel", "kernel-uek-modules"],
        };
        names.iter().map(|name| self.package(name)).collect()
    }
}

/// A folder of built packages.
#[derive(Debug)]
pub(crate) struct Rpms(TempDir);

impl Rpms {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("rpms").tempdir().expect("a directory for packages"))
    }

    /// Builds the packages of that kernel.
    pub(crate) fn kernel(self, release: &Release) -> Self {
        let spec = if release.family == Family::Split { "uek-split.spec" } else { "uek-single.spec" };
        let image = self.0.path().join(format!("vmlinuz-{}", release.name()));
        std::fs::write(&image, renamed(std::fs::read(kernel_image()).expect("the guest's kernel"), &release.name()))
            .expect("our own directory");
        let image = format!("image {}", image.display());
        let mut macros = vec![image.as_str()];
        if release.family == Family::El7 {
            macros.push("el7 1");
        }
        self.build(spec, release, &macros);
        self
    }

    /// Builds `kmod-test` and `agent-test`, which need that kernel.
    pub(crate) fn dependants(self, release: &Release) -> Self {
        self.build("needs-kernel.spec", release, &[]);
        self
    }

    /// Builds what the rest of a node is to rpm.
    pub(crate) fn base(self) -> Self {
        self.build("base.spec", &UEK6, &[]);
        self
    }

    fn build(&self, spec: &str, release: &Release, macros: &[&str]) {
        let top = self.0.path();
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/kernel_rpms").join(spec);
        let define = |tool: Tool, text: String| tool.arg("--define").arg(text);
        let tool = Tool::new("rpmbuild").args(["-bb", "--quiet", "--target", "x86_64"]);
        let given = [
            format!("_topdir {}", top.join("build").display()),
            format!("_rpmdir {}", top.display()),
            "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm".to_owned(),
            "_binary_payload w1.gzdio".to_owned(),
            "_build_id_links none".to_owned(),
            "debug_package %{nil}".to_owned(),
            "__os_install_post %{nil}".to_owned(),
            format!("ver {}", release.version),
            format!("rel {}", release.release),
        ];
        let given = given.into_iter().chain(macros.iter().map(|&text| text.to_owned()));
        let tool = given.fold(tool, define).arg(spec);
        tool.run().unwrap_or_else(|e| panic!("{e}"));
    }

    /// Copies them into the guest, to /root/rpms.
    pub(crate) fn copy_to(&self, guest: &Guest) {
        let archive = self.0.path().join("all.tar");
        let files: Vec<PathBuf> = std::fs::read_dir(self.0.path())
            .expect("our own directory")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|end| end == "rpm"))
            .collect();
        let names = files.iter().filter_map(|path| path.file_name());
        let tar = Tool::new("tar").arg("--create").arg("--file").arg(&archive).arg("--directory").arg(self.0.path());
        tar.args(names).run().unwrap_or_else(|e| panic!("{e}"));
        let bytes = std::fs::read(&archive).expect("what tar wrote");
        let output = guest.run_with(
            "mkdir -p rpms && tar --extract --directory rpms && sync",
            &bytes,
            std::time::Duration::from_secs(180),
        );
        assert_eq!(output.status, 0, "{output}");
    }
}

/// The kernel with this release in its setup header. Nothing else of it has the text: the kernel that runs is the same.
fn renamed(mut image: Vec<u8>, release: &str) -> Vec<u8> {
    let at = 0x200 + usize::from(u16::from_le_bytes([image[0x20e], image[0x20f]]));
    let length = image[at..].iter().position(|byte| *byte == 0).expect("a text that ends");
    let text = format!("{release} (guest)");
    assert!(text.len() <= length, "there is room for {text} in {length} bytes");
    image[at..at + length].fill(0);
    image[at..at + text.len()].copy_from_slice(text.as_bytes());
    image
}

/// Makes the guest a node that has no kernel yet, with /boot mounted.
pub(crate) fn set_up(guest: &Guest) {
    guest.ok("mkdir -p /usr/local/lib/guest");
    guest.put("/usr/local/lib/guest/kernel-entry", include_bytes!("kernel-entry"), 0o755);
    guest.put("/root/set-up", include_bytes!("set-up"), 0o755);
    guest.ok("/root/set-up");
}
