"""Restarts a node that its upgrade asks to restart, and waits for it. Documented in plugins/modules/restart.py."""

from __future__ import annotations

import time

from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible_collections.okv.host.plugins.plugin_utils import plan as plans
from ansible_collections.okv.host.plugins.plugin_utils.node import waits_until
from ansible_collections.okv.host.plugins.plugin_utils.program import Program

# Within this a node that restarts has gone down, in seconds.
GOES_DOWN = 300
BOOT = "cat /proc/sys/kernel/random/boot_id"


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
        plan, _unused = program.ask(words)
        outcome = plan["outcome"]
        result.update(changed=outcome == "planned", outcome=outcome, diff=plans.diff(plan))
        if outcome == "refused":
            result.update(failed=True, msg="Refused, and nothing was changed. " + " ".join(plans.reasons(plan)))
        elif outcome == "planned" and not self._task.check_mode:
            result.update(self._restarts(program, words, before, options["timeout"]))
        return result

    def _restarts(self, program, words, before, timeout):
        doubt = self._asks(program, words)
        started = time.monotonic()
        while True:
            program.node.reconnect()
            try:
                if self._boot(program) != before:
                    return {"outcome": "restarted"}
                if doubt and time.monotonic() - started > GOES_DOWN:
                    raise doubt
            except AnsibleConnectionFailure:
                pass  # it is down
            if not waits_until(started + timeout):
                raise AnsibleActionFail(f"the node did not come back within {timeout:.0f} s: look at its console")

    @staticmethod
    def _asks(program, words):
        """Asks for the restart, which ends the connection, at times before the answer is through."""
        try:
            done, answer = program.ask([*words, "--apply", "--yes"])
        except AnsibleConnectionFailure:
            return None
        except AnsibleActionFail as doubt:
            return doubt
        if done["outcome"] in plans.ENDED_WELL:
            return None
        raise AnsibleActionFail(f"{done['outcome']}: {done.get('message') or answer.stderr}")

    @staticmethod
    def _boot(program):
        answer = program.node.sh(BOOT)
        if answer.status != 0 or not answer.stdout.strip():
            raise AnsibleConnectionFailure(f"the node does not show its boot: {answer.stderr or answer.stdout}")
        return answer.stdout.strip()
