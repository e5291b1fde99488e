"""okv-host on a node: the file is there with the right sum, it runs, and its JSON is read."""

from __future__ import annotations

import json
import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible_collections.okv.host.plugins.plugin_utils.node import Answer, Node, sha256_of, waits_until

PATH = "/usr/local/sbin/okv-host"
# The exit status of okv-host where another run holds the lock.
LOCKED = 5
# A connection that was lost after so many seconds was there before: no attempt to connect takes so long.
CONNECTED = 300
# What a shell exits with where it may not run a file, or does not find it.
NOT_RUN = {
    126: "the node does not let it run. With fapolicyd: fapolicyd-cli --file add FILE, then fapolicyd-cli --update. "
    "With noexec: another folder in okv_host_path",
    127: "it is not there",
}


class Program:
    """okv-host on the node of a task."""

    def __init__(self, action, task_vars):
        given = {key: action._task.args.get(key) for key in ("binary", "path", "reconnect")}
        self._binary = given["binary"] or action._templar.template(task_vars.get("okv_host_binary"))
        self._path = given["path"] or action._templar.template(task_vars.get("okv_host_path")) or PATH
        self._reconnect = float(given["reconnect"] or 0)
        if not self._binary:
            raise AnsibleError("name the file okv-host on the controller: okv_host_binary, or the option binary")
        self._binary = action._loader.path_dwim(self._binary)
        self._sha256 = sha256_of(self._binary)
        self._is_dry = action._task.check_mode
        self.node = Node(action)
        # Whether a file was put on the node.
        self.was_put = False

    def ask(self, words, verify=None):
        """Runs okv-host, and returns its JSON and how it ended. A lost connection or a lock is waited for.

        `verify` is called before it runs again, and raises where it must not."""
        is_again, lost, locked = False, None, None  # until when each is waited for, from the first failure on
        while True:
            begun = time.monotonic()
            try:
                if is_again and verify:
                    verify()
                is_again = True
                answer = self._run([*words, "--format", "json"])
            except AnsibleConnectionFailure:
                now = time.monotonic()
                if lost is None or now - begun > CONNECTED:
                    lost, locked = now + self._reconnect, None
                if not waits_until(lost):
                    raise
                self.node.reconnect()
                continue
            lost = None
            locked = locked or time.monotonic() + self._reconnect
            if answer.status != LOCKED or answer.stdout.strip() or not waits_until(locked):
                return self._document(answer, words)

    def ask_once(self, words):
        """The same, where a lost connection is an answer too."""
        return self._document(self._run([*words, "--format", "json"]), words)

    def _run(self, words):
        answer = self.node.program(self._sha256, [self._path, *words])
        if answer is None and self._is_dry:
            answer = self.node.program_of_a_copy(self._binary, self._sha256, words)
        elif answer is None:
            self.node.put(self._binary, self._path, self._sha256, "755")
            self.was_put = True
            answer = self.node.program(self._sha256, [self._path, *words])
        if answer is None:
            raise AnsibleError(f"okv-host was transferred, and does not have the SHA-256 {self._sha256} on the node")
        return answer

    def _document(self, answer: Answer, words):
        command = f"okv-host {words[0]}"
        if answer.status in NOT_RUN:
            raise AnsibleError(f"{self._path} cannot be run: {NOT_RUN[answer.status]}. {answer.stderr}")
        try:
            document = json.loads(answer.stdout)
        except ValueError:
            why = answer.stderr or answer.stdout.strip() or "no word on why"
            raise AnsibleError(f"{command} ended with exit status {answer.status}: {why}") from None
        return document, answer
