"""
A target that measures how long it stands still: wakes each half millisecond and prints, every 200 ms, `START LONGEST`: when the window began
(CLOCK_MONOTONIC, ns) and the longest time between two wakes in it (ns). Ten more threads wait, with variables. Ends with its input, or after 10 minutes.
"""
import os
import sys
import threading
import time

WINDOW = 200_000_000
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
except OSError:
    pass


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [{'sku': 'SKU-%d' % line, 'count': line} for line in range(20)]


def waits(order, lock):
    total = sum(line['count'] for line in order.lines)
    note = 'x' * 500
    with lock:
        return total, note


def ends():
    sys.stdin.read()
    os._exit(0)


lock = threading.Lock()
lock.acquire()
for number in range(10):
    threading.Thread(target=waits, args=(Order(number), lock), daemon=True).start()
threading.Thread(target=ends, daemon=True).start()
print('ready', flush=True)
began = last = time.monotonic_ns()
longest = 0
end = began + 600_000_000_000
while last < end:
    time.sleep(0.0005)
    now = time.monotonic_ns()
    longest = max(longest, now - last)
    last = now
    if now - began >= WINDOW:
        print(began, longest, flush=True)
        began = last = time.monotonic_ns()
        longest = 0
