"""
How many objects there are of each type, and what they take: along the lists of the garbage collector, in which every object that may hold others stands (Modules/gcmodule.c; since
3.13 Python/gc.c). Texts, bytes and numbers stand in none, nor do tuples and dictionaries that hold nothing else.
"""
import struct
import time

from memory import Exhausted, PAGE, Unreadable
from objects import DICT, LIST, MANAGED_DICT, TYPE
from threads import Threads

# PyGC_Head, right before its object: next and previous, each with flags in its lowest bits. Then the object: references, type, length, and two words more.
NODE = struct.Struct('<QQqQqQq')
HEAD = 16
HAVE_GC = 1 << 14
# Pages that are kept, so that the reader itself stays below some 20 MB.
MOST_PAGES = 4096
# Of a whole heap. Bytes.
MOST_BYTES = 4 << 30
MOST_TYPES = 3000
# Steps back, to which the walk may return when its place has changed under it: more than a young generation has objects, into which it may have strayed.
TRAIL = 20000
# Of these the last are looked at first.
NEAR = 16
# How often it may do so in all, and how often at one place, a millisecond apart: a collection of a big heap takes some hundred.
MOST_REPAIRS = 100000
PATIENCE = 500
# So often without waiting: that object was just unlinked.
AT_ONCE = 2
# Nothing of Python is longer: it is no length. Items.
LONGEST = 1 << 36
# Their length is none: what runs lies behind them.
FRAMES = ('generator', 'coroutine', 'async_generator')
FRAME = 160
# The newest objects of a list, by which is known that another one now goes over into it.
NEWEST = 100


class Kind:
    """A type, with what was counted of it."""

    def __init__(self, objects, address):
        kind = objects.type_at(address)
        meta = objects.type_of(address)
        if not (kind.flags & HAVE_GC and meta.flags & TYPE and 16 <= kind.basic < 1 << 24):
            raise Unreadable('type')
        self.kind = kind
        self.count = self.bytes = 0
        self.item = objects.memory.number(address + objects.layout.type_item)
        if not 0 <= self.item < 1 << 24:
            raise Unreadable('type')
        self.fixed = kind.basic + HEAD + attributes_size(objects, kind)
        if kind.name in FRAMES and not kind.is_heap:
            self.item, self.fixed = 0, self.fixed + FRAME
        self.grow = table_of(kind)

    def add(self, size, third, fourth):
        self.count += 1
        self.bytes += self.fixed
        if self.item:
            self.bytes += self.item * (abs(size) if abs(size) < LONGEST else 0)
        if self.grow:
            self.bytes += self.grow(size, third, fourth)


def attributes_size(objects, kind):
    """Of the attributes of an instance, which lie apart from it (before 3.11 in a dictionary of its own): as many as instances of its class share."""
    layout = objects.layout
    if not kind.is_heap or not (kind.flags & MANAGED_DICT if layout.version >= (3, 11) else kind.dictoffset > 0):
        return 0
    keys = objects.memory.word(kind.address + layout.type_keys)
    count = min(objects.keys_of(keys)[0], 1024) if keys else 0
    return (24 if layout.version >= (3, 11) else 64) + 8 * count


def table_of(kind):
    if kind.flags & LIST:
        # ob_item, allocated
        return lambda size, third, fourth: 8 * fourth if 0 < fourth < LONGEST else 0
    if kind.flags & DICT:
        return lambda size, third, fourth: dict_table(size)
    if kind.name in ('set', 'frozenset') and not kind.is_heap:
        # used, mask: up to 8 places lie within the object.
        return lambda size, third, fourth: 16 * (fourth + 1) if 8 <= fourth < LONGEST else 0
    return None


