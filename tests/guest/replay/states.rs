//! What the disks of a machine may contain after a power cut, from a recording of what it wrote.
//!
//! A write that no flush of its disk followed may be lost, whatever came after it on the same disk or on another one.

use std::collections::HashSet;
use std::sync::Arc;

use super::runs::Run;
use crate::nbd::{Content, Event, PAGE, Recording};

const SECTOR: usize = 512;

/// How a state came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Every write up to a moment is there.
    Prefix,
    /// A disk, or each of them, has lost all writes that were not flushed.
    Lost,
    /// Some of the writes that were not flushed are lost, by chance.
    Subset,
    /// The last write is there in part: some sectors of a page, and of the other pages some.
    Torn,
}

/// The disks after a power cut.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) kind: Kind,
    /// How many events had happened.
    pub(super) moment: usize,
    /// The disks that lost something.
    pub(super) lost_on: Vec<usize>,
    /// The writes that reached the medium, by the number of their event.
    writes: Vec<usize>,
    /// Which sectors of the last write did, where not all of them.
    torn: Option<Vec<bool>>,
}

impl State {
    /// For people: which state of which run.
    pub(super) fn name(&self, run: &Run) -> String {
        let disks: Vec<&str> = self.lost_on.iter().map(|disk| run.serials[*disk]).collect();
        let lost = if disks.is_empty() { String::new() } else { format!(", lost on {}", disks.join(" and ")) };
        let step = run.step_at(self.moment);
        format!("{}: {:?} at {} ({step}{lost})", run.task.name, self.kind, self.moment)
    }

    /// The disks.
    pub(super) fn contents(&self, recording: &Recording) -> Vec<Content> {
        let mut contents: Vec<Content> = recording.before.iter().map(Content::above).collect();
        for number in &self.writes {
            let Event::Write { disk, at, data, .. } = &recording.events[*number] else { continue };
            match &self.torn {
                Some(sectors) if number + 1 == self.moment => {
                    let parts = data.chunks(SECTOR).zip(sectors).enumerate().filter(|(_, (_, reached))| **reached);
                    parts.for_each(|(i, (part, _))| contents[*disk].write(at + (i * SECTOR) as u64, part));
                }
                _ => contents[*disk].write(*at, data),
            }
        }
        contents
    }
}

/// A generator of our own (xorshift, Marsaglia 2003), so that a seed makes the same states everywhere.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed ^ 0x2545_f491_4f6c_dd1d)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16
    }

    pub(super) fn below(&mut self, count: usize) -> usize {
        (self.next() % count.max(1) as u64) as usize
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// All states, each once: a state that is equal to an earlier one is left out.
pub(super) fn derive(recording: &Recording, random: &mut Random) -> Vec<State> {
    let mut states = Vec::new();
    let mut at = Moment::new(recording.before.len());
    for moment in 0..=recording.events.len() {
        if let Some(event) = moment.checked_sub(1).map(|last| &recording.events[last]) {
            at.happens(moment - 1, event);
        }
        states.extend(at.states(moment, recording, random));
    }
    states.sort_by_key(|state| state.kind); // the plainest of those that are equal stays
    let mut seen = HashSet::new();
    states.retain(|state| seen.insert(state.contents(recording).iter().map(Content::difference).collect::<Vec<u64>>()));
    states
}

/// What is on the media at a moment, and what may be.
struct Moment {
    written: Vec<usize>,
    /// Of each disk.
    unflushed: Vec<Vec<usize>>,
}

impl Moment {
    fn new(disks: usize) -> Self {
        Self { written: Vec::new(), unflushed: vec![Vec::new(); disks] }
    }

    fn happens(&mut self, number: usize, event: &Event) {
        match event {
            Event::Flush { disk } => self.unflushed[*disk].clear(),
            Event::Write { disk, durable, .. } => {
                self.written.push(number);
                if !durable {
                    self.unflushed[*disk].push(number);
                }
            }
        }
    }

    fn states(&self, moment: usize, recording: &Recording, random: &mut Random) -> Vec<State> {
        let mut states = vec![self.without(Kind::Prefix, moment, vec![], |_| false)];
        let dirty: Vec<usize> = (0..self.unflushed.len()).filter(|disk| !self.unflushed[*disk].is_empty()).collect();
        for disk in &dirty {
            states.push(self.without(Kind::Lost, moment, vec![*disk], |n| self.unflushed[*disk].contains(&n)));
        }
        if !dirty.is_empty() {
            let may_go = |n: usize| self.unflushed.iter().any(|of_disk| of_disk.contains(&n));
            states.push(self.without(Kind::Lost, moment, dirty.clone(), may_go));
            states.push(self.without(Kind::Subset, moment, dirty, |n| may_go(n) && random.coin()));
        }
        let last = moment.checked_sub(1).map(|last| &recording.events[last]);
        if let Some(Event::Write { data, .. }) = last
            && data.len() > SECTOR
        {
            let mut torn = self.without(Kind::Torn, moment, vec![], |_| false);
            torn.torn = Some(tear(data.len(), random));
            states.push(torn);
        }
        states
    }

    fn without(&self, kind: Kind, moment: usize, lost_on: Vec<usize>, mut lost: impl FnMut(usize) -> bool) -> State {
        let writes = self.written.iter().copied().filter(|number| !lost(*number)).collect();
        State { kind, moment, lost_on, writes, torn: None }
    }
}

/// One page is torn; the others are there or not.
fn tear(bytes: usize, random: &mut Random) -> Vec<bool> {
    let torn = random.below(bytes.div_ceil(PAGE));
    let mut sectors = Vec::new();
    for page in 0..bytes.div_ceil(PAGE) {
        let whole = random.coin();
        let here = (bytes - page * PAGE).min(PAGE).div_ceil(SECTOR);
        sectors.extend((0..here).map(|_| if page == torn { random.coin() } else { whole }));
    }
    sectors
}

#[test]
fn a_flush_keeps_what_was_written_before_and_the_rest_may_be_lost_on_each_disk() {
    let write = |disk, at, byte| Event::Write { disk, at, data: [byte; 512].into(), durable: false };
    let before = vec![Arc::new(Content::blank(1 << 20)), Arc::new(Content::blank(1 << 20))];
    let events = vec![write(0, 0, 1), Event::Flush { disk: 0 }, write(1, 0, 2), write(0, 0, 3)];
    let recording = Recording { before, events };
    let states = derive(&recording, &mut Random::new(1));
    let first = |content: &Content| {
        let mut byte = [0];
        content.read(0, &mut byte);
        byte[0]
    };
    let mut seen: Vec<(Kind, Vec<u8>)> =
        states.iter().map(|state| (state.kind, state.contents(&recording).iter().map(first).collect())).collect();
    seen.sort();
    let prefixes = [[0, 0], [1, 0], [1, 2], [3, 2]].map(|bytes| (Kind::Prefix, bytes.to_vec()));
    assert_eq!(seen, [&prefixes[..], &[(Kind::Lost, vec![3, 0])]].concat());
}
