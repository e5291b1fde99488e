"""Judges a cluster on the controller. What it takes and returns is documented in plugins/modules/cluster.py."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.okv.host.plugins.plugin_utils import order, private_file

# Within this the program answers: it reads files alone.
SECONDS = 300
# What it exits with: ready, blocked, unknown.
JUDGED = (0, 1, 3)
# What it writes, by format.
FILES = {"json": "cluster.json", "text": "cluster.txt", "html": "cluster.html"}


class ActionModule(ActionBase):
    """The task `okv.host.cluster`."""

    _supports_check_mode = True
    _requires_connection = False

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        options = self._options(task_vars or {})
        reports = options["reports"]
        if not reports:
            raise AnsibleError("there is no report: no node was checked")
        with tempfile.TemporaryDirectory(prefix="okv-host-") as folder:  # of mode 0700
            cluster, files = self._judged(options, folder)
        self._saves(options["folder"], files)
        known = order.names(cluster, {report["host"]: name for name, report in reports.items()})
        result.update(
            answer=cluster,
            changed=False,  # a file of the controller is no change of the cluster
            disabled=order.disabled(cluster, known),
            order=order.order(cluster, known, reports, options["order"]),
            refusals=order.refusals(cluster, known, reports, options["order"], options["retry"]),
            text=files["cluster.txt"].splitlines(),
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
                "retry": {"type": "bool", "default": False},
                "folder": {"type": "path"},
                "binary": {"type": "path"},
            },
        )
        options = validation[1]
        binary = options["binary"] or self._templar.template(task_vars.get("okv_host_binary"))
        if not binary:
            raise AnsibleError("name the file okv-host on the controller: okv_host_binary, or the option binary")
        options["binary"] = self._loader.path_dwim(binary)
        return options

    def _judged(self, options, folder):
        """What okv-host printed as JSON, and each file that it wrote."""
        words = [options["binary"], "cluster", "--format", "json"]
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
        for form, name in FILES.items():
            words.extend(["--output", f"{form}:{os.path.join(folder, name)}"])
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise AnsibleError(f"okv-host cannot be run on the controller: {error}") from error
        if done.returncode not in JUDGED:
            raise AnsibleError(f"okv-host cluster ended with exit status {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout), {name: self._read(folder, name) for name in FILES.values()}

    @staticmethod
    def _read(folder, name):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()

    def _saves(self, folder, files):
        if folder and not self._task.check_mode:
            for name, text in files.items():
                private_file.write(os.path.join(self._loader.path_dwim(folder), name), text)
