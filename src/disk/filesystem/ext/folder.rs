//! The names in a folder, block by block. A hash tree is not followed: the names are all in the other blocks.

use std::io;
use std::ops::ControlFlow;

use super::blocks::Blocks;
use super::folder_block::Style;
use super::inode::{Node, flag};
use super::{data, inline};
use crate::disk::filesystem::{Entry, Extent};

/// Largest folder that is read, in bytes: several million names.
const LARGEST: u64 = 256 << 20;
/// Bytes of the number of the parent, which are before the entries of a folder in its inode.
const PARENT: usize = 4;

/// Gives each entry to `take`, until that breaks off.
pub(super) fn walk<B>(
    blocks: &Blocks,
    node: &Node,
    mut take: impl FnMut(Entry) -> ControlFlow<B>,
) -> io::Result<Option<B>> {
    if !node.inode.is_folder() {
        return Err(node.damaged("it is no folder"));
    }
    if node.has(flag::ENCRYPTED) {
        return Err(data::encrypted(node));
    }
    if node.has(flag::INLINE_DATA) {
        return in_inode(blocks, node, take);
    }
    let block_bytes = blocks.geometry.block_bytes;
    if node.inode.bytes == 0 || node.inode.bytes > LARGEST || node.inode.bytes & block_bytes.saturating_sub(1) != 0 {
        return Err(node.damaged(format!("a folder of {} bytes cannot be read", node.inode.bytes)));
    }
    let style = Style::of(&blocks.geometry);
    let mut next = 0;
    for Extent { at, range } in data::pieces(blocks, node)? {
        if at != next {
            break;
        }
        next = at.saturating_add(range.len());
        for start in (range.start()..range.end()).step_by(usize::try_from(block_bytes).unwrap_or(usize::MAX)) {
            let number = start.checked_div(block_bytes).unwrap_or_default();
            let raw = blocks.block(number)?;
            let is_first = at == 0 && start == range.start();
            let is_right = |seed| style.has_its_sum(seed, &raw, is_first, node.has(flag::INDEX));
            if !node.seed.is_none_or(is_right) {
                return Err(node.damaged(format!("the checksum of block {number} of the folder does not match")));
            }
            let entries = style.entries(&raw).map_err(|why| node.damaged(format!("block {number}: {why}")))?;
            if let ControlFlow::Break(found) = entries.into_iter().try_for_each(&mut take) {
                return Ok(Some(found));
            }
        }
    }
    if next < node.inode.bytes {
        return Err(node.damaged(format!("the folder has no block at its byte {next}")));
    }
    Ok(None)
}

fn in_inode<B>(blocks: &Blocks, node: &Node, mut take: impl FnMut(Entry) -> ControlFlow<B>) -> io::Result<Option<B>> {
    let (head, rest) = inline::parts(node)?;
    let style = Style::of(&blocks.geometry);
    for raw in [head.get(PARENT..).unwrap_or_default(), rest] {
        let entries = style.entries(raw).map_err(|why| node.damaged(format!("the folder in its inode: {why}")))?;
        if let ControlFlow::Break(found) = entries.into_iter().try_for_each(&mut take) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
