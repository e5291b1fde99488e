//! The release of a kernel, as `uname -r` prints it.

/// Longest release that is taken for one, in bytes: the kernel's own limit is 64.
const LONGEST_RELEASE: usize = 128;

/// Whether `text` can be a release: one name of a file, without white space.
pub(crate) fn is_release(text: &str) -> bool {
    let odd = |c: char| c == '/' || c.is_whitespace() || c.is_control();
    !matches!(text, "" | "." | "..") && text.len() <= LONGEST_RELEASE && !text.contains(odd)
}
