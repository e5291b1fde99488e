//! Physical volumes on loop devices of a test's own, and LVM's tools kept to them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::loopdev::Loop;
use super::mkfs::sparse_file;
use super::tools::Tool;
use okv_host::io::image::{self, Image};
use tempfile::TempDir;

/// Rows of a report, by field.
pub(crate) type Row = BTreeMap<String, String>;

/// Loop devices that go away with the test.
pub(crate) struct Lvm {
    devices: Vec<Loop>,
    hidden: Vec<usize>,
    dir: TempDir,
}

impl Lvm {
    /// A device for each of these sizes in MiB.
    pub(crate) fn new(sizes: &[u64]) -> Self {
        Self::with_sectors(512, sizes)
    }

    /// The same with this logical block size.
    pub(crate) fn with_sectors(sector: u32, sizes: &[u64]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut lvm = Self { devices: Vec::new(), hidden: Vec::new(), dir };
        for (index, mib) in sizes.iter().enumerate() {
            let file = sparse_file(lvm.dir.path(), &format!("disk{index}"), mib << 20);
            lvm.devices.push(Loop::attach(&file, sector).unwrap());
        }
        lvm
    }

    /// Path of a device.
    pub(crate) fn device(&self, index: usize) -> &str {
        self.devices[index].device().to_str().unwrap()
    }

    /// Devices that the tools are allowed to see.
    pub(crate) fn visible(&self) -> impl Iterator<Item = &str> {
        (0..self.devices.len()).filter(|n| !self.hidden.contains(n)).map(|n| self.device(n))
    }

    /// Keeps the tools from seeing a device any more: it is "missing".
    pub(crate) fn hide(&mut self, index: usize) {
        self.hidden.push(index);
    }

    /// Opens a device with the code under test.
    pub(crate) fn open(&self, index: usize) -> Box<dyn Image> {
        image::open(self.device(index).as_ref()).unwrap()
    }

    /// Writes bytes to a device, past LVM.
    pub(crate) fn write(&self, index: usize, at: u64, bytes: &[u8]) {
        use std::os::unix::fs::FileExt;
        let file = fs::OpenOptions::new().write(true).open(self.device(index)).unwrap();
        file.write_all_at(bytes, at).unwrap();
        file.sync_all().unwrap();
    }

    /// A file of the test's own.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs one of LVM's tools: a command line without quoting, `{0}` standing for the first device and so on.
    pub(crate) fn run(&self, command: &str) -> String {
        let mut words = command.split(' ').map(|word| {
            let index = word.strip_prefix('{').and_then(|w| w.strip_suffix('}')).map(|n| n.parse().unwrap());
            index.map_or(word.to_owned(), |n: usize| self.device(n).to_owned())
        });
        let command = words.next().unwrap();
        let visible: Vec<&str> = self.visible().collect();
        confined(&command, self.dir.path(), &visible).args(words).run().unwrap_or_else(|e| panic!("{e}"))
    }

    /// `pvcreate` and `vgcreate` over all devices.
    pub(crate) fn create(&self, group: &str) {
        let devices: Vec<&str> = (0..self.devices.len()).map(|n| self.device(n)).collect();
        self.run(&format!("pvcreate {}", devices.join(" ")));
        self.run(&format!("vgcreate {group} {}", devices.join(" ")));
    }

    /// `lvcreate` of a volume that nothing activates or wipes.
    pub(crate) fn lvcreate(&self, arguments: &str) {
        self.run(&format!("lvcreate -an -Zn -Wn {arguments}"));
    }

    /// Rows of `pvs`, `vgs` or `lvs`, sizes in bytes.
    pub(crate) fn report(&self, command: &str, fields: &str) -> Vec<Row> {
        let text = self.run(&format!("{command} --reportformat json --units b --nosuffix -o {fields}"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let report = json["report"][0].as_object().unwrap().values().next().unwrap().clone();
        serde_json::from_value(report).unwrap()
    }
}

/// An LVM command that sees these devices and nothing else, asks nothing, needs no device-mapper, and keeps its
/// configuration and locks in `dir`.
pub(crate) fn confined(command: &str, dir: &Path, devices: &[impl AsRef<str>]) -> Tool {
    let mut filter: Vec<String> = devices.iter().map(|path| format!("\"a|^{}$|\"", path.as_ref())).collect();
    filter.push("\"r|.*|\"".to_owned());
    let filter = filter.join(",");
    let config = format!(
        "devices{{scan_lvs=0 use_devicesfile=0 hints=\"none\" filter=[{filter}] global_filter=[{filter}]}} \
         activation{{udev_sync=0 udev_rules=0 monitoring=0}} backup{{backup=0 archive=0}} \
         global{{use_lvmlockd=0 locking_dir=\"{}\"}}",
        dir.join("lock").display()
    );
    let call = Tool::new("lvm").arg(command).args(["--driverloaded", "n", "-y", "--config", &config]);
    call.env("LVM_SYSTEM_DIR", dir)
}
