"""
What 3.13 and later say of their own structures (PEP 768), told wrongly. Argument: the folder of the reader. Prints a line for each lie: what is said instead of stacks.
"""
import struct
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from layouts import LAYOUTS
from memory import Unreadable
from program import COOKIE, Blind, Layout, Program, debug_offsets

RUNTIME = 0x10000


class Image:
    """Memory with nothing but what a runtime says of itself."""

    def __init__(self, words):
        self.data = COOKIE + struct.pack('<%dQ' % len(words), *words)

    def read(self, address, size):
        got = self.data[address - RUNTIME :][:size]
        if address < RUNTIME or len(got) != size:
            raise Unreadable('unmapped')
        return got

    def words(self, address, count):
        return struct.unpack('<%dQ' % count, self.read(address, 8 * count))

    def word(self, address):
        return self.words(address, 1)[0]


def said(version, release=0xF0, is_free=0, **lies):
    layout = Layout(version) if version in LAYOUTS else Layout(max(LAYOUTS))
    names = debug_offsets(version)
    told = {name: getattr(layout, name, 8) for name in names}
    told.update(lies)
    program = Program.__new__(Program)
    program.memory = Image([version[0] << 24 | version[1] << 16 | 8 << 8 | release, is_free] + [told[name] for name in names])
    try:
        program.described(RUNTIME)
    except Blind as blind:
        return blind.why
    return 'believed'


for version in [version for version in LAYOUTS if version >= (3, 13)]:
    # In an image without an interpreter nothing fits: all that comes before was passed.
    print('%d.%d true:' % version, said(version))
    print('%d.%d free:' % version, said(version, is_free=1))
    print('%d.%d candidate:' % version, said(version, release=0xC1))
    print('%d.%d far:' % version, said(version, frame_code=1 << 24))
    print('%d.%d empty:' % version, said(version, kind_size=0))
    print('%d.%d frame:' % version, said(version, frame_size=8 + getattr(Layout(version), 'frame_size')))
    print('%d.%d code:' % version, said(version, code_size=8))
print('later:', said((3, 15)))
print('thread:', said((3, 14), thread_size=840))
