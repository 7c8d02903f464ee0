"""Threads that hold still in all kinds of calls. Prints, as JSON, the stacks as Python itself gives them; then waits for the end of its input."""
import functools
import json
import os
import sys
import threading

held = threading.Lock()
held.acquire()
began = threading.Semaphore(0)


def wait():
    began.release()
    held.acquire()
    held.release()


def decorated(function):
    @functools.wraps(function)
    def around(*arguments):
        return function(*arguments)

    return around


class Shop:
    class Till:
        def ring(self):
            wait()

    def sell(self):
        self.Till().ring()

    @classmethod
    def open(cls):
        cls().sell()

    @staticmethod
    def unlock(count):
        return Shop.open() if count == 0 else Shop.unlock(count - 1)

    @property
    def stock(self):
        return Shop.unlock(2)

    @decorated
    def walk_in(self):
        return self.stock


def numbers():
    yield 1
    wait()
    yield 2


def through_generators():
    def inner():
        yield from numbers()

    return [
        number
        for number in inner()
        if number
    ]


def through_many_lines():
    return max(
        1,
        2,
        (lambda value: [
            value,
            wait(),
        ])(
            3
        ),
    )


def through_a_class_body():
    class Inside:
        attribute = 1
        wait()


def through_text():
    exec('def made(count):\n    if count:\n        made(count - 1)\n    else:\n\n        wait()\n\nmade(3)', {'wait': wait})


def through_with_and_try():
    try:
        with open(os.devnull) as nothing:
            for line in [1, 2]:
                try:
                    raise ValueError(line)
                except ValueError:
                    wait()
                finally:
                    nothing.read()
    finally:
        pass


def through_sort():
    return sorted([2, 1], key=lambda number: wait())


def through_a_long_function():
    exec('def long():\n' + ''.join('    x%d = %d\n' % (n, n) for n in range(1000)) + '    wait()\n' + '    y = 1\n' * 300 + 'long()', {'wait': wait})


def deep(count=150):
    return deep(count - 1) if count else wait()


WAYS = [
    Shop().walk_in,
    through_generators,
    through_many_lines,
    through_a_class_body,
    through_text,
    through_with_and_try,
    through_sort,
    through_a_long_function,
    deep,
]
threads = [threading.Thread(target=way, name='way-%d' % index, daemon=True) for index, way in enumerate(WAYS)]
for thread in threads:
    thread.start()
for thread in threads:
    began.acquire()
# The last step into the lock is C code, so that lines do not change any more once all have begun and hold still.
import time

time.sleep(0.1)
stacks = {}
for thread in threads:
    frame, calls = sys._current_frames()[thread.ident], []
    while frame:
        calls.append([getattr(frame.f_code, 'co_qualname', frame.f_code.co_name), frame.f_code.co_filename, frame.f_lineno])
        frame = frame.f_back
    stacks[thread.name] = {'calls': calls, 'tid': thread.native_id}
print(json.dumps(stacks), flush=True)
sys.stdin.read()
