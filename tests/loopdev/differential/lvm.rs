//! LVM confined to devices of this test, with a configuration and locks of its own.

use std::fs;
use std::path::{Path, PathBuf};

use super::spec::Layout;
use crate::support::loopdev::Loop;
use crate::support::lvm::confined;
use crate::support::tools::{Tool, ToolFailed};

/// LVM that sees a few devices and nothing else.
pub(crate) struct Lvm {
    dir: PathBuf,
    devices: Vec<PathBuf>,
}

impl Lvm {
    /// LVM over `devices`; what it keeps beside them goes into `dir`.
    pub(crate) fn new(dir: &Path, devices: Vec<PathBuf>) -> Self {
        Self { dir: dir.join("lvm"), devices }
    }

    /// The devices it sees.
    pub(crate) fn devices(&self) -> &[PathBuf] {
        &self.devices
    }

    /// Runs one command, written as a line.
    pub(crate) fn run(&self, line: &str) -> Result<String, ToolFailed> {
        fs::create_dir_all(&self.dir).expect("a folder for LVM");
        let devices: Vec<_> = self.devices.iter().map(|d| d.to_string_lossy()).collect();
        let mut words = line.split_whitespace();
        confined(words.next().unwrap_or_default(), &self.dir, &devices).args(words).run()
    }

    /// Makes the volume group of `layout` over all its devices, and fills its logical volumes.
    pub(crate) fn make(&self, layout: &Layout) -> Result<(), ToolFailed> {
        let devices: Vec<_> = self.devices.iter().map(|d| d.display().to_string()).collect();
        self.run(&format!("vgcreate {} {} {}", layout.options, layout.vg, devices.join(" ")))?;
        for line in layout.then {
            if let Some(lv) = line.strip_prefix("wrap ") {
                self.wrap_ring(layout.vg, lv)?;
                continue;
            }
            let mut line = line.replace("VG", layout.vg);
            for (i, device) in devices.iter().enumerate() {
                line = line.replace(&format!("PV{}", i + 1), device);
            }
            // Without device-mapper nothing can be activated, so nothing can be zeroed or wiped either.
            let quiet = if line.starts_with("lvcreate") { "-an -Zn -Wn" } else { "" };
            self.run(&format!("{line} {quiet}"))?;
        }
        for (lv, content) in layout.contents {
            self.fill(layout.vg, lv, content)?;
        }
        Ok(())
    }

    /// Changes `lv` until the metadata text of the one physical volume wraps round the end of its ring.
    fn wrap_ring(&self, vg: &str, lv: &str) -> Result<(), ToolFailed> {
        for i in 0..100 {
            self.run(&format!("lvchange --addtag tag{i} {vg}/{lv}"))?;
            let headers = self.run(&format!("pvck --dump headers {}", self.devices[0].display()))?;
            let number = |name: &str| -> u64 {
                let line = headers.lines().find(|line| line.trim_start().starts_with(name));
                let value = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|word| word.parse().ok());
                value.unwrap_or_else(|| panic!("no {name} in {headers}"))
            };
            let end = number("mda_header_1.raw_locn[0].offset") + number("mda_header_1.raw_locn[0].size");
            if end > number("mda_header_1.size") {
                return Ok(());
            }
        }
        panic!("the metadata of {vg} does not wrap");
    }

    /// Makes `content` in the linear logical volume `lv`, through a loop device over its one segment.
    fn fill(&self, vg: &str, lv: &str, content: &str) -> Result<(), ToolFailed> {
        let extent = extent_of(self, vg, lv)?;
        let part = Loop::attach_part(&extent.device, extent.start, extent.bytes)?;
        Tool::line(content, part.device()).run().map(drop)
    }
}

/// Where a linear logical volume of one segment lies.
struct Extent {
    device: PathBuf,
    start: u64,
    bytes: u64,
}

/// Where `vg/lv` lies, which must be linear and of one segment.
fn extent_of(lvm: &Lvm, vg: &str, lv: &str) -> Result<Extent, ToolFailed> {
    let row = |command: &str| lvm.run(&format!("{command} --units b --nosuffix --noheadings --separator ;"));
    let number = |text: &str| text.trim().parse::<u64>().unwrap_or_else(|e| panic!("{vg}/{lv}: {text}: {e}"));
    let report = row(&format!("lvs --segments -o lv_size,vg_extent_size,seg_pe_ranges {vg}/{lv}"))?;
    let words: Vec<_> = report.trim().split(';').collect();
    let [size, extent, range] = words[..] else { panic!("{vg}/{lv} has no single segment: {report}") };
    let (device, range) = range.rsplit_once(':').expect("device:first-last");
    let first = number(range.split('-').next().unwrap_or_default());
    let pe_start = number(&row(&format!("pvs -o pe_start {device}"))?);
    Ok(Extent { device: device.into(), start: pe_start + first * number(extent), bytes: number(size) })
}
