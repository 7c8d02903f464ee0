"""
Reads a core that lies. Arguments: the folder of the reader, the core, how often, the first seed. Each time other bytes of what is read are spoiled, of its tables, its notes and its memory; prints
a line `SEED LINES REASON` each, where the reader did what it should: lines of JSON, the last of which says how it ended.
"""
import io
import json
import posix
import random
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import core
import main as reader

path = sys.argv[2]
times, first_seed = (int(word) for word in sys.argv[3:5])
posix.environ[b'HALLIGAN_ASKED'] = json.dumps({'core': path}).encode()
honest = core.pread


def spoiled(data, chance):
    """One of: cut, nothing, noise, or words that are no such number."""
    way = chance.randrange(6)
    if way == 0:
        return data[: chance.randrange(len(data) + 1)]
    if way == 1:
        return b''
    if way == 2:
        return bytes(chance.getrandbits(8) for _ in range(min(len(data), 4096)))
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 5, 60])):
        at = 8 * chance.randrange(max(len(data) // 8, 1))
        if at + 8 <= len(data):
            struct.pack_into('<Q', changed, at, chance.choice([0, 8, 1 << 62, (1 << 64) - 1, chance.getrandbits(47), chance.getrandbits(16)]))
    return bytes(changed)


for seed in range(first_seed, first_seed + times):
    chance = random.Random(seed)
    rate = chance.choice([0.01, 0.05, 0.2, 0.5])
    # The first reads are its tables.
    spared = chance.choice([0, 1, 2, 3, 10, 60])
    calls = [0]

    def lying(file, size, offset):
        data = honest(file, size, offset)
        calls[0] += 1
        return spoiled(data, chance) if calls[0] > spared and chance.random() < rate else data

    core.pread = lying
    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        reader.main(['0', 'core=1', 'errors=1', 'seconds=0.5'])
    finally:
        told, sys.stdout = sys.stdout.getvalue(), out
    lines = [json.loads(line) for line in told.splitlines()]
    print(seed, len(lines), next(key for key in ('end', 'blind', 'bound') if key in lines[-1]))
