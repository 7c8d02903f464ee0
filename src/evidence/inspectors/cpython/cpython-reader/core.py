"""A core in the place of the memory of a process: elf(5), core(5). What it says may lie: every number is bounded, and files that it names are read only where they are what it was made of."""
import posix
import struct
import time

from elf import open_file
from memory import HIGHEST, PAGE, Exhausted, Memory, Unreadable
from program import Blind

TYPE_CORE, LOAD, NOTE = 4, 1, 4
NT_STATUS, NT_FILES, NT_BUILD_ID = 1, 0x46494C45, 3
# Beyond what any process has: bytes of notes, notes, mapped files, files that are opened.
MOST_NOTE_BYTES, MOST_NOTES, MOST_MAPPINGS, MOST_OPENED = 24 << 20, 200000, 65536, 100


class CoreMemory(Memory):
    def __init__(self, asked, seconds, most_bytes):
        self.file = open_file(asked['core'])
        if self.file is None:
            raise Blind('the core is no file that this user may read', '--sudo')
        self.deadline = time.monotonic() + seconds
        self.left = most_bytes
        self.calls = 0
        self.pages = {}
        self.binary = {asked.get('program'): asked.get('binary')} if asked.get('binary') else {}
        self.opened = {}
        self.missing = set()
        rows = segments_of(self.file)
        # (first address, one beyond those that are in the core, one beyond the last, offset in the core, rights)
        self.parts = sorted((row[3], row[3] + min(row[5], row[6]), row[3] + row[6], row[2], row[1]) for row in rows if row[0] == LOAD and row[3] + row[6] <= HIGHEST and row[6])
        self.held = [(part[0],) for part in self.parts if part[1] > part[0]]
        self.tids, self.mappings = {}, []
        for row in rows:
            if row[0] == NOTE:
                self.notes(row[2], min(row[5], MOST_NOTE_BYTES))
        self.mappings.sort()

    def notes(self, offset, size):
        for owner, kind, data in notes_in(pread(self.file, size, offset)):
            self.check_time()
            if owner == b'CORE' and kind == NT_STATUS and len(data) >= 36:
                tid, = struct.unpack_from('<i', data, 32)
                self.tids[tid] = tid
            elif owner == b'CORE' and kind == NT_FILES and not self.mappings:
                self.mappings = mappings_of(data)

    def fetch(self, address, size):
        if address < PAGE or address + size > HIGHEST:
            raise Unreadable('address')
        self.calls += 1
        if self.calls & 15 == 0:
            self.check_time()
        self.left -= size
        if self.left < 0:
            raise Exhausted('bytes')
        pieces = []
        while size > 0:
            piece = self.piece(address, size)
            pieces.append(piece)
            address += len(piece)
            size -= len(piece)
        return b''.join(pieces)

    def piece(self, address, size):
        """Some bytes from there on, one at least: of the core, else of the file that was mapped there."""
        part = last_at(self.parts, address)
        if part and address < part[1]:
            got = pread(self.file, min(size, part[1] - address), part[3] + address - part[0])
        else:
            # The next part may begin within.
            mapping = last_at(self.mappings, address)
            if not mapping or address >= mapping[1]:
                raise Unreadable('not in the core')
            file = self.file_for(mapping[3])
            if file is None:
                raise Unreadable('not in the core')
            got = pread(file, min(size, mapping[1] - address, self.gap(address)), mapping[2] + address - mapping[0])
        if not got:
            raise Unreadable('cut')
        return got

    def gap(self, address):
        """Up to where the core has nothing."""
        index = place_in(self.held, address)
        return self.held[index][0] - address if index < len(self.held) else HIGHEST

    def file_for(self, path):
        """The file that was mapped, if it still is that one: by its build-id, or where nothing has one by its first page."""
        if path not in self.opened:
            self.opened[path] = self.trusted(path) if len(self.opened) < MOST_OPENED else None
            if self.opened[path] is None:
                self.missing.add(path)
        return self.opened[path]

    def trusted(self, path):
        named = self.binary.get(path)
        file = open_file(named or path)
        if file is None:
            return None
        first = next((mapping[0] for mapping in self.mappings if mapping[3] == path and mapping[2] == 0), None)
        part = last_at(self.parts, first) if first is not None else None
        was = pread(self.file, PAGE, part[3] + first - part[0]) if part and first + PAGE <= part[1] else None
        now = pread(file, PAGE, 0)
        if was is None:
            # Without its first page only a person can tell.
            is_it = bool(named)
        else:
            is_it = build_id_of(was) == build_id_of(now) if build_id_of(was) else was == now
        if is_it:
            return file
        posix.close(file)
        return None

    def maps(self):
        """As /proc/PID/maps has it."""
        rows = [(part[0], part[2], rights_of(part[4])) + self.place_of(part[0]) for part in self.parts]
        known = set(row[0] for row in rows)
        # What gdb leaves out of a core altogether: parts of files that were not written to.
        rows.extend((start, end, 'r-xp', offset, path) for start, end, offset, path in self.mappings if start not in known)
        return '\n'.join('%x-%x %s %08x 00:00 0 %s' % row for row in sorted(rows))

    def place_of(self, address):
        mapping = last_at(self.mappings, address)
        return (mapping[2] + address - mapping[0], mapping[3]) if mapping and address < mapping[1] else (0, '')


