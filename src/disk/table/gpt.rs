//! Both copies of a GPT, judged apart and then against each other.

use std::borrow::Cow;

use super::source::{Source, unreadable};
use crate::base::units::{ByteRange, SectorSize};
use crate::disk::format::Malformed;
use crate::disk::format::content::{Content, Kind};
use crate::disk::format::gpt::{Entry, Header, entries};
use crate::disk::{CopyState, Flag, Partition, PartitionType, Problem, ProblemId, TypeBit};

/// Header and array of a copy that is sound in itself.
pub(super) struct Sound<'a> {
    pub(super) header: Header,
    array: Cow<'a, [u8]>,
    /// Whether that is, byte for byte, the array of the copy that was looked at before it.
    same_array: bool,
}

pub(super) enum Copy<'a> {
    Sound(Sound<'a>),
    /// There and wrong, or unreadable. A header that is sound itself may still tell where the other copy is.
    Damaged {
        alternate_lba: Option<u64>,
        problem: Problem,
        /// The partitions that it describes, where nothing is wrong with it but that the disk ends too early.
        described: Option<Sound<'a>>,
    },
    /// No signature, or no such sector.
    Nothing,
}

impl<'a> Copy<'a> {
    pub(super) fn sound(&self) -> Option<&Sound<'a>> {
        match self {
            Self::Sound(sound) => Some(sound),
            _ => None,
        }
    }

    fn alternate_lba(&self) -> Option<u64> {
        match self {
            Self::Sound(sound) => Some(sound.header.alternate_lba),
            Self::Damaged { alternate_lba, .. } => *alternate_lba,
            Self::Nothing => None,
        }
    }
}

pub(super) struct Copies<'a> {
    pub(super) primary: Copy<'a>,
    pub(super) backup: Copy<'a>,
    sector: SectorSize,
    last_lba: u64,
}

/// What the two copies say together.
pub(super) struct Verdict {
    pub(super) primary: CopyState,
    pub(super) backup: CopyState,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Copies<'a> {
    /// Looks for both copies. The backup is where the primary says, or else in the last sector.
    pub(super) fn find(source: &Source<'a>, sector: SectorSize) -> Self {
        let Some(last_lba) = source.last_lba(sector).filter(|lba| *lba > 1) else {
            return Self { primary: Copy::Nothing, backup: Copy::Nothing, sector, last_lba: 0 };
        };
        let look = |lba, twin| copy(source, sector, lba, last_lba, twin);
        let primary = look(1, None);
        let announced = primary.alternate_lba().filter(|lba| (2..=last_lba).contains(lba));
        let mut backup = look(announced.unwrap_or(last_lba), primary.sound());
        if backup.sound().is_none() && announced.is_some_and(|lba| lba != last_lba) {
            let at_end = look(last_lba, primary.sound());
            if at_end.sound().is_some() {
                backup = at_end;
            }
        }
        Self { primary, backup, sector, last_lba }
    }

