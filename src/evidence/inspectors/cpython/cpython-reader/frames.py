"""Frames: from the innermost call of a thread, or of a coroutine that waits, outwards."""
import struct

from lines import line_of
from memory import Unreadable

# A table of lines beyond that is of no function that people write. Bytes.
LONGEST_TABLE = 1 << 18
# co_flags
OPTIMIZED = 1
# co_localspluskinds of 3.11 and later
CELL, FREE = 0x40, 0x80
# Frame owners from this on are no calls of Python: entries from C (3.12 and later), of the interpreter too (3.14).
OWNED_BY_C = 3
# Since 3.14 the lowest bit of what a frame holds tells who counts the reference; with both it is a number (Include/internal/pycore_stackref.h).
TAG, NUMBER = 1, 3
MOST_LOCALS = 100
# Steps outwards for each frame that is told.
MOST_ENTRIES = 10


class Code:
    """What does not change of a code object; `stamp` tells whether it still is the same one."""

    def __init__(self, objects, address, stamp):
        memory, layout = objects.memory, objects.layout
        self.address = address
        self.stamp = stamp
        if not objects.is_builtin(address, 'code'):
            raise Unreadable('code')
        self.file = objects.name(memory.word(address + layout.code_file), 500)
        self.name = objects.name(memory.word(address + layout.code_name))
        self.first = memory.half(address + layout.code_first)
        self.flags = memory.half(address + layout.code_flags)
        self.table = bytes_at(objects, memory.word(address + layout.code_lines), LONGEST_TABLE)
        if layout.version >= (3, 11):
            self.qualname = objects.name(memory.word(address + layout.code_qualname))
            names = [(name, 0) for name in self.names_at(objects, layout.code_names)]
            kinds = bytes_at(objects, memory.word(address + layout.code_kinds), 4096)
            self.names = [(name, bool(kind & (CELL | FREE))) for (name, _), kind in zip(names, kinds)]
        else:
            self.qualname = None
            self.names = [(name, False) for name in self.names_at(objects, layout.code_varnames)]
            for place in (layout.code_cellvars, layout.code_freevars):
                self.names.extend((name, True) for name in self.names_at(objects, place))

    def names_at(self, objects, place):
        # All of them: where the next ones begin depends on how many there are.
        return [objects.name(name, 100) for name in objects.tuple(objects.memory.word(self.address + place))]


def bytes_at(objects, address, most):
    size = objects.memory.number(address + 16)
    if size < 0:
        raise Unreadable('bytes')
    return objects.memory.read(address + objects.layout.bytes_data, min(size, most))


class Frame:
    def __init__(self, address, code, at):
        self.address = address
        self.code = code
        self.at = at


def held(word):
    """The address of an object that a frame holds; 0 for none."""
    return 0 if word & NUMBER == NUMBER else word & ~TAG


class Frames:
    def __init__(self, objects):
        self.objects = objects
        self.memory = objects.memory
        self.layout = objects.layout
        self.codes = {}
        self.lines = {}
        self.qualnames = {}

    def code_at(self, address):
        memory, layout = self.memory, self.layout
        stamp = memory.words(address + layout.code_file, 2) + (memory.word(address + layout.code_lines), memory.half(address + layout.code_first))
        found = self.codes.get(address)
        if found is None or found.stamp != stamp:
            found = self.codes[address] = Code(self.objects, address, stamp)
        return found

    def frame_at(self, address):
        """None for an entry from C."""
        memory, layout = self.memory, self.layout
        if layout.version >= (3, 12) and memory.byte(address + layout.frame_owner) >= OWNED_BY_C:
            return None
        code = self.code_at(memory.word(address + layout.frame_code) & ~TAG)
        if layout.version >= (3, 11):
            at = memory.word(address + layout.frame_instr) - (code.address + layout.code_instr)
        else:
            # Counted in instructions since 3.10.
            at = memory.half(address + layout.frame_instr) * (2 if layout.version == (3, 10) else 1)
        return Frame(address, code, at)

    def line(self, frame):
        key = (frame.code.address, frame.code.stamp, frame.at)
        if key not in self.lines:
            self.lines[key] = line_of(self.layout.version, frame.code.table, frame.code.first, frame.at)
        return self.lines[key]

    def innermost(self, thread):
        """Address of the frame that a thread runs, 0 for none."""
        memory, layout = self.memory, self.layout
        if (3, 11) <= layout.version < (3, 13):
            return memory.word(memory.word(thread + layout.thread_cframe) + layout.cframe_frame)
        return memory.word(thread + layout.thread_frame)

    def chain(self, address, most):
        """(frames, why it ends early or None)"""
        frames, seen = [], set()
        while address:
            # Entries from C are not told, and no program has so many of them.
            if len(frames) >= most or len(seen) >= MOST_ENTRIES * most:
                return frames, 'more than %d frames: the outer ones are left out' % most
            if address in seen:
                return frames, 'its frames go round in a circle: it changed while it was read'
            seen.add(address)
            self.memory.check_time()
            try:
                frame = self.frame_at(address)
                address = self.memory.word(address + self.layout.frame_back)
            except (Unreadable, struct.error):
                return frames, 'what called this could not be read'
            if frame:
                frames.append(frame)
        return frames, None

    def locals(self, frame):
        """(name, address) of each local variable that is set, arguments first; of a module or a class body the names that it has set."""
        memory, layout = self.memory, self.layout
        if not frame.code.flags & OPTIMIZED:
            return self.names_of_body(frame)
        found = []
        names = frame.code.names[:MOST_LOCALS]
        values = memory.words(frame.address + layout.frame_values, len(names)) if names else ()
        for (name, is_cell), value in zip(names, values):
            value = held(value)
            if is_cell and value and self.objects.is_builtin(value, 'cell'):
                value = memory.word(value + layout.cell_value)
            # Before 3.11 an argument that a closure uses is named twice, and set once; `.0` is the iterator of a comprehension.
            if value and not name.startswith('.'):
                found.append((name, value))
        return found

    def names_of_body(self, frame):
        held = self.memory.word(frame.address + self.layout.frame_names)
        if not held or not self.objects.type_of(held).name == 'dict':
            return []
        found = []
        for key, value in self.objects.pairs(held):
            name = self.objects.name(key, 100)
            # Modules, functions and classes are what the source says; variables are what it came to.
            if name.startswith('__') or self.objects.type_of(value).short in ('module', 'function', 'type', 'builtin_function_or_method', 'ABCMeta'):
                continue
            found.append((name, value))
        return found[-MOST_LOCALS:]

    def function_name(self, frame):
        """Its qualified name. Before 3.11 only functions know theirs: the one that has this code is looked for where its name would be found."""
        code = frame.code
        if code.qualname is not None:
            return code.qualname
        key = (code.address, code.stamp)
        if key not in self.qualnames:
            from qualnames import searched_name

            self.qualnames[key] = searched_name(self, frame) or code.name
        return self.qualnames[key]