def last_at(rows, address):
    """The last one that begins there or before, of rows in the order of their beginnings."""
    index = place_in(rows, address)
    return rows[index - 1] if index else None


def place_in(rows, address):
    """Of the first one that begins beyond it."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if rows[middle][0] <= address:
            low = middle + 1
        else:
            high = middle
    return low


def pread(file, size, offset):
    """What is there; nothing where it cannot be read."""
    if size <= 0 or offset < 0 or offset + size > 1 << 62:
        return b''
    try:
        return posix.pread(file, size, offset)
    except OSError:
        return b''


def rights_of(flags):
    return ('r' if flags & 4 else '-') + ('w' if flags & 2 else '-') + ('x' if flags & 1 else '-') + 'p'


def segments_of(file):
    """Rows of the table: type, rights, offset, address, physical address, bytes in the file, bytes in memory, alignment."""
    head = pread(file, 64, 0)
    if len(head) < 64 or head[:4] != b'\x7fELF' or head[4:6] != b'\2\1' or struct.unpack_from('<H', head, 16)[0] != TYPE_CORE:
        raise Blind('it is no core of 64 bits, little-endian')
    table, = struct.unpack_from('<Q', head, 32)
    size, count = struct.unpack_from('<HH', head, 54)
    rows = pread(file, 56 * count, table) if size == 56 else b''
    return [struct.unpack_from('<IIQQQQQQ', rows, 56 * row) for row in range(len(rows) // 56)]


def notes_in(data):
    found, at = [], 0
    while at + 12 <= len(data) and len(found) < MOST_NOTES:
        name, size, kind = struct.unpack_from('<III', data, at)
        begin = at + 12 + (name + 3 & ~3)
        if begin + size > len(data):
            break
        found.append((data[at + 12 : at + 12 + min(name, 16)].split(b'\0')[0], kind, data[begin : begin + size]))
        at = begin + (size + 3 & ~3)
    return found


def mappings_of(data):
    """NT_FILE: (first address, one beyond the last, offset in the file, path)."""
    if len(data) < 16:
        return []
    count, page = struct.unpack_from('<QQ', data)
    if count > min(MOST_MAPPINGS, (len(data) - 16) // 24) or not 0 < page <= 1 << 16:
        return []
    names = data[16 + 24 * count :].split(b'\0')
    found = []
    for index in range(min(count, len(names))):
        start, end, offset = struct.unpack_from('<QQQ', data, 16 + 24 * index)
        path = names[index].decode('utf-8', 'surrogateescape')
        if start < end <= HIGHEST and offset < 1 << 48 and path.startswith('/') and len(path) < 4096 and '\n' not in path:
            found.append((start, end, offset * page, path))
    return found


def build_id_of(page):
    if len(page) < 64 or page[:4] != b'\x7fELF' or page[4:6] != b'\2\1':
        return None
    table, = struct.unpack_from('<Q', page, 32)
    size, count = struct.unpack_from('<HH', page, 54)
    for row in range(count):
        at = table + 56 * row
        if size != 56 or at + 56 > len(page):
            break
        kind, _, offset, _, _, length = struct.unpack_from('<IIQQQQ', page, at)
        if kind == NOTE and offset + length <= len(page):
            for owner, sort, data in notes_in(page[offset : offset + length]):
                if owner == b'GNU' and sort == NT_BUILD_ID and data:
                    return data
    return None
