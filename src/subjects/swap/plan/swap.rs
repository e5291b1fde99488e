//! What the swap volume needs: how large it is to be, whether its header holds, where its pages go meanwhile, and its
//! identity.

use super::group::System;
use super::{Request, refuse};
use crate::base::ids::Id;
use crate::disk::format::content::{Content, Kind};
use crate::engine::Refusal;
use crate::host::locate::{Located, Volume, volume};
use crate::host::memory::Room;
use crate::host::{FstabEntry, Probed, SwapArea};
use crate::subjects::swap::facts::{Growth, TEMPORARY};

mod kernel;
mod obstacles;
mod steps;

use kernel::{Kernel, kernel};
use obstacles::{can_grow, is_not_encrypted, keeps_bad_pages};
pub(super) use steps::steps;

/// The kernel leaves the header's page out of an area's size.
const PAGE: u64 = 4096;

/// What is to be done to the swap volume.
pub(super) struct Need {
    /// Extents that it is to have; those it has, where it need not grow.
    pub(super) extents: u64,
    have: u64,
    kernel: Kernel,
    format: bool,
    /// The area as it is used now.
    used: Option<SwapArea>,
    off: bool,
    on: bool,
    identity: Identity,
    /// Extents of a temporary volume to be made.
    pub(super) temporary_extents: Option<u64>,
    temporary: Temporary,
    margin_kib: u64,
}

struct Identity {
    uuid: Id,
    label: Option<String>,
    priority: Option<i32>,
    discard: Option<String>,
}

/// A temporary volume that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Temporary {
    None,
    Unused,
    Used,
}

impl Need {
    pub(super) fn grows(&self) -> bool {
        self.extents > self.have
    }

    /// Whether a temporary volume that was left over, and is of no use, goes away first.
    fn clears_temporary(&self) -> bool {
        self.temporary == Temporary::Unused && self.temporary_extents.is_none()
    }

    /// Extents that it gives back before the swap volume grows.
    pub(super) fn given_back(&self, system: &System<'_>) -> u64 {
        if self.clears_temporary() { system.temporary_extents.unwrap_or(0) } else { 0 }
    }

    pub(super) fn notes(&self, growth: &Growth, request: &Request) -> Vec<String> {
        let mut notes = Vec::new();
        if self.temporary_extents.is_some() {
            notes.push("a temporary swap volume takes the pages while the swap volume is not used".into());
        }
        if let (true, Some(used)) = (self.off, &self.used) {
            notes.push(format!("{} KiB are swapped out to {} now", used.used_kib, request.name()));
        }
        if fstab_entry(growth, request).is_none() {
            notes.push(format!(
                "no line of /etc/fstab names {}: the node does not swap to it after its next start",
                request.name()
            ));
        }
        notes
    }
}

