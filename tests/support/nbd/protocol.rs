//! The protocol, as far as QEMU speaks it: fixed newstyle handshake, simple replies
//! (<https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md>).

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use super::{Export, Exports};

const OPTION_MAGIC: u64 = 0x4948_4156_454f_5054;
const REPLY_MAGIC: u64 = 0x0003_e889_0455_65a9;
const REQUEST_MAGIC: u32 = 0x2560_9513;
const SIMPLE_REPLY_MAGIC: u32 = 0x6744_6698;

const ABORT: u32 = 2;
const GO: u32 = 7;

const ACK: u32 = 1;
const INFO: u32 = 3;
const UNSUPPORTED: u32 = (1 << 31) + 1;
const UNKNOWN: u32 = (1 << 31) + 6;

/// Flags follow, it takes flushes, and writes that are durable at once.
const FLAGS: u16 = 1 | 1 << 2 | 1 << 3;
const READ: u16 = 0;
const WRITE: u16 = 1;
const DISCONNECT: u16 = 2;
const FLUSH: u16 = 3;
/// A flag of a write.
const DURABLE: u16 = 1;
const LARGEST: u32 = 32 << 20;
const INVALID: u32 = 22;

/// Talks with one client until it goes away.
pub(super) fn serve(mut stream: UnixStream, exports: &Exports) -> io::Result<()> {
    match negotiate(&mut stream, exports)? {
        Some(export) => transmit(&mut stream, &export),
        None => Ok(()),
    }
}

fn negotiate(stream: &mut UnixStream, exports: &Exports) -> io::Result<Option<Export>> {
    stream.write_all(b"NBDMAGIC")?;
    stream.write_all(&OPTION_MAGIC.to_be_bytes())?;
    stream.write_all(&3_u16.to_be_bytes())?; // fixed newstyle, no zeroes
    take::<4>(stream)?; // the same flags
    loop {
        take::<8>(stream)?;
        let option = u32::from_be_bytes(take(stream)?);
        let mut data = vec![0; u32::from_be_bytes(take(stream)?) as usize];
        stream.read_exact(&mut data)?;
        match option {
            ABORT => return reply(stream, option, ACK, &[]).map(|()| None),
            GO => {
                let length = data.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes)) as usize;
                let name = String::from_utf8_lossy(data.get(4..4 + length).unwrap_or_default()).into_owned();
                let Some(export) = exports.lock().expect("no panic in here").get(&name).cloned() else {
                    reply(stream, option, UNKNOWN, &[])?;
                    continue;
                };
                let bytes = export.disks.bytes(export.number).to_be_bytes();
                reply(stream, option, INFO, &[&[0, 0], &bytes[..], &FLAGS.to_be_bytes()].concat())?;
                let sizes = [512, 4096, LARGEST].map(u32::to_be_bytes);
                reply(stream, option, INFO, &[&[0, 3], sizes.as_flattened()].concat())?;
                reply(stream, option, ACK, &[])?;
                return Ok(Some(export));
            }
            _ => reply(stream, option, UNSUPPORTED, &[])?,
        }
    }
}

fn reply(stream: &mut UnixStream, option: u32, kind: u32, data: &[u8]) -> io::Result<()> {
    let length = u32::try_from(data.len()).expect("a short reply");
    let head = [option, kind, length].map(u32::to_be_bytes);
    stream.write_all(&[&REPLY_MAGIC.to_be_bytes(), head.as_flattened(), data].concat())
}

fn transmit(stream: &mut UnixStream, export: &Export) -> io::Result<()> {
    loop {
        let head = take::<28>(stream)?;
        let (magic, rest) = head.split_first_chunk().expect("4 bytes");
        let (flags, rest) = rest.split_first_chunk().expect("2 bytes");
        let (command, rest) = rest.split_first_chunk().expect("2 bytes");
        let (handle, rest) = rest.split_first_chunk::<8>().expect("8 bytes");
        let (at, rest) = rest.split_first_chunk().expect("8 bytes");
        let at = u64::from_be_bytes(*at);
        let length = u32::from_be_bytes(*rest.first_chunk().expect("4 bytes"));
        if u32::from_be_bytes(*magic) != REQUEST_MAGIC || length > LARGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut answer = [&SIMPLE_REPLY_MAGIC.to_be_bytes(), &[0; 4], &handle[..]].concat();
        match u16::from_be_bytes(*command) {
            READ => {
                let head = answer.len();
                answer.resize(head + length as usize, 0);
                export.disks.read(export.number, at, &mut answer[head..]);
            }
            WRITE => {
                let mut data = vec![0; length as usize];
                stream.read_exact(&mut data)?;
                let durable = u16::from_be_bytes(*flags) & DURABLE != 0;
                export.disks.write(export.number, at, &data, durable);
            }
            DISCONNECT => return Ok(()),
            FLUSH => export.disks.flush(export.number),
            _ => answer[4..8].copy_from_slice(&INVALID.to_be_bytes()),
        }
        stream.write_all(&answer)?;
    }
}

fn take<const N: usize>(stream: &mut UnixStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}
