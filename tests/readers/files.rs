//! Readers that follow a file to others, or that only read a host: each is fed through a host in a folder.

use super::scratch::with;
use super::{Reader, seeds};
use crate::host::Probed;
use crate::host::{block, clock, loops, lvm_owner, machine_id, operator, running};
use crate::subjects::preflight::facts::{accounts, hsm, syslog};
use crate::subjects::ssh_keys::facts as ssh_keys;
use crate::subjects::upgrade::facts::release;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "sshd-config",
        sources: &SSH,
        seeds: sshd_configurations,
        read: |data| ssh(data, &["/etc/ssh/sshd_config"]),
    },
    Reader {
        name: "ssh-makers",
        sources: &["subjects/ssh_keys/facts/makers", "subjects/ssh_keys/facts/makers/scripts"],
        seeds: units,
        read: |data| {
            ssh(
                data,
                &[
                    "/etc/systemd/system/sshd-keygen@.service",
                    "/etc/cloud/cloud.cfg",
                    "/etc/rc.d/rc.local",
                    "/etc/sysconfig/sshd",
                ],
            );
        },
    },
    Reader {
        name: "rsyslog",
        sources: &[
            "subjects/preflight/facts/syslog/files",
            "subjects/preflight/facts/syslog/line",
            "subjects/preflight/facts/syslog/object",
            "subjects/preflight/facts/syslog/rulesets",
            "subjects/preflight/facts/syslog/text",
        ],
        seeds: rsyslog_configurations,
        read: rsyslog,
    },
    Reader {
        name: "lvm-conf",
        sources: &["host/lvm_owner", "host/machine_id"],
        seeds: || {
            seeds::texts(&[
                "global {\n\tsystem_id_source = \"lvmlocal\"\n}\n\0local {\n\
                 \tsystem_id = \"a\"\n\textra_system_ids = [ \"b\" ]\n}\n\
                 \x000123456789abcdef0123456789abcdef\n",
                "global/system_id_source=\"machineid\"\n\0\x000123456789abcdef0123456789abcdef\n",
            ])
        },
        read: |data| {
            with(data, &["/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf", "/etc/machine-id"], |root| {
                let owner = lvm_owner::gather(root, Probed::Known("host".to_owned()));
                assert!(owner.known().is_none_or(|names| names.len() <= data.len() + 1));
                let _ = machine_id::Identities::gather(root);
            });
        },
    },
    Reader {
        name: "accounts",
        sources: &["subjects/preflight/facts/accounts"],
        seeds: || seeds::texts(&["root:$6$x:20000:0:99999:7:::\nsupport:!!:20000:0:90:7::21000:\n"]),
        read: |data| {
            with(data, &["/etc/shadow"], |root| {
                let _ = accounts::gather(root);
            });
        },
    },
    Reader {
        name: "hsm",
        sources: &["subjects/preflight/facts/hsm"],
        seeds: || seeds::texts(&["OKV_HSM_LIBRARY=/opt/x/lib.so\nexport PRESERVED_FILES=\"/a:/b/*:c\"\n"]),
        read: |data| {
            with(data, &["/hsm.conf"], |root| {
                let _ = hsm::gather(root, &["/hsm.conf".to_owned()]);
            });
        },
    },
    Reader {
        name: "operator",
        sources: &["host/operator"],
        seeds: || seeds::texts(&["Name:\tx\nUid:\t0\t0\t0\t0\n\x001000\n\0op:x:1000:1000::/home/op:/bin/bash\n"]),
        read: |data| {
            with(data, &["/proc/self/status", "/proc/self/loginuid", "/etc/passwd"], |root| {
                let name = operator::gather(root).name(None);
                assert!(!name.is_empty() && !name.chars().any(char::is_control), "{name:?}");
            });
        },
    },
    Reader {
        name: "sysfs",
        sources: &[
            "host/block",
            "host/block/identity",
            "host/block/uevent",
            "host/block/volume",
            "host/block/write_cache",
            "host/loops",
        ],
        seeds: || {
            let rest = b"\x008:0\n\x002048\n\x000\n\0t10.ATA     QEMU  QM1\n\x000\n\0write back\n\0\0\x80\0\x04S4EV";
            let uevent = b"MAJOR=8\nMINOR=1\nDEVTYPE=partition\nPARTN=1\nPARTNAME=x\n";
            vec![rest.to_vec(), [uevent.as_slice(), rest].concat()]
        },
        read: sysfs,
    },
    Reader {
        name: "clock",
        sources: &["host/clock", "host/running"],
        seeds: || seeds::texts(&["1790000000\n\0cpu 1 2\nbtime 1780000000\n\0okv1\n"]),
        read: |data| {
            with(data, &["/sys/class/rtc/rtc0/since_epoch", "/proc/stat", "/proc/sys/kernel/hostname"], |root| {
                let _ = (clock::now(root), clock::booted(root));
                let name = running::host_name(root);
                assert!(name.known().is_none_or(|name| !name.contains(char::is_control)), "{name:?}");
            });
        },
    },
    Reader {
        name: "release",
        sources: &["subjects/upgrade/facts/release"],
        seeds: || seeds::texts(&["Oracle Key Vault Server 21.8.0.0.0\n", "21.8.0.0.0", "release 18.7.0.0.0 (x)\n"]),
        read: |data| {
            let release = release::parse(&String::from_utf8_lossy(data));
            assert!(release.is_none_or(|release| release.len() <= data.len() && release.contains('.')));
        },
    },
];

