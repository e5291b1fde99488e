//! Matrices of cases, each of which takes a start of the node or more: a sample that has every column, and all of them
//! with `OKV_EVERY` in the environment, which takes hours.

/// Whether every case is tried.
pub(crate) fn is_every() -> bool {
    std::env::var_os("OKV_EVERY").is_some()
}

/// Every so many of the cases, from the first one.
pub(crate) fn sample<T>(cases: impl IntoIterator<Item = T>, every: usize) -> Vec<T> {
    cases.into_iter().step_by(if is_every() { 1 } else { every }).collect()
}
