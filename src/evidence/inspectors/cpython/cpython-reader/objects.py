"""Objects of CPython as they lie in memory: types, texts, numbers, dictionaries, attributes. Offsets come from layouts.py."""
import struct

from memory import Unreadable

# tp_flags, Include/object.h
INLINE_VALUES = 1 << 2
MANAGED_DICT = 1 << 4
HEAP_TYPE = 1 << 9
INT, LIST, TUPLE, BYTES, STR, DICT, ERROR, TYPE = [1 << bit for bit in range(24, 32)]
# A dictionary, a list or a tuple is looked into up to so many places.
MOST_PLACES = 4096


class Type:
    """What is known of a type: read once, since types rarely change."""

    def __init__(self, memory, layout, address):
        self.address = address
        self.name = memory.text(memory.word(address + layout.type_name))
        self.flags = memory.word(address + layout.type_flags)
        self.basic = memory.number(address + layout.type_basic)
        self.base = memory.word(address + layout.type_base)
        self.dictoffset = memory.number(address + layout.type_dictoffset)
        self.is_heap = bool(self.flags & HEAP_TYPE)
        # The name without its module: a static type is named with it.
        self.short = self.name.rsplit('.', 1)[-1]


class Objects:
    def __init__(self, memory, layout):
        self.memory = memory
        self.layout = layout
        self.types = {}

    def type_at(self, address):
        found = self.types.get(address)
        if found is None:
            if address & 7:
                raise Unreadable('type')
            found = self.types[address] = Type(self.memory, self.layout, address)
        return found

    def type_of(self, address):
        if address & 7:
            raise Unreadable('object')
        return self.type_at(self.memory.word(address + 8))

    def is_builtin(self, address, name):
        """Of a type of the interpreter itself, whatever a class of the program is called."""
        kind = self.type_of(address)
        return kind.name == name and not kind.is_heap

    def text(self, address, most):
        """(text, length): the first characters of a str, in all of its forms (PEP 393)."""
        memory, layout = self.memory, self.layout
        if not self.type_of(address).flags & STR:
            raise Unreadable('str')
        length = memory.number(address + 16)
        state = memory.half(address + 32)
        if length < 0 or length > 1 << 46:
            raise Unreadable('length')
        kind, compact, ascii = (state >> 2) & 7, (state >> 5) & 1, (state >> 6) & 1
        taken = min(length, most)
        if kind == 0:
            # Made by an old C interface and not yet made ready: 3.11 and before.
            if layout.version >= (3, 12):
                raise Unreadable('kind')
            # Of wchar_t, with its own length behind it.
            length = taken = min(memory.number(address + layout.str_compact - 8), 1 << 46)
            at, kind = memory.word(address + layout.str_ascii - 8), 4
            taken = max(min(taken, most), 0)
        elif compact:
            at = address + (layout.str_ascii if ascii else layout.str_compact)
        else:
            at = memory.word(address + layout.str_data)
        data = memory.read(at, taken * kind)
        if kind not in (1, 2, 4):
            raise Unreadable('kind')
        encoding = {1: 'latin-1', 2: 'utf-16-le', 4: 'utf-32-le'}[kind]
        try:
            return data.decode(encoding, 'surrogatepass'), length
        except UnicodeDecodeError:
            return data.decode(encoding, 'replace'), length

    def name(self, address, most=200):
        return self.text(address, most)[0]

    def integer(self, address):
        """An int; None when it has more digits than anybody wants to read."""
        memory, layout = self.memory, self.layout
        tag = memory.number(address + 16)
        if layout.version >= (3, 12):
            digits, sign = (tag & ((1 << 64) - 1)) >> 3, (1, 0, -1, 0)[tag & 3]
        else:
            digits, sign = abs(tag), -1 if tag < 0 else 1
        if digits > 20:
            return None
        value = 0
        for index, digit in enumerate(struct.unpack('<%dI' % digits, memory.read(address + layout.int_digits, 4 * digits))):
            value |= digit << (30 * index)
        return sign * value

    def places(self, address, kind):
        """(length, where the items are) of a list or a tuple."""
        length = self.memory.number(address + 16)
        if length < 0:
            raise Unreadable('length')
        if kind.flags & LIST:
            return length, self.memory.word(address + self.layout.list_items)
        return length, address + self.layout.tuple_items

    def items(self, address, kind, most):
        length, at = self.places(address, kind)
        return self.memory.words(at, min(length, most)), length

    def tuple(self, address, most=MOST_PLACES):
        kind = self.type_of(address)
        if not kind.flags & TUPLE:
            raise Unreadable('tuple')
        return self.items(address, kind, most)[0]

    def keys_of(self, keys):
        """(places used, where they are, their size) of what a dictionary or a class keeps its keys in."""
        memory, layout = self.memory, self.layout
        if layout.version >= (3, 11):
            count = memory.number(keys + layout.keys_count)
            shift = memory.byte(keys + layout.keys_log2)
            if shift > 40:
                raise Unreadable('keys')
            at = keys + layout.keys_indices + (1 << shift)
            width = 24 if memory.byte(keys + layout.keys_kind) == 0 else 16
        else:
            # dk_size and dk_nentries, Objects/dict-common.h of 3.8 to 3.10.
            size, count = memory.number(keys + 8), memory.number(keys + 32)
            if size <= 0 or size > 1 << 40:
                raise Unreadable('keys')
            at = keys + 40 + size * (1 if size <= 0xFF else 2 if size <= 0xFFFF else 4 if size <= 0xFFFFFFFF else 8)
            width = 24
        if count < 0:
            raise Unreadable('keys')
        return count, at, width

    def pairs(self, address, most=MOST_PLACES):
        """(key, value) addresses of a dictionary, at most so many of its places looked at, in the order in which they were put in."""
        layout = self.layout
        keys = self.memory.word(address + layout.dict_keys)
        values = self.memory.word(address + layout.dict_values)
        if values:
            return self.split_pairs(keys, values + (layout.values_first if layout.version >= (3, 11) else 0), most)
        count, at, width = self.keys_of(keys)
        words = self.chunked(at, min(count, most) * width // 8)
        step = width // 8
        return [(words[i - 2], words[i - 1]) for i in range(step, len(words) + 1, step) if words[i - 1]]

    def chunked(self, at, count):
        words = []
        while count > 0:
            part = min(count, 1 << 16)
            words.extend(self.memory.words(at, part))
            at += 8 * part
            count -= part
        return words

    def split_pairs(self, keys, values, most):
        """Of a dictionary, or an object, that shares its keys with others of its class."""
        count, at, width = self.keys_of(keys)
        # A class shares at most 30 keys (SHARED_KEYS_MAX_SIZE); before 3.11 more.
        count = min(count, most, 1024)
        words = self.memory.words(at, count * width // 8)
        step = width // 8
        names = [words[i + step - 2] for i in range(0, len(words), step)]
        held = list(zip(names, self.memory.words(values, count)))
        return [held[place] for place in self.in_order(values, count) if held[place][0] and held[place][1]]

    def in_order(self, values, count):
        """Places of shared keys in the order in which this object got them: since 3.14 a class knows its keys beforehand, by name (get_insertion_order_array(), pycore_dict.h)."""
        if self.layout.version < (3, 14):
            return range(count)
        capacity, size = self.memory.read(values - self.layout.values_first, 2)
        order = self.memory.read(values + 8 * capacity, min(size, count))
        return [place for place in order if place < count]

    def used(self, address):
        return self.memory.number(address + self.layout.dict_used)

    def lookup(self, address, names, most=20000):
        """Values of those keys, {name: address}. Lengths are compared first: reading all names of sys.modules would take long."""
        wanted = {}
        for name in names:
            wanted.setdefault(len(name), []).append(name)
        found = {}
        for key, value in self.pairs(address, most):
            try:
                if self.memory.number(key + 16) not in wanted:
                    continue
                text = self.name(key)
            except Unreadable:
                continue
            if text in names:
                found[text] = value
                if len(found) == len(names):
                    break
        return found

    def module_dict(self, address):
        """md_dict is the first field of a module behind its head."""
        if self.type_of(address).short != 'module':
            raise Unreadable('module')
        return self.memory.word(address + 16)

    def set_items(self, address, most):
        """(addresses of the first items, how many there are)"""
        memory, layout = self.memory, self.layout
        used, mask = memory.number(address + layout.set_used), memory.number(address + layout.set_mask)
        if used < 0 or mask < 0:
            raise Unreadable('set')
        words = self.chunked(memory.word(address + layout.set_table), 2 * min(mask + 1, MOST_PLACES))
        # A removed item has the hash -1, which no other has.
        items = [words[i] for i in range(0, len(words), 2) if words[i] and words[i + 1] != (1 << 64) - 1]
        return items[:most], used

    def attributes(self, address, most):
        """(name, address of the value) of what an instance has: from its dictionary or the values in its place, then from slots."""
        kind = self.type_of(address)
        found = []
        try:
            found.extend((self.name(key), value) for key, value in self.instance_pairs(address, kind)[:most])
        except Unreadable:
            pass
        for _ in range(20):
            if len(found) >= most or not kind.is_heap:
                break
            found.extend(self.slots(address, kind, most - len(found)))
            if not kind.base:
                break
            kind = self.type_at(kind.base)
        return found

    def instance_pairs(self, address, kind):
        memory, layout = self.memory, self.layout
        if kind.flags & MANAGED_DICT and layout.version >= (3, 11):
            return self.managed_pairs(address, kind)
        offset = kind.dictoffset
        if offset < 0:
            # Counted from the end of an object of variable size (a subclass of int or tuple).
            size = abs(memory.number(address + 16))
            item = memory.number(kind.address + layout.type_item)
            offset += (kind.basic + size * item + 7) & ~7
        if offset <= 0 or offset > 1 << 30:
            return []
        held = memory.word(address + offset)
        return self.pairs(held) if held else []

    def managed_pairs(self, address, kind):
        """PEP 659's cousin: where the attributes lie depends on the version (Include/internal/pycore_object.h)."""
        memory, layout = self.memory, self.layout
        keys = memory.word(kind.address + layout.type_keys)
        held = memory.word(address - 24)
        if layout.version >= (3, 13):
            at = address + kind.basic
            # capacity, size, embedded, valid
            if kind.flags & INLINE_VALUES and memory.byte(at + 3):
                return self.split_pairs(keys, at + layout.values_first, 1024)
        elif layout.version >= (3, 12):
            if held & 1:
                return self.split_pairs(keys, held + 1 + layout.values_first, 1024)
        else:
            values = memory.word(address - 32)
            if values:
                return self.split_pairs(keys, values + layout.values_first, 1024)
        return self.pairs(held) if held else []

    def slots(self, address, kind, most):
        """__slots__: members behind the type object (structmember.h), those that hold an object (T_OBJECT_EX)."""
        memory, layout = self.memory, self.layout
        count = memory.number(kind.address + 16)
        if count <= 0 or count > 1000:
            return []
        meta = self.type_of(kind.address)
        found = []
        for index in range(count):
            member = kind.address + meta.basic + layout.member_size * index
            name, sort, offset = struct.unpack('<QIxxxxq', memory.read(member, 24))
            if sort != 16 or offset <= 0 or offset > kind.basic:
                continue
            value = memory.word(address + offset)
            if value:
                found.append((memory.text(name), value))
            if len(found) >= most:
                break
        return found

