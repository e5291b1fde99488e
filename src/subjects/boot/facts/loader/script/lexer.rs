//! Text to tokens.

use super::{MOST_PARTS, Part, Word};
use crate::host::BadLine;
use crate::subjects::boot::facts::loader::value::hole;

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// The end of a line.
    Newline,
    Semicolon,
    Open,
    Close,
    /// A word, and its text as it is written.
    Word(Word, String),
}

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// Ends of lines before `at`.
    ends: usize,
    /// The numbers of the lines in the file.
    lines: Vec<u32>,
    /// Tokens and parts so far.
    parts: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, lines: Vec<u32>) -> Self {
        Self { text, at: 0, ends: 0, lines, parts: 0 }
    }

    /// The number of the line here.
    pub(super) fn line(&self) -> u32 {
        self.lines.get(self.ends).or(self.lines.last()).copied().unwrap_or(0)
    }

    pub(super) fn bad(&self, why: &str) -> BadLine {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        BadLine::new(self.line(), why, line.as_bytes())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at = self.at.saturating_add(c.len_utf8());
        if c == '\n' {
            self.ends = self.ends.saturating_add(1);
        }
        Some(c)
    }

    fn take_one(&mut self, token: Token) -> Option<Token> {
        self.take();
        Some(token)
    }

    fn count(&mut self) -> Result<(), BadLine> {
        self.parts = self.parts.saturating_add(1);
        if self.parts > MOST_PARTS {
            return Err(self.bad("no configuration of GRUB is that long"));
        }
        Ok(())
    }

    /// The next token; `None` at the end.
    pub(super) fn token(&mut self) -> Result<Option<Token>, BadLine> {
        self.count()?;
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.take();
        }
        Ok(match self.peek() {
            None => None,
            Some('\n') => self.take_one(Token::Newline),
            Some(';') if self.rest().starts_with(";;") => return Err(self.bad("GRUB knows no ;; here")),
            Some(';') => self.take_one(Token::Semicolon),
            Some('{') => self.take_one(Token::Open),
            Some('}') => self.take_one(Token::Close),
            Some('|' | '&' | '<' | '>') => return Err(self.bad("GRUB's scripts have no such operator")),
            Some('#') => return self.comment(),
            Some(_) => Some(self.word()?),
        })
    }

    /// A comment, which ends with its line; but the longer match wins, and quotes may go on behind the line.
    fn comment(&mut self) -> Result<Option<Token>, BadLine> {
        let (at, ends) = (self.at, self.ends);
        let end = self.rest().find('\n').map_or(self.text.len(), |end| at.saturating_add(end));
        let word = self.word()?;
        if self.at > end {
            return Ok(Some(word));
        }
        (self.at, self.ends) = (end, ends);
        self.token()
    }

    fn word(&mut self) -> Result<Token, BadLine> {
        let start = self.at;
        let mut word = Word::default();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            match c {
                '{' | '}' | '|' | '&' | ';' | '<' | '>' | ' ' | '\t' | '\n' => break,
                '$' if self.rest().starts_with("$\"") => {
                    self.take();
                    word.quoted = true;
                    self.translated(&mut text)?;
                }
                '$' => {
                    let name = self.variable()?;
                    push_text(&mut word, &mut text);
                    word.parts.push(Part::Variable { name, quoted: false });
                }
                '\'' => {
                    word.quoted = true;
                    self.single_quoted(&mut text)?;
                }
                '"' => {
                    word.quoted = true;
                    self.double_quoted(&mut word, &mut text)?;
                }
                '\\' => self.escaped(&mut text)?,
                c => {
                    word.pattern |= matches!(c, '*' | '?');
                    text.push(c);
                    self.take();
                }
            }
        }
        end(&mut word, &mut text);
        let written = self.text.get(start..self.at).unwrap_or_default();
        if matches!(written, "[[" | "]]") {
            return Err(self.bad("GRUB's scripts have no such operator"));
        }
        Ok(Token::Word(word, written.to_owned()))
    }

    fn escaped(&mut self, text: &mut String) -> Result<(), BadLine> {
        let mut hex = self.rest().chars().skip(1);
        let is_hex = hex.next() == Some('x')
            && hex.next().is_some_and(|c| c.is_ascii_hexdigit())
            && hex.next().is_some_and(|c| c.is_ascii_hexdigit());
        self.take();
        if is_hex {
            text.push('\\');
        }
        match self.take() {
            Some('\n') if self.at < self.text.len() => {}
            Some('\n') | None => return Err(self.bad("a line that goes on, and none behind it")),
            Some(c) => text.push(c),
        }
        Ok(())
    }

    fn single_quoted(&mut self, text: &mut String) -> Result<(), BadLine> {
        let open = self.bad("a quote that is not closed");
        self.take();
        loop {
            match self.take() {
                None => return Err(open),
                Some('\'') => return Ok(()),
                Some(c) => text.push(c),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut Word, text: &mut String) -> Result<(), BadLine> {
        let open = self.bad("a quote that is not closed");
        self.take();
        loop {
            match self.peek() {
                None => return Err(open),
                Some('"') => {
                    self.take();
                    return Ok(());
                }
                Some('$') => {
                    let name = self.variable()?;
                    push_text(word, text);
                    word.parts.push(Part::Variable { name, quoted: true });
                }
                Some('\\') => {
                    self.take();
                    match self.take() {
                        None => return Err(open),
                        Some('\n') => {}
                        Some(c @ ('$' | '\\' | '"')) => text.push(c),
                        Some(c) => text.extend(['\\', c]),
                    }
                }
                Some(c) => {
                    text.push(c);
                    self.take();
                }
            }
        }
    }

    /// `$"..."`, which GRUB translates.
    fn translated(&mut self, text: &mut String) -> Result<(), BadLine> {
        let open = self.bad("a quote that is not closed");
        let mut inner = String::new();
        self.take();
        loop {
            match self.take() {
                None => return Err(open),
                Some('"') => break,
                Some('\\') => {
                    inner.push('\\');
                    inner.extend(self.take());
                }
                Some(c) => inner.push(c),
            }
        }
        let is_plain = !inner.contains(['\\', '$']);
        text.push_str(&if is_plain { inner } else { hole("a translated text with variables") });
        Ok(())
    }

    fn variable(&mut self) -> Result<String, BadLine> {
        self.count()?;
        let after = self.rest().get(1..).unwrap_or_default();
        let (inner, closed) = match after.strip_prefix('{') {
            Some(inner) => (inner, true),
            None => (after, false),
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = match inner.chars().next() {
            Some('?' | '#' | '*' | '@') => 1,
            Some(c) if c.is_ascii_digit() => inner.find(|c: char| !c.is_ascii_digit()).unwrap_or(inner.len()),
            Some(c) if is_name(c) => inner.find(|c| !is_name(c)).unwrap_or(inner.len()),
            _ => return Err(self.bad("a $ that begins no variable")),
        };
        let (name, behind) = inner.split_at_checked(end).unwrap_or_default();
        if closed && !behind.starts_with('}') {
            return Err(self.bad("a $ that begins no variable"));
        }
        let braces = if closed { 2 } else { 0 };
        self.at = self.at.saturating_add(name.len()).saturating_add(1).saturating_add(braces);
        Ok(name.to_owned())
    }
}

fn push_text(word: &mut Word, text: &mut String) {
    if !text.is_empty() {
        word.parts.push(Part::Text(std::mem::take(text)));
    }
}

fn end(word: &mut Word, text: &mut String) {
    push_text(word, text);
    word.parts.shrink_to_fit();
}
