"""Keeps every order that it ever saw: usage [seconds (120)] [orders a second (2000)]. Ends by itself after the seconds given as first argument."""
import sys
import time

seconds, rate = [int(word) for word in (sys.argv[1:] + ['120', '2000'][len(sys.argv) - 1 :])]


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [number]


class Desk:
    def __init__(self):
        self.kept = []

    def take(self, count):
        for number in range(count):
            self.kept.append(Order(number))
            # What is no leak: made and forgotten.
            Order(number)


desk = Desk()
end = time.monotonic() + seconds
print('takes orders', flush=True)
while time.monotonic() < end:
    desk.take(rate // 20)
    time.sleep(0.05)
