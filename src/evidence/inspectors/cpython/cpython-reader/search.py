"""Where `_PyRuntime` lies when the loader has no symbol for it: a program that exports nothing. Its file may tell, else its data are searched."""
import posix
import struct

from elf import WANTED, candidates, open_file
from layouts import LAYOUTS
from memory import PAGE, Unreadable
from program import COOKIE, X86_64, Blind, Layout, has_version

# Symbols and sections of a file are looked at up to so much of it. Bytes.
LARGEST_TABLE = 16 << 20
# Places that look like the beginning of an interpreter and are tried.
MOST_PLACES_TRIED = 20000


def find_otherwise(program, images):
    for image in images[:20]:
        file = file_of(program, image.module)
        if file is None:
            continue
        try:
            symbols = symbols_of_file(file, image.slide)
        except (OSError, struct.error, OverflowError):
            symbols = {}
        posix.close(file)
        if WANTED[0] in symbols:
            program.machine = image.machine
            program.settle(symbols, 'symbols of its file')
            return
    search_data(program)


def search_data(program):
    program.how = 'search'
    if program.machine != X86_64:
        raise Blind('no symbol _PyRuntime, and a search is known for x86-64 only')
    versions = [version for version in LAYOUTS if any(has_version(name, version) for name in program.names)] or list(LAYOUTS)
    layouts = [Layout(version) for version in versions]
    count = 0
    for place, pointer in pairs_of_equal_words(program.memory, program.modules):
        try:
            program.memory.word(pointer)
        except Unreadable:
            continue
        count += 1
        if count > MOST_PLACES_TRIED:
            break
        for layout in layouts:
            runtime = place - layout.runtime_head
            if layout.version >= (3, 13) and is_described(program.memory, runtime):
                program.described(runtime)
                return
            if program.fits(runtime, layout):
                return
    raise Blind('no interpreter was found in its memory: it may be no CPython, one that is just starting or ending, or a build that is not known')


def is_described(memory, runtime):
    try:
        return memory.read(runtime, 8) == COOKIE
    except Unreadable:
        return False


def file_of(program, module):
    """The file behind a mapping: the very one (map_files) where we may open it, else the one that has its name in the files of the process."""
    if program.memory.tids is not None:
        file = program.memory.file_for(module.path)
        return None if file is None else posix.dup(file)
    pid, first = program.pid, module.parts[0]
    for path in ('/proc/%d/map_files/%x-%x' % (pid, first[0], first[1]), '/proc/%d/root%s' % (pid, module.path)):
        file = open_file(path)
        if file is not None:
            return file
    return None


def sections_of(file):
    head = posix.pread(file, 64, 0)
    if len(head) < 64 or head[:4] != b'\x7fELF' or head[4:6] != b'\2\1':
        return []
    table, = struct.unpack_from('<Q', head, 40)
    size, count, names = struct.unpack_from('<HHH', head, 58)
    if size != 64 or names >= count:
        return []
    rows = [struct.unpack('<IIQQQQIIQQ', posix.pread(file, 64, table + 64 * row)) for row in range(count)]
    texts = posix.pread(file, min(rows[names][5], 1 << 16), rows[names][4])
    return [(texts[row[0] : texts.find(b'\0', row[0])], row) for row in rows]


def symbols_of_file(file, slide):
    """Those of .symtab, which is not loaded and which `strip` takes away; and the section in which 3.13 and later keep the runtime."""
    found = {}
    sections = sections_of(file)
    for name, row in sections:
        if name == b'.PyRuntime':
            found[b'_PyRuntime'] = row[3] + slide
        if row[1] != 2 or row[5] > LARGEST_TABLE or row[6] >= len(sections):
            continue
        strings = sections[row[6]][1]
        texts = posix.pread(file, min(strings[5], LARGEST_TABLE), strings[4])
        table = posix.pread(file, row[5], row[4])
        for wanted in WANTED:
            place = texts.find(b'\0' + wanted + b'\0') + 1
            if place == 0:
                continue
            needle = struct.pack('<I', place)
            at = table.find(needle)
            while at != -1:
                if at % 24 == 0:
                    _text, _info, _other, section, value, _size = struct.unpack_from('<IBBHQQ', table, at)
                    if section:
                        found[wanted] = value + slide
                        break
                at = table.find(needle, at + 1)
    return found


def pairs_of_equal_words(memory, modules):
    """Places in the data of the program where two neighbours are the same pointer, as `interpreters.head` and `.main` are: (address, pointer)."""
    for module in candidates(modules)[:3]:
        for start, end, rights, _offset in module.parts:
            if 'w' not in rights:
                continue
            for piece in range(start, min(end, start + (8 << 20)), 1 << 16):
                size = min(1 << 16, end - piece)
                try:
                    data = struct.unpack('<%dQ' % (size // 8), memory.fetch(piece, size))
                except Unreadable:
                    continue
                previous = 0
                for index, word in enumerate(data):
                    if word == previous and word > 0xFFFF and not word & 7:
                        yield piece + 8 * index - 8, word
                    previous = word
