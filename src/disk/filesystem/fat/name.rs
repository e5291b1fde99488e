//! Names: long ones put together from their slots, short ones as vfat shows them, and when two are alike.

use super::entry::{File, SLOT_UNITS, Slot};

/// Most slots of a name: 255 units and no more fit in 20.
const MOST_SLOTS: u8 = 20;

/// The slots of a long name, as far as they were read.
pub(super) struct Long {
    units: Vec<u16>,
    checksum: u8,
    /// The number of the slot that was read last; 1 where the name is whole.
    number: u8,
}

impl Long {
    /// Takes the next slot; `None` where it does not go on with the name, and is not the first of another.
    pub(super) fn with(before: Option<Self>, slot: &Slot) -> Option<Self> {
        let index = usize::from(slot.number.checked_sub(1)?).checked_mul(SLOT_UNITS)?;
        let mut long = if slot.is_last {
            let len = index.checked_add(SLOT_UNITS).filter(|_| slot.number <= MOST_SLOTS)?;
            Self { units: vec![0; len], checksum: slot.checksum, number: slot.number }
        } else {
            let goes_on = |long: &Self| long.number.checked_sub(1) == Some(slot.number);
            before.filter(|long| goes_on(long) && long.checksum == slot.checksum)?
        };
        long.number = slot.number;
        let place = long.units.get_mut(index..)?.get_mut(..SLOT_UNITS)?;
        place.copy_from_slice(&slot.units);
        Some(long)
    }

    /// The name, where it is whole and belongs to `file`.
    pub(super) fn of(&self, file: &File) -> Option<String> {
        if self.number != 1 || self.checksum != file.checksum {
            return None;
        }
        let units = self.units.iter().copied().take_while(|unit| *unit != 0);
        let name: String = char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        (!name.is_empty()).then_some(name)
    }
}

/// The short name as vfat shows it with its default options (`shortname=mixed,codepage=437`). Empty where there is
/// nothing but blanks.
pub(super) fn short(file: &File) -> String {
    let (name, ending) = file.short_name.split_at(8);
    let mut shown = part(name, file.name_is_lower);
    let ending = part(ending, file.ending_is_lower);
    if !shown.is_empty() && !ending.is_empty() {
        shown.push('.');
        shown.push_str(&ending);
    }
    shown
}

fn part(bytes: &[u8], is_lower: bool) -> String {
    let chars = bytes.iter().take_while(|byte| **byte != 0).map(|byte| codepage_437(*byte));
    let text: String = chars.map(|char| if is_lower { lower(char) } else { char }).collect();
    text.trim_end_matches(' ').to_owned()
}

/// Whether two names are the same to vfat: without case, and without dots at the end.
pub(super) fn alike(name: &str, wanted: &str) -> bool {
    let folded = |text| str::chars(text).map(lower);
    let wanted = wanted.trim_end_matches('.');
    !wanted.is_empty() && folded(name.trim_end_matches('.')).eq(folded(wanted))
}

/// The lower case of a character where that is one character too.
fn lower(char: char) -> char {
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => char,
    }
}

/// Code page 437, the kernel's default and that of most firmware, from byte 0x80.
const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
                    └┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn codepage_437(byte: u8) -> char {
    let high = byte.checked_sub(0x80).and_then(|index| HIGH.chars().nth(index.into()));
    high.unwrap_or(char::from(byte))
}
