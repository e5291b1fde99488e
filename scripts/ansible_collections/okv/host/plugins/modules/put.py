# Documentation alone: the action plugin of this name runs on the controller, and no module runs on the node.

from __future__ import annotations

DOCUMENTATION = r"""
module: put
short_description: Put a file on a node that has no Python, or remove one
version_added: 0.2.0
author: the okv-host authors
description:
  - Transfers a file through the connection where the node does not have it with the same SHA-256. It gets its name
    only when the
    node has read it back with this SHA-256.
options:
  src:
    description: The file on the controller. Required unless I(state=absent).
    type: path
  dest:
    description: The file on the node. Its folder must be there.
    type: path
    required: true
  mode:
    description: Its mode, in octal digits.
    type: str
    default: "600"
  sha256:
    description: The SHA-256 that the file on the controller must have.
    type: str
  state:
    description: Whether the file is put there or removed.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    support: full
    description: Reads the SHA-256 on the node, and changes nothing.
  diff_mode:
    support: full
    description: Both sums.
"""

EXAMPLES = r"""
- name: Put the ISO on the node
  okv.host.put:
    src: /srv/okv/okv-upgrade-disc-21.8.0.0.0.iso
    dest: /root/okv-upgrade-disc-21.8.0.0.0.iso
    sha256: "{{ okv_host_iso_sha256 }}"
"""

RETURN = r"""
sha256:
  description: The SHA-256 of the file.
  type: str
  returned: when I(state=present)
dest:
  description: The file on the node.
  type: str
  returned: success
"""
