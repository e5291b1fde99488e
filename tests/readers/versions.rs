//! Versions: those of releases, and rpm's order.

use std::cmp::Ordering;

use super::{Reader, seeds};
use crate::base::evr::Evr;
use crate::base::versions::Version;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "version",
        sources: &["base/versions"],
        seeds: || seeds::texts(&["21.8.0.0.0", "21.8", "18.1.0.0.0.1"]),
        read: |data| {
            let Some(version) = str::from_utf8(data).ok().and_then(Version::parse) else { return };
            assert_eq!(Version::parse(&version.to_string()), Some(version.clone()), "{version}");
            assert!(version.is_of(&version.series()), "{version}");
        },
    },
    Reader { name: "rpm-order", sources: &[], seeds: pairs, read: order },
];

fn pairs() -> Vec<Vec<u8>> {
    seeds::texts(&[
        "5.15.0-3.el8uek\x005.4.17-2136.el8uek",
        "1.0~rc1\x001.0",
        "1.0^git1\x001.0.1",
        "1.0a\x001.0.a",
        "007\x007",
        "a\x001",
    ])
}

/// Two versions with a NUL between, in rpm's order by two implementations.
fn order(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let (a, b) = text.split_once('\0').unwrap_or((text, ""));
    let (one, other) = (Evr::new(a, ""), Evr::new(b, ""));
    assert_eq!(one.cmp(&other), by_rpm(a.as_bytes(), b.as_bytes()), "{a:?} against {b:?}");
    assert_eq!(one.cmp(&other), other.cmp(&one).reverse(), "{a:?} against {b:?}");
}

/// The order that `rpmvercmp` of rpm's `rpmio/rpmvercmp.c` has, written from its documentation (rpm-version(7)).
fn by_rpm(mut a: &[u8], mut b: &[u8]) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    loop {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"~^".contains(byte);
        let skip = |text: &'_ [u8]| text.iter().position(is_part).unwrap_or(text.len());
        (a, b) = (&a[skip(a)..], &b[skip(b)..]);
        match (a.first(), b.first()) {
            (Some(b'~'), Some(b'~')) => {
                (a, b) = (&a[1..], &b[1..]);
                continue;
            }
            (Some(b'~'), _) => return Ordering::Less,
            (_, Some(b'~')) => return Ordering::Greater,
            (Some(b'^'), Some(b'^')) => {
                (a, b) = (&a[1..], &b[1..]);
                continue;
            }
            (Some(b'^'), None) => return Ordering::Greater,
            (None, Some(b'^')) => return Ordering::Less,
            (Some(b'^'), Some(_)) => return Ordering::Less,
            (Some(_), Some(b'^')) => return Ordering::Greater,
            (None, None) => return Ordering::Equal,
            (Some(_), None) => return Ordering::Greater,
            (None, Some(_)) => return Ordering::Less,
            (Some(first), Some(_)) => {
                let is_number = first.is_ascii_digit();
                let is_same = |byte: &u8| if is_number { byte.is_ascii_digit() } else { byte.is_ascii_alphabetic() };
                let end = |text: &'_ [u8]| text.iter().position(|byte| !is_same(byte)).unwrap_or(text.len());
                let ((one, rest_a), (other, rest_b)) = (a.split_at(end(a)), b.split_at(end(b)));
                if other.is_empty() {
                    return if is_number { Ordering::Greater } else { Ordering::Less };
                }
                let order = if is_number { numbers(one, other) } else { one.cmp(other) };
                if order.is_ne() {
                    return order;
                }
                (a, b) = (rest_a, rest_b);
            }
        }
    }
}

fn numbers(a: &[u8], b: &[u8]) -> Ordering {
    let bare = |digits: &'_ [u8]| digits.iter().position(|digit| *digit != b'0').unwrap_or(digits.len());
    let (a, b) = (&a[bare(a)..], &b[bare(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
