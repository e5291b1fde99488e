//! Characters that must not reach a terminal as they are.

/// Whether `c` drives or deceives the terminal of the one who reads it: control characters, those that turn the order
/// of what is shown, and those of no width.
pub fn is_hidden(c: char) -> bool {
    // Bidirectional controls reorder what is shown, which is as bad as moving the cursor.
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn what_moves_the_cursor_or_turns_the_order_is_hidden_and_letters_are_not() {
        for c in ['\u{1b}', '\n', '\0', '\u{7f}', '\u{9b}', '\u{202e}', '\u{2069}', '\u{200b}'] {
            assert!(is_hidden(c), "{c:?}");
        }
        for c in ['a', ' ', '\u{e4}', '\u{6f22}', '~'] {
            assert!(!is_hidden(c), "{c:?}");
        }
    }
}
