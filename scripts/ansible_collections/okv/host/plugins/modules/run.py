# Documentation alone: the action plugin of this name runs on the controller, and no module runs on the node.

from __future__ import annotations

DOCUMENTATION = r"""
module: run
short_description: Run okv-host on a node that has no Python
version_added: 0.2.0
author: the okv-host authors
description:
  - Puts the file okv-host on the node where it is not there or has another SHA-256, through the connection of the
    task, and runs it.
    The node verifies the SHA-256 before every run. It needs a POSIX shell and C(sha256sum), and no Python.
  - A command that changes the node is planned first, and carried out where the plan has steps. Running the same task
    again resumes.
options:
  argv:
    description:
      - The command of okv-host and its arguments. C(--format json) is added, and C(--apply --yes) for a plan that has
        steps.
      - "The command is one of: check, compare, confirm, kernel-prune, runbook, scan, ssh-dsa-retire, stage, status,
        swap-extend,
        undo, upgrade."
    type: list
    elements: str
    required: true
  binary:
    description: The file okv-host on the controller. Without it, the variable C(okv_host_binary).
    type: path
  path:
    description: Where it lies on the node. Without it, the variable C(okv_host_path), or else
      C(/usr/local/sbin/okv-host).
    type: path
  report:
    description: Where the JSON is written on the controller, with mode 0600. Not with C(--check).
    type: path
  reconnect:
    description:
      - For how many seconds a lost connection, or the lock of another run, is tried again. The command runs again
        then, which
        okv-host is made for. An upgrade that failed in the meantime is not begun again.
    type: float
    default: 0
  refusal:
    description: Whether a refused plan fails the task, or is reported as C(reasons) alone.
    type: str
    choices: [fail, report]
    default: fail
attributes:
  check_mode:
    support: full
    description:
      - The plan is made, and nothing is changed. Where the node does not have the file, it gets a copy in the
        temporary folder of the
        connection, which is removed when the task ends. No report is written, and nothing is recorded.
  diff_mode:
    support: full
    description: The steps of the plan, one a line.
notes:
  - A playbook does not show the JSON with C(-v) or C(-vv), as a report on a node is private. Register the result to
    use it. With C(-vvv)
    the connection itself shows what it transfers.
"""

EXAMPLES = r"""
- name: Check the node
  okv.host.run:
    argv: [check]
    binary: /srv/okv/okv-host
    report: /srv/okv/reports/okv1.json
  register: checked

- name: Extend the swap with the disk of this serial number
  okv.host.run:
    argv: [swap-extend, --disk, S3Z9NX0M]
    reconnect: 600
"""

RETURN = r"""
answer:
  description: What okv-host printed with C(--format json). docs/json.md of okv-host has every field.
  type: dict
  returned: success
status:
  description: The exit status of okv-host.
  type: int
  returned: success
outcome:
  description: How the plan or its run ended, for a command that changes the node.
  type: str
  returned: success
reasons:
  description: Why the plan was refused, each in one line.
  type: list
  elements: str
  returned: when it was refused
steps:
  description: The steps of the plan before it was carried out, for a command that changes the node.
  type: list
  elements: dict
  returned: success
was_put:
  description: Whether the file okv-host was put on the node.
  type: bool
  returned: success
report:
  description: The file on the controller that the JSON was written to.
  type: str
  returned: when one was written
"""
