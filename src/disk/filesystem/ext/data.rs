//! Where the bytes of a file are.

use std::io;

use super::blocks::Blocks;
use super::error::unsupported;
use super::inode::{Node, flag};
use super::{block_map, extent_tree, inline};
use crate::disk::filesystem::{Content, Extent};

/// The pieces of what lies in blocks.
pub(super) fn pieces(blocks: &Blocks, node: &Node) -> io::Result<Vec<Extent>> {
    if node.has(flag::EXTENTS) { extent_tree::pieces(blocks, node) } else { block_map::pieces(blocks, node) }
}

/// The bytes of a regular file or of a symbolic link.
pub(super) fn content(blocks: &Blocks, node: &Node) -> io::Result<Content> {
    if !node.inode.is_file() && !node.inode.is_link() {
        return Err(node.damaged("it is neither a file nor a symbolic link"));
    }
    if node.has(flag::ENCRYPTED) {
        return Err(encrypted(node));
    }
    if node.has(flag::INLINE_DATA) {
        return inline::bytes(node).map(Content::Inline);
    }
    if node.inode.is_link() && is_in_map(blocks, node) {
        return target(node).map(Content::Inline);
    }
    Ok(Content::Extents { bytes: node.inode.bytes, extents: pieces(blocks, node)? })
}

pub(super) fn encrypted(node: &Node) -> io::Error {
    unsupported(format!("inode {}", node.inode.number), "it is encrypted")
}

/// Whether the target of a link is in the inode: it has no block but that of extended attributes.
fn is_in_map(blocks: &Blocks, node: &Node) -> bool {
    let cluster = blocks.geometry.cluster_blocks().saturating_mul(blocks.geometry.block_bytes) >> 9;
    node.inode.blocks == if node.has_attribute_block { cluster } else { 0 }
}

/// The target of a link that is in the inode, with a NUL behind it.
fn target(node: &Node) -> io::Result<Vec<u8>> {
    let text = node.map().split(|byte| *byte == 0).next().unwrap_or_default();
    let is_sound = !text.is_empty() && text.len() < node.map().len() && text.len() as u64 == node.inode.bytes;
    if is_sound { Ok(text.to_vec()) } else { Err(node.damaged("the target of the link does not have its size")) }
}
