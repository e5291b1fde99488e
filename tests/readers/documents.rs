//! Documents that people and other programs hand over: mostly JSON.

use super::{Reader, seeds};
use crate::base::dates::{Date, Moment};
use crate::base::digest::Sha256;
use crate::base::ids::Id;
use crate::base::units::parse_size;
use crate::cluster::{info, saved};
use crate::compare;
use crate::io::image::Memory;
use crate::io::image::sparse::Sparse;
use crate::profile::{Address, Places, Profile, faults};

use crate::subjects::console::facts::{info as server_info, saved as console, status};
use crate::subjects::disks::Inventory;
use crate::subjects::records::facts::earlier;
use crate::subjects::upgrade::facts::log;
use crate::subjects::waivers;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "saved-report",
        sources: &["cluster/saved", "commands/saved_report"],
        seeds: saved_reports,
        read: |data| {
            let Ok(text) = str::from_utf8(data) else { return };
            if let Ok(report) = saved::parse(text) {
                assert!(report.findings.len() <= data.len());
                let _ = compare::compare(&report, &report);
            }
        },
    },
    Reader {
        name: "earlier-report",
        sources: &["subjects/records/facts/earlier"],
        seeds: saved_reports,
        read: |data| {
            text(data, |text| {
                assert!(earlier::parse(text).is_ok() || earlier::parse(text).is_err_and(|why| !why.is_empty()))
            })
        },
    },
    Reader {
        name: "cluster-info",
        sources: &["cluster/info"],
        seeds: || seeds::ending("cluster/info.json"),
        read: |data| {
            text(data, |text| {
                if let Ok(found) = info::parse(text) {
                    assert!(found.nodes.len() <= data.len());
                    assert!(found.nodes.iter().all(|node| !node.name.is_empty()), "{found:?}");
                }
            });
        },
    },
    Reader {
        name: "server-info",
        sources: &["subjects/console/facts/info", "subjects/console/facts/saved", "subjects/console/facts/status"],
        seeds: consoles,
        read: |data| {
            text(data, |text| {
                let _ = (server_info::parse(text), status::parse(text));
                if let Ok(saved) = console::Saved::parse(text) {
                    assert!(saved.within("services").len() <= data.len());
                }
            });
        },
    },
    Reader {
        name: "waivers",
        sources: &["subjects/waivers"],
        seeds: || seeds::within("waivers"),
        read: |data| {
            text(data, |text| match waivers::parse(text) {
                Ok(found) => assert!(found.len() <= data.len()),
                Err(why) => assert!(why.to_string().len() < 2000 + data.len(), "{why}"),
            });
        },
    },
    Reader {
        name: "profile",
        sources: &["profile/mod", "profile/faults", "profile/extend", "profile/address"],
        seeds: profiles,
        read: |data| {
            text(data, |text| {
                let found = faults(text);
                assert!(found.len() <= 256 + data.len()); // what a whole profile lacks, too
                if Profile::parse(text).is_ok() {
                    assert!(found.is_empty(), "a profile that is taken has faults: {found:?}");
                }
                let _ = text.parse::<Address>();
            });
        },
    },
    Reader {
        name: "inventory",
        sources: &["subjects/disks/facts"],
        seeds: || {
            seeds::texts(&[r#"{"schema":"okv-host.disks.v1","at":1790000000,"machine":"m","memory_kib":16,"disks":[
                {"path":"/dev/sda","bytes":1,"wwn":null,"serial":"x","table":null}]}"#])
        },
        read: |data| {
            if let Ok(found) = Inventory::parse(data) {
                assert!(found.disks.len() <= data.len());
            }
        },
    },
    Reader {
        name: "upgrade-log",
        sources: &["subjects/upgrade/facts/log"],
        seeds: || {
            seeds::texts(&["Nov 27 okv1 upgrade: ERROR: could not\nNov 27 okv1 x: fine\nupgrade failed: rollback\n"])
        },
        read: |data| {
            let places = Places::built_in();
            let (whole, part) = (log::parse(data, true, &places), log::parse(data, false, &places));
            for found in [&whole, &part] {
                assert!(found.last.len() <= 5 && found.last.len() <= found.errors);
                assert!(
                    found.last.iter().all(
                        |line| line.chars().count() <= 320 && !line.contains(|c: char| c.is_control() && c != '\t')
                    )
                );
            }
            assert!(part.errors <= whole.errors, "a part has more than the whole");
        },
    },
    Reader {
        name: "container",
        sources: &["io/image/sparse"],
        seeds: || {
            let mut all = seeds::within("images");
            all.retain(|bytes| bytes.len() < 8192);
            all.truncate(20);
            all
        },
        read: |data| {
            if let Ok(image) = Sparse::read(&Memory::new(data.to_vec())) {
                seeds::part(&image, 0, crate::io::image::Image::bytes(&image).min(4096)).expect("its first bytes");
            }
        },
    },
    Reader {
        name: "values",
        sources: &["base/dates", "base/dates/moment", "base/digest", "base/ids", "base/units"],
        seeds: || {
            seeds::texts(&[
                "2026-11-27",
                "2026-11-27T22:00:00Z",
                "64GiB",
                "01234567-89ab-cdef-0123-456789abcdef",
                "Nov 27, 2026 10:00:00 PM UTC",
            ])
        },
        read: |data| {
            text(data, |text| {
                if let Some(date) = Date::parse(text) {
                    assert_eq!(Date::parse(&date.to_string()), Some(date), "{date}");
                }
                if let Some(id) = Id::parse_uuid(text) {
                    assert_eq!(Id::parse_uuid(&id.to_string()), Some(id));
                }
                let _ = (Moment::parse(text), parse_size(text), text.parse::<Sha256>());
            });
        },
    },
];

fn text(data: &[u8], read: impl FnOnce(&str)) {
    if let Ok(text) = str::from_utf8(data) {
        read(text);
    }
}

fn saved_reports() -> Vec<Vec<u8>> {
    seeds::texts(&[
        r#"{"schema":"okv-host.check.v1","profile":"21.8","host":"okv1","release":"21.7.0.0.0","machine":"m",
           "memory_kib":16000000,"made":{"at":"2026-11-27T22:00:00Z","version":"0.2.0","machine":"m"},
           "verdict":"blocked","headline":"blocked","findings":[{"id":"boot-size","verdict":"block",
           "subject":"/dev/sda2","message":"too small","figures":{"found":1,"needed":2}}]}"#,
        r#"{"schema":"okv-host.check.v1","profile":"21.8","host":"okv1","made":null,"verdict":"ready","findings":[]}"#,
    ])
}

fn consoles() -> Vec<Vec<u8>> {
    seeds::texts(&[
        r#"{"value":{"version":"21.8.0.0.0","caCertificateExpirationDate":"2027-01-01 10:00:00","cpuCores":8,
           "diskInGB":"2000","fraInGB":1.5,"memoryInKB":"32000000","serverCertificateExpirationDate":"x"}}"#,
        r#"{"value":{"backupStatus":"No backup","disk":{"usagePercentage":41,"totalInGB":2000},
           "services":{"RESTfulService":"Up","KMIPService":"Down"}}}"#,
    ])
}

fn profiles() -> Vec<Vec<u8>> {
    let mut all = seeds::built_in_profiles();
    all.extend(seeds::texts(&[r#"{"name":"21.8","extends":"21.8"}"#, "[2001:db8::1]:5696"]));
    all
}
