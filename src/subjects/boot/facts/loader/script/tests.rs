//! What is a script and what is none, as grub-script-check has it; and what its words are.

use super::*;
use crate::host::damage;

fn words(text: &str) -> Vec<String> {
    let script = parse_text(text).unwrap();
    let Kind::Simple { words, .. } = &script[0].kind else { panic!("{script:?}") };
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Variable { name, quoted: true } => format!("\"{name}\""),
        Part::Variable { name, quoted: false } => format!("<{name}>"),
    };
    words.iter().map(|word| word.parts.iter().map(part).collect()).collect()
}

#[test]
fn quotes_escapes_and_variables_make_the_words_that_grub_makes() {
    for (text, expected) in [
        (r"echo a\ b 'c d'\''e' ", vec!["echo", "a b", "c d'e"]),
        (r#"x "a\"b\\c\$d\e" "#, vec!["x", r#"a"b\c$d\e"#]),
        (r#"x $a${b}c "$d e${f}""#, vec!["x", "<a><b>c", "\"d\" e\"f\""]),
        (r"x '$a' \$a \x41", vec!["x", "$a", "$a", r"\x41"]),
        ("x a#b #c", vec!["x", "a#b"]),
        ("x $1 $@ ${*} $# $?", vec!["x", "<1>", "<@>", "<*>", "<#>", "<?>"]),
        ("x a\\\nb", vec!["x", "ab"]),
        ("x $\"plain\"", vec!["x", "plain"]),
        ("x \"\" ''", vec!["x", "", ""]),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
}

#[test]
fn what_grub_takes_for_a_script_is_one() {
    for text in [
        "",
        "\n\n",
        "true",
        "true;",
        "menuentry a { true }",
        "menuentry a { true; }; menuentry b { true }",
        "menuentry a {\n\n true\n\n}",
        "if true; then true; fi",
        "if true\nthen true\nelif true; then\ntrue\nelse\n\ntrue ;\nfi;",
        "if true; then #c\ntrue; fi",
        "for x in a b; do true; done",
        "for x in; do true; done",
        "while false; do true; done",
        "until true; do true; done",
        "function f { true; }",
        "function f\n{\n true\n}",
        "echo fi if done",
        "echo {a}",
        "! true",
        "# it's a comment",
        "true # $ it's",
        "echo x# y",
    ] {
        assert!(parse(text.as_bytes()).is_ok(), "{text}: {:?}", parse(text.as_bytes()));
    }
}

#[test]
fn what_grub_refuses_is_no_script() {
    for text in [
        "menuentry a { }",
        "menuentry a {\n # only a comment\n}",
        "menuentry a { true\n",
        "menuentry a { true } menuentry b { true }",
        "menuentry a\n{ true; }",
        "menuentry a {;true}",
        "menuentry a {true;;}",
        "menuentry a {true\n;}",
        "}",
        "{ true; }",
        "echo }",
        "echo a{b",
        "if true; then\nfi",
        "if [ a ] then true; fi",
        "if; then true; fi",
        "if true; then function g { true; }; fi",
        "fi",
        "function f { true }",
        "function a-b { true; }",
        "for a b in x; do true; done",
        "true && false",
        "true | true",
        "true > x",
        ";",
        "true ; ; true",
        "true;;",
        "echo $",
        "echo ${x",
        "echo ${x-y}",
        "echo '",
        "echo \"",
        "echo \"$\"",
        "echo a\\",
        "echo [[",
        "#not'a comment\n",
    ] {
        let text = if text.starts_with('#') { format!(" {text}") } else { text.to_owned() };
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
    assert!(parse(b"echo a\0b").is_err());
}

#[test]
fn what_is_bad_has_its_line_in_the_file() {
    let why = parse(b"# one\ntrue\n# three\nif true; then\n  echo |\nfi\n").unwrap_err();
    assert_eq!(why.line, 5, "{why}");
    let script = parse(b"# one\n\nmenuentry 'a\n# within\nb' {\n true\n}\ntrue\n").unwrap();
    assert_eq!(script.iter().map(|command| command.line).collect::<Vec<_>>(), [3, 8]);
}

#[test]
fn no_script_takes_more_than_is_set_aside_for_it() {
    assert!(parse("{".repeat(100_000).as_bytes()).is_err());
    assert!(parse("if ".repeat(100_000).as_bytes()).is_err());
    assert!(parse("menuentry a {\n".repeat(100).as_bytes()).unwrap_err().why.contains("too deep"));
    assert!(parse("a;".repeat(200_000).as_bytes()).unwrap_err().why.contains("that long"));
    assert!(parse(format!("a {}", "$a".repeat(200_000)).as_bytes()).unwrap_err().why.contains("that long"));
    assert!(parse(&vec![b'a'; LARGEST + 1]).unwrap_err().why.contains("larger"));
    assert!(parse(&vec![b'a'; LARGEST]).is_ok());
}

#[test]
fn a_damaged_script_does_no_harm() {
    let text = "if [ x\"$a\" = 'b' ]; then\n menuentry \"c\\\"\" { linux /a $b ; }\nelse\n f; fi\nfunction f { g; }\n";
    damage::battery(text.as_bytes(), parse);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(text in "[a-z \\n;{}$\"'\\\\#\\[\\]=>|&]{0,200}") {
        let _ = parse(text.as_bytes());
    }
}
