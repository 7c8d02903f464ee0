"""A thread that computes, and one that waits for a lock. Ends after a minute."""
import threading
import time

lock = threading.Lock()
lock.acquire()


def waits():
    with lock:
        pass


def step(number):
    return number * 2


def hot(end):
    number = 0
    while time.monotonic() < end:
        number = step(number) & 0xFFFF


threading.Thread(target=waits, name='waits', daemon=True).start()
print('ready', flush=True)
hot(time.monotonic() + 60)
