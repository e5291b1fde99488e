"""Restarts a node that its upgrade asks to restart, and waits for it. Documented in plugins/modules/restart.py."""

from __future__ import annotations

import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.okv.host.plugins.plugin_utils import plan as plans
from ansible_collections.okv.host.plugins.plugin_utils.node import waits_until
from ansible_collections.okv.host.plugins.plugin_utils.program import Program

# Within this a node that restarts has gone down, in seconds.
GOES_DOWN = 300
BOOT = "cat /proc/sys/kernel/random/boot_id"
# What it prints of a node that goes down is `stopping`.
SYSTEM = "systemctl is-system-running"


class ActionModule(ActionBase):
    """The task `okv.host.restart`."""

    TRANSFERS_FILES = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        options = self.validate_argument_spec(
            argument_spec={
                "argv": {"type": "list", "elements": "str", "default": []},
                "binary": {"type": "path"},
                "path": {"type": "path"},
                "reconnect": {"type": "float", "default": 0},
                "timeout": {"type": "float", "default": 14400},
            },
        )[1]
        program = Program(self, task_vars or {})
        words = ["upgrade", "--reboot", *options["argv"]]
        before = self._boot(program)
        plan, answer = program.ask(words)
        outcome = plan["outcome"]
        result.update(changed=outcome == "planned", outcome=outcome, diff=plans.diff(plan))
        if outcome == "refused":
            result.update(failed=True, msg=plans.failure(plan, answer))
        elif outcome == "planned" and not self._task.check_mode:
            result.update(self._restarts(program, words, before, options["timeout"]))
        return result

    def _restarts(self, program, words, before, timeout):
        doubt = self._asks(program, words)
        started = asked = time.monotonic()
        while True:
            program.node.reconnect()
            now, why = self._boot_if_up(program)
            if now not in (None, before):
                return {"outcome": "restarted"}
            if now and doubt and time.monotonic() - asked > GOES_DOWN and not self._goes_down(program):
                if not isinstance(doubt, AnsibleConnectionFailure):
                    raise doubt
                # The connection was lost before the node was asked.
                doubt, asked = self._asks(program, words), time.monotonic()
            if not waits_until(started + timeout):
                raise AnsibleError(f"the node did not come back within {timeout:.0f} s. Look at its console. {why}")

    def _boot_if_up(self, program):
        """Its boot, or None and why a node that goes down or comes up does not answer."""
        try:
            return self._boot(program), ""
        except AnsibleError as error:
            return None, error

    @staticmethod
    def _goes_down(program):
        try:
            return program.node.sh(SYSTEM).stdout.strip() == "stopping"
        except AnsibleConnectionFailure:
            return True  # the next look at its boot shows it

    @staticmethod
    def _asks(program, words):
        """Asks for the restart, which ends the connection, at times before the answer is through: then, why that is
        not known."""
        try:
            done, answer = program.ask_once([*words, "--apply", "--yes"])
        except AnsibleError as doubt:
            return doubt
        if done["outcome"] in plans.ENDED_WELL:
            return None
        raise AnsibleError(plans.failure(done, answer))

    @staticmethod
    def _boot(program):
        answer = program.node.sh(BOOT)
        if answer.status != 0 or not answer.stdout.strip():
            raise AnsibleConnectionFailure(f"the node does not show its boot: {answer.stderr or answer.stdout}")
        return answer.stdout.strip()
