"""A local variable for each kind of value, with how it has to be told: prints what is expected as JSON, then holds still in `hold`."""
import collections
import json
import sys
import threading
import weakref


class Plain:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Cart:
    def __init__(self):
        self.id = 7
        self.total = -3
        self.customer = 'ann'
        self.password = 'hunter2'
        self.items = [1, 2.5, None, True]

    def price(self):
        return self.total


class Slotted:
    __slots__ = ('first', 'second', 'never')

    def __init__(self):
        self.first = 1
        self.second = 'zwei'


class SlottedChild(Slotted):
    __slots__ = ('third',)

    def __init__(self):
        super().__init__()
        self.third = 3


class SlottedWithDict(Slotted):
    def __init__(self):
        super().__init__()
        self.more = 4


class Number(int):
    pass


class Text(str):
    pass


class Pair(tuple):
    pass


class Table(dict):
    pass


class Meta(type):
    pass


class Made(metaclass=Meta):
    pass


class Broken(ValueError):
    pass


def grown():
    """More attributes than its class shares: they have a dictionary of their own."""
    it = Plain()
    for index in range(40):
        setattr(it, 'a%d' % index, index)
    return it


def changed():
    """Attributes were removed and put in again, in another order."""
    it = Cart()
    del it.id
    it.id = 8
    return it


def nested():
    return {'a': {'b': {'c': {'d': 1}}}, 'l': [[[[1]]]]}


def cyclic():
    it = []
    it.append(it)
    return it


def once_held():
    lock = threading.RLock()
    lock.acquire()
    lock.acquire()
    return lock


def removed():
    it = {index: index for index in range(6)}
    del it[0], it[3]
    return it


def removed_from_set():
    it = {1, 2, 3, 4}
    it.discard(2)
    return it


