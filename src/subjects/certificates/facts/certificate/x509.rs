//! The fields of an X.509 certificate that matter here (RFC 5280, 4.1), and no judgement of the others: a serial number
//! that is too long or negative, or a first day before 1970, must not hide the last day.

use x509_cert::der::Decode;
use x509_cert::name::Name;

use super::{Certificate, Trust};
use crate::base::dates::Date;
use crate::base::digest::sum;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Reads a certificate in DER; what follows it is none of it.
///
/// # Errors
/// Where that is none.
pub(super) fn read(bytes: &[u8]) -> Result<Certificate, String> {
    let mut outside = Reader { rest: bytes };
    let mut certificate = outside.within(SEQUENCE)?;
    let length = bytes.len().saturating_sub(outside.rest.len());
    let der = bytes.get(..length).unwrap_or_default();
    let mut fields = certificate.within(SEQUENCE)?;
    // The algorithm and value of the signature, which nobody looks at here.
    certificate.value(SEQUENCE)?;
    certificate.next()?;
    if fields.tag() == Some(VERSION) {
        fields.next()?;
    }
    fields.value(INTEGER)?;
    fields.value(SEQUENCE)?;
    let issuer = name(fields.whole(SEQUENCE)?);
    let mut validity = fields.within(SEQUENCE)?;
    let (not_before, not_after) = (validity.time()?, validity.time()?);
    let subject = name(fields.whole(SEQUENCE)?);
    let sha256 = sum(der);
    Ok(Certificate {
        place: String::new(),
        subject,
        issuer,
        sha256,
        trust: Trust::File,
        not_before,
        not_after,
        more: 0,
    })
}

fn name(der: &[u8]) -> String {
    Name::from_der(der).map_or_else(|_| "a name that cannot be read".to_owned(), |name| name.to_string())
}

/// Values of DER, one after another.
struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value: its tag, all of its bytes, and those behind its length.
    fn next(&mut self) -> Result<(u8, &'b [u8], &'b [u8]), String> {
        let cut_off = || "it is cut off".to_owned();
        let (tag, first) = match self.rest {
            [tag, first, ..] => (*tag, usize::from(*first)),
            _ => return Err(cut_off()),
        };
        let (header, length) = match first.checked_sub(0x80) {
            None => (2_usize, first),
            Some(count @ 1..=4) => {
                let bytes = self.rest.get(2..).and_then(|rest| rest.get(..count)).ok_or_else(cut_off)?;
                (count.saturating_add(2), bytes.iter().fold(0, |sum: usize, byte| (sum << 8) | usize::from(*byte)))
            }
            Some(_) => return Err("a length that is none of DER".into()),
        };
        let end = header.checked_add(length).ok_or_else(cut_off)?;
        let (whole, rest) = self.rest.split_at_checked(end).ok_or_else(cut_off)?;
        self.rest = rest;
        Ok((tag, whole, whole.get(header..).unwrap_or_default()))
    }

    fn expect(&mut self, tag: u8) -> Result<(&'b [u8], &'b [u8]), String> {
        match self.next()? {
            (found, whole, value) if found == tag => Ok((whole, value)),
            (found, ..) => Err(format!("a value of type {found:#04x} where {tag:#04x} is expected")),
        }
    }

    fn whole(&mut self, tag: u8) -> Result<&'b [u8], String> {
        self.expect(tag).map(|(whole, _)| whole)
    }

    fn value(&mut self, tag: u8) -> Result<&'b [u8], String> {
        self.expect(tag).map(|(_, value)| value)
    }

    fn within(&mut self, tag: u8) -> Result<Self, String> {
        self.value(tag).map(|rest| Self { rest })
    }

    /// Seconds since 1970-01-01 UTC; 0 for a moment before that.
    fn time(&mut self) -> Result<u64, String> {
        let (tag, _, value) = self.next()?;
        let text = str::from_utf8(value).unwrap_or_default();
        let year_digits = match tag {
            UTC_TIME => 2,
            GENERALIZED_TIME => 4,
            _ => return Err(format!("a value of type {tag:#04x} where a time is expected")),
        };
        time(text, year_digits).ok_or_else(|| format!("a time that is none: {}", text.escape_debug()))
    }
}

