//! What the bytes of a file were judged to be, as a capture keeps it in their place.

use serde::{Deserialize, Serialize};

use super::{Content, Key, Unknown};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Judgement {
    Key(Key),
    NotAKey,
    Empty,
    Encrypted,
    Damaged(String),
    Foreign(String),
    Unreadable(String),
}

impl Judgement {
    pub(super) fn of(content: Option<Content>) -> Self {
        match content {
            Some(Content::Key(key)) => Self::Key(key),
            None | Some(Content::Unknown(Unknown::NotAKey)) => Self::NotAKey,
            Some(Content::Unknown(Unknown::Empty)) => Self::Empty,
            Some(Content::Unknown(Unknown::Encrypted)) => Self::Encrypted,
            Some(Content::Unknown(Unknown::Damaged(what))) => Self::Damaged(what),
            Some(Content::Unknown(Unknown::Foreign(what))) => Self::Foreign(what),
            Some(Content::Unknown(Unknown::NotRegular(what))) => Self::Unreadable(what.to_owned()),
            Some(Content::Unknown(Unknown::Unreadable(why))) => Self::Unreadable(why),
        }
    }
}

impl From<Judgement> for Content {
    fn from(judgement: Judgement) -> Self {
        Self::Unknown(match judgement {
            Judgement::Key(key) => return Self::Key(key),
            Judgement::NotAKey => Unknown::NotAKey,
            Judgement::Empty => Unknown::Empty,
            Judgement::Encrypted => Unknown::Encrypted,
            Judgement::Damaged(what) => Unknown::Damaged(what),
            Judgement::Foreign(what) => Unknown::Foreign(what),
            Judgement::Unreadable(why) => Unknown::Unreadable(why),
        })
    }
}
