#!/usr/bin/env python3
"""Compares what a scan says of a fleet with the truth about it, every field that a scan is made for.

    okv-host scan --format jsonl DIR/*.img | scripts/fleet/truth.py DIR/truth.jsonl
"""
import json
import sys


def told(disk):
    """A line of the scan in the shape of the truth."""
    table = disk["table"]
    content = lambda c: [c["kind"], c["uuid"]]
    group = None
    if disk["volume_groups"]:
        [vg] = disk["volume_groups"]
        volumes = [
            [lv["name"], lv["bytes"], len(lv["segments"]), *content(lv["content"])] for lv in vg["logical_volumes"]
        ]
        group = [vg["name"], vg["physical_volumes"][0]["uuid"], volumes]
    return {
        "path": disk["path"],
        "bytes": disk["bytes"],
        "table": table["kind"],
        "table_uuid": table["uuid"],
        "primary": table["primary"],
        "backup": table["backup"],
        "partitions": [
            [p["number"], p["start_bytes"], p["bytes"], *content(p["content"]), p["uuid"]] for p in disk["partitions"]
        ],
        "content": content(disk["content"]),
        "group": group,
        "problems": sorted({p["id"] for p in disk["problems"]}),
    }


def check(lines, truths):
    """The number of disks that are as they should be; raises where one is not."""
    count = 0
    for line in lines:
        truth = json.loads(next(truths))
        truth.pop("kind")
        found = told(json.loads(line))
        for field, value in truth.items():
            if found[field] != value:
                raise ValueError(f"{truth['path']}: {field} is\n  {found[field]}\nand should be\n  {value}")
        count += 1
    if next(truths, None) is not None:
        raise ValueError(f"only {count} disks were told")
    return count


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        print(check(sys.stdin, iter(file)), "disks are as they should be")
