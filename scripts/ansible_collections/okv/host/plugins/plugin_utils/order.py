"""What the report of `okv-host cluster` means for a run on some of the nodes: their order, and what is in the way."""

from __future__ import annotations

# A node whose upgrade has begun is out of service. It is finished first, whatever its rules show by now.
UNDER_WAY = "upgrade-under-way"
FAILED = "upgrade-failed"
UPGRADED = "upgraded"
# The problem that others wait for a node that is out of service.
NOT_ACTIVE = "node-not-active"
# Problems that the order shows for the node that they are about.
SHOWN_BY_ORDER = ("no-report",)


def names(cluster, inventory):
    """The inventory's name of each node that has a report; `inventory` has it by the name of the host."""
    return {node["name"]: inventory[node["host"]] for node in cluster["nodes"] if node["host"] in inventory}


def disabled(cluster, known):
    """The nodes of this run that are disabled, as the cluster information shows."""
    found = {node["node"] for node in cluster["disabled"]}
    found.update(node["name"] for node in cluster["nodes"] if "disabl" in (node["status"] or "").lower())
    return [known[name] for name in sorted(found) if name in known]


def order(cluster, known, reports, given):
    """The nodes of this run in their order: what is out of service, then what has the release, then what is left."""
    if cluster["order"] is not None:
        left = [known[step["node"]] for step in cluster["order"] if step["node"] in known]
    elif given:
        left = [name for name in given if name in reports]
    else:
        left = list(reports) if len(reports) == 1 else []
    of = {name: report["headline"] for name, report in reports.items()}
    out = disabled(cluster, known)

    def place(name):
        return of[name] != UNDER_WAY, of[name] != FAILED, name not in out, of[name] != UPGRADED

    begun = [name for name in reports if of[name] in (UNDER_WAY, UPGRADED) and name not in left]
    return sorted(left + begun, key=place)


def refusals(cluster, known, reports, given, retry):
    """Why no upgrade may begin, each in one line. With `retry`, an upgrade that failed is begun anew."""
    found = []
    ordered = order(cluster, known, reports, given)
    passed = (*SHOWN_BY_ORDER, NOT_ACTIVE) if _is_taken_up(cluster, known, reports, ordered) else SHOWN_BY_ORDER
    for problem in cluster["problems"]:
        if problem["verdict"] != "ready" and problem["id"] not in passed:
            found.append(f"{problem['id']}: {problem['message']}. {problem['remedy']}")
    if cluster["order"] is None:
        missing = [name for name in reports if name not in ordered]
        if missing:
            remedy = "Set okv_host_cluster_info or okv_host_order"
            found.append(f"the place of {', '.join(missing)} in the order is not known. {remedy}")
    found.extend(_not_ready(name, report) for name, report in reports.items() if _stops(report))
    failed = [name for name, report in reports.items() if report["headline"] == FAILED and not retry]
    found.extend(f"{name}: its upgrade failed. Find the cause, then set okv_host_retry" for name in failed)
    # What is under way is finished, whatever comes before it.
    waiting = {name for name, report in reports.items() if report["headline"] != UNDER_WAY}
    steps = cluster["order"] or []
    for place, step in enumerate(steps):
        later = [known[after["node"]] for after in steps[place + 1 :] if known.get(after["node"]) in waiting]
        if step["node"] not in known and later:
            found.append(f"{step['node']} comes before {later[0]} and is not part of this run. Run it with this node")
    return found


def _is_taken_up(cluster, known, reports, ordered):
    """Whether only one node is out of service, which an interrupted run left so, and this run begins with it."""
    headlines = {node: reports[name]["headline"] for node, name in known.items()}
    out = {node["name"] for node in cluster["nodes"] if (node["status"] or "active").lower() != "active"}
    out.update(node["node"] for node in cluster["disabled"])
    out.update(node for node, headline in headlines.items() if headline in (UNDER_WAY, FAILED))
    # What the others wait for, and nothing else.
    out.update(step["node"] for step in cluster["order"] or [] if NOT_ACTIVE not in step["blocked_by"])
    problems = [problem for problem in cluster["problems"] if problem["id"] == NOT_ACTIVE]
    if len(problems) != 1 or len(out) != 1:
        return False
    name = known.get(out.pop())
    if name is None or ordered[:1] != [name]:
        return False
    # One that is neither is on its way back by itself, and is waited for.
    return reports[name]["headline"] in (UNDER_WAY, FAILED) or name in disabled(cluster, known)


def _stops(report):
    return report["verdict"] != "ready" and report["headline"] not in (UNDER_WAY, UPGRADED)


def _not_ready(name, report):
    ids = {word: [] for word in ("block", "unknown")}
    for finding in report["findings"]:
        if finding["verdict"] in ids and not finding.get("waived") and finding["id"] not in ids[finding["verdict"]]:
            ids[finding["verdict"]].append(finding["id"])
    blocked, unknown = ids["block"], ids["unknown"]
    parts = [f"blocked by {', '.join(blocked)}"] if blocked else []
    parts += [f"unknown: {', '.join(unknown)}"] if unknown else []
    return f"{name} is not ready, {'; '.join(parts) or report['verdict']}. Run on it: okv-host check"
