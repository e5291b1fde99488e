//! What two ways that a script may go have in common.

use std::rc::Rc;

use super::{Followed, State, Status, Stop, Variable};
use crate::subjects::boot::facts::loader::value::hole;

/// Leaves in `state` what it has in common with `other`.
pub(super) fn merge(state: &mut State, other: State, why: &str) -> Followed<()> {
    let same_menu = state.menu.len() == other.menu.len()
        && state.menu.iter().zip(&other.menu).all(|(one, other)| Rc::ptr_eq(one, other));
    let same_functions = state.functions.len() == other.functions.len()
        && state
            .functions
            .iter()
            .zip(&other.functions)
            .all(|((name, one), (other_name, other))| name == other_name && Rc::ptr_eq(&one.body, &other.body));
    if !same_menu || !same_functions || state.params != other.params {
        return Err(Stop(why.to_owned()));
    }
    let mut others = other.variables;
    for (name, own) in &mut state.variables {
        let variable = others.remove(name).unwrap_or_default();
        if own.value != variable.value {
            own.value = Rc::from(hole(why));
        }
        own.exported |= variable.exported;
    }
    for (name, variable) in others.into_iter().filter(|(_, variable)| !variable.value.is_empty()) {
        state.variables.insert(name, Variable { value: Rc::from(hole(why)), exported: variable.exported });
    }
    if state.loaded != other.loaded {
        let why = state.loaded.unknown.take().or(other.loaded.unknown).unwrap_or_else(|| why.to_owned());
        state.loaded.unknown = Some(why);
    }
    if state.status != other.status {
        state.status = Status::Unknown(why.to_owned());
    }
    state.skipped.extend(other.skipped);
    Ok(())
}
