use super::*;

fn line(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    write(&mut out, value).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_character_is_written_as_serde_json_writes_it() {
    for c in ('\0'..'\u{300}').chain(['\u{2028}', '\u{fffd}', '\u{1f4be}']) {
        for text in [c.to_string(), format!("a label that is longer than sixteen bytes {c}"), format!("{c}{c}")] {
            assert_eq!(line(&text), serde_json::to_string(&text).unwrap());
            assert_eq!(line(&Shown(&text)), serde_json::to_string(&text).unwrap());
        }
    }
}

#[test]
fn a_character_that_needs_an_escape_is_seen_at_any_place_of_a_text_of_any_length() {
    for len in 0..40 {
        for fill in [' ', '!', '#', '[', ']', '~', '\u{7f}'] {
            let plain = fill.to_string().repeat(len);
            assert_eq!(line(&plain), serde_json::to_string(&plain).unwrap());
            for at in 0..len {
                for c in ['\0', '\u{1f}', '"', '\\'] {
                    let text = format!("{}{c}{}", &plain[..at], &plain[at + 1..]);
                    assert_eq!(line(&text), serde_json::to_string(&text).unwrap());
                }
            }
        }
    }
}

struct Shown<'t>(&'t str);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

#[test]
fn numbers_lists_and_nothing_are_written_as_serde_json_writes_them() {
    let numbers = [0, 1, 9, 10, 99, 4096, 1 << 40, u64::MAX];
    assert_eq!(line(&numbers.as_slice()), serde_json::to_string(&numbers).unwrap());
    assert_eq!(line(&Vec::<u64>::new()), "[]");
    assert_eq!(line(&vec![Some(true), None, Some(false)]), "[true,null,false]");
}

#[test]
fn what_no_report_has_is_refused_and_leaves_nothing_behind() {
    let mut out = b"before".to_vec();
    assert!(write(&mut out, &vec![1.5]).unwrap_err().to_string().contains("f64"));
    assert!(write(&mut out, &vec![-1]).is_err());
    assert!(write(&mut out, &std::collections::BTreeMap::from([(1, 2)])).is_err());
    assert_eq!(out, b"before");
}