/// `YYMMDDhhmm[ss]` or `YYYYMMDDhhmm[ss]`, and then `Z`, or hours and minutes from UTC. A fraction is passed over.
fn time(text: &str, year_digits: usize) -> Option<u64> {
    let (year, rest) = text.split_at_checked(year_digits)?;
    let year: u32 = match (year_digits, number(year)?) {
        (2, year @ ..50) => year.checked_add(2000)?,
        (2, year) => year.checked_add(1900)?,
        (_, year) => year,
    };
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, zone) = rest.split_at_checked(digits)?;
    let part = |at: usize| number(digits.get(at..at.checked_add(2)?)?);
    if year < 1970 && part(0)? <= 12 && part(2)? <= 31 {
        return Some(0);
    }
    let date = Date::parse(&format!("{year:04}-{:02}-{:02}", part(0)?, part(2)?))?;
    let second = if digits.len() > 8 { part(8)? } else { 0 };
    let of_day = part(4)?.checked_mul(3600)?.checked_add(part(6)?.checked_mul(60)?)?.checked_add(second)?;
    let moment = date.first_second().checked_add(of_day.into())?;
    let zone = zone.trim_start_matches(|c: char| c == '.' || c == ',' || c.is_ascii_digit());
    let ahead = |zone: &str| {
        let (hours, minutes) = zone.split_at_checked(2)?;
        Some(u64::from(number(hours)?.checked_mul(3600)?.checked_add(number(minutes)?.checked_mul(60)?)?))
    };
    match zone.as_bytes().first() {
        None | Some(b'Z') => Some(moment),
        Some(b'+') => Some(moment.saturating_sub(ahead(zone.get(1..)?)?)),
        Some(b'-') => moment.checked_add(ahead(zone.get(1..)?)?),
        Some(_) => None,
    }
}

fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let inside = parts.concat();
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], length.as_slice(), &inside].concat()
    }

    /// A certificate with this serial number and these times.
    fn certificate(serial: &[u8], times: [(u8, &str); 2]) -> Vec<u8> {
        let empty = || value(SEQUENCE, &[]);
        let times = times.map(|(tag, text)| value(tag, &[text.as_bytes()]));
        let fields =
            [value(INTEGER, &[serial]), empty(), empty(), value(SEQUENCE, &[&times[0], &times[1]]), empty()].concat();
        let signed = [value(SEQUENCE, &[&fields]), empty(), value(3, &[])].concat();
        value(SEQUENCE, &[&signed])
    }

    #[test]
    fn long_and_negative_serial_numbers_and_a_first_day_before_1970_do_not_hide_the_last_day() {
        for (serial, first) in
            [(&[1][..], "700101000000Z"), (&[0x7f; 40], "500101000000Z"), (&[0x80, 1], "691231235959Z")]
        {
            let read = read(&certificate(serial, [(UTC_TIME, first), (GENERALIZED_TIME, "20361231235959Z")])).unwrap();
            assert_eq!((read.not_before, Date::of_second(read.not_after).to_string()), (0, "2036-12-31".into()));
        }
        assert!(read(&certificate(&[1], [(UTC_TIME, "700101000000Z"), (UTC_TIME, "991332000000Z")])).is_err());
    }

    #[test]
    fn times_have_seconds_fractions_and_zones_or_not() {
        let noon = time("20261126120000Z", 4).unwrap();
        for text in ["202611261200Z", "20261126120000.123Z", "20261126130000+0100", "20261126113000-0030"] {
            assert_eq!(time(text, 4), Some(noon), "{text}");
        }
        assert_eq!(time("261126120000Z", 2), Some(noon));
        for bad in ["", "2026", "20261126", "2026112612xx00Z", "20261126120000+1", "20261126120000Q"] {
            assert_eq!(time(bad, 4), None, "{bad}");
        }
    }

    /// OpenSSL loads such a certificate. The crate `der` is strict, and would make it one that cannot be read.
    #[test]
    fn a_length_that_is_longer_than_needed_is_read() {
        let der = certificate(&[1], [(UTC_TIME, "700101000000Z"), (UTC_TIME, "360101000000Z")]);
        assert_eq!(der.get(1..3), Some(&[0x82, 0][..]));
        assert!(read(&der).is_ok());
        assert!(x509_cert::der::AnyRef::from_der(&der).is_err());
    }

    #[test]
    fn what_follows_a_certificate_is_none_of_it() {
        let der = certificate(&[1], [(UTC_TIME, "700101000000Z"), (UTC_TIME, "360101000000Z")]);
        let with_more = [der.as_slice(), &[0x30, 0x00]].concat();
        assert_eq!(read(&with_more), read(&der));
    }
}
