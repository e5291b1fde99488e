"""Runs okv-host on a node without Python. What it takes and returns is documented in plugins/modules/run.py."""

from __future__ import annotations

import json

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.okv.host.plugins.plugin_utils import plan as plans
from ansible_collections.okv.host.plugins.plugin_utils import private_file
from ansible_collections.okv.host.plugins.plugin_utils.program import Program

READS = ("check", "compare", "runbook", "scan", "status")
PLANS = ("kernel-prune", "ssh-dsa-retire", "stage", "swap-extend", "undo", "upgrade")
RECORDS = ("confirm",)
USAGE = 2
# States of an upgrade that is begun anew only by a run that was asked for that.
FAILED = ("failed", "cut-off", "ended-without-asking", "ended-unheard")


class ActionModule(ActionBase):
    """The task `okv.host.run`."""

    TRANSFERS_FILES = True
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        options, _unused = self._options()
        words = [str(word) for word in options["argv"]]
        program = Program(self, task_vars)
        # A report is private: no log has it, at whatever verbosity.
        result["_ansible_verbose_override"] = True
        if words[0] in READS:
            result.update(self._reads(program, words))
        elif words[0] in RECORDS or "--prepare" in words:
            result.update(self._records(program, words))
        else:
            result.update(self._changes(program, words, options["refusal"]))
        if result.get("failed"):
            for key in ("answer", "steps"):
                result.pop(key, None)  # what failed is shown whole
        if options["report"] and "answer" in result and not self._task.check_mode:
            path = self._loader.path_dwim(options["report"])
            private_file.write(path, json.dumps(result["answer"], indent=2) + "\n")
            result["report"] = path
        result["changed"] = result["changed"] or program.was_put
        result["was_put"] = program.was_put
        return result

    def _options(self):
        known = READS + PLANS + RECORDS
        validation = self.validate_argument_spec(
            argument_spec={
                "argv": {"type": "list", "elements": "str", "required": True},
                "binary": {"type": "path"},
                "path": {"type": "path"},
                "report": {"type": "path"},
                "reconnect": {"type": "float", "default": 0},
                "refusal": {"choices": ["fail", "report"], "default": "fail"},
            },
        )
        argv = validation[1]["argv"]
        if not argv or argv[0] not in known:
            raise AnsibleError(f"argv begins with one of: {', '.join(known)}")
        return validation[1], validation[0]

    @staticmethod
    def _reads(program, words):
        document, answer = program.ask(words)
        return {"changed": False, "answer": document, "status": answer.status}

    def _records(self, program, words):
        if self._task.check_mode:
            return {"changed": True, "skipped_because": "this record is not made with --check"}
        document, answer = program.ask(words)
        refused = document.get("recorded") is False
        message = document.get("message") or ""
        return {"changed": not refused, "failed": refused, "answer": document, "status": answer.status, "msg": message}

    def _changes(self, program, words, refusal):
        plan, answer = program.ask(words)
        if plan["outcome"] == "planned" and not self._task.check_mode:
            verify = self._verify_upgrade(program) if words[0] == "upgrade" else None
            done, answer = program.ask([*words, "--apply", "--yes"], verify)
            return self._judged(done, answer, refusal, plan)
        return self._judged(plan, answer, refusal, plan)

    @staticmethod
    def _verify_upgrade(program):
        """What refuses to begin the upgrade again that failed while the connection was lost."""
        before = program.ask(["status"])[0].get("upgrade") or {}

        def verify():
            now = program.ask_once(["status"])[0].get("upgrade") or {}
            is_of_now = now.get("log") != before.get("log") or before.get("state") == "running"
            if is_of_now and now.get("state") in FAILED:
                raise AnsibleError(f"the upgrade ended while the connection was lost: {now['state']}, {now['log']}")

        return verify

    @staticmethod
    def _judged(document, answer, refusal, plan):
        outcome = document["outcome"]
        result = {
            "answer": document,
            # A run that was lost and found done has nothing to do at its second attempt.
            "changed": plan["outcome"] == "planned" and outcome != "refused",
            "diff": plans.diff(plan),
            "outcome": outcome,
            "status": answer.status,
            # What is done of a run that was lost is no step of its second attempt.
            "steps": plan.get("steps") or [],
        }
        if outcome == "refused":
            result["reasons"] = plans.reasons(document)
            result["failed"] = refusal == "fail"
            result["msg"] = plans.failure(document, answer)
        elif outcome not in ("planned", *plans.ENDED_WELL):
            result["failed"] = True
            result["msg"] = plans.failure(document, answer)
        return result