pub(super) fn need(growth: &Growth, request: &Request, system: &System<'_>) -> Result<Need, Refusal> {
    let areas = areas(growth)?;
    let device = match &growth.swap_device {
        Probed::Known(device) => device,
        Probed::Absent => {
            return Err(refuse(
                "volume-inactive",
                format!("there is no {}", request.device()),
                "lvchange --activate y",
            ));
        }
        Probed::Unreadable(why) => return Err(refuse("volume-unknown", why.clone(), "look at /dev and at lvs")),
    };
    let kernel = kernel(device, request, system)?;
    let device = device.path.as_str();
    let temporary_device = format!("{}-{}", mangled(&request.group), mangled(TEMPORARY));
    let is_temporary = |area: &SwapArea| is_mapped(growth, &area.path, &temporary_device);
    let used = areas.iter().find(|area| area.path == device).cloned();
    let others = areas.iter().filter(|area| area.path != device && !is_temporary(area)).map(bytes);
    let others = others.fold(0, u64::saturating_add);
    let enough = others.saturating_add(used.as_ref().map_or(0, bytes)) >= request.target_bytes;
    let have = system.extents();
    let extents = if enough { have } else { have.max(system.extents_for(request.target_bytes)) };
    can_grow(request, system, extents.saturating_sub(have))?;
    let content = header(growth, request, system, kernel)?;
    let formatted = content.and_then(|content| content.bytes);
    let whole = system.group.extent_bytes.saturating_mul(extents);
    let format = extents > have || formatted.is_none() || (!enough && formatted != Some(whole));
    // An area in use that is not the one of the header was formatted under the kernel's feet, or by a run that was cut
    // off.
    let bad_pages = u64::from(content.and_then(|content| content.swap).map_or(0, |swap| swap.bad_pages));
    keeps_bad_pages(request, bad_pages, format || !enough)?;
    let usable = formatted.map(|bytes| bytes.saturating_sub(bad_pages.saturating_mul(PAGE)));
    let stale = used.as_ref().is_some_and(|area| Some(bytes(area)) != usable);
    let off = used.is_some() && (format || stale);
    let temporary = match system.temporary_extents {
        None => Temporary::None,
        Some(_) if areas.iter().any(is_temporary) => Temporary::Used,
        Some(_) => Temporary::Unused,
    };
    Ok(Need {
        extents,
        have,
        kernel,
        format,
        on: off || used.is_none(),
        off,
        identity: identity(growth, request, content, used.as_ref())?,
        used,
        temporary_extents: None,
        temporary,
        margin_kib: 0,
    })
}

impl Need {
    /// Finds where the pages go that are swapped out to the volume, where it is taken out of use.
    pub(super) fn find_room(&mut self, growth: &Growth, request: &Request, system: &System<'_>) -> Result<(), Refusal> {
        let (true, Some(used)) = (self.off, &self.used) else { return Ok(()) };
        let memory = match &growth.memory {
            Probed::Known(memory) => memory,
            Probed::Absent => {
                return Err(refuse("memory-unknown", "the kernel does not show its memory", "mount /proc"));
            }
            Probed::Unreadable(why) => {
                return Err(refuse("memory-unknown", why.clone(), "make /proc readable, then run it again"));
            }
        };
        // A thirty-second of all memory, within bounds that fit small and large nodes.
        self.margin_kib = (memory.total_kib / 32).clamp(64 << 10, 1 << 20);
        let room: Room = memory.room_without(&used.path, areas(growth)?);
        let short = room.short_of(self.margin_kib);
        match (short, self.temporary) {
            (Some(short), Temporary::Used) => {
                let short = format!("{short}; a temporary volume is swapped to already");
                return Err(refuse("memory", short, "stop something that uses memory"));
            }
            (Some(short), _) if !request.temporary_swap => {
                let remedy = "stop something that uses memory, or give --temporary-swap: a temporary volume takes the \
                              pages first";
                return Err(refuse("memory", short, remedy));
            }
            (_, Temporary::None | Temporary::Unused) if request.temporary_swap => {
                // As large as the area itself: what is swapped out changes from one moment to the next, and the plan
                // must not.
                let kib = used.kib.saturating_add(self.margin_kib.saturating_mul(2));
                let extents = system.extents_for(kib.saturating_mul(1024));
                self.temporary_extents = Some(extents.saturating_sub(system.temporary_extents.unwrap_or(0)));
            }
            _ => {}
        }
        Ok(())
    }
}

fn areas(growth: &Growth) -> Result<&[SwapArea], Refusal> {
    let why = match growth.node.running.as_ref().map(|running| &running.swaps) {
        Some(Probed::Known(areas)) => return Ok(areas),
        Some(Probed::Unreadable(why)) => why.clone(),
        Some(Probed::Absent) | None => "there is no /proc/swaps".into(),
    };
    Err(refuse("swaps-unknown", why, "make /proc readable, then run it again"))
}

/// Bytes of an area, its header's page among them.
fn bytes(area: &SwapArea) -> u64 {
    area.kib.saturating_mul(1024).saturating_add(PAGE)
}

/// What device-mapper makes of a name of LVM2's: hyphens doubled.
fn mangled(name: &str) -> String {
    name.replace('-', "--")
}

