//! What the tests of the rules share: what one rule finds on a host.

use std::fmt::Write;

use snapbox::IntoData;

use super::{Rule, RuleInputs};
use crate::host::Root;
use crate::io::tool::Script;
use crate::profile::Profile;
use crate::subjects::upgrade::facts::edited;
use crate::subjects::{ask_for_edited_files, of_host_at};

pub(super) use crate::overlay::Host;

/// Compares what `rule` finds on `host`, by the built-in profile, with a text of `snapbox::str!`: for each finding its
/// verdict and subject, and below them its message, what was measured, and the remedy.
///
/// `SNAPSHOTS=overwrite cargo test --lib rules -- --test-threads 1` writes the texts anew. Read the difference.
#[track_caller]
pub(crate) fn assert_found(rule: &'static Rule, host: &Host, expected: impl IntoData) {
    let profile = Profile::named(Profile::DEFAULT).unwrap();
    let root = Root::fixture(host.path()).unwrap();
    let mut facts = of_host_at(&root, &profile.places);
    ask_for_edited_files(&mut facts, &profile, || edited::gather(&root, &Script::default()));
    let mut text = String::new();
    for found in (rule.judge)(&RuleInputs { facts: &facts, profile: &profile, rule }) {
        writeln!(text, "{} {}", found.verdict.word(), found.subject).unwrap();
        for (word, value) in [("message", found.message), ("measured", found.measured), ("remedy", found.remedy)] {
            if !value.is_empty() {
                writeln!(text, "  {word}: {value}").unwrap();
            }
        }
    }
    snapbox::Assert::new().action_env(snapbox::assert::DEFAULT_ACTION_ENV).eq(text, expected.raw());
}
