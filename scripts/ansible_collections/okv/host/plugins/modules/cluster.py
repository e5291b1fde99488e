# Documentation alone: the action plugin of this name runs on the controller, and no module runs on a node.

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster
short_description: Judge a cluster by the reports on its nodes, and order its upgrade
version_added: 0.2.0
author: the okv-host authors
description:
  - Runs C(okv-host cluster) on the controller, on reports that C(okv.host.run) registered. It asks no node, and is
    never changed.
options:
  reports:
    description: The report of C(check) on each node, by its name in the inventory.
    type: dict
    required: true
  nodes:
    description: The cluster's name of a node, by its name in the inventory, where the host of the node has another
      name.
    type: dict
    default: {}
  order:
    description: The order of the upgrade, by names in the inventory. It counts where the cluster does not show the
      order.
    type: list
    elements: str
    default: []
  cluster_info:
    description: The file on the controller that C(okv cluster info get) printed into.
    type: path
  max_age:
    description: The oldest report that counts, for example C(24h).
    type: str
  retry:
    description: Whether an upgrade that failed may be begun anew. Without it, such a node is refused.
    type: bool
    default: false
  folder:
    description: Where C(cluster.json), C(cluster.txt) and C(cluster.html) are written on the controller, with mode
      0600. Not with C(--check).
    type: path
  binary:
    description: The file okv-host on the controller. Without it, the variable C(okv_host_binary).
    type: path
attributes:
  check_mode:
    support: full
    description: Nothing is written into I(folder).
  diff_mode:
    support: none
"""

EXAMPLES = r"""
- name: Judge the cluster
  okv.host.cluster:
    reports:
      okv1: "{{ hostvars.okv1.checked.answer }}"
      okv2: "{{ hostvars.okv2.checked.answer }}"
    cluster_info: /srv/okv/info.json
  run_once: true
  register: judged
"""

RETURN = r"""
answer:
  description: What C(okv-host cluster --format json) printed.
  type: dict
  returned: success
verdict:
  description: C(ready), C(blocked) or C(unknown).
  type: str
  returned: success
order:
  description:
    - The nodes in the order of the upgrade, by their names in the inventory. What is out of service comes first, as
      its upgrade was begun or it is disabled, then what has the release already.
  type: list
  elements: str
  returned: success
disabled:
  description: The nodes that are disabled as I(cluster_info) shows, by their names in the inventory.
  type: list
  elements: str
  returned: success
refusals:
  description: Why no upgrade may begin, each in one line. Empty where nothing is in the way.
  type: list
  elements: str
  returned: success
text:
  description: What C(okv-host cluster) printed, as lines.
  type: list
  elements: str
  returned: success
"""
