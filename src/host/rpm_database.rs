//! Whether rpm has a database on the host.
//!
//! rpm makes its database where there is none, even when it is only asked: so it is asked only where there is one. On
//! el7 and el8 a query of root makes the shared memory files of Berkeley DB beside the database, as every `rpm -q`
//! does.

use super::probed::Probed;
use super::root::Root;

/// The databases that rpm may have: Berkeley DB, SQLite and ndb, at the place of el7 and el8 and at the one of later
/// releases.
const DATABASES: &[&str] = &[
    "/var/lib/rpm/Packages",
    "/var/lib/rpm/rpmdb.sqlite",
    "/var/lib/rpm/Packages.db",
    "/usr/lib/sysimage/rpm/Packages",
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/Packages.db",
];

/// Why rpm is not asked.
pub(crate) const NONE: &str = "there is no database of rpm on this host";

pub(crate) fn is_there(root: &Root) -> bool {
    let is_there = |path: &&str| root.at(path).is_ok_and(|place| matches!(place.kind(), Probed::Known(_)));
    DATABASES.iter().any(is_there)
}
