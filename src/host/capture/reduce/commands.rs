//! Passwords that no word names: in the arguments of a program, in an address, and behind a name.

use std::ops::Range;

use super::{Found, places};

/// What ends an argument: also a NUL, as in /proc/PID/cmdline.
fn is_end(byte: &u8) -> bool {
    byte.is_ascii_whitespace() || *byte == 0
}

/// The secret of an argument, from the one before it and from itself.
type Secret = fn(&[u8], &[u8]) -> Option<Range<usize>>;

const PROGRAMS: &[(&[u8], Secret)] = &[
    (b"sshpass", of_sshpass),
    (b"curl", of_curl),
    (b"wget", of_curl),
    (b"sqlplus", of_oracle),
    (b"rman", of_oracle),
    (b"expdp", of_oracle),
    (b"impdp", of_oracle),
    (b"sqlldr", of_oracle),
];
const CHPASSWD: &[u8] = b"chpasswd";

pub(super) fn find(bytes: &[u8]) -> Found {
    let mut found = Found::new();
    let mut at = 0_usize;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let has = |program: &[u8]| places(line, program).next().is_some();
        for (program, secret) in PROGRAMS.iter().filter(|(program, _)| has(program)) {
            found.extend(of_arguments(&words(line, at), program, *secret));
        }
        if has(CHPASSWD) {
            found.extend(before_chpasswd(&words(line, at)));
        }
        at = at.saturating_add(line.len());
    }
    found.extend(addresses(bytes));
    found.extend(behind_users(bytes));
    found.extend(of_openssl(bytes));
    found
}

fn of_arguments(words: &[(usize, &[u8])], program: &[u8], secret: Secret) -> Found {
    let is_program = |(_, word): &(usize, &[u8])| is_called(word, program);
    let arguments = words.iter().position(is_program).and_then(|at| words.get(at..)).unwrap_or_default();
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let found = pairs.filter_map(|((_, before), (start, word))| {
        let part = secret(before, word)?;
        Some(start.saturating_add(part.start)..start.saturating_add(part.end))
    });
    found.collect()
}

/// Whether a word runs this program, from any folder.
fn is_called(word: &[u8], program: &[u8]) -> bool {
    word.strip_suffix(program).is_some_and(|before| before.last().is_none_or(|byte| b"/\"'`(|;&".contains(byte)))
}

/// The words of a line, and where each begins in the text that the line begins in at `at`.
fn words(line: &[u8], at: usize) -> Vec<(usize, &[u8])> {
    let mut begin = at;
    let with_begin = |word| {
        let here = begin;
        begin = begin.saturating_add(<[u8]>::len(word)).saturating_add(1);
        (here, word)
    };
    line.split(is_end).map(with_begin).filter(|(_, word)| !word.is_empty()).collect()
}

/// A word without the quotes around it.
fn bare(word: &[u8]) -> &[u8] {
    let is_quote = |byte: &u8| b"\"'`(".contains(byte);
    let start = word.iter().take_while(|byte| is_quote(byte)).count();
    word.get(start..).unwrap_or_default()
}

/// What is behind the first of these characters.
fn behind(word: &[u8], mark: u8) -> Option<Range<usize>> {
    let at = word.iter().position(|byte| *byte == mark)?;
    Some(at.checked_add(1)?..word.len())
}

fn of_sshpass(before: &[u8], word: &[u8]) -> Option<Range<usize>> {
    match word.strip_prefix(b"-p") {
        Some(value) if !value.is_empty() => Some(2..word.len()),
        _ => (before == b"-p").then_some(0..word.len()),
    }
}

fn of_curl(before: &[u8], word: &[u8]) -> Option<Range<usize>> {
    let names = [&b"-u"[..], b"--user", b"-U", b"--proxy-user"];
    let is_user = names.iter().any(|name| before == *name || word.starts_with(name));
    is_user.then(|| behind(word, b':')).flatten()
}

/// `NAME/PASSWORD@DATABASE`. What begins with a slash or a point is a path.
fn of_oracle(_: &[u8], word: &[u8]) -> Option<Range<usize>> {
    let name = bare(word);
    let quotes = word.len().saturating_sub(name.len());
    let slash = name.iter().position(|byte| *byte == b'/')?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$#=\"".contains(byte);
    if slash == 0 || !name.get(..slash)?.iter().all(is_name) {
        return None;
    }
    let start = quotes.checked_add(slash)?.checked_add(1)?;
    let rest = word.get(start..)?;
    let len = rest.iter().rposition(|byte| *byte == b'@').unwrap_or(rest.len());
    Some(start..start.checked_add(len)?)
}

/// `echo NAME:PASSWORD | chpasswd`.
fn before_chpasswd(words: &[(usize, &[u8])]) -> Found {
    if !words.iter().any(|(_, word)| is_called(word, CHPASSWD)) {
        return Found::new();
    }
    let secret = |(start, word): &(usize, &[u8])| {
        let part = behind(word, b':')?;
        Some(start.saturating_add(part.start)..start.saturating_add(part.end))
    };
    words.iter().filter_map(secret).collect()
}

/// The `secret` of each text behind `begin`, up to where it `ends`. One within another is a part of it.
fn each(
    bytes: &[u8],
    begin: &[u8],
    ends: impl Fn(&u8) -> bool,
    secret: impl Fn(&[u8]) -> Option<Range<usize>>,
) -> Found {
    let (mut found, mut done) = (Found::new(), 0_usize);
    for at in places(bytes, begin) {
        let start = at.saturating_add(begin.len());
        if start < done {
            continue;
        }
        let rest = bytes.get(start..).unwrap_or_default();
        let len = rest.iter().position(&ends).unwrap_or(rest.len());
        done = start.saturating_add(len);
        if let Some(part) = secret(rest.get(..len).unwrap_or_default()) {
            found.push(start.saturating_add(part.start)..start.saturating_add(part.end));
        }
    }
    found
}

/// `SCHEME://NAME:PASSWORD@HOST`, and the addresses of iSCSI that dracut takes.
fn addresses(bytes: &[u8]) -> Found {
    let secret = |rest: &[u8]| {
        let host = rest.iter().rposition(|byte| *byte == b'@')?;
        let name = rest.get(..host)?.iter().position(|byte| *byte == b':')?;
        Some(name.checked_add(1)?..host)
    };
    let ends = |byte: &u8| is_end(byte) || b"\"'<>".contains(byte);
    let mut found = each(bytes, b"://", ends, secret);
    found.extend(each(bytes, b"iscsi:", ends, secret));
    found
}

/// `user=NAME%PASSWORD`, as mount.cifs(8) takes it.
fn behind_users(bytes: &[u8]) -> Found {
    let secret = |rest: &[u8]| {
        let name = rest.iter().position(|byte| *byte == b'%').filter(|name| *name > 0)?;
        Some(name.checked_add(1)?..rest.len())
    };
    let ends = |byte: &u8| is_end(byte) || *byte == b',';
    let mut found = each(bytes, b"user=", ends, secret);
    found.extend(each(bytes, b"username=", ends, secret));
    found
}

/// `-passin pass:PASSWORD`.
fn of_openssl(bytes: &[u8]) -> Found {
    let all = |rest: &[u8]| Some(0..rest.len());
    let begins = [&b" pass:"[..], b"\0pass:", b"\tpass:", b"\"pass:", b"'pass:", b"=pass:"];
    begins.iter().flat_map(|begin| each(bytes, begin, is_end, all)).collect()
}
