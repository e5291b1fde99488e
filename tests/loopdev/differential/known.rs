//! Where a peer is known to be wrong, or answers another question.

/// A field of a case in which a peer's answer is not ours.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) peer: &'static str,
    /// The case's name, or the start of it before a `*`.
    pub(crate) case: &'static str,
    /// The field's name, or the start of it before a `*`.
    pub(crate) field: &'static str,
    pub(crate) why: &'static str,
}

impl Known {
    pub(crate) fn covers(&self, peer: &str, case: &str, field: &str) -> bool {
        self.peer == peer && matches(self.case, case) && matches(self.field, field)
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == text, |start| text.starts_with(start))
}

/// Every known difference. An entry that explains nothing any more makes the test fail.
pub(crate) const KNOWN: &[Known] = &[];
