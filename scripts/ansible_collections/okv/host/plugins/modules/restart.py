# Documentation alone: the action plugin of this name runs on the controller, and no module runs on the node.

from __future__ import annotations

DOCUMENTATION = r"""
module: restart
short_description: Restart a node whose upgrade asks for it, and wait for it
version_added: 0.2.0
author: the okv-host authors
description:
  - Runs C(okv-host upgrade --reboot), which predicts the next start first and refuses where the node would not start
    again.
  - Waits until the node answers with another boot identifier. A node that has no restart before it is left alone.
  - Where the connection is lost and the node does not go down within five minutes, it is asked again.
options:
  argv:
    description: Further arguments of C(okv-host upgrade).
    type: list
    elements: str
    default: []
  binary:
    description: The file okv-host on the controller. Without it, the variable C(okv_host_binary).
    type: path
  path:
    description: Where it lies on the node. Without it, the variable C(okv_host_path), or else
      C(/usr/local/sbin/okv-host).
    type: path
  reconnect:
    description: For how many seconds a lost connection, or the lock of another run, is tried again.
    type: float
    default: 0
  timeout:
    description: For how many seconds the node is waited for.
    type: float
    default: 14400
attributes:
  check_mode:
    support: full
    description: The plan is made, and the node is not restarted.
  diff_mode:
    support: full
    description: The steps of the plan.
"""

EXAMPLES = r"""
- name: Restart the node
  okv.host.restart:
    timeout: 14400
"""

RETURN = r"""
outcome:
  description: C(restarted), C(planned) with C(--check), or C(nothing-to-do).
  type: str
  returned: success
"""
