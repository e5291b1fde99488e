//! `swap-extend`.

use super::rescue::Rescue;
use super::states::{Random, derive};
use crate::guest::{Disk, Firmware, Spec, system_disk};
use crate::nbd::{Content, Disks, Event, Server};
use crate::{OKV_HOST, install};

#[test]
fn swap_extend_with_a_new_disk_recovers_from_every_state() {
    let server = Server::start();
    let bytes = (50 << 30) + (2 << 20);
    let disks = Disks::new(vec![Content::of_file(&system_disk(Firmware::Bios)), Content::blank(bytes)]);
    server.add("system", &disks, 0);
    server.add("new", &disks, 1);
    let mut guest = Spec::new(Firmware::Bios)
        .system(Disk::scsi("SYSTEM").served(server.socket(), "system"))
        .disk(Disk::scsi("NEW").served(server.socket(), "new"))
        .boot();
    install(&guest);
    guest.ok("sync; blockdev --flushbufs /dev/sda /dev/sdb");
    disks.start_recording();
    let t = std::time::Instant::now();
    guest.ok(&format!("{OKV_HOST} swap-extend --disk NEW --apply --yes"));
    println!("the run took {:?}", t.elapsed());
    let recording = disks.stop_recording();
    guest.cut_power();
    let writes = recording.events.iter().filter(|e| matches!(e, Event::Write { .. })).count();
    println!("{} events, {writes} writes", recording.events.len());
    for (i, e) in recording.events.iter().enumerate() {
        match e {
            Event::Write { disk, at, data, durable } => println!("{i} write {disk} {at} {} {durable}", data.len()),
            Event::Flush { disk } => println!("{i} flush {disk}"),
        }
    }
    let t = std::time::Instant::now();
    let states = derive(&recording, &mut Random::new(1));
    println!("{} states in {:?}", states.len(), t.elapsed());
    let mut rescue = Rescue::boot(&server, "rescue");
    let script = format!("part status on_node '{OKV_HOST} status'; part run on_node '{OKV_HOST} swap-extend --disk NEW --apply --yes'; part again on_node '{OKV_HOST} swap-extend --disk NEW'");
    for i in 0..6 {
        let state = &states[i * 40 % states.len()];
        let t = std::time::Instant::now();
        let answers = rescue.recover(&["SYSTEM", "NEW"], state.contents(&recording), &script);
        println!("{:?} {} {:?}: {:?}\n{answers:#?}", state.kind, state.moment, state.lost_on, t.elapsed());
    }
}
