//! The Ansible collection on whole nodes: real SSH on loopback, su, restarts, and no Python on any node. A script
//! stands for the vendor's upgrade.

mod controller;
mod node;

use std::os::unix::fs::PermissionsExt;
use std::thread;

use controller::Controller;
use node::{Node, PASSWORD};
use serde_json::{Value, json};

use crate::guest::{Disk, Firmware, Guest};
use crate::kernel_prune::node::Node as NodeWithKernels;
use crate::kernel_rpms::{Rpms, UEK5, UEK6};
use crate::stage::iso::{Iso, NAME};

/// In the place of the vendor's program: goes on once /root/go is there. What it does after the restart is in `set-up`.
const SCRIPT: &str = "
echo 'the checks before the upgrade'
until [ -e /root/go ]; do sleep 0.2; done
echo 'Oracle Key Vault Server 21.8.0.0.0' > /root/new-release
echo 'Reboot now'
";
/// In the place of a person at the console.
const STEP: &str = "---
- name: Do the step
  ansible.builtin.set_fact:
    okv_host_note: \"done by the test: {{ okv_host_step.id }}\"
";
/// All that a run may leave on a node. Ansible's own folder in the home of the user is not looked at, nor is Debian's
/// database of rpm, which every query touches.
const STATE: &str = "find /etc /images /opt /root /srv /tmp /usr/local /var/lib/okv-host /var/lib/oracle -xdev \
                     -name .rpmdb -prune -o -printf '%p %s %m %T@\\n' 2>/dev/null | sort; cat /proc/swaps; \
                     rpm -qa | sort";
const UPGRADE_LOG: &str = "/var/lib/okv-host/upgrade-1.log";
const WITHOUT_OKV2: [&str; 2] = ["--limit", "!okv2"];

#[test]
fn a_cluster_without_python_is_checked_upgraded_in_order_and_cleaned_up() {
    let controller = Controller::new();
    let mut nodes = nodes(&controller);
    is_without_python(&nodes);
    a_dry_run_of_preflight_changes_nothing(&controller, &nodes);
    preflight_reports_every_node_and_judges_the_cluster(&controller);
    nothing_begins_while_a_node_is_blocked(&controller, &nodes);
    a_dry_run_of_the_upgrade_changes_nothing(&controller, &nodes);
    most_steps_are_recorded(&nodes);
    the_upgrade_keeps_the_order_and_goes_on_after_a_lost_connection_and_a_killed_controller(&controller, &mut nodes);
    what_is_upgraded_is_left_alone(&controller, &nodes);
    nodes_are_cleaned_up_one_after_the_other(&controller, &mut nodes);
    no_log_has_the_password(&controller);
}

/// Two nodes that can be upgraded, read-write and read-only, and the partner of the first, which cannot.
fn nodes(controller: &Controller) -> [Node; 3] {
    let key = controller.public_key();
    let with_kernels = |guest: Guest| {
        let node = NodeWithKernels::of(guest, Rpms::new().kernel(&UEK5).kernel(&UEK6));
        node.install_kernels(&[UEK5, UEK6]);
        node.runs(&UEK6);
        node.guest
    };
    let nodes = thread::scope(|scope| {
        let start = |name, firmware| {
            scope.spawn({
                let key = &key;
                move || Node::start(name, firmware, key, with_kernels)
            })
        };
        let starting = [start("okv1", Firmware::Bios), start("okv3", Firmware::Uefi)];
        let blocked = Node::start("okv2", Firmware::Bios, &key, |guest| guest);
        let [first, third] = starting.map(|thread| thread.join().expect("a node"));
        [first, blocked, third]
    });
    nodes[1].guest.ok("swapoff --all");
    let iso = Iso::with(SCRIPT, 1 << 20);
    std::fs::write(controller.path(NAME), &iso.bytes).expect("a file of ours");
    controller.put("step.yml", STEP);
    controller.put("info.json", &info().to_string());
    let folder = controller.path("");
    let folder = folder.display();
    let variables = format!(
        "    okv_host_cluster_info: {folder}info.json\n    okv_host_step_tasks: {folder}step.yml\n    \
         okv_host_reports: {folder}reports\n    okv_host_iso: /srv/{NAME}\n    \
         okv_host_iso_source: {folder}{NAME}\n    \
         okv_host_iso_sha256: {}\n    okv_host_release_delay: 3\n    okv_host_swap_arguments: [--disk, NEW]\n",
        iso.sha256
    );
    controller.knows(&nodes.each_ref(), &variables);
    nodes
}

