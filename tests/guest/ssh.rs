//! DSA host keys are retired on a node with a real sshd, and real clients on its own loopback.
//!
//! OpenSSH of the guest does not load a DSA key by default any more, as that of Oracle Linux 7 does; the daemon of the
//! test names it on its command line, so that the configuration does not.

use crate::guest::{Firmware, Guest, Spec};
use crate::{OKV_HOST, install, json};

/// Makes the keys, lets root in with a key of its own, and starts a daemon on port 2222 that offers the DSA key too.
const SET_UP: &str = r"
set -e
mkdir -p /run/sshd /root/.ssh
cd /etc/ssh
rm -f ssh_host_*
ssh-keygen -q -N '' -t dsa -f ssh_host_dsa_key
ssh-keygen -q -N '' -t rsa -b 2048 -f ssh_host_rsa_key
ssh-keygen -q -N '' -t ed25519 -f ssh_host_ed25519_key
ssh-keygen -q -N '' -t ed25519 -f /root/.ssh/id
cp /root/.ssh/id.pub /root/.ssh/authorized_keys
chmod 700 /root/.ssh && chmod 600 /root/.ssh/authorized_keys
cat > /root/start-sshd <<'END'
exec /usr/sbin/sshd -p 2222 -o PidFile=/run/test-sshd.pid -o HostKeyAlgorithms=+ssh-dss -o PermitRootLogin=yes \
    -h /etc/ssh/ssh_host_dsa_key -h /etc/ssh/ssh_host_rsa_key -h /etc/ssh/ssh_host_ed25519_key
END
cat > /root/get-in <<'END'
exec ssh -p 2222 -i /root/.ssh/id -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o ConnectTimeout=20 -o HostKeyAlgorithms=$1 root@127.0.0.1 true
END
sh /root/start-sshd
";

/// Fingerprints of all host keys but DSA ones, as ssh-keygen prints them.
const OTHERS: &str =
    "for k in /etc/ssh/ssh_host_rsa_key.pub /etc/ssh/ssh_host_ed25519_key.pub; do ssh-keygen -lf $k; done";
const KEYS: &str = "cd /etc/ssh && ls ssh_host_*";
const BEFORE: &str = "ssh_host_dsa_key\nssh_host_dsa_key.pub\nssh_host_ed25519_key\nssh_host_ed25519_key.pub\nssh_host_rsa_key\nssh_host_rsa_key.pub\n";
const AFTER: &str = "ssh_host_dsa_key.pub.retire\nssh_host_dsa_key.retire\nssh_host_ed25519_key\nssh_host_ed25519_key.pub\nssh_host_rsa_key\nssh_host_rsa_key.pub\n";

fn gets_in(guest: &Guest, algorithm: &str) -> bool {
    guest.run(&format!("sh /root/get-in {algorithm}")).status == 0
}

/// The verdict of `ssh-dsa-key`, and what it says.
fn check(guest: &Guest) -> (String, String) {
    let report = json(guest, &format!("{OKV_HOST} check --format json"), 1);
    let findings = report["findings"].as_array().unwrap();
    let finding = findings.iter().find(|f| f["id"] == "ssh-dsa-key").unwrap();
    (finding["verdict"].as_str().unwrap().to_owned(), finding["message"].as_str().unwrap().to_owned())
}

#[test]
fn a_dsa_key_is_retired_while_clients_stay_in_and_a_power_cut_in_the_middle_is_finished() {
    let mut guest = Spec::new(Firmware::Bios).start();
    install(&guest);
    guest.ok(SET_UP);
    retire_and_undo(&guest);
    a_lost_connection_ends_no_step(&guest);
    refused_where_the_configuration_names_the_key(&guest);
    a_cut_between_the_two_renames_is_finished(&mut guest);
}

