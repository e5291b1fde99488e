//! What other programs print: rpm, LVM2, `lvmconfig`.

use super::host::short;
use super::{Reader, seeds};
use crate::io::tool::lvm::{self, LogicalVolume, PhysicalVolume, VolumeGroup};
use crate::io::tool::{Cmd, Output, Runner, ToolError};
use crate::subjects::kernels::facts::rpm;
use crate::subjects::upgrade::facts::edited;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "rpm-qa",
        sources: &["subjects/kernels/facts/rpm"],
        seeds: || seeds::ending("rpm-qa.txt"),
        read: |data| {
            let records = short(rpm::parse(data)).unwrap_or_default();
            assert!(records.len() <= data.len() / 2);
        },
    },
    Reader {
        name: "rpm-verify",
        sources: &["subjects/upgrade/facts/edited"],
        seeds: || {
            seeds::texts(&[
                "S.5....T.  c /etc/issue\nmissing     /usr/x (No such file)\n..?......  c /etc/y\n.M.......    /z\n",
            ])
        },
        read: |data| {
            if let Ok(found) = edited::parse(data) {
                let mut all: Vec<&String> = found.files.iter().collect();
                all.sort();
                all.dedup();
                assert_eq!(all.len(), found.files.len(), "a file twice");
            }
        },
    },
    Reader { name: "lvm-report", sources: &["io/tool/lvm"], seeds: reports, read: report },
];

/// A program that prints these bytes.
struct Prints<'d>(&'d [u8]);

impl Runner for Prints<'_> {
    fn run(&self, _: &Cmd) -> Result<Output, ToolError> {
        Ok(Output { status: Some(0), stdout: self.0.to_vec(), stderr: Vec::new() })
    }
}

fn report(data: &[u8]) {
    let few = |rows: usize| assert!(rows <= data.len(), "{rows} rows of {} bytes", data.len());
    few(lvm::ask::<PhysicalVolume>(&Prints(data), &lvm::devices()).map_or(0, |rows| rows.len()));
    few(lvm::ask::<VolumeGroup>(&Prints(data), &lvm::groups()).map_or(0, |rows| rows.len()));
    few(lvm::ask::<LogicalVolume>(&Prints(data), &lvm::volumes()).map_or(0, |rows| rows.len()));
}

fn reports() -> Vec<Vec<u8>> {
    seeds::texts(&[
        r#"{"report":[{"pv":[{"pv_name":"/dev/sda2","pv_uuid":"u","vg_name":"vg_root"}]}]}"#,
        r#"{"report":[{"vg":[{"vg_name":"vg_root","vg_uuid":"u","vg_extent_size":"33554432",
           "vg_free_count":"320","vg_missing_pv_count":"0","vg_seqno":"7"}]}]}"#,
        r#"{"report":[{"lv":[{"vg_name":"vg_root","lv_name":"lv_swap","lv_size":"4294967296","lv_layout":"linear",
           "lv_role":"public","lv_tags":"","lv_active":"active"}]}]}"#,
    ])
}
