//! Where a node recovers: attached to a system that runs, or booted as a whole machine.

use std::collections::BTreeMap;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::rescue::Rescue;
use super::runs::Run;
use crate::guest::{Disk, Guest, Spec};
use crate::nbd::{Content, Disks, Server};

/// What a node does when it starts, and how it is asked something then.
const RECOVER: &str = include_str!("recover");
/// Of all that is run on it; where other work shares the processors, it takes a minute.
const LIMIT: Duration = Duration::from_secs(900);

/// What each part of the script printed, and its exit status.
pub(super) type Answers = BTreeMap<String, (i32, String)>;

pub(super) struct Place<'s> {
    server: &'s Server,
    name: String,
    /// Without it, whole machines boot: some kinds of damage only show there, and it takes longer.
    rescue: Option<Rescue<'s>>,
}

impl<'s> Place<'s> {
    pub(super) fn new(server: &'s Server, name: &str) -> Self {
        let boots = env::var_os("OKV_REPLAY_BOOT").is_some();
        Self { server, name: name.to_owned(), rescue: (!boots).then(|| Rescue::boot(server, name)) }
    }

    /// Starts a node from these disks and runs the script there; a machine that does not boot gives no answer.
    pub(super) fn recover(&mut self, run: &Run, contents: Vec<Content>, script: &str) -> Answers {
        if let Some(rescue) = &mut self.rescue {
            return rescue.recover(&run.serials, contents, script);
        }
        let mut disks = serve(self.server, &self.name, &run.serials, contents).into_iter();
        let spec = Spec::new(run.firmware).system(disks.next().expect("the system disk"));
        let spec = disks.fold(spec, Spec::disk);
        let guest = catch_unwind(AssertUnwindSafe(|| spec.boot()));
        guest.map_or_else(|_| Answers::new(), |guest| ask(&guest, &[], script))
    }
}

/// Serves disks with these contents, on SCSI.
pub(super) fn serve(server: &Server, name: &str, serials: &[&str], contents: Vec<Content>) -> Vec<Disk> {
    let disks = Disks::new(contents);
    let serve = |(number, serial): (usize, &&str)| {
        let export = format!("{name}-{serial}");
        server.add(&export, &disks, number);
        Disk::scsi(serial).served(server.socket(), &export)
    };
    serials.iter().enumerate().map(serve).collect()
}

/// Runs the script on the node that was attached by these serial numbers, or on the machine itself.
pub(super) fn ask(guest: &Guest, attached: &[&str], script: &str) -> Answers {
    let script = format!("SERIALS='{}'\n{RECOVER}\n{script}\n", attached.join(" "));
    let run = "cat > /run/script; exec unshare --mount --propagation private bash /run/script";
    parse(&guest.run_with(run, script.as_bytes(), LIMIT).stdout())
}

/// The parts: each has a line `@@ NAME STATUS` before it.
fn parse(text: &str) -> Answers {
    let parts = text.split("@@ ").skip(1);
    let part = |part: &str| {
        let (head, text) = part.split_once('\n')?;
        let (name, status) = head.split_once(' ')?;
        Some((name.to_owned(), (status.parse().ok()?, text.to_owned())))
    };
    parts.filter_map(part).collect()
}
