"""Expressions on the values that were read: names, members, indexes, comparisons, and, or, not. Nothing of the program is run for them."""
import struct

from memory import Unreadable
from objects import DICT, INT, LIST, STR, TUPLE
from values import MASKED, is_secret

# Places of a dictionary or names of an object that are looked through for one key. Characters of a text that are compared.
MOST_LOOKED, LONGEST_COMPARED = 4096, 4096


class Unknown(Exception):
    """It cannot be told: why."""

    pass


class At:
    """An object of the program."""

    def __init__(self, address):
        self.address = address


class Conditions:
    def __init__(self, looking):
        self.looking = looking
        self.objects = looking.objects
        self.memory = looking.memory
        self.layout = looking.program.layout

    def told(self, text, tree, frame):
        """A local variable, as the answer has it."""
        try:
            value = self.value(tree, frame)
        except Unknown as why:
            return {'name': text, 'value': '<%s>' % why}
        except (Unreadable, struct.error):
            return {'name': text, 'value': '<unreadable>'}
        if not isinstance(value, At):
            return {'name': text, 'type': type(value).__name__, 'value': repr(value)}
        kind, shown = self.looking.values.value(value.address)
        is_hidden = any(is_secret(name) for name in names_in(tree)) and kind != 'NoneType'
        return {'name': text, 'type': kind, 'value': MASKED if is_hidden else shown, 'masked': is_hidden or None}

    def truth(self, tree, frame):
        try:
            return self.is_true(self.value(tree, frame))
        except (Unreadable, struct.error):
            raise Unknown('what it asks for could not be read')

    def value(self, tree, frame):
        kind = tree['kind']
        if kind == 'name':
            return self.named(tree['name'], frame)
        if kind == 'member':
            return self.member(self.value(tree['of'], frame), tree['name'])
        if kind == 'index':
            return self.item(self.value(tree['of'], frame), self.plain(self.value(tree['at'], frame)))
        if kind == 'number':
            return number_of(tree['text'])
        if kind == 'text':
            return tree['text']
        if kind == 'constant':
            return {'true': True, 'false': False, 'null': None}[tree['constant']]
        if kind == 'not':
            return not self.is_true(self.value(tree['of'], frame))
        if kind == 'and':
            return self.is_true(self.value(tree['left'], frame)) and self.is_true(self.value(tree['right'], frame))
        if kind == 'or':
            return self.is_true(self.value(tree['left'], frame)) or self.is_true(self.value(tree['right'], frame))
        return compared(tree['operator'], self.plain(self.value(tree['left'], frame)), self.plain(self.value(tree['right'], frame)))

    def named(self, name, frame):
        for known, address in self.looking.frames.locals(frame):
            if known == name:
                return At(address)
        if any(known == name for known, _ in frame.code.names):
            raise Unknown('%s is not set here' % name)
        found = self.objects.lookup(self.memory.word(frame.address + self.layout.frame_globals), [name])
        if name not in found:
            raise Unknown('there is no %s here' % name)
        return At(found[name])

    def member(self, of, name):
        if not isinstance(of, At):
            raise Unknown('a %s has no member %s' % (type(of).__name__, name))
        for known, value in self.objects.attributes(of.address, MOST_LOOKED):
            if known == name:
                return At(value)
        if self.objects.type_of(of.address).flags & (1 << 31):
            mro = self.memory.word(of.address + self.layout.type_mro)
        else:
            mro = self.memory.word(self.objects.type_of(of.address).address + self.layout.type_mro)
        for base in self.objects.tuple(mro, 50):
            held = self.memory.word(base + self.layout.type_dict)
            found = self.objects.lookup(held, [name]) if held else {}
            if name in found:
                return self.of_class(found[name], name)
        raise Unknown('a %s has no member %s' % (self.objects.type_of(of.address).short, name))

    def of_class(self, address, name):
        if self.objects.type_of(address).short in ('property', 'function', 'staticmethod', 'classmethod', 'member_descriptor', 'cached_property'):
            raise Unknown('%s would have to be run: nothing is' % name)
        return At(address)

    def item(self, of, key):
        if not isinstance(of, At):
            raise Unknown('a %s has no items that are told' % type(of).__name__)
        kind = self.objects.type_of(of.address)
        if kind.flags & (LIST | TUPLE):
            length, at = self.objects.places(of.address, kind)
            if isinstance(key, bool) or not isinstance(key, int):
                raise Unknown('a %s is indexed by numbers' % kind.short)
            place = key + length if key < 0 else key
            if not 0 <= place < length:
                raise Unknown('it has %d items, and no [%d]' % (length, key))
            return At(self.memory.word(at + 8 * place))
        if kind.flags & DICT:
            for address, value in self.objects.pairs(of.address, MOST_LOOKED):
                try:
                    if self.plain(At(address)) == key:
                        return At(value)
                except Unknown:
                    pass
            raise Unknown('it has no [%r]%s' % (key, '' if self.objects.used(of.address) <= MOST_LOOKED else ' among its first ones'))
        raise Unknown('a %s would have to be asked for an item: nothing is run' % kind.short)

    def plain(self, value):
        """A number, a text, True, False, None: what can be compared without running anything."""
        if not isinstance(value, At):
            return value
        kind = self.objects.type_of(value.address)
        if kind.name == 'NoneType' and not kind.is_heap:
            return None
        if kind.flags & INT:
            number = self.objects.integer(value.address)
            if number is None:
                raise Unknown('a number of more than 180 digits')
            return bool(number) if kind.name == 'bool' and not kind.is_heap else number
        if kind.name == 'float' and not kind.is_heap:
            return struct.unpack('<d', self.memory.read(value.address + self.layout.float_value, 8))[0]
        if kind.flags & STR:
            text, length = self.objects.text(value.address, LONGEST_COMPARED)
            if length > len(text):
                raise Unknown('a text of %d characters' % length)
            return text
        raise Unknown('a %s would have to compare itself: nothing is run' % kind.short)

    def is_true(self, value):
        if not isinstance(value, At):
            return bool(value)
        kind = self.objects.type_of(value.address)
        if kind.flags & (LIST | TUPLE):
            return self.objects.places(value.address, kind)[0] > 0
        if kind.flags & DICT:
            return self.objects.used(value.address) > 0
        if kind.name in ('set', 'frozenset') and not kind.is_heap:
            return self.objects.set_items(value.address, 0)[1] > 0
        return bool(self.plain(value))


ORDERS = {
    '==': lambda left, right: left == right,
    '!=': lambda left, right: left != right,
    '<': lambda left, right: left < right,
    '<=': lambda left, right: left <= right,
    '>': lambda left, right: left > right,
    '>=': lambda left, right: left >= right,
}


def compared(operator, left, right):
    try:
        return ORDERS[operator](left, right)
    except TypeError:
        raise Unknown('%s and %s have no order' % (type(left).__name__, type(right).__name__))


def number_of(text):
    low = text.lower()
    if '0x' in low:
        return int(low, 16)
    return float(low) if any(mark in low for mark in '.e') else int(low)


def names_in(tree):
    """Of a variable: its own name and those of its members and keys."""
    if tree['kind'] == 'member':
        return [tree['name']] + names_in(tree['of'])
    if tree['kind'] == 'index':
        return names_in(tree['of']) + ([tree['at']['text']] if tree['at']['kind'] == 'text' else [])
    return [tree['name']] if tree['kind'] == 'name' else []
