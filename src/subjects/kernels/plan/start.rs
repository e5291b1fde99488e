//! Kernels that stay and would not reach their root file system.

use super::{Prune, Request, reason};
use crate::engine::Reason;
use crate::host::Node;
use crate::subjects::kernels::Kernels;

/// The id of a reason that says what could not be determined.
pub const UNKNOWN: &str = "start-unknown";

/// A reason for each kernel that stays while others go, or went by a run that was cut off, and of which no entry of the
/// boot loader is proved to lead to its root.
pub fn start_reasons(kernels: &Kernels, request: &Request, prune: &Prune, node: &Node) -> Vec<Reason> {
    let removes = !prune.remove.is_empty() || request.has_removed;
    if !removes || prune.mount.is_some() {
        return Vec::new();
    }
    let of = |release: &str| match kernels.stops(release, node) {
        Ok(None) => None,
        Ok(Some(why)) => {
            let remedy = format!("correct its options: grubby --update-kernel=/boot/vmlinuz-{release} --args=...");
            Some(reason("kernel-would-not-start", format!("{release} stays and would not start: {why}"), remedy))
        }
        Err(why) => {
            let message = format!("whether {release}, which stays, would start is unknown: {why}");
            Some(reason(UNKNOWN, message, "make the device readable, and run it again"))
        }
    };
    prune.keep.iter().filter_map(|kept| of(&kept.release)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::scan;
    use crate::subjects::kernels::facts::sample::{UEK5, UEK6, kernel, loader, node};
    use crate::subjects::kernels::plan::plan;

    /// The reasons where every entry has these words, on a node whose disks were all read and have nothing.
    fn reasons(args: &str) -> Vec<&'static str> {
        let both = [UEK5, UEK6].map(|release| kernel(release, &["kernel-uek"]));
        let mut kernels = node(UEK6, UEK6, both.to_vec());
        let prune = plan(&kernels, &Request::default()).unwrap();
        assert!(!prune.remove.is_empty());
        let words: Vec<String> = args.split_whitespace().map(str::to_owned).collect();
        loader(&mut kernels).entries.iter_mut().for_each(|entry| entry.args.clone_from(&words));
        let disks = Node { name: "node".into(), disks: scan(&[]), now: 0, setup: None, running: None };
        start_reasons(&kernels, &Request::default(), &prune, &disks).into_iter().map(|reason| reason.id).collect()
    }

    #[test]
    fn a_kernel_that_stays_must_lead_to_a_root_that_exists() {
        let found = reasons("ro root=UUID=00000000-0000-4000-8000-000000000000");
        assert!(
            !found.is_empty() && found.iter().all(|id| ["kernel-would-not-start", UNKNOWN].contains(id)),
            "{found:?}"
        );
    }

    #[test]
    fn the_emergency_target_is_no_start() {
        assert!(reasons("ro root=/dev/ram0 systemd.unit=emergency.target").contains(&"kernel-would-not-start"));
    }
}
