//! GRUB's environment block (GRUB manual, "environment block"; `grub-core/lib/envblk.c`): `NAME=VALUE` lines in 1024
//! bytes.

use crate::host::BadLine;

/// Most bytes of a block; GRUB's tools make it 1024.
const LARGEST: usize = 1 << 16;
const SIGNATURE: &[u8] = b"# GRUB Environment Block\n";

/// The variables, in their order.
///
/// # Errors
/// Where it does not begin as such a block: GRUB takes nothing from it then.
pub(super) fn parse(block: &[u8]) -> Result<Vec<(String, String)>, BadLine> {
    if block.len() > LARGEST {
        return Err(BadLine::whole(format!("it is larger than {LARGEST} bytes")));
    }
    let text = block.strip_prefix(SIGNATURE).ok_or_else(|| BadLine::whole("it is no environment block of GRUB"))?;
    let mut variables = Vec::new();
    let mut line = Vec::new();
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            // A backslash stands before a newline or another one that belongs to the value.
            b'\\' => line.extend(bytes.next()),
            b'\n' => take(&mut variables, &std::mem::take(&mut line)),
            _ => line.push(*byte),
        }
    }
    // What has no end is the padding, or a value cut off, which GRUB does not take.
    Ok(variables)
}

fn take(variables: &mut Vec<(String, String)>, line: &[u8]) {
    if line.starts_with(b"#") {
        return;
    }
    if let Some((name, value)) = String::from_utf8_lossy(line).split_once('=') {
        variables.push((name.to_owned(), value.to_owned()));
    }
}

/// The last value of a variable; `None` where it is not set or empty, which is the same to GRUB's scripts.
pub(super) fn value<'v>(variables: &'v [(String, String)], name: &str) -> Option<&'v str> {
    variables
        .iter()
        .rfind(|(other, _)| other == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::damage;

    const BLOCK: &str = "# GRUB Environment Block\nsaved_entry=Oracle Linux, with a \\\\ and = in it\n\
        kernelopts=root=/dev/x ro \n\
        boot_success=\n#####";

    #[test]
    fn variables_end_at_the_newline_and_the_padding_is_none() {
        let found = parse(BLOCK.as_bytes()).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(value(&found, "saved_entry"), Some("Oracle Linux, with a \\ and = in it"));
        assert_eq!(value(&found, "kernelopts"), Some("root=/dev/x ro "));
        assert_eq!((value(&found, "boot_success"), value(&found, "saved")), (None, None));
        assert!(parse(&[SIGNATURE, &vec![b'a'; LARGEST]].concat()).is_err());
        damage::battery(BLOCK.as_bytes(), parse);
    }
}