fn retire_and_undo(guest: &Guest) {
    let others = guest.ok(OTHERS);
    let mode = guest.ok("stat -c '%a %u %g %i' /etc/ssh/ssh_host_dsa_key");
    assert!(gets_in(guest, "ssh-dss") && gets_in(guest, "ssh-ed25519"), "{}", guest.console());
    assert_eq!(check(guest).0, "warn");

    // The plan alone changes nothing.
    let plan = json(guest, &format!("{OKV_HOST} ssh-dsa-retire --format json"), 0);
    assert_eq!((plan["outcome"].as_str(), plan["steps"].as_array().unwrap().len()), (Some("planned"), 4), "{plan}");
    assert_eq!(guest.ok(KEYS), BEFORE);

    // A client that takes ed25519 keeps getting in.
    let client = guest
        .start("n=0; while [ ! -e /root/stop ]; do sh /root/get-in ssh-ed25519 || exit 9; n=$((n+1)); done; echo $n");
    let done = json(guest, &format!("{OKV_HOST} ssh-dsa-retire --apply --yes --format json"), 0);
    assert_eq!(done["outcome"], "done");
    guest.ok("touch /root/stop");
    let client = client.wait().unwrap();
    assert_eq!(client.status, 0, "{client}");
    assert!(client.stdout().trim().parse::<u32>().unwrap() > 0);
    // What was printed is what was done.
    assert_eq!(done["steps"], plan["steps"]);
    assert_eq!(guest.ok(KEYS), AFTER);
    assert_eq!(guest.ok("stat -c '%a %u %g %i' /etc/ssh/ssh_host_dsa_key.retire"), mode);
    // A running daemon may keep the key until it reads its keys again; one that starts itself anew for each connection
    // does not.
    guest.ok("kill -HUP $(cat /run/test-sshd.pid); sleep 2");
    assert!(!gets_in(guest, "ssh-dss") && gets_in(guest, "ssh-ed25519"));
    assert_eq!(guest.ok(OTHERS), others);

    let again = json(guest, &format!("{OKV_HOST} ssh-dsa-retire --apply --yes --format json"), 0);
    assert_eq!(again["outcome"], "nothing-to-do");
    assert_eq!(check(guest).0, "pass");
    assert!(guest.ok(&format!("{OKV_HOST} status")).contains("last run: ssh-dsa-retire (done)"));

    assert_eq!(json(guest, &format!("{OKV_HOST} undo --format json"), 0)["outcome"], "planned");
    assert_eq!(guest.ok(KEYS), AFTER);
    assert_eq!(json(guest, &format!("{OKV_HOST} undo --apply --yes --format json"), 0)["outcome"], "undone");
    assert_eq!(guest.ok(KEYS), BEFORE);
    assert_eq!(guest.ok("stat -c '%a %u %g %i' /etc/ssh/ssh_host_dsa_key"), mode);
    guest.ok("kill -HUP $(cat /run/test-sshd.pid); sleep 2");
    assert!(gets_in(guest, "ssh-dss") && gets_in(guest, "ssh-ed25519"));
    assert_eq!(json(guest, &format!("{OKV_HOST} undo --format json"), 0)["outcome"], "nothing-to-do");
}

fn a_lost_connection_ends_no_step(guest: &Guest) {
    // A hang-up at the first step: the run ends between two steps, or runs to its end; never within one.
    guest.run(&format!(
        "setsid {OKV_HOST} ssh-dsa-retire --apply --yes --format json > /root/out 2>&1 & p=$!; kill -HUP $p; kill -TERM $p; wait $p; true"
    ));
    let status = guest.run(&format!("{OKV_HOST} status --format json"));
    assert!([0, 4].contains(&status.status), "{status}");
    let keys = guest.ok(KEYS);
    let whole = [BEFORE, AFTER].contains(&keys.as_str()) || keys.contains("ssh_host_dsa_key.retire");
    assert!(whole, "{keys}");
    // One run at a time.
    let held = guest.run(&format!("exec 8<>/var/lib/okv-host/lock; flock 8; {OKV_HOST} ssh-dsa-retire --apply --yes"));
    assert!(held.status == 5 || keys == AFTER, "{held}");
    guest.run(&format!("{OKV_HOST} ssh-dsa-retire --apply --yes"));
    assert_eq!(guest.ok(KEYS), AFTER);
    guest.ok("cd /etc/ssh && for k in ssh_host_dsa_key ssh_host_dsa_key.pub; do mv $k.retire $k; done");
}

fn refused_where_the_configuration_names_the_key(guest: &Guest) {
    guest.ok("echo 'HostKey /etc/ssh/ssh_host_dsa_key' > /etc/ssh/sshd_config.d/90-dsa.conf");
    let refused = json(guest, &format!("{OKV_HOST} ssh-dsa-retire --apply --yes --format json"), 1);
    assert_eq!(refused["reasons"][0]["id"], "named-by-configuration");
    let message = refused["reasons"][0]["message"].as_str().unwrap();
    assert!(message.contains("/etc/ssh/sshd_config.d/90-dsa.conf") && message.contains("line 1"), "{message}");
    assert_eq!(guest.ok(KEYS), BEFORE);
    guest.ok("rm /etc/ssh/sshd_config.d/90-dsa.conf; sync");
}

fn a_cut_between_the_two_renames_is_finished(guest: &mut Guest) {
    // The machine resets itself without a flush as soon as the journal says that the first rename is done: records 1 to
    // 5 of a run are its beginning, the test of the configuration, and the first rename.
    let journal = "/var/lib/okv-host/journal";
    let cut = guest.start(&format!(
        "echo 1 > /proc/sys/kernel/sysrq
         mapfile -t before < {journal}
         {OKV_HOST} ssh-dsa-retire --apply --yes &
         while mapfile -t now < {journal}; ((${{#now[@]}} < ${{#before[@]}} + 5)); do :; done
         echo b > /proc/sysrq-trigger"
    ));
    assert!(cut.wait().is_err(), "the machine went on");
    guest.cut_power();
    guest.boot_again();
    let keys = guest.ok(KEYS);
    let half = keys.contains("ssh_host_dsa_key.retire") && keys.contains("ssh_host_dsa_key.pub\n");
    assert!(half || keys == AFTER, "{keys}");
    guest.ok("mkdir -p /run/sshd");
    if half {
        let (verdict, message) = check(guest);
        assert!(verdict == "warn" && message.contains("half"), "{verdict}: {message}");
        assert_eq!(guest.run(&format!("{OKV_HOST} status")).status, 4);
    }
    let finished = json(guest, &format!("{OKV_HOST} ssh-dsa-retire --apply --yes --format json"), 0);
    assert!(["done", "nothing-to-do"].contains(&finished["outcome"].as_str().unwrap()), "{finished}");
    assert_eq!(guest.ok(KEYS), AFTER);
    println!("the power was cut with the pair half retired: {half}");
}
