//! The segments of an initramfs, one after the other, as the kernel's `unpack_to_rootfs` takes them.

use std::io::{BufRead, Read};

use super::compression::Compression;
use super::contents::Contents;
use super::cpio::{Cpio, Fault};
use super::decode::{Halt, unpack};
use super::limits::{MIB, MOST_BYTES, MOST_COMPRESSED, MOST_SEGMENTS, MOST_UNPACKED};
use super::source::Source;
use crate::subjects::next_start::facts::verdict::Verdict;

/// Reads `file`, of which there are `bytes`, to its end.
pub fn verify(file: impl Read, bytes: u64) -> Verdict<Contents> {
    if bytes > MOST_BYTES {
        return Verdict::Unknown(format!("too large to verify: {} MiB", bytes / MIB));
    }
    let mut contents = Contents { bytes, ..Contents::default() };
    match segments(&mut Source::new(file.take(bytes)), &mut contents) {
        Ok(()) => Verdict::Whole(contents),
        Err(verdict) => verdict,
    }
}

type Checked = Result<(), Verdict<Contents>>;

fn segments(source: &mut Source<impl Read>, contents: &mut Contents) -> Checked {
    let bytes = contents.bytes;
    let mut cpio = Cpio::new(contents);
    let mut segments = 0_u32;
    loop {
        let at = source.at();
        plain(source, &mut cpio)?;
        let unpacked = source.at().saturating_sub(at);
        cpio.contents().unpacked_bytes = cpio.contents().unpacked_bytes.saturating_add(unpacked);
        let at = source.at();
        let head = source.peek(2).to_vec();
        if head.is_empty() {
            break;
        }
        let Some(compression) = Compression::of(&head) else {
            return Err(broken(at, "what begins here is neither a cpio archive nor a compressed stream"));
        };
        segments = segments.saturating_add(1);
        if segments > MOST_SEGMENTS {
            return Err(Verdict::Unknown(format!("it has more than {MOST_SEGMENTS} compressed streams")));
        }
        let left = bytes.saturating_sub(at);
        if left > MOST_COMPRESSED {
            return Err(Verdict::Unknown(format!("too large to verify: {} MiB are compressed", left / MIB)));
        }
        compressed_segment(compression, source, &mut cpio)?;
        cpio.contents().compression = Some(compression);
    }
    if let Some(why) = source.failed.take() {
        return Err(Verdict::Unknown(why));
    }
    if source.at() < bytes {
        return Err(Verdict::Unknown(format!("it became shorter while it was read: {} of {bytes} bytes", source.at())));
    }
    cpio.end().map_err(|fault| broken(source.at(), &fault.why))
}

/// Archives as they are, with the zeros around them, up to what is neither.
fn plain(source: &mut Source<impl Read>, cpio: &mut Cpio<'_>) -> Checked {
    cpio.begin_segment(source.at());
    loop {
        let (taken, is_part) = match source.fill_buf() {
            Ok([]) => break,
            Ok(part) => {
                let taken = cpio.feed(part).map_err(|fault| broken(fault.at, &fault.why))?;
                (taken, taken < part.len())
            }
            Err(_) => return Err(Verdict::Unknown(source.failed.take().unwrap_or_default())),
        };
        source.consume(taken);
        if is_part {
            break;
        }
    }
    cpio.end_segment().map_err(|fault| broken(fault.at, &fault.why))
}

fn compressed_segment(compression: Compression, source: &mut Source<impl Read>, cpio: &mut Cpio<'_>) -> Checked {
    let begin = source.at();
    let word = compression.word();
    cpio.begin_segment(0);
    let mut unpacked = 0_u64;
    let before = cpio.contents().unpacked_bytes;
    let mut sink = |part: &[u8]| {
        unpacked = unpacked.saturating_add(part.len() as u64);
        if before.saturating_add(unpacked) > MOST_UNPACKED {
            return Err(Halt::Unknown(format!("too large to verify: more than {} MiB unpacked", MOST_UNPACKED / MIB)));
        }
        let taken = cpio.feed(part).map_err(Halt::Archive)?;
        let at = unpacked.saturating_sub(part.len() as u64).saturating_add(taken as u64);
        if taken < part.len() {
            return Err(Halt::Archive(Fault { at, why: "behind a member is neither a member nor padding".into() }));
        }
        Ok(())
    };
    let result = unpack(compression, source, &mut sink);
    // Of lz4, which has no end of its own, the beginning alone is such a stream.
    let result = result.and_then(|()| if unpacked > 0 { Ok(()) } else { Err(Halt::Stream("it is empty".into())) });
    let result = result.and_then(|()| cpio.end_segment().map_err(Halt::Archive));
    cpio.contents().unpacked_bytes = before.saturating_add(unpacked);
    let at = source.at();
    result.map_err(|halt| match (halt, source.failed.take()) {
        (_, Some(why)) => Verdict::Unknown(why),
        (Halt::Unknown(why), None) => Verdict::Unknown(why),
        (Halt::Archive(fault), None) => broken(
            at,
            &format!("in the {word} stream that begins at byte {begin}: {}, at byte {} unpacked", fault.why, fault.at),
        ),
        (Halt::Stream(_), None) if source.has_ended && source.peek(1).is_empty() => {
            broken(at, &format!("the {word} stream that begins at byte {begin} is cut off"))
        }
        (Halt::Stream(why), None) => {
            broken(at, &format!("the {word} stream that begins at byte {begin} is damaged: {why}"))
        }
    })
}

fn broken(at: u64, why: &str) -> Verdict<Contents> {
    Verdict::Broken { at, why: why.to_owned() }
}
