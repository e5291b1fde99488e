//! Until when an operator's accounts can be used: the dates of `/etc/shadow` (shadow(5)). Its second field, the hash of
//! a password, is never kept.

use crate::host::{Probed, Root};

const SHADOW: &str = "/etc/shadow";
/// The accounts that the procedure logs in with.
pub const ACCOUNTS: [&str; 2] = ["root", "support"];
/// What shadow's tools write where a password holds for ever.
const FOR_EVER: u64 = 99_999;

/// An account, with days since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: &'static str,
    /// The first day on which its password has to be changed; `None` where it holds for ever. Day 0: at the next login.
    pub password_ends: Option<u64>,
    /// The day on which the account itself ends.
    pub ends: Option<u64>,
    /// Whether no password fits it: its hash begins with `!` or `*`.
    pub is_locked: bool,
    /// Whether a date could not be understood.
    pub is_damaged: bool,
}

/// Those of [`ACCOUNTS`] that are there; `Absent` where a saved host has no such file.
pub fn gather(root: &Root) -> Probed<Vec<Account>> {
    let parsed = |bytes: &[u8]| Ok::<_, String>(parse(bytes));
    if root.has_answers() { root.parse_always_there(SHADOW, parsed) } else { root.parse(SHADOW, parsed) }
}

fn parse(text: &[u8]) -> Vec<Account> {
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| str::from_utf8(line).ok());
    lines.filter_map(account).collect()
}

fn account(line: &str) -> Option<Account> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let name = ACCOUNTS.into_iter().find(|account| *account == name)?;
    let is_locked = fields.next().is_some_and(|hash| hash.starts_with(['!', '*']));
    let texts: Vec<&str> = fields.map(str::trim).collect();
    let is_damaged =
        texts.len() < 6 || texts.iter().take(6).any(|text| !text.is_empty() && text.parse::<u64>().is_err());
    let field = |n: usize| texts.get(n).and_then(|text| text.parse::<u64>().ok());
    let (changed, longest, ends) = (field(0), field(2).filter(|days| *days < FOR_EVER), field(5));
    let password_ends = match (changed, longest) {
        (Some(0), _) => Some(0),
        (Some(changed), Some(longest)) => Some(changed.saturating_add(longest).saturating_add(1)),
        _ => None,
    };
    Some(Account { name, password_ends, ends, is_locked, is_damaged })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dates_of_the_two_accounts_are_read_and_nothing_else() {
        let text =
            b"root:$6$secret:20000:0:99999:7:::\nbin:*:18000:0:99999:7:::\nsupport:!!:20000:0:90:7::21000:\nbad\n";
        let root = Account { name: "root", password_ends: None, ends: None, is_locked: false, is_damaged: false };
        let support = Account {
            name: "support",
            password_ends: Some(20_091),
            ends: Some(21_000),
            is_locked: true,
            is_damaged: false,
        };
        let found = parse(text);
        assert_eq!(found, [root, support]);
        assert!(!format!("{found:?}").contains("secret"));
    }

    #[test]
    fn a_password_that_was_made_old_has_to_be_changed_at_once() {
        assert_eq!(parse(b"root:x:0:0:99999:7:::")[0].password_ends, Some(0));
        for line in ["root:x", "root:x:::::::", "root:x:-1:0:a:7::::", "root"] {
            let found = &parse(line.as_bytes())[0];
            assert_eq!((found.password_ends, found.is_damaged), (None, line != "root:x:::::::"), "{line}");
        }
    }
}
