//! What the disks may not tell any more, and the steps of a run that was cut off do.

use super::Request;
use crate::engine::{Action, Back, BytesAt, ProgramRun, Proof, Step};

/// Bytes that a header is kept in.
const SECTOR: usize = 512;

/// What the disks may not tell any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    pub uuid: String,
    pub label: Option<String>,
    /// The priority it was used with, where that was chosen.
    pub priority: Option<i32>,
    /// The header that was there before: a suspended volume cannot be read.
    pub header: Option<Header>,
}

/// The page of a swap header, as a way back has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Its sectors that are not zero.
    pub bytes: Vec<BytesAt>,
    /// Bytes of the page.
    pub of: u64,
}

impl Header {
    pub(super) fn of(page: &[u8]) -> Self {
        let sectors = page.chunks(SECTOR).zip(0_u64..).filter(|(sector, _)| sector.iter().any(|byte| *byte != 0));
        let bytes = sectors.map(|(sector, n)| BytesAt { at: n.saturating_mul(SECTOR as u64), hex: sector.to_vec() });
        Self { bytes: bytes.collect(), of: page.len() as u64 }
    }
}

impl Remembered {
    /// What the steps of a run that was cut off have of the swap volume.
    pub fn of<'s>(steps: impl IntoIterator<Item = &'s Step>, request: &Request) -> Option<Self> {
        let device = request.device();
        let (mut identity, mut chosen, mut header) = (None, None, None);
        for step in steps {
            let Action::Run(ProgramRun { proof: Some(proof), back, .. }) = &step.action else { continue };
            match proof {
                Proof::SwapHeader { area, uuid, label, .. } if *area == device => {
                    identity = Some((uuid, label));
                    if let Back::Bytes { bytes, of, .. } = back {
                        header = Some(Header { bytes: bytes.clone(), of: *of });
                    }
                }
                Proof::SwapUsed { area, priority, .. } if *area == device => chosen = *priority,
                _ => {}
            }
        }
        identity.map(|(uuid, label)| Self { uuid: uuid.clone(), label: label.clone(), priority: chosen, header })
    }
}
