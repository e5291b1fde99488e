"""What the report of `okv-host cluster` means for a run on some of the nodes: their order, and what is in the way."""

from __future__ import annotations

# A node whose upgrade has begun is finished, whatever its rules show by now.
UNDER_WAY = "upgrade-under-way"
# Problems that the order shows for the node that they are about.
SHOWN_BY_ORDER = ("no-report",)


def names(cluster, inventory):
    """The inventory's name of each node that has a report; `inventory` has it by the name of the host."""
    return {node["name"]: inventory[node["host"]] for node in cluster["nodes"] if node["host"] in inventory}


def order(cluster, known, reports, given):
    """The nodes of this run in their order. What has the release already comes first: it may yet have to be enabled."""
    if cluster["order"] is not None:
        left = [known[step["node"]] for step in cluster["order"] if step["node"] in known]
    elif given:
        left = [name for name in given if name in reports]
    else:
        left = list(reports) if len(reports) == 1 else []
    upgraded = [name for name, report in reports.items() if report["headline"] == "upgraded"]
    under_way = [name for name in left if reports[name]["headline"] == UNDER_WAY]
    first = upgraded + under_way
    return first + [name for name in left if name not in first]


def refusals(cluster, known, reports, given):
    """Why no upgrade may begin, each in one line."""
    found = []
    for problem in cluster["problems"]:
        if problem["verdict"] != "ready" and problem["id"] not in SHOWN_BY_ORDER:
            found.append(f"{problem['id']}: {problem['message']}. {problem['remedy']}")
    if cluster["order"] is None:
        missing = [name for name in reports if name not in order(cluster, known, reports, given)]
        if missing:
            remedy = "Set okv_host_cluster_info or okv_host_order"
            found.append(f"the place of {', '.join(missing)} in the order is not known. {remedy}")
    found.extend(_not_ready(name, report) for name, report in reports.items() if _stops(report))
    steps = cluster["order"] or []
    for place, step in enumerate(steps):
        later = [known[after["node"]] for after in steps[place + 1 :] if after["node"] in known]
        if step["node"] not in known and later:
            found.append(f"{step['node']} comes before {later[0]} and is not part of this run. Run it with this node")
    return found


def _stops(report):
    return report["verdict"] != "ready" and report["headline"] not in (UNDER_WAY, "upgraded")


def _not_ready(name, report):
    ids = {word: [] for word in ("block", "unknown")}
    for finding in report["findings"]:
        if finding["verdict"] in ids and not finding.get("waived") and finding["id"] not in ids[finding["verdict"]]:
            ids[finding["verdict"]].append(finding["id"])
    blocked, unknown = ids["block"], ids["unknown"]
    parts = [f"blocked by {', '.join(blocked)}"] if blocked else []
    parts += [f"unknown: {', '.join(unknown)}"] if unknown else []
    return f"{name} is not ready, {'; '.join(parts) or report['verdict']}. Run on it: okv-host check"
