//! The disks of a node: a picture of each, and the figures below it.

use super::markup::Markup;
use crate::base::units::Bytes;
use crate::disk::Disk;
use crate::engine::Step;
use crate::report::picture::{Area, DiskPicture, Look, Part, after, before};

/// Parts of a whole, for lengths.
const WHOLE: u64 = 10_000;
/// Narrowest box, where there is room for all.
const NARROWEST: u64 = 300;
/// How much of the whole a character takes on a wide screen.
const CHARACTER: u64 = 90;

/// What an area or a part of it is, in the table below the picture.
struct Row {
    key: String,
    what: String,
    content: String,
    bytes: u64,
}

/// Every disk that could be read; with a second picture where `planned` changes it.
pub(super) fn disks(out: &mut Markup, disks: &[Disk], planned: &[Step]) {
    let now = before(disks);
    let then = after(&now, planned);
    out.raw("<section>\n<h2>Disks</h2>\n");
    for (number, disk) in now.iter().enumerate() {
        let changed = then.as_ref().and_then(|then| then.get(number)).filter(|then| *then != disk);
        out.raw("<section class=\"disk\">\n<h3>");
        out.text(&disk.path);
        out.raw(" <small>");
        out.text(&Bytes(disk.bytes).rounded());
        out.raw("</small></h3>\n");
        let caption = if changed.is_some() { "Now" } else { "" };
        figure(out, disk, caption);
        if let Some(changed) = changed {
            figure(out, changed, "After okv-host swap-extend (LVM2 chooses the extents)");
        }
        table(out, disk, changed);
        out.raw("</section>\n");
    }
    if now.is_empty() {
        out.raw("<p>No disk could be read.</p>\n");
    }
    out.raw("</section>\n");
}

fn figure(out: &mut Markup, disk: &DiskPicture, caption: &str) {
    out.raw("<figure>\n");
    out.within("<figcaption>", caption, "</figcaption>\n");
    out.raw("<svg class=\"bar\" width=\"100%\" height=\"76\" role=\"img\" aria-label=\"");
    let words: Vec<String> =
        rows(disk).iter().map(|row| format!("{}: {}, {}", row.what, row.content, Bytes(row.bytes).rounded())).collect();
    out.text(&words.join("; "));
    out.raw("\">\n");
    let widths: Vec<u64> = disk.areas.iter().map(|area| area.bytes).collect();
    for (area, (from, to)) in disk.areas.iter().zip(spans(&widths, 0, WHOLE)) {
        let key = area.number.map_or_else(String::new, |number| number.to_string());
        piece(out, (from, to), Level::Area, area.look, (&key, &area.content));
        let Some(volume) = &area.volume else { continue };
        let widths: Vec<u64> = volume.parts.iter().map(|part| part.extents).collect();
        for (part, (from, to)) in volume.parts.iter().zip(spans(&widths, from, to)) {
            let key = part.volume.as_deref().map(initials).unwrap_or_default();
            let name = part.volume.as_deref().unwrap_or(&part.content);
            piece(out, (from, to), Level::Part, part.look, (&key, name));
        }
    }
    out.raw("</svg>\n</figure>\n");
}

/// Which row of the picture a piece is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Area,
    Part,
}

fn piece(out: &mut Markup, (from, to): (u64, u64), level: Level, look: Look, (key, name): (&str, &str)) {
    let width = to.saturating_sub(from);
    out.raw("<svg x=\"");
    out.percent(from);
    out.raw(if level == Level::Area { "\" y=\"0\" width=\"" } else { "\" y=\"38\" width=\"" });
    out.percent(width);
    out.raw("\" height=\"36\"><rect width=\"100%\" height=\"100%\" class=\"");
    out.raw(class(look));
    out.raw("\"/>");
    let long = match level {
        Level::Area if key.is_empty() => name.to_owned(),
        Level::Area => format!("{key} {name}"),
        Level::Part => name.to_owned(),
    };
    let fits = |text: &str| (text.chars().count() as u64).saturating_add(1).saturating_mul(CHARACTER) <= width;
    let long = if fits(&long) { long.as_str() } else { key };
    out.within("<text class=\"long\" x=\"6\" y=\"23\">", long, "</text>");
    out.within("<text class=\"key\" x=\"4\" y=\"23\">", key, "</text>");
    out.raw("</svg>\n");
}

/// A name that has room in a small box: of `lv_swap`, `sw`.
fn initials(name: &str) -> String {
    name.strip_prefix("lv_").unwrap_or(name).chars().take(2).collect()
}

fn class(look: Look) -> &'static str {
    match look {
        Look::Boot => "boot",
        Look::Lvm => "lvm",
        Look::Swap => "swap",
        Look::Data => "data",
        Look::Free => "free",
        Look::New => "new",
    }
}

