//! Why something failed, in words: the standard library adds the number of the error, which helps no operator.

use std::fmt::Display;

/// What begins that number.
const NUMBER: &str = " (os error ";

/// An error, or a chain of them, without the numbers of the operating system.
pub fn cause(error: &(impl Display + ?Sized)) -> String {
    let text = error.to_string();
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text.as_str());
    while let Some((before, number)) = rest.split_once(NUMBER) {
        plain.push_str(before);
        rest = number.split_once(')').map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::cause;

    #[test]
    fn an_error_of_the_system_is_words_alone() {
        let error = io::Error::from_raw_os_error(2);
        assert!(error.to_string().ends_with("(os error 2)"));
        assert_eq!(cause(&error), "No such file or directory");
        let chain = format!("/x: {error}: /y: {error}. Run as root");
        assert_eq!(cause(&chain), "/x: No such file or directory: /y: No such file or directory. Run as root");
        assert_eq!(cause("it is larger than 8 bytes"), "it is larger than 8 bytes");
    }
}
