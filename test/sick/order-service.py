"""
What looks into Python: ten threads that call process_order, each with locals worth seeing. Arguments: SECONDS [exit|exec|fork FILE], as for order-service.c: it ends by
itself after SECONDS; the event comes once, when there is such a FILE.
"""
import os
import sys
import threading
import time


def process_order(order, discount):
    total = order['quantity'] * 7 - discount
    time.sleep(0.01)
    return total


def serve(customer):
    order = {'id': 0, 'quantity': 3, 'customer': customer, 'password': 'hunter2'}
    while True:
        order['id'] += 1
        process_order(order, order['id'] % 3)


def happen(event, file):
    while not os.path.exists(file):
        time.sleep(0.005)
    if event == 'exit':
        os._exit(7)
    if event == 'exec':
        os.execv('/proc/self/exe', ['python3', __file__, '120'])
    for _ in range(10):
        child = os.fork()
        if child == 0:
            time.sleep(0.05)
            os._exit(0)
        # A child that is killed takes its parent along: whoever watches the parent sees it.
        if os.WIFSIGNALED(os.waitpid(child, 0)[1]):
            os.kill(os.getpid(), 9)
        time.sleep(0.02)


for at in range(9):
    threading.Thread(target=serve, args=('web',), name='serve-%d' % at, daemon=True).start()
if len(sys.argv) > 3:
    threading.Thread(target=happen, args=sys.argv[2:4], daemon=True).start()
threading.Timer(float(sys.argv[1]), lambda: os._exit(0)).start()
serve('main')
