"""Values in words: what a person would want to see of an object, bounded in depth, items and length. Nothing of the program is run for it."""
import struct

from memory import Unreadable
from objects import BYTES, DICT, ERROR, INT, LIST, STR, TUPLE, TYPE

DEEPEST = 2
# Of a text; the whole value of a local variable is bounded by LONGEST_VALUE. Characters.
LONGEST_TEXT = 120
LONGEST_VALUE = 400
# Items of a container, and attributes of an object: outermost, and within another.
MOST_ITEMS = (10, 6, 3)
MASKED = '<masked>'
# A variable, a key or an attribute in whose name one of these stands holds a secret. The console takes out by their form what has other names.
SECRET_WORDS = (
    'passwd password passwort passphrase passcode pwd secret token jwt bearer credential apikey api_key privkey priv_key private_key '
    'access_key secret_key auth_key signing_key encryption_key session_key sessionid session_id cookie authorization'
).split()
# These alone, or behind a joint: `db_pass`, `auth`.
SECRET_ENDINGS = 'pass pw psk auth pin otp'.split()


def is_secret(name):
    low = name.lower().replace('-', '_')
    if any(word in low for word in SECRET_WORDS):
        return True
    return low.rsplit('_', 1)[-1] in SECRET_ENDINGS


class Values:
    def __init__(self, objects):
        self.objects = objects
        self.memory = objects.memory
        self.layout = objects.layout
        # Names of threads by what `threading.get_ident()` gives: an RLock knows its owner by that.
        self.owners = {}

    def value(self, address):
        """(type, value) of a local variable; never raises but for what is exhausted."""
        try:
            kind = self.objects.type_of(address).short
        except Unreadable:
            return None, '<unreadable>'
        return kind, self.shown(address, 0)

    def shown(self, address, depth, within=()):
        if address in within:
            return '\u2026'
        try:
            text = self.show(address, self.objects.type_of(address), depth, within + (address,))
        except (Unreadable, struct.error, OverflowError, ValueError):
            return '<unreadable>'
        return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + '\u2026'

    def show(self, address, kind, depth, within):
        flags = kind.flags
        if flags & INT:
            return self.number(address, kind)
        if flags & STR:
            return self.string(address)
        if flags & BYTES:
            return self.raw(address + self.layout.bytes_data, self.memory.number(address + 16), '')
        if flags & (LIST | TUPLE):
            return self.sequence(address, kind, depth, within)
        if flags & DICT:
            return self.mapping(address, kind, depth, within)
        if flags & TYPE:
            return "<class '%s'>" % self.class_name(address)
        if flags & ERROR:
            return self.error(address, kind, depth, within)
        if not kind.is_heap or kind.name in HEAP_TYPES_OF_C:
            special = SPECIAL.get(kind.name)
            if special:
                return special(self, address, kind, depth, within)
        return self.instance(address, kind, depth, within)

    def number(self, address, kind):
        value = self.objects.integer(address)
        if kind.name == 'bool' and not kind.is_heap:
            return str(bool(value))
        if value is None:
            return '<int of more than 180 digits>'
        return str(value) if kind.name == 'int' else '%s(%d)' % (kind.short, value)

    def string(self, address):
        text, length = self.objects.text(address, LONGEST_TEXT)
        return repr(text) + (self.more(length - len(text), 'character') if length > len(text) else '')

    def raw(self, at, length, prefix):
        if length < 0:
            raise Unreadable('length')
        data = self.memory.read(at, min(length, LONGEST_TEXT))
        text = '%sb%s' % (prefix, repr(data)[1:])
        return text + (self.more(length - len(data), 'byte') if length > len(data) else '')

    def more(self, count, what):
        return ' \u2026 %d more %s%s' % (count, what, '' if count == 1 else 's')

    def sequence(self, address, kind, depth, within):
        length, _ = self.objects.places(address, kind)
        opening, closing = '[]' if kind.flags & LIST else '()'
        name = '' if kind.name in ('list', 'tuple') else kind.short
        if depth >= DEEPEST and length:
            return '%s%s\u2026 %d%s' % (name, opening, length, closing)
        items, _ = self.objects.items(address, kind, MOST_ITEMS[depth])
        return name + opening + self.joined(items, length, depth, within, length == 1 and opening == '(') + closing

    def joined(self, items, length, depth, within, is_single=False):
        parts = [self.shown(item, depth + 1, within) if item else '<empty>' for item in items]
        if length > len(items):
            parts.append('\u2026 %d more' % (length - len(items)))
        return ', '.join(parts) + (',' if is_single else '')

    def mapping(self, address, kind, depth, within):
        used = self.objects.used(address)
        name = '' if kind.name == 'dict' else kind.short
        if depth >= DEEPEST and used:
            return '%s{\u2026 %d}' % (name, used)
        most = MOST_ITEMS[depth]
        parts = []
        for key, value in self.objects.pairs(address, 4 * most)[:most]:
            parts.append('%s: %s' % (self.shown(key, depth + 1, within), self.held(key, value, depth, within)))
        if used > len(parts):
            parts.append('\u2026 %d more' % (used - len(parts)))
        return name + '{' + ', '.join(parts) + '}'

    def held(self, key, value, depth, within):
        try:
            if is_secret(self.objects.name(key)):
                return MASKED
        except Unreadable:
            pass
        return self.shown(value, depth + 1, within)

    def error(self, address, kind, depth, within):
        given = self.memory.word(address + self.layout.error_args)
        if not given:
            return kind.short + '()'
        items = self.objects.tuple(given, MOST_ITEMS[depth])
        return '%s(%s)' % (kind.short, self.joined(items, self.memory.number(given + 16), depth, within))

    def class_name(self, address):
        kind = self.objects.type_at(address)
        if kind.is_heap:
            return self.objects.name(self.memory.word(address + self.layout.type_qualname))
        return kind.name

    def instance(self, address, kind, depth, within):
        if depth >= DEEPEST:
            return '<%s>' % kind.short
        most = MOST_ITEMS[depth]
        found = self.objects.attributes(address, most + 1)
        parts = []
        for name, value in found[:most]:
            parts.append('%s=%s' % (name, MASKED if is_secret(name) else self.shown(value, depth + 1, within)))
        if len(found) > most:
            parts.append('\u2026')
        return '<%s%s>' % (kind.short, ''.join(' ' + part for part in parts))

    # What the interpreter itself makes, by the name of its type.

    def none(self, *_):
        return 'None'

    def floating(self, address, *_):
        return repr(struct.unpack('<d', self.memory.read(address + self.layout.float_value, 8))[0])

    def complex(self, address, *_):
        return repr(complex(*struct.unpack('<dd', self.memory.read(address + self.layout.complex_value, 16))))

    def set(self, address, kind, depth, within):
        items, used = self.objects.set_items(address, MOST_ITEMS[depth] if depth < DEEPEST else 0)
        text = '{%s}' % self.joined(items, used, depth, within)
        return text if kind.name == 'set' and used else '%s(%s)' % (kind.name, text if used else '')

    def bytearray(self, address, *_):
        start = self.memory.word(address + self.layout.bytearray_start)
        return self.raw(start, self.memory.number(address + 16), 'bytearray ') if start else "bytearray b''"

    def cell(self, address, kind, depth, within):
        held = self.memory.word(address + self.layout.cell_value)
        return self.shown(held, depth, within) if held else '<empty cell>'

    def function(self, address, *_):
        return '<function %s>' % self.objects.name(self.memory.word(address + self.layout.function_qualname))

    def method(self, address, *_):
        function = self.memory.word(address + self.layout.method_function)
        owner = self.objects.type_of(self.memory.word(address + self.layout.method_self)).short
        if self.objects.is_builtin(function, 'function'):
            return '<method %s of a %s>' % (self.objects.name(self.memory.word(function + self.layout.function_qualname)), owner)
        return '<method of a %s>' % owner

    def builtin(self, address, *_):
        # m_ml, whose first field is ml_name.
        return '<built-in %s>' % self.memory.text(self.memory.word(self.memory.word(address + 16)))

    def module(self, address, *_):
        found = self.objects.lookup(self.memory.word(address + 16), ['__name__'])
        return '<module %s>' % (self.objects.name(found['__name__']) if found else '?')

    def code(self, address, *_):
        return '<code %s>' % self.objects.name(self.memory.word(address + self.layout.code_name))

    def generator(self, address, kind, *_):
        return '<%s %s>' % (kind.name, self.objects.name(self.memory.word(address + self.layout.gen_qualname)))

    def weakref(self, address, kind, depth, within):
        target = self.memory.word(address + self.layout.weakref_object)
        return '<weakref to %s>' % self.shown(target, DEEPEST, within)

    def lock(self, address, *_):
        # Modules/_threadmodule.c to 3.13: the lock, the list of weak references, whether it is held. Since 3.14 a PyMutex, whose lowest bit tells it.
        is_held = self.memory.byte(address + 16) & 1 if self.layout.version >= (3, 14) else self.memory.byte(address + 32) == 1
        return '<lock, held>' if is_held else '<lock, free>'

    def rlock(self, address, *_):
        # The same file: the lock, its owner, how often it was taken.
        owner, count = self.memory.words(address + 24, 2)
        if self.layout.version >= (3, 14):
            # A _PyRecursiveMutex: how often it was taken again.
            count = count + 1 if self.memory.byte(address + 16) & 1 else 0
        if not count:
            return '<RLock, free>'
        who = self.owners.get(owner)
        return '<RLock, held %s by %s>' % ('once' if count == 1 else '%d times' % count, who or 'thread 0x%x' % owner)

    def deque(self, address, kind, depth, within):
        # Modules/_collectionsmodule.c: length, blocks of 64 items between two links, place in the first one.
        length = self.memory.number(address + 16)
        block, _right, left = self.memory.words(address + 24, 3)
        if length < 0 or left > 63:
            raise Unreadable('deque')
        taken = min(length, MOST_ITEMS[depth], 64 - left) if depth < DEEPEST else 0
        items = self.memory.words(block + 8 + 8 * left, taken)
        return 'deque([%s])' % self.joined(items, length, depth, within)


# Types that C modules make at run time (3.9 and later for some), known by their full name.
HEAP_TYPES_OF_C = {'_thread.lock', '_thread.RLock', 'collections.deque'}
SPECIAL = {
    'NoneType': Values.none,
    'float': Values.floating,
    'complex': Values.complex,
    'set': Values.set,
    'frozenset': Values.set,
    'bytearray': Values.bytearray,
    'cell': Values.cell,
    'function': Values.function,
    'method': Values.method,
    'builtin_function_or_method': Values.builtin,
    'module': Values.module,
    'code': Values.code,
    'generator': Values.generator,
    'coroutine': Values.generator,
    'async_generator': Values.generator,
    'weakref': Values.weakref,
    'weakref.ReferenceType': Values.weakref,
    '_thread.lock': Values.lock,
    '_thread.RLock': Values.rlock,
    'collections.deque': Values.deque,
}