    /// The copy that the partitions are read from: the primary, or else the backup.
    pub(super) fn best(&self) -> Option<&Sound<'a>> {
        self.primary.sound().or(self.backup.sound())
    }

    /// The copy that describes a disk which was longer.
    pub(super) fn of_longer_disk(&self) -> Option<&Sound<'a>> {
        [&self.primary, &self.backup].into_iter().find_map(|copy| match copy {
            Copy::Damaged { described, .. } => described.as_ref(),
            _ => None,
        })
    }

    /// How much of it is sound: of two tables for two sector sizes the better one counts.
    pub(super) fn soundness(&self) -> (bool, bool, bool) {
        let at_end = self.backup.sound().is_some_and(|backup| backup.header.my_lba == self.last_lba);
        (self.primary.sound().is_some(), self.backup.sound().is_some(), at_end)
    }

    /// The bytes that the better copy grants to partitions.
    pub(super) fn usable(&self) -> Option<ByteRange> {
        let header = self.best()?.header;
        ByteRange::of_sectors(header.first_usable_lba, header.last_usable_lba, self.sector)
    }

    /// Judges the copies of a disk that has, or should have, a GPT.
    pub(super) fn judge(&self) -> Verdict {
        let mut problems = Vec::new();
        let primary = match &self.primary {
            Copy::Sound(_) => CopyState::Ok,
            Copy::Damaged { problem, .. } => {
                problems.push(problem.clone());
                CopyState::Damaged
            }
            Copy::Nothing => {
                problems.push(self.nothing("primary", 1));
                CopyState::Damaged
            }
        };
        let backup = match (&self.backup, self.primary.alternate_lba()) {
            (Copy::Sound(backup), _) => self.judge_sound_backup(backup, &mut problems),
            (Copy::Damaged { problem, .. }, _) => {
                problems.push(problem.clone());
                CopyState::Damaged
            }
            (Copy::Nothing, Some(lba)) if lba > self.last_lba => {
                let (at, end) = (self.describe(lba), self.describe(self.last_lba));
                let why = format!("the primary GPT header puts its backup at {at}, but the disk ends at {end}");
                problems.push(Problem::new(ProblemId::TableDamaged, why));
                CopyState::Missing
            }
            (Copy::Nothing, lba) => {
                problems.push(self.nothing("backup", lba.unwrap_or(self.last_lba)));
                CopyState::Damaged
            }
        };
        if primary == CopyState::Damaged && self.best().is_some() {
            let why = "the partitions are those of the backup GPT; Linux does not use it unless booted with \"gpt\"";
            problems.push(Problem::new(ProblemId::TableIgnored, why));
        }
        Verdict { primary, backup, problems }
    }

    fn judge_sound_backup(&self, backup: &Sound<'_>, problems: &mut Vec<Problem>) -> CopyState {
        let before = problems.len();
        let mut differs = |why: String| problems.push(Problem::new(ProblemId::TableDisagrees, why));
        let header = &backup.header;
        let here = || self.describe(header.my_lba);
        if header.my_lba != self.last_lba {
            let end = self.describe(self.last_lba);
            differs(format!(
                "the backup GPT header is at {}, not at the end of the disk, {end}: the disk has grown since",
                here()
            ));
        }
        if header.alternate_lba != 1 {
            let other = header.alternate_lba;
            differs(format!("the backup GPT header at {} puts the primary in sector {other}, not in sector 1", here()));
        }
        if let Some(primary) = self.primary.sound() {
            if primary.header.alternate_lba != header.my_lba {
                let other = primary.header.alternate_lba;
                differs(format!("the primary GPT header puts its backup in sector {other}, but it is at {}", here()));
            }
            for what in backup.differences(primary) {
                differs(format!("the backup GPT header at {} has other {what} than the primary", here()));
            }
        }
        if problems.len() == before { CopyState::Ok } else { CopyState::Disagrees }
    }

    fn nothing(&self, which: &str, lba: u64) -> Problem {
        let message = format!("{which} GPT header at {}: there is no signature", self.describe(lba));
        Problem::new(ProblemId::TableDamaged, message)
    }

    fn describe(&self, lba: u64) -> String {
        match self.sector.offset_of(lba) {
            Some(at) => format!("byte {at}"),
            None => format!("sector {lba}"),
        }
    }
}

impl Sound<'_> {
    /// What differs from `other`, the copy that was looked at before.
    fn differences(&self, other: &Self) -> impl Iterator<Item = &'static str> {
        let (a, b) = (&self.header, &other.header);
        [
            (a.disk_guid != b.disk_guid, "disk GUID"),
            ((a.first_usable_lba, a.last_usable_lba) != (b.first_usable_lba, b.last_usable_lba), "usable sectors"),
            ((a.entries, a.entry_bytes) != (b.entries, b.entry_bytes), "numbers of entries"),
            (!self.same_array, "partitions"),
        ]
        .into_iter()
        .filter_map(|(differs, what)| differs.then_some(what))
    }

    /// Its partitions. An entry that ends before it starts, or beyond 2^64 bytes, is a problem instead.
    pub(super) fn partitions(&self, sector: SectorSize, problems: &mut Vec<Problem>) -> Vec<Partition> {
        let mut partitions = Vec::new();
        let mut impossible = Vec::new();
        for entry in entries(&self.array, self.header.entry_bytes) {
            match ByteRange::of_sectors(entry.first_lba, entry.last_lba, sector) {
                Some(range) => partitions.push(partition(entry, range)),
                None => impossible.push(entry.number),
            }
        }
        if let Some(first) = impossible.first() {
            let count = impossible.len();
            let why = format!("partition {first} ends before it starts or beyond any disk ({count} entries do)");
            problems.push(Problem::new(ProblemId::TableDamaged, why));
        }
        partitions
    }
}

