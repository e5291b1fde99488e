//! One history, shown: made as small as it still shows its violation.

use crate::history::history;
use crate::script::Script;

/// Shows the history of a seed. Whether it has no violation.
pub fn replay(seed: u64, is_whole: bool) -> bool {
    let script = Script::random(seed);
    let class = first_class(&script);
    let script = match &class {
        Some(class) if !is_whole => minimized(script, class),
        _ => script,
    };
    let told = history(&script, None, true);
    println!("{}", told.log.join("\n"));
    match told.violations.first() {
        Some(violation) => println!("seed {seed}: {violation}"),
        None => println!("seed {seed}: no violation"),
    }
    told.violations.is_empty()
}

/// Repeats every seed that ever failed, one a line.
pub fn all(seeds: &str) -> bool {
    let mut is_good = true;
    let mut count = 0;
    for seed in seeds.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()) {
        count += 1;
        if let Some(violation) = history(&Script::random(seed), None, false).violations.first() {
            println!("seed {seed}: {violation}");
            is_good = false;
        }
    }
    println!("{count} seeds that once failed");
    is_good
}

/// The kind of a violation: what is before the colon.
pub fn class(violation: &str) -> &str {
    violation.split(':').next().unwrap_or(violation)
}

fn first_class(script: &Script) -> Option<String> {
    history(script, None, false).violations.first().map(|violation| class(violation).to_owned())
}

fn minimized(mut script: Script, wanted: &str) -> Script {
    while let Some(smaller) =
        script.smaller().into_iter().find(|smaller| first_class(smaller).as_deref() == Some(wanted))
    {
        script = smaller;
    }
    script
}
