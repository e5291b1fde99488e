//! The steps that bring a disk into the group, from where it is.

use super::{Choice, Stage, describe, partition_path};
use crate::base::units::TIB;
use crate::disk::new_table::NewTable;
use crate::engine::{
    Action, Back, BytesAt, DiskIdentity, KernelPartition, ProgramRun, Proof, Refusal, Step, TableWrite,
};
use crate::host::{Firmware, state};
use crate::io::tool::Program;
use crate::subjects::swap::facts::{DiskState, Growth};
use crate::subjects::swap::plan::group::System;
use crate::subjects::swap::plan::{Request, refuse, step};

impl Choice<'_> {
    pub(crate) fn notes(&self, growth: &Growth) -> Vec<String> {
        let mut notes = vec![format!("the disk that is added: {}", describe(self.state))];
        let firmware = growth.node.setup.as_ref().and_then(|setup| setup.firmware.known());
        if self.state.bytes > 2 * TIB && !matches!(firmware, Some(Firmware::Uefi { .. })) {
            notes.push(format!(
                "{} is larger than 2 TiB, and this node does not boot by UEFI: check warns of such a disk",
                self.state.path
            ));
        }
        notes
    }

    pub(crate) fn is_of(&self, state: &DiskState) -> bool {
        self.state.path == state.path
    }

    pub(crate) fn partition(&self) -> String {
        partition_path(&self.state.path)
    }

    /// The steps that bring it into the group, from where it is.
    pub(crate) fn steps(&self, system: &System<'_>, request: &Request) -> Result<Vec<Step>, Refusal> {
        let path = &self.state.path;
        let table = match &self.state.table {
            Ok((table, _)) => table,
            Err(why) => return Err(refuse("disk-unreadable", format!("{path}: {why}"), "add another disk")),
        };
        let mut steps = Vec::new();
        if self.stage <= Stage::Table {
            table.rehearse(self.state.bytes, system.sector).map_err(|why| {
                refuse("disk-unreadable", format!("{path} cannot have a table: {why}"), "add another disk")
            })?;
            let sectors = table.sectors.iter().map(|sector| BytesAt { at: sector.at, hex: sector.bytes.clone() });
            let identity = self.state.identity.known().cloned().unwrap_or_default();
            steps.push(Step::new(
                format!("{} gets one partition for LVM", describe(self.state)),
                Action::WriteTable(TableWrite {
                    disk: DiskIdentity {
                        path: path.clone(),
                        bytes: self.state.bytes,
                        sector_bytes: self.state.sector_bytes,
                        model: identity.model,
                        serial: identity.serial,
                        wwn: identity.wwn,
                    },
                    kind: table.kind,
                    sectors: sectors.collect(),
                }),
            ));
        }
        if self.stage <= Stage::PhysicalVolume {
            steps.extend(self.physical_volume_steps(table, system));
        }
        steps.extend(self.group_steps(system, request));
        Ok(steps)
    }

    fn physical_volume_steps(&self, table: &NewTable, system: &System<'_>) -> Vec<Step> {
        let (disk, partition) = (self.state.path.clone(), partition_path(&self.state.path));
        let kernel =
            KernelPartition { disk, number: 1, start_bytes: table.partition.start(), bytes: table.partition.len() };
        let proof = Proof::PhysicalVolume { device: partition.clone(), group: None, beside: beside(system) };
        let create = ProgramRun::changes(
            // What the disk says of its best alignment must not cost an extent.
            Program::Pvcreate,
            ["--dataalignment", "1m", &partition],
            proof,
            Back::by(Program::Pvremove, [&partition]),
        );
        // LVM2 takes its devices from udev, and udev reads the table of a disk anew when it was written to.
        let settle =
            |purpose: &str| step(purpose, ProgramRun::looks(Program::Udevadm, ["settle", "--timeout=60"]).within(90));
        let mut steps = vec![
            settle("udev has looked at the disk"),
            Step::new(format!("the kernel knows {partition}"), Action::AddPartition(kernel)),
            settle("udev has looked at the partition"),
        ];
        if self.is_half_made {
            let purpose = format!("what a run that was cut off left on {partition} goes away");
            steps.push(Step::new(purpose, Action::ClearHalfMade { device: partition.clone() }));
            steps.push(settle("udev has looked at the partition again"));
        }
        steps.push(step(format!("{partition} becomes a physical volume"), create));
        steps
    }

    fn group_steps(&self, system: &System<'_>, request: &Request) -> Vec<Step> {
        let (group, partition) = (request.group.as_str(), partition_path(&self.state.path));
        let file = format!("{}/{group}-{}.vg", state::STATE, system.group.seqno);
        let backup = ProgramRun {
            proof: Some(Proof::File { path: file.clone() }),
            ..ProgramRun::looks(Program::Vgcfgbackup, ["--file", &file, group])
        };
        let proof =
            Proof::PhysicalVolume { device: partition.clone(), group: Some(group.to_owned()), beside: beside(system) };
        let extend = ProgramRun::changes(
            Program::Vgextend,
            [group, &partition],
            proof,
            Back::by(Program::Vgreduce, [group, &partition]),
        );
        vec![
            step(format!("the metadata of {group} is kept"), backup),
            step(format!("{partition} joins {group}"), extend),
        ]
    }
}

/// Identifiers of the physical volumes that LVM2 sees now.
fn beside(system: &System<'_>) -> Vec<String> {
    let mut seen: Vec<String> = system
        .lvm
        .devices
        .iter()
        .filter(|d| !d.uuid.is_empty() && !d.group.is_empty())
        .map(|d| d.uuid.clone())
        .collect();
    seen.sort_unstable();
    seen
}
