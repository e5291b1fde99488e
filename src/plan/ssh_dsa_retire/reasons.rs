//! What is in the way of retiring.

use super::{Request, is_named, reason};
use crate::facts::Probed;
use crate::facts::ssh::{Algorithm, Configuration, Content, DsaKey, Earlier, Half, KeyFile, Load, Ssh, shown};
use crate::plan::Reason;

/// Of the key files themselves.
pub(super) fn of_files(ssh: &Ssh, keys: &[DsaKey<'_>]) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = ssh.keys.iter().filter_map(not_what_its_name_says).collect();
    for file in keys.iter().flat_map(DsaKey::halves) {
        reasons.extend(link(file));
        reasons.extend(no_text(file));
        reasons.extend(earlier(file));
    }
    reasons
}

fn not_what_its_name_says(file: &KeyFile) -> Option<Reason> {
    let promised = file.promised()?;
    let key = match &file.content {
        Content::Key(key) => key,
        Content::Unknown(why) => {
            return (promised == Algorithm::Dsa).then(|| {
                let message =
                    format!("{} has the name of a DSA key, and what it is could not be told: {why}", file.shown());
                reason(
                    "dsa-key-unknown",
                    message,
                    "look at the file, and move it out of /etc/ssh by hand if it is of no use",
                )
            });
        }
    };
    let public = file.path.extension().is_some_and(|end| end == "pub");
    let (holds, says) = if key.algorithm != promised {
        (format!("a key of type {}", key.algorithm), format!("a key of type {promised}"))
    } else if public != (key.half == Half::Public) {
        let half = |public: bool| if public { "a public key" } else { "a private key" };
        (half(!public).to_owned(), half(public).to_owned())
    } else {
        return None;
    };
    (promised == Algorithm::Dsa || key.algorithm == Algorithm::Dsa).then(|| {
        let message = format!("{} holds {holds}; its name says {says}", file.shown());
        reason("not-what-its-name-says", message, "give the file a name that fits, with its other half, and run again")
    })
}

fn link(file: &KeyFile) -> Option<Reason> {
    let target = file.link.as_ref()?;
    let message = format!("{} is a symbolic link to {}", file.shown(), shown(target));
    Some(reason("key-is-a-link", message, "retire what it leads to, and remove the link, by hand"))
}

fn no_text(file: &KeyFile) -> Option<Reason> {
    if file.path.to_str().is_some() {
        return None;
    }
    let message = format!("{} holds a DSA key, and its name is no text (UTF-8)", file.shown());
    Some(reason("name-is-no-text", message, "give the file another name by hand, and run again"))
}

fn earlier(file: &KeyFile) -> Option<Reason> {
    let (what, remedy) = match file.earlier {
        Earlier::None => return None,
        Earlier::Same => (
            "with the same content: the key was put back, or its retirement was done by copying",
            "compare the two, move one of them out of /etc/ssh, and run again",
        ),
        Earlier::Other => (
            "with other content: another key was retired before, and this one was made since",
            "move the older .retire out of /etc/ssh, and run again",
        ),
    };
    let message = format!("{0} is to become {0}.retire, which exists {what}", file.shown());
    Some(reason("retire-exists", message, remedy))
}

/// Of the host that the keys are on.
pub(super) fn of_host(ssh: &Ssh, keys: &[DsaKey<'_>], request: &Request) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Probed::Known(Some(point)) = &ssh.read_only {
        let message = format!("/etc/ssh lies on {point}, which is mounted read-only");
        reasons.push(reason("read-only", message, format!("find out why; then mount -o remount,rw {point}")));
    }
    match &ssh.configuration {
        Probed::Known(known) => reasons.extend(configuration(ssh, known, keys)),
        Probed::Absent => reasons.push(reason(
            "configuration-unknown",
            "there is no /etc/ssh/sshd_config: sshd does not start without it".into(),
            "put it back",
        )),
        Probed::Unreadable(why) => {
            let message = format!("sshd's configuration could not be read: {why}");
            reasons.push(reason("configuration-unknown", message, "make it readable, as sshd itself must read it"));
        }
    }
    if let Probed::Unreadable(why) = &ssh.effective {
        let message = format!("sshd did not say what its configuration is: {why}");
        reasons.push(reason(
            "configuration-refused",
            message,
            "run /usr/sbin/sshd -T and put right what it complains of",
        ));
    }
    reasons.extend(no_other_key(ssh));
    if request.reload && ssh.unit.is_none() {
        let message = "neither sshd.service nor ssh.service was found".into();
        reasons.push(reason("unit-unknown", message, "run without --reload, and reload sshd by hand"));
    }
    reasons
}

fn configuration(ssh: &Ssh, known: &Configuration, keys: &[DsaKey<'_>]) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(line) = &known.other_file {
        let message = format!("{line} starts sshd with another configuration than /etc/ssh/sshd_config");
        reasons.push(reason(
            "other-configuration",
            message,
            "look there for HostKey lines, and retire the key by hand",
        ));
    }
    if let Some(line) = &known.agent {
        let message = format!("{line} lets an agent hold private host keys");
        reasons.push(reason(
            "host-key-agent",
            message,
            "take the DSA key out of the agent, and retire the file by hand",
        ));
    }
    for line in known.host_keys.iter().filter(|line| line.in_match) {
        let message = format!("{} is a HostKey within a Match block: sshd does not start with it", line.line);
        reasons.push(reason("configuration-refused", message, "move the line above the first Match"));
    }
    let names = |path: &str| keys.iter().flat_map(DsaKey::halves).find(|file| is_named(ssh, path, file));
    for line in &known.host_keys {
        if let Some(file) = names(&line.path) {
            let message =
                format!("{} (HostKey {}) names the DSA key {}", line.line, line.path.escape_debug(), file.shown());
            reasons.push(reason("named-by-configuration", message, "take the line out, then run again"));
        }
    }
    // Where no line names a key, sshd -T shows the defaults, and those may be missing.
    if let Probed::Known(paths) = &ssh.effective
        && !known.host_keys.is_empty()
    {
        let is_in_a_line = |path: &str| known.host_keys.iter().any(|line| line.path == path);
        for (path, file) in
            paths.iter().filter(|path| !is_in_a_line(path)).filter_map(|path| Some((path, names(path)?)))
        {
            let message = format!(
                "sshd -T says that {} is loaded, which is the DSA key {}; no line that was read names it",
                path.escape_debug(),
                file.shown()
            );
            reasons.push(reason("named-by-configuration", message, "find where sshd is told so, and take it out"));
        }
    }
    reasons
}

fn no_other_key(ssh: &Ssh) -> Option<Reason> {
    // Where that could not be told, the configuration is a reason already.
    let loads = ssh.loads().ok()?;
    if loads.iter().any(|(_, load)| matches!(load, Load::Yes(..))) {
        return None;
    }
    let why: Vec<String> = loads
        .iter()
        .map(|(path, load)| match load {
            Load::Yes(..) => String::new(),
            Load::No(why) | Load::Unknown(why) => format!("{}: {why}", path.escape_debug()),
        })
        .collect();
    let message = format!("sshd would be left without a host key that it can load: {}", why.join("; "));
    let remedy = "make one (/usr/bin/ssh-keygen -q -t rsa -b 4096 -N '' -f /etc/ssh/ssh_host_rsa_key), see that sshd is told of it, \
                  tell the clients its fingerprint, and run again";
    Some(reason("no-other-host-key", message, remedy))
}
