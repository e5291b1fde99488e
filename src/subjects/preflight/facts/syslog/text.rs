//! The text of a file in statements: lines of the old syntax, and objects of RainerScript, `name(...)`, which may go
//! over many lines.

/// A part of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement {
    /// What stands on a line beside objects, without comments.
    Line(String),
    /// An object: name in lower case, and what stands within its brackets.
    Object {
        name: String,
        /// Its parameters, as they are written.
        parameters: String,
    },
}

/// Objects that have parameters of interest, or whose text must not be taken for lines.
const OBJECTS: &[&str] = &[
    "action",
    "include",
    "module",
    "input",
    "global",
    "template",
    "main_queue",
    "ruleset",
    "parser",
    "timezone",
    "lookup_table",
];

/// The statements with the number of the line where each begins, from 1.
pub(super) fn statements(text: &str) -> Vec<(u32, Statement)> {
    let mut out = Vec::new();
    let mut line = String::new();
    let (mut number, mut begun) = (1_u32, 1_u32);
    let mut quote = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if c == '\n' {
            number = number.saturating_add(1);
            if line.ends_with('\\') {
                line.pop();
            } else {
                flush(&mut out, &mut line, begun);
                // The old syntax has no quotes over lines: an apostrophe in a text must not swallow what follows.
                quote = None;
                begun = number;
            }
            rest = after;
            continue;
        }
        let starts_word = line.chars().next_back().is_none_or(|last| last.is_whitespace() || "{};".contains(last));
        if quote.is_none() {
            if c == '#' && starts_word {
                rest = rest.find('\n').and_then(|at| rest.get(at..)).unwrap_or_default();
                continue;
            }
            if let Some(comment) = rest.strip_prefix("/*").filter(|_| starts_word) {
                let (inside, behind) = comment.split_once("*/").unwrap_or((comment, ""));
                number = number.saturating_add(lines_in(inside));
                rest = behind;
                continue;
            }
            if starts_word && let Some((name, inside)) = object(rest) {
                let (parameters, behind) = parameters(inside);
                flush(&mut out, &mut line, begun);
                out.push((number, Statement::Object { name, parameters }));
                let taken = inside.len().checked_sub(behind.len()).and_then(|taken| inside.get(..taken));
                number = number.saturating_add(lines_in(taken.unwrap_or_default()));
                begun = number;
                // What follows on the line is a new word.
                line.push(' ');
                rest = behind;
                continue;
            }
        }
        if c == '"' {
            quote = if quote.is_some() { None } else { Some(c) };
        }
        line.push(c);
        rest = after;
    }
    flush(&mut out, &mut line, begun);
    out
}

fn flush(out: &mut Vec<(u32, Statement)>, line: &mut String, begun: u32) {
    let text = std::mem::take(line);
    if !text.trim().is_empty() {
        out.push((begun, Statement::Line(text.trim().to_owned())));
    }
}

fn lines_in(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}

/// The name of the object that `text` begins with, in lower case, and what follows its opening bracket.
fn object(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|end| *end <= 16)?;
    let (name, behind) = text.split_at_checked(end)?;
    let name = name.to_ascii_lowercase();
    let inside = behind.trim_start_matches([' ', '\t']).strip_prefix('(')?;
    OBJECTS.contains(&name.as_str()).then_some((name, inside))
}

/// What stands before the bracket that closes, without comments, and what follows it. Brackets within quotes count for
/// nothing.
fn parameters(text: &str) -> (String, &str) {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    let mut kept = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth = depth.saturating_add(1),
            (None, ')') if depth == 0 => return (kept, after),
            (None, ')') => depth = depth.saturating_sub(1),
            (None, '#') => {
                rest = rest.find('\n').and_then(|at| rest.get(at..)).unwrap_or_default();
                continue;
            }
            (None, '/') if after.starts_with('*') => {
                rest = rest.split_once("*/").map_or("", |(_, behind)| behind);
                continue;
            }
            _ => {}
        }
        kept.push(c);
        rest = after;
    }
    (kept, "")
}
