//! Tokens to commands. It goes down with the nesting of blocks, which is bounded.

use super::lexer::{Lexer, Token};
use super::{Block, Command, DEEPEST, Kind, Word};
use crate::host::BadLine;

const RESERVED: &[&str] = &[
    "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select", "then", "until",
    "while",
];

struct Parser<'t> {
    lexer: Lexer<'t>,
    next: Option<Token>,
    /// The line of `next`.
    line: u32,
    depth: usize,
}

/// What a list of commands ends with.
enum End {
    Brace,
    /// One that a delimiter precedes.
    DelimitedBrace,
    Words(&'static [&'static str]),
}

pub(super) fn parse(lexer: Lexer<'_>) -> Result<Block, BadLine> {
    let mut parser = Parser { lexer, next: None, line: 0, depth: 0 };
    parser.advance()?;
    let mut commands = Vec::new();
    parser.newlines()?;
    while parser.next.is_some() {
        let command = if parser.is("function") { parser.function()? } else { parser.command()? };
        commands.push(command);
        match parser.next {
            None => break,
            Some(Token::Newline | Token::Semicolon) => parser.advance()?,
            Some(_) => return Err(parser.bad()),
        }
        parser.newlines()?;
    }
    Ok(commands.into())
}

impl Parser<'_> {
    fn advance(&mut self) -> Result<(), BadLine> {
        self.line = self.lexer.line();
        self.next = self.lexer.token()?;
        Ok(())
    }

    fn bad(&self) -> BadLine {
        let text = match &self.next {
            None => return BadLine::whole("it is cut off: a block is not closed"),
            Some(Token::Newline) => "the end of the line",
            Some(Token::Semicolon) => ";",
            Some(Token::Open) => "{",
            Some(Token::Close) => "}",
            Some(Token::Word(_, text)) => text,
        };
        BadLine::new(self.line, "GRUB's grammar has no such text here", text.as_bytes())
    }

    fn is(&self, word: &str) -> bool {
        matches!(&self.next, Some(Token::Word(_, text)) if text == word)
    }

    fn expect(&mut self, word: &str) -> Result<(), BadLine> {
        if self.is(word) { self.advance() } else { Err(self.bad()) }
    }

    fn newlines(&mut self) -> Result<(), BadLine> {
        while self.next == Some(Token::Newline) {
            self.advance()?;
        }
        Ok(())
    }

    fn name(&mut self) -> Result<String, BadLine> {
        let Some(Token::Word(_, text)) = &self.next else { return Err(self.bad()) };
        let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !RESERVED.contains(&text.as_str());
        if !is_name {
            return Err(self.bad());
        }
        let name = text.clone();
        self.advance()?;
        Ok(name)
    }

    /// Commands, at least one, up to `end`, which stays. Only a brace may follow a command without a delimiter.
    fn commands(&mut self, end: &End) -> Result<Block, BadLine> {
        if self.depth >= DEEPEST {
            return Err(BadLine::new(self.line, "blocks too deep in each other", b""));
        }
        self.depth = self.depth.saturating_add(1);
        let mut commands = Vec::new();
        self.newlines()?;
        loop {
            commands.push(self.command()?);
            let delimited = matches!(self.next, Some(Token::Newline | Token::Semicolon));
            if delimited {
                self.advance()?;
                self.newlines()?;
            }
            let (ends, may) = match end {
                End::Brace => (self.next == Some(Token::Close), true),
                End::DelimitedBrace => (self.next == Some(Token::Close), delimited),
                End::Words(words) => (words.iter().any(|word| self.is(word)), delimited),
            };
            if ends && may {
                break;
            }
            if !delimited {
                return Err(self.bad());
            }
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(commands.into())
    }

    fn command(&mut self) -> Result<Command, BadLine> {
        let line = self.line;
        let Some(Token::Word(_, text)) = &self.next else { return Err(self.bad()) };
        let kind = match text.as_str() {
            "if" => self.condition()?,
            "for" => self.counted()?,
            "while" | "until" => self.repeated()?,
            text if RESERVED.contains(&text) => return Err(self.bad()),
            _ => self.simple()?,
        };
        Ok(Command { line, kind })
    }

    fn words(&mut self) -> Result<Vec<Word>, BadLine> {
        let mut words = Vec::new();
        while matches!(self.next, Some(Token::Word(..))) {
            if let Some(Token::Word(word, _)) = self.next.take() {
                words.push(word);
            }
            self.advance()?;
        }
        words.shrink_to_fit();
        Ok(words)
    }

    fn simple(&mut self) -> Result<Kind, BadLine> {
        let words = self.words()?;
        if self.next != Some(Token::Open) {
            return Ok(Kind::Simple { words, block: None });
        }
        self.advance()?;
        let block = self.commands(&End::Brace)?;
        self.advance()?;
        Ok(Kind::Simple { words, block: Some(block) })
    }

    fn condition(&mut self) -> Result<Kind, BadLine> {
        let (mut arms, mut otherwise) = (Vec::new(), None);
        loop {
            self.advance()?;
            let condition = self.commands(&End::Words(&["then"]))?;
            self.advance()?;
            arms.push((condition, self.commands(&End::Words(&["elif", "else", "fi"]))?));
            if !self.is("elif") {
                break;
            }
        }
        if self.is("else") {
            self.advance()?;
            otherwise = Some(self.commands(&End::Words(&["fi"]))?);
        }
        self.expect("fi")?;
        Ok(Kind::If { arms, otherwise })
    }

    fn body(&mut self) -> Result<Block, BadLine> {
        self.expect("do")?;
        let body = self.commands(&End::Words(&["done"]))?;
        self.advance()?;
        Ok(body)
    }

    fn counted(&mut self) -> Result<Kind, BadLine> {
        self.advance()?;
        let name = self.name()?;
        self.expect("in")?;
        let words = self.words()?;
        match self.next {
            Some(Token::Newline | Token::Semicolon) => self.advance()?,
            _ => return Err(self.bad()),
        }
        self.newlines()?;
        Ok(Kind::For { name, words, body: self.body()? })
    }

    fn repeated(&mut self) -> Result<Kind, BadLine> {
        let until = self.is("until");
        self.advance()?;
        let condition = self.commands(&End::Words(&["do"]))?;
        Ok(Kind::While { until, condition, body: self.body()? })
    }

    fn function(&mut self) -> Result<Command, BadLine> {
        let line = self.line;
        self.advance()?;
        let name = self.name()?;
        self.newlines()?;
        if self.next != Some(Token::Open) {
            return Err(self.bad());
        }
        self.advance()?;
        let body = self.commands(&End::DelimitedBrace)?;
        self.advance()?;
        Ok(Command { line, kind: Kind::Function { name, body } })
    }
}
