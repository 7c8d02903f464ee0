"""
Reads a process whose memory lies. Arguments: the folder of the reader, the PID, how often, the first seed, and what the reader is asked for. Each time other pages are spoiled; prints a line
`SEED LINES REASON` each, where the reader did what it should: lines of JSON, the last of which says how it ended.
"""
import io
import json
import posix
import random
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import main as reader
from memory import Memory, Unreadable

# What each kind of look is asked; the last key of its answer says how it ended.
WAYS = (['seconds=0.5', 'samples=2', 'between=0'], ['profile=0.05', 'waits=1', 'every=5'], ['seconds=0.5', 'snapshot=1'], ['crash=0.05', 'errors=1'])
STATEMENT = {'kind': 'index', 'of': {'kind': 'member', 'of': {'kind': 'name', 'name': 'self'}, 'name': 'till'}, 'at': {'kind': 'number', 'text': '0'}}
posix.environ[b'HALLIGAN_ASKED'] = json.dumps(
    {'file': 'stacks.py', 'function': 'ring', 'hits': 3, 'seconds': 0.05, 'print': [['self.till[0]', STATEMENT]], 'when': {'kind': 'not', 'of': STATEMENT}}
).encode()

pid, times, first_seed = (int(word) for word in sys.argv[2:5])
asked = sys.argv[5:]


def spoiled(data, address, chance):
    """One of: noise, a length without end, a pointer to nowhere, to itself, to a neighbour, all zeros, or nothing at all."""
    way = chance.randrange(7)
    at = 8 * chance.randrange(max(len(data) // 8, 1))
    words = [1 << 62, (1 << 64) - 1, chance.getrandbits(47), address + at, address + 8 * chance.randrange(512), 0, 8]
    if way == 0:
        return bytes(chance.getrandbits(8) for _ in range(len(data)))
    if way == 1:
        raise Unreadable('unmapped')
    if way == 2:
        return bytes(len(data))
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 5, 60])):
        at = 8 * chance.randrange(max(len(data) // 8, 1))
        if at + 8 <= len(data):
            struct.pack_into('<Q', changed, at, chance.choice(words))
    return bytes(changed)


for seed in range(first_seed, first_seed + times):
    chance = random.Random(seed)
    rate = chance.choice([0.01, 0.05, 0.2, 0.5])
    # The first pages tell where everything is: spoiling those each time would show nothing else.
    spared = chance.choice([0, 20, 60])

    class Lying(Memory):
        def fetch(self, address, size):
            data = Memory.fetch(self, address, size)
            return spoiled(data, address, chance) if self.calls > spared and chance.random() < rate else data

    out, sys.stdout = sys.stdout, io.StringIO()
    try:
        reader.main([str(pid)] + (['seconds=0.5'] + asked if asked else WAYS[seed % len(WAYS)]), Lying)
    finally:
        told, sys.stdout = sys.stdout.getvalue(), out
    lines = [json.loads(line) for line in told.splitlines()]
    assert all(len(line) < 2000000 for line in told.splitlines())
    print(seed, len(lines), next(key for key in ('end', 'counted', 'profiled', 'watched', 'ended', 'blind', 'bound') if key in lines[-1]))