def dict_table(used):
    """What a table with so many entries takes (Objects/dictobject.c): a third is kept free, each place has an index."""
    if used <= 0 or used > LONGEST:
        return 0
    places = 8
    while places * 2 < used * 3:
        places *= 2
    width = 1 if places <= 1 << 8 else 2 if places <= 1 << 16 else 4
    return 32 + places * width + (places * 2 // 3) * 24


class Census:
    def __init__(self, program, options):
        self.objects = program.objects
        self.memory = program.memory
        self.layout = program.layout
        self.runtime = program.runtime
        self.left = options['objects']
        self.seconds = options['seconds']
        self.kinds = {}
        self.pages = {}
        self.repairs = 0
        self.cut = None
        self.is_torn = False
        self.counted = set()
        self.newest = set()

    def tell(self, out):
        began = time.monotonic()
        self.memory.deadline, self.memory.left = began + self.seconds, MOST_BYTES
        try:
            self.all()
        except Exhausted as bound:
            self.cut = str(bound)
        # Names are told of what was counted, whatever it took.
        self.memory.deadline, self.memory.left = time.monotonic() + 2, 64 << 20
        kinds = sorted(self.kinds.values(), key=lambda each: -each.bytes)
        for kind in kinds[:MOST_TYPES]:
            out.line({'type': self.name(kind.kind), 'count': kind.count, 'bytes': kind.bytes})
        others = kinds[MOST_TYPES:]
        if others:
            out.line({'others': len(others), 'count': sum(each.count for each in others), 'bytes': sum(each.bytes for each in others)})
        out.line(
            {
                'counted': sum(each.count for each in kinds),
                'cut': self.cut,
                'torn': self.is_torn,
                'ms': round(1000 * (time.monotonic() - began)),
            }
        )

    def all(self):
        for interpreter in Threads(self.objects, self.runtime).interpreters():
            layout = self.layout
            held = self.runtime + layout.runtime_gc if layout.version < (3, 9) else interpreter + layout.interp_gc
            first = held + layout.gc_generations
            if self.memory.word(held + layout.gc_first) != first:
                raise Unreadable('generations')
            size = layout.gc_generation_size
            # The oldest first: what a collection moves on meanwhile is then missed, and never counted twice.
            heads = [held + layout.gc_permanent, first + 2 * size, first + size, first]
            for head in heads:
                self.generation(head, heads)
            if layout.version < (3, 9):
                return

    def generation(self, head, heads):
        """Backwards, the newest first: what was cut is then the oldest. A list that changes is walked on from where it still fits."""
        trail = [head]
        fails = 0
        self.counted = set()
        self.first = None
        while True:
            came = trail[-1]
            try:
                self.walk(came, trail, head)
                break
            except Unreadable:
                fails = 1 if trail[-1] != came else fails + 1
            self.pages.clear()
            self.repairs += 1
            if self.repairs > MOST_REPAIRS or fails > PATIENCE or self.is_astray(trail, heads, fails):
                self.is_torn = True
                break
        self.newest.update(self.first or trail[1:NEWEST])

    def is_astray(self, trail, heads, fails):
        """Whether it has come to the end of another list, and does not know how. Else the walk may go on from the end of the trail."""
        self.memory.check_time()
        if not self.settle(trail, NEAR):
            return False
        before = self.before(trail[-1])
        if before in heads and before != trail[0]:
            return self.settle(trail, TRAIL)
        if fails > AT_ONCE:
            # A collection is going on: it uses the links to count.
            time.sleep(0.001)
        return False

    def settle(self, trail, most):
        """Whether the places walked last still hang together. Where not, an object is gone, or another one has its place: the walk goes back to before it."""
        for index in range(max(1, len(trail) - most), len(trail)):
            try:
                if self.node(trail[index])[0] & ~7 == trail[index - 1]:
                    continue
            except Unreadable:
                pass
            self.counted = set(trail[index:])
            del trail[index:]
            return False
        return True

    def before(self, at):
        try:
            return self.node(at)[1] & ~3
        except Unreadable:
            return 0

    def walk(self, came, trail, head):
        pages, kinds, newest, unpack = self.pages, self.kinds, self.newest, NODE.unpack_from
        at = self.node(came)[1] & ~3
        while at != head:
            if self.left <= 0:
                raise Exhausted('objects')
            offset = at & (PAGE - 1)
            page = pages.get(at - offset)
            if page is None or offset > PAGE - NODE.size:
                later, before, references, address, size, third, fourth = self.node(at)
            else:
                later, before, references, address, size, third, fourth = unpack(page, offset)
            if later & ~7 != came or references == 0:
                raise Unreadable('list')
            if at in newest:
                return
            kind = kinds.get(address)
            if kind is None:
                kind = kinds[address] = Kind(self.objects, address)
            # What was passed before the walk went back is counted already.
            if not self.counted or at not in self.counted:
                kind.add(size, third, fourth)
                self.left -= 1
            came = at
            trail.append(at)
            if len(trail) > 2 * TRAIL:
                self.first = self.first or trail[1:NEWEST]
                del trail[:TRAIL]
            at = before & ~3

    def node(self, at):
        """Of what is not kept yet its whole page: its neighbours were made with it."""
        offset = at & (PAGE - 1)
        if at & 7:
            raise Unreadable('list')
        if offset > PAGE - NODE.size:
            return NODE.unpack(self.memory.fetch(at, NODE.size))
        start = at - offset
        page = self.pages.get(start)
        if page is None:
            if len(self.pages) >= MOST_PAGES:
                self.pages.clear()
            page = self.pages[start] = self.memory.fetch(start, PAGE)
        return NODE.unpack_from(page, offset)

    def name(self, kind):
        """With its module: a type of C has it in its name, a class in its dictionary."""
        if not kind.is_heap:
            return kind.name
        try:
            objects, memory = self.objects, self.memory
            name = objects.name(memory.word(kind.address + self.layout.type_qualname))
            module = objects.lookup(memory.word(kind.address + self.layout.type_dict), ['__module__']).get('__module__')
            module = objects.name(module) if module else 'builtins'
            return name if module == 'builtins' else module + '.' + name
        except (Unreadable, Exhausted, struct.error):
            return kind.name
