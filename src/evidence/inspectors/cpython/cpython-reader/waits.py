"""What a waiting thread waits for: its system call, the file behind the descriptor, or the GIL; and both ends of the sockets that were seen."""
import posix
import time

from elf import read_file
from memory import Unreadable

# Numbers of system calls by e_machine: x86-64, aarch64.
FUTEX = {62: (202,), 183: (98,)}
POLL = {62: (7, 271), 183: (73,)}
# Different waits that are told apart; what comes beyond them is one more.
MOST_WAITS = 2000
# The words of the GIL, with its mutexes and conditions, lie around its flag. Bytes before and behind it.
AROUND_GIL = (64, 400)
# Tables of sockets may be long: they are read once in so many seconds, so many bytes of each.
TABLES_EVERY, LONGEST_TABLE_OF_SOCKETS = 1.0, 2 << 20


class Waits:
    def __init__(self, program, memory):
        self.program = program
        self.memory = memory
        self.numbers = {}
        self.inodes = set()
        self.sockets = {}
        self.looked = 0.0

    def of(self, tid, state, gils):
        """The number of what this thread waits for."""
        key = self.key(tid, state, gils)
        if key not in self.numbers and len(self.numbers) >= MOST_WAITS:
            key = (None, (), None, None, False, state)
        return self.numbers.setdefault(key, len(self.numbers))

    def key(self, tid, state, gils):
        """(call, arguments, descriptor, channel, whether it is the GIL, state): without addresses, which differ each time."""
        words = self.words(tid, 'syscall')
        if len(words) < 7:
            return None, (), None, self.channel(tid), False, state
        call, given = int(words[0]), [int(word, 16) for word in words[1:7]]
        machine = self.program.machine
        if call in FUTEX.get(machine, ()):
            return call, (0, given[1]), None, None, any(low <= given[0] < high for low, high in gils), state
        at = self.polled(given) if call in POLL.get(machine, ()) and given[1] == 1 else given[0]
        opened = self.opened(at)
        return call, tuple(small(value) for value in given[:2]), opened, self.channel(tid) if state == 'D' else None, False, state

    def words(self, tid, name):
        try:
            return read_file('/proc/%d/task/%d/%s' % (self.program.pid, tid, name), 400).split()
        except OSError:
            return []

    def channel(self, tid):
        words = self.words(tid, 'wchan')
        return words[0].decode('latin-1') if words and words[0] != b'0' else None

    def polled(self, given):
        """struct pollfd begins with the descriptor (poll(2))."""
        try:
            return self.memory.half(given[0])
        except Unreadable:
            return -1

    def opened(self, at):
        if not 0 <= at < 1 << 20:
            return None
        try:
            target = posix.readlink('/proc/%d/fd/%d' % (self.program.pid, at))
        except OSError:
            return None
        if target.startswith('socket:['):
            self.inodes.add(target[8:-1])
            if target[8:-1] not in self.sockets and time.monotonic() > self.looked + TABLES_EVERY:
                self.tables()
        return target

    def tables(self):
        self.looked = time.monotonic()
        for protocol in ('tcp', 'tcp6', 'udp', 'udp6', 'unix'):
            try:
                table = read_file('/proc/%d/net/%s' % (self.program.pid, protocol), LONGEST_TABLE_OF_SOCKETS).decode('utf-8', 'replace')
            except OSError:
                continue
            for row in table.split('\n')[1:]:
                words = row.split()
                place = 6 if protocol == 'unix' else 9
                if len(words) > place and words[place] in self.inodes:
                    ends = words[5:6] + words[4:5] + words[7:8] if protocol == 'unix' else words[1:5]
                    self.sockets[words[place]] = ' '.join([protocol.rstrip('6'), words[place]] + ends)

    def tell(self, out):
        if self.inodes - set(self.sockets):
            self.tables()
        for (call, given, opened, channel, is_gil, state), number in sorted(self.numbers.items(), key=lambda item: item[1]):
            args = ['0x%x' % value for value in given]
            out.line({'waits': number, 'call': call, 'args': args, 'open': opened, 'channel': channel, 'gil': is_gil, 'state': state})
        for row in sorted(self.sockets.values()):
            out.line({'socket': row})


def small(value):
    """What is an address, and not a number or a negative one, is of no use."""
    return value if value < 1 << 32 or value >= (1 << 64) - 4096 else 0


def gils_of(threads, interpreters):
    """Where the words of the GIL lie, of each interpreter."""
    layout, found = threads.layout, []
    for interpreter in interpreters:
        base = threads.runtime if layout.version < (3, 12) else threads.memory.word(interpreter + layout.interp_gil)
        found.append((base + layout.gil_locked - AROUND_GIL[0], base + layout.gil_locked + AROUND_GIL[1]))
    return found