fn info() -> Value {
    let node = |name: &str, mode: &str, pair: Option<&str>| {
        let (status, version) = ("ACTIVE", "21.6.0.0.0");
        json!({"nodeName": name, "mode": mode, "status": status, "nodeVersion": version, "readWritePeer": pair})
    };
    let nodes = [
        node("okv1", "Read-Write", Some("okv2")),
        node("okv2", "Read-Write", Some("okv1")),
        node("okv3", "Read-Only", None),
    ];
    json!({"value": {"clusterVersion": "21.6.0.0.0", "maximumDisableNodeDuration": 24, "clusterNodes": nodes}})
}

fn is_without_python(nodes: &[Node]) {
    for node in nodes {
        let found = node.guest.run("compgen -c | grep -i python; ls /usr/bin /usr/libexec | grep -i python");
        assert_eq!(found.stdout(), "", "{}", node.name);
    }
}

fn states(nodes: &[Node]) -> Vec<String> {
    nodes.iter().map(|node| node.guest.ok(STATE)).collect()
}

fn are_as_before(nodes: &[Node], before: &[String]) {
    for (node, before) in nodes.iter().zip(before) {
        is_as_before(node, before);
    }
}

fn is_as_before(node: &Node, before: &str) {
    let now = node.guest.ok(STATE);
    let only = |one: &str, other: &str| {
        one.lines().filter(|line| !other.lines().any(|known| known == *line)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(now == before, "{}: {:#?} became {:#?}", node.name, only(before, &now), only(&now, before));
}

fn a_dry_run_of_preflight_changes_nothing(controller: &Controller, nodes: &[Node]) {
    let before = states(nodes);
    let (status, log) = controller.play("preflight", &["--check"]);
    assert_eq!(status, 0, "{log}");
    assert!(log.contains("CANNOT BE UPGRADED: of 3 nodes, 1 blocked"), "{log}");
    are_as_before(nodes, &before);
    assert!(!controller.path("reports").exists());
}

fn preflight_reports_every_node_and_judges_the_cluster(controller: &Controller) {
    let (status, log) = controller.play("preflight", &[]);
    assert_eq!(status, 0, "{log}");
    let cluster: Value = serde_json::from_str(&controller.read("reports/cluster.json")).expect("JSON");
    let order: Vec<&str> =
        cluster["order"].as_array().expect("an order").iter().map(|s| s["node"].as_str().unwrap()).collect();
    assert_eq!((order, &cluster["verdict"]), (vec!["okv3", "okv1", "okv2"], &json!("blocked")), "{cluster:#}");
    for name in ["okv1.json", "okv2.json", "okv3.json", "cluster.json", "cluster.txt", "cluster.html"] {
        let file = controller.path("reports").join(name);
        let mode = file.metadata().unwrap_or_else(|e| panic!("{name}: {e}")).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

fn nothing_begins_while_a_node_is_blocked(controller: &Controller, nodes: &[Node]) {
    let before = states(nodes);
    let (status, log) = controller.play("upgrade", &[]);
    assert_ne!(status, 0, "{log}");
    assert!(log.contains("okv2 is not ready, blocked by swap-size"), "{log}");
    are_as_before(nodes, &before);
}

fn a_dry_run_of_the_upgrade_changes_nothing(controller: &Controller, nodes: &[Node]) {
    let before = states(nodes);
    let (status, log) = controller.play("upgrade", &["--check", "--diff", WITHOUT_OKV2[0], WITHOUT_OKV2[1]]);
    assert_eq!(status, 0, "{log}");
    assert!(log.contains("back-up, "), "{log}");
    are_as_before(nodes, &before);
}

/// What is left to the playbook is enough to see how it records.
fn most_steps_are_recorded(nodes: &[Node; 3]) {
    let script = "for step in stop-backup-jobs clear-diagnostics plan-downtime reach-syslog disable-limit plan-nodes \
                  audit-vault certificate hsm-before hsm-card open-ssh iso-space; do
                      /usr/local/sbin/okv-host confirm $step --note 'done by hand' || true
                  done";
    let running = [&nodes[0], &nodes[2]].map(|node| node.guest.start(script));
    running.iter().for_each(|running| assert_eq!(running.wait().map(|output| output.status), Ok(0)));
}

fn the_upgrade_keeps_the_order_and_goes_on_after_a_lost_connection_and_a_killed_controller(
    controller: &Controller,
    nodes: &mut [Node; 3],
) {
    let [first, blocked, third] = nodes;
    let untouched = blocked.guest.ok(STATE);
    let mut run = controller.start("upgrade", &WITHOUT_OKV2);
    let begun = format!("grep 'checks before' {UPGRADE_LOG}");
    third.until("is upgraded", &begun, || run.ended().map(|_| run.log()));
    assert_eq!(first.guest.run("ls /var/lib/okv-host/journal").status, 2, "the read-only node comes first");

    third.guest.ok("pkill -KILL --full '^sshd: support'");
    third.until("is followed again", "pgrep -x okv-host", || run.ended().map(|_| run.log()));
    run.kill();
    third.until("is followed by nobody", "! pgrep -x okv-host", || None);
    third.guest.ok("systemctl is-active okv-host-upgrade-1.service; touch /root/go");

    let mut run = controller.start("upgrade", &WITHOUT_OKV2);
    third.restarts(&mut run);
    assert_eq!(first.guest.run("ls /var/lib/okv-host/journal").status, 2, "one node at a time");
    first.until("is upgraded", &begun, || run.ended().map(|_| run.log()));
    assert!(third.guest.ok("cat /etc/issue").contains("21.8"));
    assert_eq!(third.guest.run("/usr/local/sbin/okv-host confirm enable-node --help").status, 0);
    first.guest.ok("touch /root/go");
    first.restarts(&mut run);
    let (status, log) = run.wait();
    assert_eq!(status, 0, "{log}");
    for node in [first, third] {
        assert_eq!(node.guest.ok("ls /var/lib/okv-host/upgrade-*.log").trim(), UPGRADE_LOG, "begun once");
        assert!(node.guest.ok("cat /etc/issue").contains("21.8"));
    }
    is_as_before(blocked, &untouched);
}

fn what_is_upgraded_is_left_alone(controller: &Controller, nodes: &[Node]) {
    let before = states(nodes);
    let (status, log) = controller.play("upgrade", &WITHOUT_OKV2);
    assert_eq!(status, 0, "{log}");
    assert!(!log.contains("changed: ["), "{log}");
    are_as_before(nodes, &before);
}

fn nodes_are_cleaned_up_one_after_the_other(controller: &Controller, nodes: &mut [Node; 3]) {
    for node in nodes.iter_mut() {
        node.guest.plug(Disk::scsi("NEW").bytes((50 << 30) + (2 << 20)));
        node.guest.ok("udevadm wait --timeout=60 --settle /dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_NEW");
    }
    let before = states(nodes);
    let (status, log) = controller.play("after", &["--check", "--diff", WITHOUT_OKV2[0], WITHOUT_OKV2[1]]);
    assert_eq!(status, 0, "{log}");
    assert!(log.contains("kernel-prune: of the kernels of this family"), "{log}");
    are_as_before(nodes, &before);
    let (status, log) = controller.play("after", &WITHOUT_OKV2);
    assert_eq!((status, log.matches("changed=3 ").count()), (0, 2), "{log}");
    assert!(log.rfind("changed: [okv1]") < log.find("changed: [okv3]"), "one node at a time: {log}");
    let (status, log) = controller.play("after", &WITHOUT_OKV2);
    assert_eq!((status, log.matches("changed=0 ").count()), (0, 2), "{log}");
    for node in [&nodes[0], &nodes[2]] {
        assert!(node.guest.ok("cat /proc/swaps").contains("\t67108860\t"), "{}", node.name);
        assert_eq!(node.guest.run(&format!("rpm -q {}", UEK5.package("kernel-uek"))).status, 1);
        node.guest.ok("test -e /etc/ssh/ssh_host_dsa_key.retire && test ! -e /etc/ssh/ssh_host_dsa_key");
    }
}

fn no_log_has_the_password(controller: &Controller) {
    let log = controller.read("ansible.log");
    assert!(log.contains("okv3") && !log.contains(PASSWORD));
}
