"""
A pricing service until it is brought down: what --on-crash waits for, and what a core is taken of. Arguments: seconds to live, how, and a file; once there is such a file the main program dies of
`raise` (an exception that nothing catches; a thread lives on for a second), `raise-at-once` (nobody lives on), `exit` (sys.exit), `segfault` (as C code would die) or `abort`. Prints `ready` first.
"""
import os
import sys
import threading
import time


class Order:
    def __init__(self, number):
        self.number = number
        self.quantity = -3
        self.password = 'hunter2'


def price_order(order, how):
    total = order.quantity * 7
    if how == 'segfault' or how == 'abort':
        os.kill(os.getpid(), 11 if how == 'segfault' else 6)
    if how == 'exit':
        sys.exit(3)
    if total < 0:
        raise ValueError('order %d comes to %d' % (order.number, total))
    return total


def pricing(seconds, how, event):
    order = Order(4711)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.path.exists(event):
            price_order(order, how)
        time.sleep(0.005)


def serve(event):
    orders_served = 17
    while not os.path.exists(event):
        time.sleep(0.02)
    time.sleep(1)
    return orders_served


how, event = sys.argv[2:4]
threading.Thread(target=serve, args=(event,), name='serve', daemon=how != 'raise').start()
print('ready', flush=True)
pricing(float(sys.argv[1]), how, event)
