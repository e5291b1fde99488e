//! Cpio archives of the kernel's format: `newc`, with sums (070702) or without (070701).
//!
//! Fed with bytes as they come, as the kernel's reader is. A member begins where its reader says so: at an offset that
//! four divides, behind any number of zeros.

use super::contents::Contents;

const HEADER: usize = 110;
const LONGEST_NAME: u64 = 4096;
const TRAILER: &[u8] = b"TRAILER!!!";
const TYPE: u64 = 0o170_000;
const FOLDER: u64 = 0o040_000;
const REGULAR: u64 = 0o100_000;

/// What is wrong, at a byte of the unpacked bytes.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: u64,
    pub why: String,
}

enum State {
    /// Behind a member, or before the first one.
    Between,
    Header,
    Name {
        name_bytes: usize,
    },
    NamePadding {
        left: u64,
    },
    Body {
        left: u64,
    },
    Padding {
        left: u64,
    },
}

/// The member that is being read.
#[derive(Default)]
struct Member {
    at: u64,
    mode: u64,
    body: u64,
    /// What the bytes of the body must add to.
    sum: Option<u32>,
}

pub(super) struct Cpio<'c> {
    at: u64,
    state: State,
    collected: Vec<u8>,
    member: Member,
    added: u32,
    /// Members were read, and the trailer of their archive was not.
    is_open: bool,
    contents: &'c mut Contents,
}

impl<'c> Cpio<'c> {
    pub(super) fn new(contents: &'c mut Contents) -> Self {
        Self {
            at: 0,
            state: State::Between,
            collected: Vec::new(),
            member: Member::default(),
            added: 0,
            is_open: false,
            contents,
        }
    }

    /// Counts from `at` on: the unpacked bytes of a segment are aligned by themselves.
    pub(super) fn begin_segment(&mut self, at: u64) {
        self.at = at;
    }

    pub(super) fn contents(&mut self) -> &mut Contents {
        self.contents
    }

    /// Takes bytes up to one that begins neither a member nor is padding; says how many.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<usize, Fault> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let taken = match self.state {
                State::Between if *first == 0 => zeros(rest),
                State::Between if *first == b'0' && self.at.is_multiple_of(4) => {
                    self.member.at = self.at;
                    self.state = State::Header;
                    0
                }
                State::Between => break,
                State::Header => self.collect(rest, HEADER),
                State::Name { name_bytes } => self.collect(rest, name_bytes),
                State::NamePadding { ref mut left }
                | State::Body { ref mut left }
                | State::Padding { ref mut left } => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left = left.saturating_sub(taken as u64);
                    taken
                }
            };
            let (part, behind) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            if self.member.sum.is_some() && matches!(self.state, State::Body { .. }) {
                self.added = part.iter().fold(self.added, |sum, byte| sum.wrapping_add(u32::from(*byte)));
            }
            rest = behind;
            self.at = self.at.saturating_add(taken as u64);
            self.advance()?;
        }
        Ok(bytes.len().saturating_sub(rest.len()))
    }

    /// The end of a segment, or of the file: a member is not split over two.
    pub(super) fn end_segment(&self) -> Result<(), Fault> {
        match self.state {
            State::Between => Ok(()),
            _ => Err(self.fault(format!("the archive ends in the member that begins at byte {}", self.member.at))),
        }
    }

    pub(super) fn end(&self) -> Result<(), Fault> {
        if self.is_open {
            return Err(self.fault("the archive ends without its TRAILER!!!".into()));
        }
        if self.contents.members == 0 {
            return Err(self.fault("the archive has no members".into()));
        }
        Ok(())
    }

    fn fault(&self, why: String) -> Fault {
        Fault { at: self.at, why }
    }

    /// Collects up to `wanted` bytes.
    fn collect(&mut self, bytes: &[u8], wanted: usize) -> usize {
        let taken = wanted.saturating_sub(self.collected.len()).min(bytes.len());
        self.collected.extend(bytes.iter().take(taken));
        taken
    }

    /// Goes on to what follows where a part of a member is complete.
    fn advance(&mut self) -> Result<(), Fault> {
        loop {
            match self.state {
                State::Header if self.collected.len() == HEADER => self.header()?,
                State::Name { name_bytes } if self.collected.len() == name_bytes => self.name()?,
                State::NamePadding { left: 0 } => self.state = State::Body { left: self.member.body },
                State::Body { left: 0 } => self.body()?,
                State::Padding { left: 0 } => self.state = State::Between,
                _ => return Ok(()),
            }
        }
    }

    fn header(&mut self) -> Result<(), Fault> {
        let at = self.member.at;
        let wrong = |why: &str| Err(Fault { at, why: why.into() });
        let has_sum = match self.collected.get(..6) {
            Some(b"070701") => false,
            Some(b"070702") => true,
            Some(b"070707") => return wrong("the archive is of the old portable format, not newc"),
            _ => return wrong("a member begins without the magic number of newc"),
        };
        let mut fields = [0_u64; 13];
        for (field, digits) in fields.iter_mut().zip(self.collected.get(6..).unwrap_or_default().chunks(8)) {
            match hexadecimal(digits) {
                Some(value) => *field = value,
                None => return wrong("a field of a member's header is no hexadecimal number"),
            }
        }
        let [_, mode, _, _, _, _, body, _, _, _, _, name, sum] = fields;
        if name == 0 || name > LONGEST_NAME {
            return wrong(&format!("a member has a name of {name} bytes"));
        }
        let is_regular = mode & TYPE == REGULAR;
        let sum = (has_sum && is_regular).then(|| u32::try_from(sum).unwrap_or(u32::MAX));
        self.member = Member { at, mode, body, sum };
        self.added = 0;
        self.collected.clear();
        self.state = State::Name { name_bytes: usize::try_from(name).unwrap_or_default() };
        Ok(())
    }

    fn name(&mut self) -> Result<(), Fault> {
        let Some((0, name)) = self.collected.split_last() else {
            return Err(Fault { at: self.member.at, why: "a member's name does not end with a zero".into() });
        };
        // As `strcmp` reads it.
        let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
        if name == TRAILER {
            self.is_open = false;
        } else {
            self.is_open = true;
            self.contents.add(&String::from_utf8_lossy(name), self.member.mode & TYPE == FOLDER);
        }
        self.collected.clear();
        self.state = State::NamePadding { left: padding(self.at) };
        Ok(())
    }

    fn body(&mut self) -> Result<(), Fault> {
        if let Some(sum) = self.member.sum.take()
            && sum != self.added
        {
            return Err(Fault { at: self.member.at, why: "the sum of a member's bytes is wrong".into() });
        }
        self.state = State::Padding { left: padding(self.at) };
        Ok(())
    }
}

/// How many zeros it begins with. Block by block: a file may be nothing else.
fn zeros(bytes: &[u8]) -> usize {
    const BLOCK: [u8; 4096] = [0; 4096];
    let blocks = bytes.chunks_exact(BLOCK.len()).take_while(|block| **block == BLOCK).count();
    let whole = blocks.saturating_mul(BLOCK.len());
    let rest = bytes.get(whole..).unwrap_or_default();
    whole.saturating_add(rest.iter().take_while(|byte| **byte == 0).count())
}

/// Up to the next offset that four divides.
fn padding(at: u64) -> u64 {
    at.wrapping_neg() & 3
}

fn hexadecimal(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        value.checked_mul(16)?.checked_add(u64::from(digit))
    })
}
