//! What goes between a step that takes long and whoever asked for it: news one way, the wish to stop the other.

use super::interrupt::Interrupts;
use crate::engine::Step;

#[derive(Debug, Clone, Copy)]
pub enum News<'n> {
    Step {
        /// Its number, from 1.
        number: usize,
        step: &'n Step,
    },
    /// What a program printed that is followed.
    Output(&'n [u8]),
    /// How far a step has come that moves many bytes.
    Bytes {
        /// What is done with them, as in "copied".
        what: &'static str,
        done: u64,
        of: u64,
    },
}

/// What became of a step that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Performed {
    Done,
    /// A signal came, and it stopped where another run goes on.
    Stopped,
}

/// Who hears of a step, and who may stop it.
pub struct Watch<'w> {
    pub interrupts: &'w Interrupts,
    pub report: &'w mut dyn FnMut(News<'_>),
}

impl Watch<'_> {
    /// Reports how many bytes were moved. Whether to go on.
    pub fn goes_on(&mut self, what: &'static str, done: u64, of: u64) -> bool {
        (self.report)(News::Bytes { what, done, of });
        !self.interrupts.came()
    }
}
