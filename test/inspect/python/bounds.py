"""
What a process that is made for it, or the kernel, shows to the reader of Python. Argument: the folder of the reader. Prints a line for each thing that is as it should be.
"""
import sys
import types

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import crash
import lines
from frames import Frames
from memory import Exhausted, Unreadable

# A number of lines that goes on and on: each byte asks for the next one.
endless = bytes([0x80 | 13 << 3]) + bytes([0x7F]) * 200000
told = [line for _, line in lines.ranges_of((3, 11), endless + endless, 1)]
assert all(abs(line) < 1 << 40 for line in told), 'lines'
# The longest one that is told: 2**29 in five parts.
longest = bytes([0x80 | 13 << 3, 0x40, 0x40, 0x40, 0x40, 0x40, 0x01])
assert [line for _, line in lines.ranges_of((3, 11), longest, 1)] == [1 + (1 << 29)], 'the longest line'
print('lines')


class Endless:
    """Entries from C without end."""

    checked = 0

    def word(self, address):
        return address + 8

    def check_time(self):
        self.checked += 1


frames = Frames.__new__(Frames)
frames.memory, frames.layout = Endless(), types.SimpleNamespace(frame_back=0)
frames.frame_at = lambda address: None
found, why = frames.chain(8, 50)
assert (found, frames.memory.checked) == ([], 500) and 'more than 50' in why, why
print('frames')


def stat_of(state, flags, code=9):
    return b'812 (a) b) %s ' % state + b' '.join(b'%d' % (flags if at == 5 else at) for at in range(48)) + b' %d\n' % code


def ended(*stats):
    left = list(stats)
    crash.read_file = lambda path, most: left.pop(0) if len(left) > 1 else left[0]
    watch = crash.Crash.__new__(crash.Crash)
    watch.program, watch.options = types.SimpleNamespace(pid=812), {'listens': 0}
    return watch.end()


crash.PATIENCE, crash.LONGEST_EXIT = 0.05, 10.0
# Longer than a process is waited for that has only another memory.
exiting = [stat_of(b'D', 4)] * 100
assert ended(*(exiting + [stat_of(b'Z', 4)])) == ('process', 9), 'a process that is being taken down'
assert ended(stat_of(b'S', 0x400000)) == ('exec', None), 'another program'
crash.LONGEST_EXIT = 0.05
assert ended(stat_of(b'D', 4)) == ('exiting', None), 'for too long'
print('ends')


class Memory:
    def __init__(self, error):
        self.error = error

    def fresh(self):
        pass

    def fetch(self, address, size):
        if self.error:
            raise self.error


def gone(error):
    watch = crash.Crash.__new__(crash.Crash)
    watch.memory, watch.program = Memory(error), types.SimpleNamespace(runtime=8)
    return watch.is_gone()


assert (gone(Exhausted('bytes')), gone(None), gone(Unreadable('unmapped'))) == (False, False, True), 'gone'
print('gone')


class Heavy:
    """Variables of it are more than may be read."""

    def told(self, out, frames, with_locals):
        if with_locals:
            raise Exhausted('bytes')
        return frames


watch = crash.Crash.__new__(crash.Crash)
watch.memory, watch.looking, watch.errors = Memory(None), Heavy(), types.SimpleNamespace(frames=lambda thrown: ['price'])
assert watch.frames(None, 8) == ['price'], 'an exception without its variables'
print('exceptions')
