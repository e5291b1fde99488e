//! Reports as one HTML file that needs no other: no script, nothing from a network, for a screen and for paper.

mod cluster;
mod disks;
mod findings;
mod frame;
mod markup;
mod node;
mod page;
mod steps;

pub use cluster::cluster_html;
pub use node::node_html;
pub use page::NodePage;
