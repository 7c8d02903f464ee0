"""Where `_PyRuntime` lies. The table of dynamic symbols is in the memory of the process itself, so a file that was removed or replaced does not matter."""
import posix
import struct

from memory import Unreadable

WANTED = (b'_PyRuntime', b'Py_Version')


class Module:
    """A file that is mapped: its parts in the order of their addresses, (start, end, rights, offset in the file)."""

    def __init__(self, path):
        self.path = path
        self.parts = []

    def start(self):
        return next((part[0] for part in self.parts if part[3] == 0), None)


def open_file(path):
    """A regular file, to be read; None for all else. What has that name may be a pipe by now, which would be waited at."""
    try:
        file = posix.open(path, posix.O_RDONLY | posix.O_NONBLOCK | posix.O_NOCTTY)
    except OSError:
        return None
    if posix.fstat(file).st_mode & 0o170000 == 0o100000:
        return file
    posix.close(file)
    return None


def read_file(path, most):
    """As the kernel gives it: files of /proc have no size."""
    file = posix.open(path, posix.O_RDONLY)
    try:
        pieces = []
        while most > 0:
            piece = posix.read(file, min(most, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            most -= len(piece)
        return b''.join(pieces)
    finally:
        posix.close(file)


def modules_of(maps):
    """All mapped files, and the parts of memory without one that lie right behind a file (its .bss)."""
    modules = {}
    last = None
    for line in maps.split('\n'):
        fields = line.split(None, 5)
        if len(fields) < 5 or '-' not in fields[0]:
            continue
        try:
            start, end = [int(text, 16) for text in fields[0].split('-')]
            offset = int(fields[2], 16)
        except ValueError:
            continue
        path = fields[5] if len(fields) > 5 else ''
        if path.startswith('/'):
            last = modules.setdefault(path, Module(path))
            last.parts.append((start, end, fields[1], offset))
        elif not path and last and last.parts[-1][1] == start:
            last.parts.append((start, end, fields[1], -1))
        else:
            last = None
    return modules


def candidates(modules):
    """A shared libpython first, then what is called python, then all that is executable."""

    def rank(module):
        name = module.path.rsplit('/', 1)[1]
        if name.startswith('libpython'):
            return 0
        return 1 if 'python' in name and '.so' not in name else 2

    runnable = [module for module in modules.values() if any('x' in part[2] for part in module.parts)]
    return sorted(runnable, key=rank)


class Image:
    """One ELF file as it lies in memory (the format: elf(5))."""

    def __init__(self, memory, module):
        self.memory = memory
        self.module = module
        base = module.start()
        if base is None:
            raise Unreadable('no header')
        head = memory.read(base, 64)
        if head[:4] != b'\x7fELF':
            raise Unreadable('no ELF')
        self.foreign = None
        if head[4] != 2:
            self.foreign = 'a program of 32 bits'
        elif head[5] != 1:
            self.foreign = 'a program whose bytes stand in the other order'
        self.machine = struct.unpack_from('<H', head, 18)[0]
        kind, = struct.unpack_from('<H', head, 16)
        table, = struct.unpack_from('<Q', head, 32)
        size, count = struct.unpack_from('<HH', head, 54)
        self.segments = []
        if self.foreign is None and size == 56 and count < 100:
            rows = memory.read(base + table, 56 * count)
            self.segments = [struct.unpack_from('<IIQQQQQQ', rows, 56 * row) for row in range(count)]
        lowest = min([row[3] & ~0xFFF for row in self.segments if row[0] == 1] or [0])
        self.slide = base - lowest if kind == 3 else 0

    def dynamic(self):
        """Entries of PT_DYNAMIC; addresses in it were moved by the loader, or not (musl)."""
        for row in self.segments:
            if row[0] == 2 and row[6] < 1 << 16:
                words = self.memory.words(self.slide + row[3], row[6] // 8)
                return dict(zip(words[0::2], words[1::2]))
        return {}

    def moved(self, address):
        return address if address >= self.slide else address + self.slide

    def symbols(self):
        """Those that are wanted, by the hash table of the loader (DT_GNU_HASH, else DT_HASH)."""
        entries = self.dynamic()
        if 5 not in entries or 6 not in entries:
            return {}
        self.strings, self.table = self.moved(entries[5]), self.moved(entries[6])
        if 0x6FFFFEF5 in entries:
            return self.by_gnu_hash(self.moved(entries[0x6FFFFEF5]))
        if 4 in entries:
            return self.by_hash(self.moved(entries[4]))
        return {}

    def symbol(self, index, name):
        text, _info, _other, section, value, _size = struct.unpack('<IBBHQQ', self.memory.read(self.table + 24 * index, 24))
        if section == 0 or self.memory.read(self.strings + text, len(name) + 1) != name + b'\0':
            return None
        return value + self.slide

    def by_gnu_hash(self, at):
        memory = self.memory
        buckets, first, bloom, _shift = struct.unpack('<4I', memory.read(at, 16))
        found = {}
        for name in WANTED:
            wanted = 5381
            for letter in name:
                wanted = (wanted * 33 + letter) & 0xFFFFFFFF
            chains = at + 16 + 8 * bloom
            index = memory.half(chains + 4 * (wanted % max(buckets, 1))) & 0xFFFFFFFF
            for _ in range(1000):
                if index < first:
                    break
                seen = memory.half(chains + 4 * (buckets + index - first)) & 0xFFFFFFFF
                if seen | 1 == wanted | 1:
                    address = self.symbol(index, name)
                    if address:
                        found[name] = address
                        break
                if seen & 1:
                    break
                index += 1
        return found

    def by_hash(self, at):
        memory = self.memory
        buckets = memory.half(at)
        found = {}
        for name in WANTED:
            wanted = 0
            for letter in name:
                wanted = (wanted << 4) + letter
                high = wanted & 0xF0000000
                wanted = (wanted ^ (high >> 24)) & ~high & 0xFFFFFFFF
            index = memory.half(at + 8 + 4 * (wanted % max(buckets, 1)))
            for _ in range(1000):
                if index <= 0:
                    break
                address = self.symbol(index, name)
                if address:
                    found[name] = address
                    break
                index = memory.half(at + 8 + 4 * (buckets + index))
        return found


def runtime_symbols(memory, modules):
    """(symbols, images that were looked at, the one that has `_PyRuntime` last)"""
    images = []
    for module in candidates(modules)[:200]:
        try:
            image = Image(memory, module)
            images.append(image)
            symbols = image.symbols()
        except (Unreadable, struct.error):
            continue
        if WANTED[0] in symbols:
            return symbols, images
    return {}, images
