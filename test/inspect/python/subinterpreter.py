"""A thread that runs a function in a subinterpreter, which sleeps there."""
import sys
import threading

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

TEXT = '''
import time
def inside(count):
    print("began", flush=True)
    time.sleep(1000)
inside(42)
'''
other = interpreters.create()
run = getattr(interpreters, 'run_string', None) or interpreters.exec
threading.Thread(target=run, args=(other, TEXT), daemon=True).start()
sys.stdin.read()
