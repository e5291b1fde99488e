//! What the page of a node shows.

use crate::disk::Disk;
use crate::engine;
use crate::procedure::{Standing, Step};
use crate::report::head::Node;
use crate::report::made::Made;
use crate::subjects::rule::Finding;

pub struct NodePage<'r> {
    pub made: &'r Made,
    pub node: Node<'r>,
    pub standing: &'r Standing,
    pub findings: &'r [Finding],
    pub steps: &'r [Step],
    pub disks: &'r [Disk],
    /// What swap-extend would do now; nothing where it refuses or has nothing to do.
    pub planned: &'r [engine::Step],
}
