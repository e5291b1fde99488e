"""Puts a file on a node without Python. What it takes and returns is documented in plugins/modules/put.py."""

from __future__ import annotations

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.okv.host.plugins.plugin_utils.node import Node, sha256_of


class ActionModule(ActionBase):
    """The task `okv.host.put`."""

    TRANSFERS_FILES = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        options = self.validate_argument_spec(
            argument_spec={
                "src": {"type": "path"},
                "dest": {"type": "path", "required": True},
                "mode": {"type": "str", "default": "600"},
                "sha256": {"type": "str"},
                "state": {"choices": ["present", "absent"], "default": "present"},
            },
            required_if=[("state", "present", ["src"])],
        )[1]
        if options["state"] == "absent":
            return {**result, **self._removes(options["dest"])}
        source, path, mode = self._loader.path_dwim(options["src"]), options["dest"], options["mode"]
        if not set(mode) <= set("01234567"):
            raise AnsibleError(f"the mode is octal digits, not {mode}")
        sha256 = sha256_of(source)
        if options["sha256"] and options["sha256"].lower() != sha256:
            raise AnsibleError(f"{source} has the SHA-256 {sha256}, and {options['sha256']} is required")
        node = Node(self)
        before = node.sha256(path)
        result.update(changed=before != sha256, sha256=sha256, dest=path)
        result["diff"] = {"before": f"{before or 'absent'}\n", "after": f"{sha256}\n", "after_header": path}
        if result["changed"] and not self._task.check_mode:
            node.put(source, path, sha256, mode)
        return result

    def _removes(self, path):
        node = Node(self)
        changed = node.sha256(path) is not None
        if changed and not self._task.check_mode:
            node.remove(path)
        return {"changed": changed, "dest": path}