/// From where to where each of `sizes` lies. The square root keeps a /boot of 500 MB visible beside terabytes; order and
/// rank stay true.
fn spans(sizes: &[u64], from: u64, to: u64) -> Vec<(u64, u64)> {
    let (room, count) = (to.saturating_sub(from), sizes.len() as u64);
    let narrowest = NARROWEST.min(room.checked_div(count.saturating_mul(2)).unwrap_or_default());
    let spare = room.saturating_sub(narrowest.saturating_mul(count));
    let total = sizes.iter().map(|size| size.isqrt()).fold(0, u64::saturating_add).max(1);
    let (mut spans, mut seen, mut at) = (Vec::with_capacity(sizes.len()), 0_u64, from);
    for (size, number) in sizes.iter().zip(1_u64..) {
        seen = seen.saturating_add(size.isqrt());
        let share = u128::from(seen).saturating_mul(u128::from(spare)) / u128::from(total);
        let until = u64::try_from(share).unwrap_or(spare);
        let end = from.saturating_add(narrowest.saturating_mul(number)).saturating_add(until).min(to);
        spans.push((at, end));
        at = end;
    }
    spans
}

/// What the picture shows, each thing once.
fn rows(disk: &DiskPicture) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for area in &disk.areas {
        add(&mut rows, of_area(area));
        let Some(volume) = &area.volume else { continue };
        for part in &volume.parts {
            add(&mut rows, of_part(&volume.group, volume.extent_bytes, part));
        }
    }
    rows
}

fn add(rows: &mut Vec<Row>, row: Row) {
    match rows.iter_mut().find(|other| other.what == row.what) {
        Some(other) => other.bytes = other.bytes.saturating_add(row.bytes),
        None => rows.push(row),
    }
}

fn of_area(area: &Area) -> Row {
    let (key, what) = match area.number {
        Some(number) => (number.to_string(), format!("partition {number}")),
        None if area.look == Look::Free => (String::new(), "without a partition".to_owned()),
        None => (String::new(), "whole disk".to_owned()),
    };
    Row { key, what, content: area.content.clone(), bytes: area.bytes }
}

fn of_part(group: &str, extent_bytes: u64, part: &Part) -> Row {
    let bytes = part.extents.saturating_mul(extent_bytes);
    match &part.volume {
        Some(name) => {
            Row { key: initials(name), what: format!("{group}/{name}"), content: part.content.clone(), bytes }
        }
        None => Row { key: String::new(), what: format!("free in {group}"), content: part.content.clone(), bytes },
    }
}

fn table(out: &mut Markup, disk: &DiskPicture, changed: Option<&DiskPicture>) {
    let (now, then) = (rows(disk), changed.map(rows));
    out.raw("<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">key</th><th scope=\"col\">what</th>");
    out.raw("<th scope=\"col\">content</th><th scope=\"col\" class=\"n\">size</th>");
    out.raw(if then.is_some() { "<th scope=\"col\" class=\"n\">after</th>" } else { "" });
    out.raw("</tr></thead>\n<tbody>\n");
    let of = |rows: &[Row], what: &str| rows.iter().find(|row| row.what == what).map(|row| row.bytes);
    let all = then.as_deref().unwrap_or(&now);
    let gone = now.iter().filter(|row| of(all, &row.what).is_none());
    for row in all.iter().chain(gone) {
        out.raw("<tr><td>");
        out.text(&row.key);
        out.raw("</td><th scope=\"row\">");
        out.text(&row.what);
        out.raw("</th><td>");
        out.text(&row.content);
        size(out, of(&now, &row.what));
        if let Some(then) = &then {
            size(out, of(then, &row.what));
        }
        out.raw("</td></tr>\n");
    }
    out.raw("</tbody></table></div>\n");
}

fn size(out: &mut Markup, bytes: Option<u64>) {
    out.raw("</td><td class=\"n\">");
    out.text(&bytes.map_or_else(|| "-".to_owned(), |bytes| Bytes(bytes).rounded()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_fill_the_whole_and_none_is_too_small_to_be_seen() {
        for sizes in [vec![1], vec![1, 1 << 41], vec![200 << 20, 500 << 20, 2 << 40, 0], vec![5; 100]] {
            let spans = spans(&sizes, 0, WHOLE);
            assert_eq!((spans[0].0, spans.last().unwrap().1), (0, WHOLE), "{sizes:?}");
            assert!(spans.windows(2).all(|pair| pair[0].1 == pair[1].0), "{sizes:?}");
            assert!(spans.iter().all(|(from, to)| to - from >= 50), "{sizes:?}: {spans:?}");
        }
        assert!(spans(&[], 0, WHOLE).is_empty());
    }
}