LOCK = threading.Lock()
CART = Cart()
E = '\u2026'
# Since 3.11 the class keeps the order of names, and the instance its own one apart, which is read since 3.14.
CHANGED = (
    "<Cart id=8 total=-3 customer='ann' password=<masked> items=[1, 2.5, None, True]>"
    if (3, 11) <= sys.version_info < (3, 14)
    else "<Cart total=-3 customer='ann' password=<masked> items=[1, 2.5, None, True] id=8>"
)
CASES = [
    ('0', '0'),
    ('-1', '-1'),
    ('2**30', '1073741824'),
    ('-(2**30)', '-1073741824'),
    ('2**62', '4611686018427387904'),
    ('-(2**80)', '-1208925819614629174706176'),
    ('10**500', '<int of more than 180 digits>'),
    ('True', 'True'),
    ('False', 'False'),
    ('None', 'None'),
    ('1.5', '1.5'),
    ('-0.0', '-0.0'),
    ('float("nan")', 'nan'),
    ('float("-inf")', '-inf'),
    ('1+2j', '(1+2j)'),
    ('""', "''"),
    ('"ascii"', "'ascii'"),
    ('"it\'s"', '"it\'s"'),
    ('"a\\nb\\x00\\x1b[31m"', "'a\\nb\\x00\\x1b[31m'"),
    ('"caf\\xe9"', "'caf\xe9'"),
    ('"\\u20ac \\u4e2d"', "'\u20ac \u4e2d'"),
    ('"\\U0001f600!"', "'\U0001f600!'"),
    ('"\\ud800x"', "'\\ud800x'"),
    ('"x" * 5000', "'" + 'x' * 120 + "' " + E + ' 4880 more characters'),
    ('Text("sub")', "'sub'"),
    ('b""', "b''"),
    ('b"\\0abc\\xff"', "b'\\x00abc\\xff'"),
    ('b"y" * 1000', "b'" + 'y' * 120 + "' " + E + ' 880 more bytes'),
    ('bytearray(b"hey")', "bytearray b'hey'"),
    ('[]', '[]'),
    ('[1, "a", None]', "[1, 'a', None]"),
    ('list(range(1000000))', '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ' + E + ' 999990 more]'),
    ('[[1, 2, 3, 4, 5, 6, 7, 8]]', '[[1, 2, 3, 4, 5, 6, ' + E + ' 2 more]]'),
    ('()', '()'),
    ('(1,)', '(1,)'),
    ('(1, 2)', '(1, 2)'),
    ('Pair((1, 2))', 'Pair(1, 2)'),
    ('{}', '{}'),
    ('{"a": 1, 2: "b", (3,): None}', "{'a': 1, 2: 'b', (3,): None}"),
    ('dict.fromkeys(range(300))', '{0: None, 1: None, 2: None, 3: None, 4: None, 5: None, 6: None, 7: None, 8: None, 9: None, ' + E + ' 290 more}'),
    ('{str(i): i for i in range(70000)}', "{'0': 0, '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6, '7': 7, '8': 8, '9': 9, " + E + ' 69990 more}'),
    ('removed()', '{1: 1, 2: 2, 4: 4, 5: 5}'),
    ('nested()', "{'a': {'b': {" + E + " 1}}, 'l': [[" + E + ' 1]]}'),
    ('cyclic()', '[' + E + ']'),
    ('Table(x=1)', "Table{'x': 1}"),
    ('collections.OrderedDict(x=1)', "OrderedDict{'x': 1}"),
    ('collections.defaultdict(list, {"q": [1]})', "defaultdict{'q': [1]}"),
    ('set()', 'set()'),
    ('{1, 2, 3}', '{1, 2, 3}'),
    ('removed_from_set()', '{1, 3, 4}'),
    ('frozenset("a")', "frozenset({'a'})"),
    ('collections.deque([1, 2, 3])', 'deque([1, 2, 3])'),
    ('collections.deque(range(500), 100)', 'deque([400, 401, 402, 403, 404, 405, 406, 407, 408, 409, ' + E + ' 90 more])'),
    ('Cart()', "<Cart id=7 total=-3 customer='ann' password=<masked> items=[1, 2.5, None, True]>"),
    ('changed()', CHANGED),
    ('[Cart()]', "[<Cart id=7 total=-3 customer='ann' password=<masked> items=[" + E + ' 4]>]'),
    ('{"cart": [Cart()]}', "{'cart': [<Cart>]}"),
    ('Plain()', '<Plain>'),
    ('grown()', '<Plain a0=0 a1=1 a2=2 a3=3 a4=4 a5=5 a6=6 a7=7 a8=8 a9=9 ' + E + '>'),
    ('Slotted()', "<Slotted first=1 second='zwei'>"),
    ('SlottedChild()', "<SlottedChild third=3 first=1 second='zwei'>"),
    ('SlottedWithDict()', "<SlottedWithDict more=4 first=1 second='zwei'>"),
    ('Number(5)', 'Number(5)'),
    ('ValueError("bad", 3)', "ValueError('bad', 3)"),
    ('Broken()', 'Broken()'),
    ('Cart', "<class 'Cart'>"),
    ('Made', "<class 'Made'>"),
    ('int', "<class 'int'>"),
    ('nested', '<function nested>'),
    ('CART.price', '<method Cart.price of a Cart>'),
    ('len', '<built-in len>'),
    ('sys', '<module sys>'),
    ('nested.__code__', '<code nested>'),
    ('(x for x in [1])', '<generator hold.<locals>.<genexpr>>'),
    ('weakref.ref(CART)', '<weakref to <Cart>>'),
    ('threading.Lock()', '<lock, free>'),
    ('LOCK', '<lock, held>'),
    ('threading.RLock()', '<RLock, free>'),
    ('once_held()', '<RLock, held 2 times by thread {pid} (MainThread)>'),
    ('{"DB_PASSWORD": "x", "note": "y", "api-key": 1}', "{'DB_PASSWORD': <masked>, 'note': 'y', 'api-key': <masked>}"),
]


def source():
    lines = ['def hold():']
    lines += ['    v%d = %s' % (index, case[0]) for index, case in enumerate(CASES)]
    lines += ['    session_token = "abc"', '    captured = "by the inner one"', '    def inner():', '        return captured, v0']
    lines += ['    print(told, flush=True)', '    sys.stdin.read()', '    return inner']
    return '\n'.join(lines)


import os

LOCK.acquire()
expected = {'v%d' % index: case[1].replace('{pid}', str(os.getpid())) for index, case in enumerate(CASES)}
expected.update(session_token='<masked>', captured="'by the inner one'", inner='<function hold.<locals>.inner>')
told = json.dumps({'expected': expected, 'expressions': {'v%d' % index: case[0] for index, case in enumerate(CASES)}})
exec(compile(source(), 'values-of-hold', 'exec'))
hold()
