"""Judges a cluster on the controller. What it takes and returns is documented in plugins/modules/cluster.py."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible_collections.okv.host.plugins.plugin_utils import order, private_file

# Within this the program answers: it reads files alone.
SECONDS = 300
# What it exits with: ready, blocked, unknown.
JUDGED = (0, 1, 3)


class ActionModule(ActionBase):
    """The task `okv.host.cluster`."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        options = self._options(task_vars or {})
        reports = options["reports"]
        if not reports:
            raise AnsibleActionFail("there is no report: no node was checked")
        with tempfile.TemporaryDirectory(prefix="okv-host-") as folder:  # of mode 0700
            cluster = json.loads(self._judged(options, folder, "json"))
            text = self._judged(options, folder, "text")
            changed = self._saved(options, folder, {"cluster.json": cluster, "cluster.txt": text})
        known = order.names(cluster, {report["host"]: name for name, report in reports.items()})
        result.update(
            answer=cluster,
            changed=changed,
            order=order.order(cluster, known, reports, options["order"]),
            refusals=order.refusals(cluster, known, reports, options["order"]),
            text=text.splitlines(),
            verdict=cluster["verdict"],
        )
        result["_ansible_verbose_override"] = True
        return result

    def _options(self, task_vars):
        validation = self.validate_argument_spec(
            argument_spec={
                "reports": {"type": "dict", "required": True},
                "nodes": {"type": "dict", "default": {}},
                "order": {"type": "list", "elements": "str", "default": []},
                "cluster_info": {"type": "path"},
                "max_age": {"type": "str"},
                "folder": {"type": "path"},
                "binary": {"type": "path"},
            },
        )
        options = validation[1]
        binary = options["binary"] or self._templar.template(task_vars.get("okv_host_binary"))
        if not binary:
            raise AnsibleActionFail("name the file okv-host on the controller: okv_host_binary, or the option binary")
        options["binary"] = self._loader.path_dwim(binary)
        return options

    def _judged(self, options, folder, form):
        words = [options["binary"], "cluster", "--format", form]
        for number, (name, report) in enumerate(options["reports"].items()):
            path = os.path.join(folder, f"{number}.json")
            private_file.write(path, json.dumps(report))
            words.append(path)
            if options["nodes"].get(name):
                words.extend(["--node", f"{report['host']}={options['nodes'][name]}"])
        if options["cluster_info"]:
            words.extend(["--cluster-info", self._loader.path_dwim(options["cluster_info"])])
        if options["max_age"]:
            words.extend(["--max-age", options["max_age"]])
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AnsibleActionFail(f"okv-host cannot be run on the controller: {error}") from error
        if done.returncode not in JUDGED or not done.stdout.strip():
            raise AnsibleActionFail(f"okv-host cluster ended with exit status {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def _saved(self, options, folder, files):
        if not options["folder"] or self._task.check_mode:
            return False
        target = self._loader.path_dwim(options["folder"])
        texts = {name: text if isinstance(text, str) else json.dumps(text, indent=2) + "\n" for name, text in files.items()}
        return any([private_file.write(os.path.join(target, name), text) for name, text in texts.items()])
