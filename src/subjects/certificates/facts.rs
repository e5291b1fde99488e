//! The certificates of a node, as files show them.

use crate::host::{Probed, Root, glob};
use crate::profile::Places;

pub mod certificate;

use certificate::Certificate;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Certificates {
    /// The server's; `None` where nobody said where it is.
    pub server: Option<Probed<Certificate>>,
    /// The one of the platform's that expires first, likewise.
    pub platform: Option<Probed<Certificate>>,
}

impl Certificates {
    /// Reads the files of the release profile.
    pub fn gather(root: &Root, places: &Places) -> Self {
        let server = places.server_certificate.as_deref().map(|path| certificate::gather(root, path));
        let platform = places.platform_certificates.as_slice();
        Self { server, platform: (!platform.is_empty()).then(|| first_to_expire(root, platform)) }
    }
}

/// `Absent` where no file has one of the names; unreadable where one cannot be read: it may be the first to expire.
fn first_to_expire(root: &Root, patterns: &[String]) -> Probed<Certificate> {
    let mut first: Option<Certificate> = None;
    for pattern in patterns {
        let paths = match glob::expand(root, pattern) {
            Ok(paths) => paths,
            Err(why) => return Probed::Unreadable(why),
        };
        for path in paths {
            match certificate::gather(root, &path) {
                Probed::Known(read) if first.as_ref().is_none_or(|first| read.not_after < first.not_after) => {
                    first = Some(read);
                }
                Probed::Known(_) => {}
                Probed::Unreadable(why) => return Probed::Unreadable(why),
                Probed::Absent => return Probed::Unreadable(format!("{path}: it went away")),
            }
        }
    }
    first.map_or(Probed::Absent, Probed::Known)
}