const SSH: [&str; 9] = [
    "subjects/ssh_keys/facts/config",
    "subjects/ssh_keys/facts/mod",
    "subjects/ssh_keys/facts/naming",
    "subjects/ssh_keys/facts/options",
    "subjects/ssh_keys/facts/statements",
    "subjects/ssh_keys/facts/sysconfig",
    "subjects/ssh_keys/facts/words",
    "subjects/ssh_keys/facts/keys",
    "subjects/ssh_keys/facts/model",
];

fn ssh(data: &[u8], paths: &[&'static str]) {
    with(data, paths, |root| {
        // No Include leads out of the folder, and one of itself ends by its depth.
        let found = ssh_keys::gather(root);
        if let Some(configuration) = found.known().and_then(|ssh| ssh.configuration.known()) {
            assert!(configuration.files.len() <= 1024, "{} files", configuration.files.len());
            assert!(configuration.host_keys.iter().all(|key| key.path.is_empty() || key.path.starts_with('/')));
        }
    });
}

fn rsyslog(data: &[u8]) {
    with(data, &["/etc/rsyslog.conf", "/etc/rsyslog.d/a.conf"], |root| {
        let Some(found) = syslog::gather(root, "/etc/rsyslog.conf").known().cloned() else { return };
        assert!(found.files.len() <= 1024 && found.targets.len() <= data.len());
        for target in &found.targets {
            assert!((1..=253).contains(&target.host.len()), "{target:?}");
            assert!(!target.host.starts_with('-') && !target.host.contains(char::is_whitespace), "{target:?}");
        }
    });
}

fn sysfs(data: &[u8]) {
    let paths = [
        "/sys/block/sda/uevent",
        "/sys/block/sda/dev",
        "/sys/block/sda/size",
        "/sys/block/sda/ro",
        "/sys/block/sda/device/wwid",
        "/sys/block/sda/removable",
        "/sys/block/sda/queue/write_cache",
        "/sys/block/sda/device/vpd_pg80",
    ];
    with(data, &paths, |root| {
        if let Some(devices) = block::gather(root).known() {
            assert!(devices.len() <= 1 && devices.iter().all(|device| device.bytes % 512 == 0));
        }
        if let Some(identity) = block::identity(root, "sda").known() {
            assert!(identity.serial.as_ref().is_none_or(|serial| !serial.contains(char::is_control)), "{identity:?}");
        }
        let _ = (block::write_cache(root, "sda"), loops::gather(root));
    });
}

fn sshd_configurations() -> Vec<Vec<u8>> {
    let mut all = seeds::ending("sshd_config");
    all.extend(seeds::texts(&["Port 22\nHostKey /etc/ssh/ssh_host_rsa_key\nHostKeyAlgorithms=+ssh-dss\n\
        Include /etc/ssh/sshd_config.d/*.conf\nMatch User x\n  HostKey \"/a b\"\nMatch all\nHostCertificate '/c'\n\
        RequiredRSASize 2048\nHostKeyAgent none\n"]));
    all
}

fn units() -> Vec<Vec<u8>> {
    seeds::texts(&["[Service]\nExecStart=-/usr/bin/ssh-keygen -q -t dsa -f /etc/ssh/x\n\0\
         ssh_deletekeys: 1\nssh_genkeytypes: ['rsa', 'dsa']\n\0\
         ssh-keygen -A\n\0AUTOCREATE_SERVER_KEYS=\"DSA RSA\"\nOPTIONS='-h /a -o HostKey=/b'\n"])
}

fn rsyslog_configurations() -> Vec<Vec<u8>> {
    let mut all = seeds::ending("rsyslog.conf");
    all.extend(seeds::texts(&[
        "$IncludeConfig /etc/rsyslog.d/*.conf\n*.* @@(z9)[::1]:6514;T\n*.info @host # x\n& :omrelp:h:20514\n\0\
         action(type=\"omfwd\" target=[\"a\",\"b\"] port=\"514\" protocol=\"tcp\")\n",
        "ruleset(name=\"r\") { action(type=\"omrelp\" target=\"h\") }\nif $x then { call r }\n\
         include(file=\"/etc/rsyslog.d/*.conf\" mode=\"optional\")\ninput(type=\"imtcp\" ruleset=\"r\")\n/* c */\n",
    ]));
    all
}
