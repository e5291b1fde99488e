use super::super::fields::{dashed_id, parse_id};
use super::super::text::{Bad, Item, Text, Value, unescape};
use super::*;

fn values(source: &str) -> Result<Vec<Value<'_>>, Bad> {
    let mut text = Text::new(source.as_bytes());
    let mut values = Vec::new();
    assert_eq!(text.item()?, Item::Setting(b"a"));
    text.each(|_, value| {
        values.push(value);
        Ok(())
    })?;
    match text.item()? {
        Item::EndOfText => Ok(values),
        _ => Err(text.bad("more")),
    }
}

#[test]
fn values_are_strings_integers_of_64_bits_floats_and_arrays_of_them() {
    assert_eq!(values("a=1"), Ok(vec![Value::Integer(1)]));
    assert_eq!(values("a = -9223372036854775808 # b = 2"), Ok(vec![Value::Integer(i64::MIN)]));
    assert_eq!(values("a = 9223372036854775807\n"), Ok(vec![Value::Integer(i64::MAX)]));
    assert_eq!(values("a = 1.5"), Ok(vec![Value::Float]));
    assert_eq!(values("a = []"), Ok(vec![]));
    assert_eq!(
        values("a\n=\t[ \"x ]#\", -3 , # no\n \"\"]\0 rubbish"),
        Ok(vec![Value::String(b"x ]#"), Value::Integer(-3), Value::String(b"")])
    );
    assert_eq!(unescape(br#"a \"b\" \\"#), "a \"b\" \\");
    assert_eq!(values(r#"a = "\"\\""#), Ok(vec![Value::String(br#"\"\\"#)]));
}

#[test]
fn a_text_that_breaks_the_grammar_is_refused_with_the_place() {
    for bad in
        ["a", "a =", "a = b", "a = [1", "a = [1 2]", "a = [[1]]", "a = \"x", "a = \"\\", "a = }", "a = 1 }", "= 1"]
    {
        let mut text = Text::new(bad.as_bytes());
        let result = text.item().and_then(|_| text.skip_value()).and_then(|()| text.item());
        assert!(result != Ok(Item::EndOfText), "{bad}: {result:?}");
    }
    for number in ["9223372036854775808", "-9223372036854775809", "1-2", "--1", "+", ".", "1e", "1.2.3"] {
        assert_eq!(values(&format!("a = {number}")).map_err(|bad| bad.at), Err(4), "{number}");
    }
}

#[test]
fn an_identifier_has_32_characters_and_dashes_anywhere() {
    let id = Some(Id::Lvm(*b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH"));
    assert_eq!(parse_id(b"F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH"), id);
    assert_eq!(dashed_id(b"F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH"), id);
    assert_eq!(parse_id(b"F1eDfYPyykfcfxndX2ebS94MHfsMfFyH"), id);
    assert_eq!(parse_id(b"-F1eDfYP-yykfcf-xndX2eb-S94MHfsMfFyH-"), id);
    for bad in ["", "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFy", "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyHx"] {
        assert_eq!(parse_id(bad.as_bytes()), None, "{bad}");
    }
    let good = b"F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH";
    for at in 0..good.len() {
        let mut bad = *good;
        bad[at] = b'_';
        assert_eq!((parse_id(&bad), dashed_id(&bad)), (None, None), "{at}");
    }
}

#[test]
fn an_identifier_in_a_text_is_taken_with_dashes_elsewhere_too_and_its_string_has_to_end() {
    let plain = "F1eDfYPyykfcfxndX2ebS94MHfsMfFyH";
    let dashed = "F1eDfY-Pyyk-fcfx-ndX2-ebS9-4MHf-sMfFyH";
    let group = |uuid: &str| {
        let text = format!(
            "vg {{\nid = {uuid}\nseqno = 1\nextent_size = 8192\n}}\n\
             contents = \"Text Format Volume Group\"\nversion = 1\n"
        );
        VolumeGroup::parse(text.as_bytes()).map(|group| group.uuid).map_err(|bad| bad.why)
    };
    let id = Id::Lvm(plain.as_bytes().try_into().unwrap());
    for uuid in [format!("\"{plain}\""), format!("\"{dashed}\""), format!("# why\n\t\"{dashed}\" # so")] {
        assert_eq!(group(&uuid), Ok(id), "{uuid}");
    }
    assert!(group(&format!("\"{dashed}")).is_err());
    assert!(group(&format!("\"{dashed}x\"")).is_err());
    assert!(group(dashed).is_err());
}

#[test]
fn numbers_are_the_same_whether_digits_alone_or_not() {
    let one = |number: &str| {
        let text = format!("{number} next = 1");
        let mut text = Text::new(text.as_bytes());
        let value = text.one_integer::<i64>().ok()?;
        (text.item() == Ok(Item::Setting(b"next"))).then_some(value)
    };
    for (number, value) in [
        ("0", Some(0)),
        ("007", Some(7)),
        ("+7", Some(7)),
        ("-7", Some(-7)),
        ("9223372036854775807", Some(i64::MAX)),
        ("-9223372036854775808", Some(i64::MIN)),
        ("9223372036854775808", None),
        ("12.5", None),
        ("12e3", None),
        ("12-3", None),
        ("12+", None),
        ("-", None),
    ] {
        assert_eq!(one(number), value, "{number}");
    }
}
