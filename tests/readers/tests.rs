//! Each reader over what it understands, and over damage to it: `scripts/fuzz` goes on from here.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::mutations::{Random, mutated};
use super::{Reader, all, named};

/// Damaged inputs of each reader: so many at least, however slow the machine is, and the most within the limit.
const LEAST: usize = 50;
const MUTATIONS: usize = 2000;
const LIMIT: Duration = Duration::from_millis(60);

#[test]
fn each_reader_has_a_name_of_its_own_and_something_to_read() {
    let names: Vec<&str> = all().map(|reader| reader.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    for reader in all() {
        assert!(!(reader.seeds)().is_empty(), "{} has no seed", reader.name);
        assert!(std::ptr::eq(named(reader.name).unwrap(), reader));
    }
}

#[test]
fn no_reader_fails_on_what_it_understands_or_on_damage_to_it() {
    let failed: Vec<String> = all().filter_map(|reader| damage(reader).err()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

fn damage(reader: &Reader) -> Result<(), String> {
    let inputs = reader.inputs();
    for input in &inputs {
        let read = std::panic::catch_unwind(|| (reader.read)(input));
        read.map_err(|_| format!("{} fails on {}", reader.name, shown(input)))?;
    }
    let words: Vec<Vec<u8>> = reader.words().into_iter().collect();
    let mut random = Random(reader.name.bytes().fold(0, |seed, byte| (seed << 5) ^ (seed >> 59) ^ u64::from(byte)));
    let begun = Instant::now();
    for n in 0..MUTATIONS {
        let Some(input) = random.one_of(&inputs) else { break };
        let input = mutated(input, &inputs, &words, &mut random);
        let read = std::panic::catch_unwind(|| (reader.read)(&input));
        read.map_err(|_| format!("{} fails on damaged input {n}: {}", reader.name, shown(&input)))?;
        if n >= LEAST && begun.elapsed() > LIMIT {
            break;
        }
    }
    Ok(())
}

fn shown(input: &[u8]) -> String {
    let text: String =
        input.iter().take(4096).flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
    format!("{} bytes, b\"{text}\"", input.len())
}
