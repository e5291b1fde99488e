#!/usr/bin/env python3
"""Stamps a fleet of disk images from templates, and says what a scanner has to find on each.

    scripts/fleet/stamp.py TEMPLATES COUNT DIR

Each image is a sparse copy of a template with identifiers of its own: of the table, of partitions, file systems, physical volumes and
volume groups, with every checksum made anew. DIR/truth.jsonl has one line an image; see truth.py for what it holds.
"""
import json
import os
import random
import struct
import sys
import uuid
import zlib

MIB = 1 << 20
# Of twenty images in a row.
MIX = ["gpt-lvm"] * 10 + ["mbr-lvm"] * 4 + ["gpt"] * 2 + ["mbr-4", "mbr-20", "gpt-damaged", "xfs"]
LVM_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def crc32c_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC32C = list(crc32c_table())


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 255] ^ crc >> 8
    return crc  # without the final inversion: ext4 stores it so


def lvm_crc(data):
    return zlib.crc32(data, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


class Image:
    """The bytes of a template that are not a hole, by runs."""

    def __init__(self, path):
        self.bytes = os.path.getsize(path)
        self.runs = []
        with open(path, "rb") as file:
            at = 0
            while True:
                try:
                    at = os.lseek(file.fileno(), at, os.SEEK_DATA)
                except OSError:
                    break
                end = os.lseek(file.fileno(), at, os.SEEK_HOLE)
                file.seek(at)
                self.runs.append((at, bytearray(file.read(end - at))))
                at = end

    def needed(self):
        """The same with what scanners look at: the starts of volumes, root directories of FAT, both ends. Journals and tables of inodes
        would make the images ten times as large."""
        looked_at = lambda at: at % MIB < 32 << 10 or 256 << 10 <= at % MIB < 272 << 10 or at >= self.bytes - (64 << 10)
        blocks = [(at + n, data[n : n + 4096]) for at, data in self.runs for n in range(0, len(data), 4096)]
        self.runs = [(at, block) for at, block in blocks if looked_at(at) and block.strip(b"\0")]
        return self

    def copy(self):
        new = object.__new__(Image)
        new.bytes, new.runs = self.bytes, [(at, bytearray(data)) for at, data in self.runs]
        return new

    def get(self, at, length):
        out = bytearray(length)
        for start, data in self.runs:
            low, high = max(at, start), min(at + length, start + len(data))
            if low < high:
                out[low - at : high - at] = data[low - start : high - start]
        return out

    def put(self, at, new):
        for start, data in self.runs:
            low, high = max(at, start), min(at + len(new), start + len(data))
            if low < high:
                data[low - start : high - start] = new[low - at : high - at]

    def write(self, path):
        with open(path, "wb") as file:
            file.truncate(self.bytes)
            for at, data in self.runs:
                os.pwrite(file.fileno(), data, at)


class Stamp:
    def __init__(self, image, rng):
        self.image, self.rng = image, rng

    def uuid(self):
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def lvm_id(self):
        text = "".join(self.rng.choice(LVM_ALPHABET) for _ in range(32))
        return text, "-".join(text[a:b] for a, b in [(0, 6), (6, 10), (10, 14), (14, 18), (18, 22), (22, 26), (26, 32)])

    def gpt(self, partitions, damaged=False):
        """New GUIDs in both copies; the primary of a damaged one keeps its wrong checksum."""
        disk, unique = self.uuid(), [self.uuid() for _ in range(partitions)]
        for at in (512, self.image.bytes - 512):
            header = self.image.get(at, 92)
            array_at = struct.unpack_from("<Q", header, 72)[0] * 512
            if damaged and at == 512:
                array_at = 1024
            array = self.image.get(array_at, 128 * 128)
            for number, guid in enumerate(unique):
                array[number * 128 + 16 : number * 128 + 32] = guid.bytes_le
            self.image.put(array_at, array)
            header[56:72] = disk.bytes_le
            if not (damaged and at == 512):
                struct.pack_into("<I", header, 88, zlib.crc32(array))
                struct.pack_into("<I", header, 16, 0)
                struct.pack_into("<I", header, 16, zlib.crc32(header))
            self.image.put(at, header)
        return str(disk), [str(guid) for guid in unique]

    def mbr(self):
        number = self.rng.getrandbits(32) | 1
        self.image.put(440, struct.pack("<I", number))
        return f"0x{number:08x}"

    def vfat(self, at):
        number = self.rng.getrandbits(32) | 1
        offset = 67 if self.image.get(at + 82, 5) == b"FAT32" else 39
        self.image.put(at + offset, struct.pack("<I", number))
        return f"{number >> 16:04X}-{number & 0xFFFF:04X}"

    def xfs(self, at):
        new, sector = self.uuid(), self.image.get(at, 512)
        sector[32:48] = new.bytes
        struct.pack_into("<I", sector, 224, 0)
        struct.pack_into("<I", sector, 224, crc32c(sector) ^ 0xFFFFFFFF)
        self.image.put(at, sector)
        return str(new)

    def ext4(self, at):
        new, block = self.uuid(), self.image.get(at + 1024, 1024)
        block[104:120] = new.bytes
        struct.pack_into("<I", block, 1020, crc32c(block[:1020]))
        self.image.put(at + 1024, block)
        return str(new)

    def swap(self, at):
        new = self.uuid()
        self.image.put(at + 1036, new.bytes)
        return str(new)

    def volume_group(self, at, name):
        """A new identifier for the physical volume, and a new name of the old length for its group."""
        label = self.image.get(at + 512, 512)
        old = label[32:64].decode()
        text, dashed = self.lvm_id()
        label[32:64] = text.encode()
        struct.pack_into("<I", label, 16, lvm_crc(label[20:]))
        self.image.put(at + 512, label)
        area = self.image.get(at + 4096, 512)
        offset, length = struct.unpack_from("<QQ", area, 40)
        old = "-".join(old[a:b] for a, b in [(0, 6), (6, 10), (10, 14), (14, 18), (18, 22), (22, 26), (26, 32)])
        new = self.image.get(at + 4096 + offset, length)
        new = new.replace(old.encode(), dashed.encode()).replace(b"fleet00", name.encode())
        assert len(new) == length, "a name of another length"
        self.image.put(at + 4096 + offset, new)
        struct.pack_into("<I", area, 56, lvm_crc(new))
        struct.pack_into("<I", area, 0, lvm_crc(area[4:]))
        self.image.put(at + 4096, area)
        data = at + MIB
        return dashed, name, [
            ["root", 1400 * MIB, 2, "xfs", self.xfs(data)],
            ["swap", 512 * MIB, 1, "swap", self.swap(data + 1200 * MIB)],
            ["home", 600 * MIB, 1, "ext4", self.ext4(data + 1712 * MIB)],
        ]


def stamp(kind, template, number, rng):
    """A new image, and the truth about it."""
    image = template.copy()
    new = Stamp(image, rng)
    truth = {"kind": kind, "bytes": image.bytes, "table": "none", "table_uuid": None, "primary": "missing", "backup": "missing"}
    guids, group = [], None
    if kind.startswith("gpt"):
        truth["table"] = "gpt"
        truth["table_uuid"], guids = new.gpt(4 if kind == "gpt-lvm" else 3, kind == "gpt-damaged")
        truth["primary"] = "damaged" if kind == "gpt-damaged" else "ok"
        truth["backup"] = "ok"
    elif kind.startswith("mbr"):
        truth.update(table="mbr", table_uuid=new.mbr(), primary="ok")

    if kind == "gpt-lvm":
        group = new.volume_group(642 * MIB, f"f{number:06}")
        parts = [(1, 1, "blank", None), (2, 128, "vfat", new.vfat(2 * MIB)), (130, 512, "xfs", new.xfs(130 * MIB))]
        parts.append((642, 3453, "lvm2-pv", group[0]))
    elif kind == "mbr-lvm":
        group = new.volume_group(513 * MIB, f"m{number:06}")
        parts = [(1, 512, "xfs", new.xfs(MIB)), (513, 3583, "lvm2-pv", group[0])]
    elif kind.startswith("gpt"):
        parts = [(1, 128, "vfat", new.vfat(MIB)), (129, 500, "ext4", new.ext4(129 * MIB)), (629, 3466, "blank", None)]
    elif kind == "mbr-4":
        parts = [(1, 500, "ext4", new.ext4(MIB)), (501, 512, "swap", new.swap(501 * MIB))]
        parts += [(1013, 1024, "blank", None), (2037, 2059, "blank", None)]
    elif kind == "mbr-20":
        parts = [(1, 100, "blank", None), (101, 3995, "extended", None)]
        parts += [(102 + n * 101, 100, "blank", None) for n in range(20)]
    else:
        parts = []
    numbers = list(range(1, len(parts) + 1)) if kind != "mbr-20" else [1, 2] + list(range(5, 25))
    truth["partitions"] = [
        [number, start * MIB, size * MIB, content, content_id, guids[i] if guids else None]
        for i, (number, (start, size, content, content_id)) in enumerate(zip(numbers, parts))
    ]
    truth["content"] = ["partitioned", None] if parts else ["xfs", new.xfs(0)]
    truth["group"] = group and [group[1], group[0], group[2]]
    truth["problems"] = ["table-damaged", "table-ignored"] if kind == "gpt-damaged" else []
    return image, truth


def fleet(templates, count, directory):
    """Makes the images; gives their paths."""
    rng = random.Random(20261124)
    kinds = {kind: Image(os.path.join(templates, f"{kind}.img")).needed() for kind in sorted(set(MIX))}
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "truth.jsonl"), "w") as out:
        for number in range(count):
            kind = MIX[number % len(MIX)]
            path = os.path.join(directory, f"{number:06}.img")
            image, truth = stamp(kind, kinds[kind], number, rng)
            image.write(path)
            out.write(json.dumps({"path": path, **truth}) + "\n")


