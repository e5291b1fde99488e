//! Files and folders in their inode: 60 bytes, and the rest in the extended attribute `system.data` of the inode.
//!
//! Source: the kernel's `Documentation/filesystems/ext4/inlinedata.rst` and `attributes.rst`.

use std::io;

use super::inode::{Node, OLD_BYTES};
use crate::base::bytes::{Fields, Truncated, le16, le32, u8_at};

const ATTRIBUTES_MAGIC: u32 = 0xea02_0000;
/// Bytes of an entry before its name.
const ENTRY: usize = 16;
/// `system.` as the number of a prefix.
const SYSTEM: u8 = 7;
const NAME: &[u8] = b"data";
/// Longest file that is in its inode. What was written is shorter than a block, but it can be made longer by a hole.
const LONGEST: u64 = 1 << 20;

/// Both parts of the data: 60 bytes, and what is in the attribute.
pub(super) fn parts(node: &Node) -> io::Result<(&[u8], &[u8])> {
    let short = |_: Truncated| node.damaged("its extended attributes are longer than the inode");
    let rest = attribute(node).map_err(short)?;
    Ok((node.map(), rest.map_err(|why| node.damaged(why))?))
}

/// All bytes of a file.
pub(super) fn bytes(node: &Node) -> io::Result<Vec<u8>> {
    let (head, rest) = parts(node)?;
    let len = usize::try_from(node.inode.bytes).ok().filter(|_| node.inode.bytes <= LONGEST);
    let len = len.ok_or_else(|| node.damaged(format!("its data is in the inode, and is over {LONGEST} bytes")))?;
    let mut bytes = [head, rest].concat();
    bytes.resize(len, 0);
    Ok(bytes)
}

/// The value of `system.data`.
fn attribute(node: &Node) -> Result<Result<&[u8], &'static str>, Truncated> {
    let start = OLD_BYTES.saturating_add(node.extra);
    let area = node.raw.take(start, node.raw.len().saturating_sub(start))?;
    if le32(area, 0) != Ok(ATTRIBUTES_MAGIC) {
        return Ok(Err("its data is in the inode, and the attribute of it is missing"));
    }
    let entries = area.take(4, area.len().saturating_sub(4))?;
    let mut at = 0_usize;
    // A name of no bytes and no prefix is the end. Each entry takes 16 bytes and more.
    while le32(entries, at)? != 0 {
        let len = usize::from(u8_at(entries, at)?);
        let name = entries.take(at.saturating_add(ENTRY), len)?;
        if u8_at(entries, at.saturating_add(1))? == SYSTEM && name == NAME {
            if le32(entries, at.saturating_add(4))? != 0 {
                return Ok(Err("its data is in the inode, and the attribute of it elsewhere"));
            }
            let value_at = usize::from(le16(entries, at.saturating_add(2))?);
            let bytes = usize::try_from(le32(entries, at.saturating_add(8))?).unwrap_or(usize::MAX);
            return entries.take(value_at, bytes).map(Ok);
        }
        at = at.saturating_add(ENTRY).saturating_add(len.next_multiple_of(4));
    }
    Ok(Err("its data is in the inode, and the attribute of it is missing"))
}
