"""
A checkout service that books carts with totals below zero: a discount is taken from a cart whatever the cart comes to. Beside it `search` uses all of the processor that
it gets, and `refresh` holds the lock of the stock while it waits for a warehouse that never answers (127.0.0.1:7433), so that each `reserve` waits for that lock.
Prints `ready` once all of that is so. Argument: seconds to live.
"""
import socket
import sys
import threading
import time


class Cart:
    def __init__(self, number):
        self.number = number
        self.prices = [5, 20] if number % 3 else [2]
        self.discount = 10
        self.voucher_token = 'tok-%d' % number


def price(cart):
    total = 0
    for each in cart.prices:
        total += each
    # The discount may be more than that.
    total -= cart.discount
    book(cart, total)
    return total


def book(cart, total):
    time.sleep(0.02)


def checkout():
    number = 0
    while True:
        number += 1
        price(Cart(number))


def search():
    found = 0
    while True:
        found = (found * 31 + 7) % 1009


def refresh():
    with stock:
        begun.release()
        warehouse.recv(100)


def reserve():
    begun.release()
    with stock:
        pass


stock = threading.Lock()
begun = threading.Semaphore(0)
silent = socket.socket()
silent.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
silent.bind(('127.0.0.1', 7433))
silent.listen()
warehouse = socket.create_connection(('127.0.0.1', 7433))
for job, name, count in ((refresh, 'refresh', 1), (reserve, 'reserve', 3), (checkout, 'checkout', 2), (search, 'search', 3)):
    for at in range(count):
        threading.Thread(target=job, name='%s-%d' % (name, at + 1), daemon=True).start()
    if job in (refresh, reserve):
        for _ in range(count):
            begun.acquire()
print('ready', flush=True)
time.sleep(float(sys.argv[1]))
