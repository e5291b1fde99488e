//! What the disks may not tell any more, and the steps of a run that was cut off do.

use super::Request;
use crate::engine::{Action, Back, BytesAt, ProgramRun, Proof, Step, SwapHeader};

/// Bytes that a page is kept in.
const SECTOR: usize = 512;

/// What the disks may not tell any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    pub uuid: String,
    pub label: Option<String>,
    /// The priority it was used with, where that was chosen.
    pub priority: Option<i32>,
    /// The page of the header that was there before: a suspended volume cannot be read.
    pub header: Option<Vec<BytesAt>>,
}

impl Remembered {
    /// What the steps of a run that was cut off have of the swap volume.
    pub fn of<'s>(steps: impl IntoIterator<Item = &'s Step>, request: &Request) -> Option<Self> {
        let device = request.device();
        let (mut identity, mut chosen, mut header) = (None, None, None);
        for step in steps {
            let (proof, back) = match &step.action {
                Action::WriteSwapHeader(SwapHeader { area, uuid, label, before, .. }) if *area == device => {
                    (identity, header) = (Some((uuid, label)), Some(before));
                    continue;
                }
                Action::Run(ProgramRun { proof: Some(proof), back, .. }) => (proof, back),
                _ => continue,
            };
            match proof {
                // Version 0.1.0 ran mkswap.
                Proof::SwapHeader { area, uuid, label, .. } if *area == device => {
                    identity = Some((uuid, label));
                    if let Back::Bytes { bytes, .. } = back {
                        header = Some(bytes);
                    }
                }
                Proof::SwapUsed { area, priority, .. } if *area == device => chosen = *priority,
                _ => {}
            }
        }
        let header = header.cloned();
        identity.map(|(uuid, label)| Self { uuid: uuid.clone(), label: label.clone(), priority: chosen, header })
    }
}

/// The sectors of a page that are not zero.
pub(super) fn sectors(page: &[u8]) -> Vec<BytesAt> {
    let sectors = page.chunks(SECTOR).zip(0_u64..).filter(|(sector, _)| sector.iter().any(|byte| *byte != 0));
    sectors.map(|(sector, n)| BytesAt { at: n.saturating_mul(SECTOR as u64), hex: sector.to_vec() }).collect()
}