fn is_mapped(growth: &Growth, path: &str, name: &str) -> bool {
    let block = growth.node.running.as_ref().and_then(|running| running.block.known());
    block.into_iter().flatten().any(|device| {
        path.strip_prefix("/dev/") == Some(&device.name)
            && device.mapped.as_ref().is_some_and(|(mapped, _)| mapped == name)
    })
}

/// The area's header; `None` where it has none any more, and a run that was cut off says what it was.
fn header<'g>(
    growth: &Growth,
    request: &Request,
    system: &System<'g>,
    kernel: Kernel,
) -> Result<Option<&'g Content>, Refusal> {
    let name = request.name();
    is_not_encrypted(growth, request, system)?;
    let content = system.volume.content.as_ref();
    let kind = content.map(|content| content.kind);
    match (kind, content.and_then(|content| content.swap)) {
        (Some(Kind::Swap), Some(swap)) if swap.hibernation => {
            let remedy = "start the node once without hibernation, so that the image is used up";
            Err(refuse("hibernation", format!("{name} holds the memory of a hibernated machine"), remedy))
        }
        (Some(Kind::Swap), Some(swap)) if u64::from(swap.page_bytes) != PAGE => {
            let message = format!("{name} was made for pages of {} bytes", swap.page_bytes);
            Err(refuse("swap-header", message, "swap of another machine: make it anew by hand"))
        }
        (Some(Kind::Swap), Some(_)) => Ok(content),
        // What a mkswap that was cut off leaves is nothing that is known: a file system was made by somebody else
        // meanwhile.
        (Some(Kind::Blank | Kind::Unknown), _)
            if request.remembered.is_some() && (growth.swap_header.known().is_some() || kernel.is_suspended) =>
        {
            Ok(None)
        }
        (Some(Kind::Unreadable) | None, _) => {
            Err(refuse("swap-header", format!("what {name} holds could not be read"), "look at okv-host scan"))
        }
        (Some(kind), _) => {
            let message = format!("{name} is {} and no swap area", kind.word());
            Err(refuse(
                "swap-header",
                message,
                "make sure of the name of the swap volume; make it swap by hand, if it is",
            ))
        }
    }
}

fn identity(
    growth: &Growth,
    request: &Request,
    content: Option<&Content>,
    used: Option<&SwapArea>,
) -> Result<Identity, Refusal> {
    let remembered = request.remembered.as_ref();
    let entry = fstab_entry(growth, request);
    let in_fstab = entry.and_then(|entry| entry.options.iter().find_map(|o| o.strip_prefix("pri=")?.parse().ok()));
    let priority = match used {
        Some(area) => Some(area.priority),
        None => remembered.and_then(|known| known.priority).or(in_fstab),
    };
    let discard = entry.and_then(|entry| entry.options.iter().find(|o| *o == "discard" || o.starts_with("discard=")));
    let on_disk = content.and_then(|c| Some((c.uuid?, c.label.clone())));
    let in_journal = || remembered.and_then(|known| Some((Id::parse_uuid(&known.uuid)?, known.label.clone())));
    let (uuid, label) = match on_disk.or_else(in_journal) {
        Some(identity) => identity,
        None => {
            let message = format!("{} has a swap header without a UUID, which could not be kept", request.name());
            return Err(refuse("swap-header", message, "give it one by mkswap --uuid while it is not used"));
        }
    };
    // The kernel numbers what nobody chose below zero.
    Ok(Identity { uuid, label, priority: priority.filter(|p| *p >= 0), discard: discard.cloned() })
}

/// The line of /etc/fstab that names the swap volume.
fn fstab_entry<'g>(growth: &'g Growth, request: &Request) -> Option<&'g FstabEntry> {
    let entries = growth.node.setup.as_ref()?.fstab.known()?;
    entries.iter().filter(|entry| entry.kind == "swap").find(|entry| {
        matches!(volume(&growth.node, &entry.source), Located::One(Volume::Logical { group, volume })
            if group.name == request.group && volume.name == request.volume)
    })
}
