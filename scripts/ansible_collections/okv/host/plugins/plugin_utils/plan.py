"""A plan of okv-host for the screen: its steps as a diff, and why it was refused or did not end well."""

from __future__ import annotations

# Outcomes of a run that is over, and with which the node has what the command is for.
ENDED_WELL = ("done", "nothing-to-do", "undone", "closed")


def diff(plan):
    """What `--diff` shows: nothing before, and a line for each step after."""
    steps = "".join(f"{number}. {step['purpose']}\n" for number, step in enumerate(plan.get("steps") or [], 1))
    command, target = plan.get("command", "undo"), plan.get("target") or ""
    return {
        "before": "",
        "after": steps,
        "before_header": f"{command}: the node now",
        "after_header": f"{command}: {target}",
    }


def reasons(plan):
    """Each reason of a refusal in one line, with its remedy."""
    found = [f"{reason['id']}: {reason['message']}. {reason['remedy']}" for reason in plan.get("reasons") or []]
    return found or [plan.get("message") or "no reason was given"]


def failure(document, answer):
    """Why a command did not do what it was for."""
    if document["outcome"] == "refused":
        return "Refused, and nothing was changed. " + " ".join(reasons(document))
    return f"{document['outcome']}: {document.get('message') or answer.stderr}"
