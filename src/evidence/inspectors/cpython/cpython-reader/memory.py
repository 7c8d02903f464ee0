"""Memory of the process, by pread alone: nothing is attached, nothing is stopped. What is read may lie, so all of it is bounded."""
import posix
import struct
import time

PAGE = 4096
# No address of user space lies beyond, on x86-64 (47 bits) and on aarch64 (48).
HIGHEST = 1 << 48
# A text or a list longer than this is told by its beginning. Bytes.
LONGEST_READ = 1 << 20


class Unreadable(Exception):
    """An address that is none, or a structure that is not what it should be: garbage, or changed while it was read."""

    pass


class Exhausted(Exception):
    """The bound of time or of bytes is reached."""

    pass


class Memory:
    # Of a core: numbers of its threads, and files that it names and that are not to be had.
    tids, missing = None, ()

    def __init__(self, path, seconds, most_bytes):
        self.file = posix.open(path, posix.O_RDONLY)
        self.deadline = time.monotonic() + seconds
        self.left = most_bytes
        self.calls = 0
        self.pages = {}

    def fresh(self):
        """What was read before may have changed; pages are kept only so that one look is of one moment, as near as can be."""
        self.pages = {}

    def check_time(self):
        if time.monotonic() > self.deadline:
            raise Exhausted('time')

    def fetch(self, address, size):
        """From the process, past what is kept."""
        if address < PAGE or address + size > HIGHEST:
            raise Unreadable('address')
        self.calls += 1
        if self.calls & 15 == 0:
            self.check_time()
        self.left -= size
        if self.left < 0:
            raise Exhausted('bytes')
        try:
            got = posix.pread(self.file, size, address)
        except OSError:
            raise Unreadable('unmapped')
        if len(got) != size:
            raise Unreadable('unmapped')
        return got

    def read(self, address, size):
        if size < 0 or size > LONGEST_READ:
            raise Unreadable('size')
        if size == 0:
            return b''
        offset = address & (PAGE - 1)
        if offset + size > PAGE:
            return self.fetch(address, size)
        start = address - offset
        page = self.pages.get(start)
        if page is None:
            page = self.pages[start] = self.fetch(start, PAGE)
        return page[offset : offset + size]

    def words(self, address, count):
        return struct.unpack('<%dQ' % count, self.read(address, 8 * count))

    def word(self, address):
        return struct.unpack('<Q', self.read(address, 8))[0]

    def number(self, address):
        """A signed word: a length, a reference count."""
        return struct.unpack('<q', self.read(address, 8))[0]

    def half(self, address):
        return struct.unpack('<i', self.read(address, 4))[0]

    def byte(self, address):
        return self.read(address, 1)[0]

    def text(self, address, most=120):
        """A text of C, up to its zero byte or so many bytes, or the end of its page."""
        most = min(most, PAGE - (address & (PAGE - 1)))
        return self.read(address, most).split(b'\0')[0].decode('latin-1')