/// Judges the copy whose header is in sector `lba`. `twin` saves the second checksum of an array that is the same.
fn copy<'a>(source: &Source<'a>, sector: SectorSize, lba: u64, last: u64, twin: Option<&Sound<'_>>) -> Copy<'a> {
    let which = if lba == 1 { "primary" } else { "backup" };
    let at = sector.offset_of(lba).unwrap_or(u64::MAX);
    let damaged = |alternate_lba, id, what: &dyn std::fmt::Display| {
        let problem = Problem::new(id, format!("{which} {what}"));
        Copy::Damaged { alternate_lba, problem, described: None }
    };
    let bytes = match source.sector(lba, sector) {
        Ok(bytes) => bytes,
        Err(why) => {
            let problem = unreadable(&format!("{which} GPT header"), at, &why);
            return Copy::Damaged { alternate_lba: None, problem, described: None };
        }
    };
    let header = match Header::parse(&bytes) {
        Ok(None) => return Copy::Nothing,
        Ok(Some(header)) => header,
        Err(wrong) => return damaged(None, ProblemId::TableDamaged, &wrong.at_offset(at)),
    };
    if let Err(wrong) = header.check(lba, last, sector) {
        let problem = Problem::new(ProblemId::TableDamaged, format!("{which} {}", wrong.at_offset(at)));
        return Copy::Damaged { alternate_lba: None, problem, described: longer(source, sector, (lba, last), header) };
    }
    let alternate = Some(header.alternate_lba);
    let array_at = sector.offset_of(header.array_lba).unwrap_or(u64::MAX);
    let array = match source.read(array_at, header.array_bytes()) {
        Ok(array) => array,
        Err(why) => {
            let problem = unreadable(&format!("{which} GPT array"), array_at, &why);
            return Copy::Damaged { alternate_lba: alternate, problem, described: None };
        }
    };
    let same = twin.is_some_and(|twin| twin.header.array_crc == header.array_crc && twin.array == array);
    let checked: Result<(), Malformed> = if same { Ok(()) } else { header.check_array(&array) };
    match checked {
        Ok(()) => Copy::Sound(Sound { header, array, same_array: same }),
        Err(wrong) => damaged(alternate, ProblemId::TableDamaged, &wrong.at_offset(array_at)),
    }
}

/// What a primary header describes that is right but for the end of the disk: it puts its backup beyond that.
fn longer<'a>(source: &Source<'a>, sector: SectorSize, (lba, last): (u64, u64), header: Header) -> Option<Sound<'a>> {
    let was_longer = lba == 1 && header.alternate_lba > last && header.last_usable_lba < header.alternate_lba;
    header.check(lba, header.alternate_lba, sector).ok().filter(|()| was_longer)?;
    let array = source.read(sector.offset_of(header.array_lba)?, header.array_bytes()).ok()?;
    header.check_array(&array).ok()?;
    Some(Sound { header, array, same_array: false })
}

fn partition(entry: Entry, range: ByteRange) -> Partition {
    Partition {
        number: entry.number,
        start_bytes: range.start(),
        bytes: range.len(),
        kind: PartitionType::Guid(entry.kind),
        uuid: (!entry.unique.is_nil()).then_some(entry.unique),
        name: entry.name,
        flags: flags(entry.attributes),
        content: Content::new(Kind::Unknown),
    }
}

/// Attribute bits 0 to 2 and 48 to 63 (UEFI specification, table 5.8); the others are reserved.
fn flags(attributes: u64) -> Vec<Flag> {
    if attributes == 0 {
        return Vec::new();
    }
    let flag = |bit: u8| match bit {
        0 => Some(Flag::Required),
        1 => Some(Flag::NoBlockIo),
        2 => Some(Flag::LegacyBootable),
        48..=63 => Some(Flag::TypeBit(TypeBit(bit))),
        _ => None,
    };
    (0..64)
        .filter(|bit| attributes.checked_shr(u32::from(*bit)).unwrap_or_default() & 1 == 1)
        .filter_map(flag)
        .collect()
}
