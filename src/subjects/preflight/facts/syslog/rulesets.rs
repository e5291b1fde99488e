//! Which rulesets a message can reach: the default one, those that an input is bound to, and those that a reached one
//! calls. What stands in another one sends nothing.

use std::mem;

use super::{Syslog, object};

/// Name of the ruleset that everything belongs to which names none.
const DEFAULT: &str = "RSYSLOG_DefaultRuleset";

/// What was found in a run of statements of one ruleset.
struct Part {
    ruleset: String,
    found: Syslog,
}

impl Part {
    fn of(ruleset: impl Into<String>) -> Self {
        Self { ruleset: ruleset.into(), found: Syslog::default() }
    }
}

/// The statements of a configuration, by ruleset.
pub(super) struct Rulesets {
    done: Vec<Part>,
    current: Part,
    /// The ruleset of a statement and the one that it calls.
    calls: Vec<(String, String)>,
    /// Those that messages come to first.
    bound: Vec<String>,
    /// A name is computed: any can be called.
    any: bool,
    /// How many braces of a block `ruleset(...) { }` are open, and the ruleset around it.
    block: Option<(usize, String)>,
}

impl Default for Rulesets {
    fn default() -> Self {
        let bound = vec![DEFAULT.to_owned()];
        Self { done: vec![], current: Part::of(DEFAULT), calls: vec![], bound, any: false, block: None }
    }
}

impl Rulesets {
    /// Where what the statement at hand sends to is kept.
    pub(super) fn found(&mut self) -> &mut Syslog {
        &mut self.current.found
    }

    fn begin(&mut self, ruleset: impl Into<String>) {
        self.done.push(mem::replace(&mut self.current, Part::of(ruleset)));
    }

    /// An object that is neither an action nor an include.
    pub(super) fn object(&mut self, name: &str, parameters: &str) {
        let first = |name| object::values(parameters, name).into_iter().next();
        match name {
            "ruleset" => {
                let around = self.current.ruleset.clone();
                self.begin(first("name").unwrap_or_default());
                self.block = Some((0, around));
            }
            "input" => self.bound.extend(first("ruleset")),
            _ => {}
        }
    }

    /// An object that is taken out of the configuration, with the block that follows it where it is a ruleset.
    pub(super) fn off(&mut self, name: &str) {
        if name == "ruleset" {
            let around = self.current.ruleset.clone();
            // Nothing can call a ruleset without a name.
            self.begin("");
            self.block = Some((0, around));
        }
    }

    /// A line of the old syntax, or what stands between objects.
    pub(super) fn line(&mut self, line: &str) {
        let mut words = line.split(|c: char| c.is_whitespace() || "{};".contains(c)).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word {
                "call" => {
                    let called = words.next().unwrap_or_default().trim_matches('"').to_owned();
                    self.calls.push((self.current.ruleset.clone(), called));
                }
                "call_indirect" => self.any = true,
                _ => {}
            }
        }
        if let Some((keyword, name)) = line.strip_prefix('$').and_then(|rest| rest.split_once(char::is_whitespace)) {
            let keyword = keyword.to_ascii_lowercase();
            let name = name.trim();
            if keyword == "ruleset" {
                self.begin(name);
            } else if keyword == "defaultruleset" || keyword.ends_with("bindruleset") {
                self.bound.push(name.to_owned());
            }
        }
        self.count_braces(line);
    }

    fn count_braces(&mut self, line: &str) {
        let Some((open, around)) = self.block.take() else { return };
        let outside = || line.split('"').step_by(2).flat_map(str::chars);
        let opened = open.saturating_add(outside().filter(|c| *c == '{').count());
        let closed = outside().filter(|c| *c == '}').count();
        match opened.checked_sub(closed) {
            Some(left @ 1..) => self.block = Some((left, around)),
            _ => self.begin(around),
        }
    }

    /// What the reached ones send to.
    pub(super) fn reached(mut self) -> Syslog {
        self.begin(DEFAULT);
        let mut reached = self.bound;
        let mut at = 0;
        while let Some(from) = reached.get(at).cloned() {
            for (_, to) in self.calls.iter().filter(|(caller, _)| *caller == from) {
                if !reached.contains(to) {
                    reached.push(to.clone());
                }
            }
            at = at.saturating_add(1);
        }
        let mut all = Syslog::default();
        for part in self.done {
            if self.any || reached.contains(&part.ruleset) {
                part.found.targets.into_iter().for_each(|target| all.add(target));
                all.unclear.extend(part.found.unclear);
            }
        }
        all
    }
}
