//! HTML that is being written. Markup is text of this program alone; whatever came from a host or an operator is
//! escaped, and there is no way round that.

use std::fmt::Write;

use crate::report::text::clean;

#[derive(Default)]
pub(super) struct Markup(String);

impl Markup {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// Text, also within the quotes of an attribute.
    pub(super) fn text(&mut self, text: &str) {
        for c in clean(text).chars() {
            match c {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\'' => self.raw("&#39;"),
                c => self.0.push(c),
            }
        }
    }

    /// A part of 10,000 as a length: `12.34%`.
    pub(super) fn percent(&mut self, part: u64) {
        let _ = write!(self.0, "{}.{:02}%", part / 100, part % 100);
    }

    /// Text between an opening and a closing tag; nothing where there is no text.
    pub(super) fn within(&mut self, open: &'static str, text: &str, close: &'static str) {
        if !text.is_empty() {
            self.raw(open);
            self.text(text);
            self.raw(close);
        }
    }

    /// A sentence, with the command that ends it as code.
    pub(super) fn sentence(&mut self, text: &str) {
        let command =
            ["Run: ", "run: "].iter().filter_map(|word| Some(text.find(word)?.saturating_add(word.len()))).min();
        match command.and_then(|at| text.split_at_checked(at)) {
            Some((words, command)) if !command.contains(". ") => {
                self.text(words);
                self.within("<code>", command, "</code>");
            }
            _ => self.text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut out = Markup::default();
        out.text("</script><b>&\"'\u{1b}[2J\u{202e}");
        assert_eq!(out.into_text(), "&lt;/script&gt;&lt;b&gt;&amp;&quot;&#39;\\u{1b}[2J\\u{202e}");
    }

    #[test]
    fn the_command_that_ends_a_sentence_is_code() {
        for (text, html) in [
            ("Run: okv-host check", "Run: <code>okv-host check</code>"),
            ("On that node, run: okv-host <x>", "On that node, run: <code>okv-host &lt;x&gt;</code>"),
            ("Replace it.", "Replace it."),
            ("Run: a. Then look.", "Run: a. Then look."),
        ] {
            let mut out = Markup::default();
            out.sentence(text);
            assert_eq!(out.into_text(), html);
        }
    }

    #[test]
    fn a_part_is_a_percentage() {
        let mut out = Markup::default();
        out.percent(1205);
        assert_eq!(out.into_text(), "12.05%");
    }
}
