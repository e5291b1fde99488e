//! What is around every page: its head, and how it was made.

use super::markup::Markup;
use crate::report::made::Made;
use crate::subjects::rule::{Outcome, Verdict};

/// From its first byte to its banner, which opens with the verdict.
pub(super) fn begin(out: &mut Markup, title: &str) {
    out.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.raw("<meta http-equiv=\"Content-Security-Policy\" ");
    out.raw("content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>");
    out.text(title);
    out.raw("</title>\n<style>\n");
    out.raw(include_str!("style.css"));
    out.raw("</style>\n</head>\n<body>\n");
}

/// The verdict, what it is about, and what to do next.
pub(super) fn banner(out: &mut Markup, tone: &'static str, about: &str, (words, counts): (&str, &str), next: &str) {
    out.raw("<header class=\"banner ");
    out.raw(tone);
    out.raw("\">\n");
    out.within("<p class=\"dim\">", about, "</p>\n");
    out.within("<h1>", words, "</h1>\n");
    out.within("<p>", counts, "</p>\n");
    if !next.is_empty() {
        out.raw("<p><strong>Next:</strong> ");
        out.sentence(next);
        out.raw("</p>\n");
    }
    out.raw("</header>\n<main>\n");
}

/// How the page was made, and its end.
pub(super) fn end(out: &mut Markup, made: &Made) {
    out.raw("</main>\n<footer>\n<dl>\n");
    let version = made.commit.map_or_else(|| made.version.to_owned(), |commit| format!("{} ({commit})", made.version));
    let lines = [
        ("made at", made.at.as_deref().unwrap_or("an unknown time")),
        ("okv-host", &version),
        ("host", made.host.as_deref().unwrap_or_default()),
        ("machine", made.machine.as_deref().unwrap_or_default()),
        ("installation", made.installation.as_deref().unwrap_or_default()),
        ("profile", made.profile.as_deref().unwrap_or_default()),
        ("SHA-256 of the profile", made.profile_sha256.as_deref().unwrap_or_default()),
        ("read from", made.read.words()),
    ];
    for (name, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.within("<dt>", name, "</dt>");
        out.within("<dd>", value, "</dd>\n");
    }
    out.raw("</dl>\n</footer>\n</body>\n</html>\n");
}

/// A word in the colour of a verdict.
pub(super) fn badge(out: &mut Markup, tone: &'static str, word: &str) {
    out.raw("<span class=\"badge ");
    out.raw(tone);
    out.within("\">", word, "</span>");
}

/// The class of the colour of a verdict.
pub(super) fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Block => "block",
        Verdict::Unknown => "unknown",
        Verdict::Warn => "warn",
        Verdict::Confirm => "confirm",
        Verdict::Note => "note",
        Verdict::Pass => "pass",
        Verdict::NotApplicable => "na",
    }
}

pub(super) fn tone_of(outcome: Option<Outcome>) -> &'static str {
    tone(match outcome {
        Some(Outcome::Ready) => Verdict::Pass,
        Some(Outcome::Blocked) => Verdict::Block,
        Some(Outcome::Unknown) | None => Verdict::Unknown,
    })
}