def describe_volumes(count, pv):
    """The text of a volume group with `count` logical volumes of one extent each, for vgcfgrestore."""
    a_id = lambda n: f"BBBBBB-0000-0000-0000-0000-{n:04}-BBBBBB"
    print('contents = "Text Format Volume Group"\nversion = 1\nmany {')
    print(f'id = "{a_id(0)}"\nseqno = 1\nformat = "lvm2"\nstatus = ["RESIZEABLE", "READ", "WRITE"]\nflags = []')
    print("extent_size = 8192\nmax_lv = 0\nmax_pv = 0\nmetadata_copies = 0\nphysical_volumes {\npv0 {")
    print(f'id = "{pv}"\ndevice = "/dev/loop0"\nstatus = ["ALLOCATABLE"]\nflags = []')
    print("dev_size = 33554432\npe_start = 16384\npe_count = 4094\n}\n}\nlogical_volumes {")
    for n in range(count):
        print(f'volume{n} {{\nid = "{a_id(n + 1)}"\nstatus = ["READ", "WRITE", "VISIBLE"]\nflags = []\nsegment_count = 1')
        print('segment1 {\nstart_extent = 0\nextent_count = 1\ntype = "striped"\nstripe_count = 1')
        print(f'stripes = ["pv0", {n}]\n}}\n}}')
    print("}\n}")


if __name__ == "__main__":
    if sys.argv[1] == "--describe-volumes":
        describe_volumes(int(sys.argv[2]), sys.argv[3])
    else:
        fleet(sys.argv[1], int(sys.argv[2]), sys.argv[3])
