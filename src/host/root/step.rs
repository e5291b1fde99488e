//! The steps of a path.

use std::ffi::OsString;
use std::path::{Component, Path};

/// A step on the way to a place.
pub(super) enum Step {
    Top,
    Up,
    Into(OsString),
}

/// Puts the steps of a path on a stack, the first of them on top.
pub(super) fn push_reversed(ahead: &mut Vec<Step>, path: &Path) {
    ahead.extend(path.components().rev().filter_map(|component| match component {
        Component::RootDir | Component::Prefix(_) => Some(Step::Top),
        Component::ParentDir => Some(Step::Up),
        Component::CurDir => None,
        Component::Normal(name) => Some(Step::Into(name.to_owned())),
    }));
}
