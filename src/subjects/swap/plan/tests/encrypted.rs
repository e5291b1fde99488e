//! Swap volumes and disks that `/etc/crypttab` names.

use super::node::{GROUP, Node, SWAP, UUID, request};
use super::refusals::each_is_refused;
use super::refused;
use crate::host::{CryptEntry, Probed};
use crate::subjects::swap::facts::Growth;
use crate::subjects::swap::plan::Request;

fn with_line(growth: &mut Growth, source: &str) {
    let entry = CryptEntry { line: 1, name: "swap0".into(), source: source.into(), options: vec!["swap".into()] };
    growth.node.setup.as_mut().unwrap().crypttab = Probed::Known(vec![entry]);
}

#[test]
fn a_swap_volume_that_crypttab_names_in_any_form_is_refused_and_so_is_a_crypttab_that_was_not_read() {
    let id = "swap-encrypted";
    each_is_refused(
        &Node::small(),
        &[
            ("its path", |g| with_line(g, &format!("/dev/{GROUP}/{SWAP}")), id, "by hand"),
            ("its mapped name", |g| with_line(g, &format!("/dev/mapper/{GROUP}-{SWAP}")), id, "by hand"),
            ("its UUID", |g| with_line(g, &format!("UUID={UUID}")), id, "by hand"),
            (
                "no answer",
                |g| g.node.setup.as_mut().unwrap().crypttab = Probed::Unreadable("why".into()),
                id,
                "correct",
            ),
        ],
    );
}

#[test]
fn a_blank_disk_that_crypttab_names_is_in_use() {
    let mut growth = Node::small().growth();
    with_line(&mut growth, "/dev/sdb");
    let named = Request { disk: Some("/dev/sdb".into()), ..request() };
    let reason = refused(&growth, &named);
    assert!(reason.id == "disk-in-use" && reason.message.contains("line 1 of /etc/crypttab"), "{reason:?}");
    assert_eq!(refused(&growth, &request()).id, "disk-none");
}
