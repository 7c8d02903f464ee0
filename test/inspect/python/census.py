"""
Objects of a type of its own, in a number that is told with how many of each type the collector itself knows. It then holds still, or with the argument `busy` makes and forgets others
without end.
"""
import collections
import gc
import json
import sys
import threading


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [number]


class Slotted:
    __slots__ = ('held',)


orders = [Order(number) for number in range(12000)]
slotted = [Slotted() for _ in range(700)]
gc.collect()
counts = collections.Counter(type(each).__name__ for each in gc.get_objects())
print(json.dumps(counts), flush=True)
if 'busy' in sys.argv:
    threading.Thread(target=sys.stdin.read, daemon=True).start()
    passing = {}
    number = 0
    while True:
        number += 1
        passing[number * 7919 % 3000] = Order(number)
sys.stdin.read()
