"""One call that holds still, with one variable."""
import sys


def holds(count):
    print('ready', flush=True)
    sys.stdin.read()


holds(7)
