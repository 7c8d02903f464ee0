"""Interpreters and their threads: who they are to the system, and who holds the GIL."""
import posix
import struct

from elf import read_file
from memory import Unreadable

MOST_INTERPRETERS = 64
# Where the C library keeps the number of a thread in what pthread_self() points to: glibc on x86-64, musl 1.2.
PTHREAD_TIDS = (720, 48)


class Thread:
    def __init__(self, address, interpreter, ident):
        self.address = address
        self.interpreter = interpreter
        self.ident = ident
        self.tid = None
        self.name = None
        self.is_daemon = False


def system_threads(pid):
    """{number of a thread as the process sees it: as we see it}; they differ in a container."""
    found = {}
    for name in posix.listdir('/proc/%d/task' % pid):
        inner = name
        try:
            for line in read_file('/proc/%d/task/%s/status' % (pid, name), 1 << 14).split(b'\n'):
                if line.startswith(b'NSpid:'):
                    inner = line.split()[-1]
        except OSError:
            continue
        found[int(inner)] = int(name)
    return found


def cpu_ms(pid, tid):
    """CPU that a thread has used: the first number of schedstat, in nanoseconds. None where it cannot be read."""
    try:
        return round(int(read_file('/proc/%d/task/%d/schedstat' % (pid, tid), 100).split()[0]) / 1e6, 1)
    except (OSError, ValueError, IndexError):
        return None


class Threads:
    def __init__(self, objects, runtime):
        self.objects = objects
        self.memory = objects.memory
        self.layout = objects.layout
        self.runtime = runtime

    def interpreters(self):
        found, address = [], self.memory.word(self.runtime + self.layout.runtime_head)
        while address and address not in found and len(found) < MOST_INTERPRETERS:
            found.append(address)
            address = self.memory.word(address + self.layout.interp_next)
        return found

    def of(self, interpreter, most):
        """(threads, whether there are more)"""
        found, seen = [], set()
        number = self.memory.number(interpreter + self.layout.interp_id)
        address = self.memory.word(interpreter + self.layout.interp_threads)
        while address and address not in seen:
            if len(found) >= most:
                return found, True
            seen.add(address)
            if self.memory.word(address + self.layout.thread_interp) != interpreter:
                break
            found.append(Thread(address, number, self.memory.word(address + self.layout.thread_ident)))
            address = self.memory.word(address + self.layout.thread_next)
        return found, False

    def holder(self, interpreter):
        """Address of the thread that holds the GIL; None when nobody does."""
        memory, layout = self.memory, self.layout
        base = self.runtime if layout.version < (3, 12) else memory.word(interpreter + layout.interp_gil)
        if not base or memory.half(base + layout.gil_locked) != 1:
            return None
        return memory.word(base + layout.gil_holder)

    def identify(self, threads, active, system):
        """Fills in tid, name and daemon. `active` is threading._active of the interpreter: {ident: Thread}."""
        known = {}
        for key, value in self.objects.pairs(active) if active else []:
            try:
                known[self.objects.integer(key)] = self.described(value)
            except (Unreadable, struct.error):
                pass
        for thread in threads:
            about = known.get(thread.ident, {})
            thread.name = about.get('name')
            thread.is_daemon = about.get('daemon', False)
            thread.tid = self.tid_of(thread, about.get('native'), system)
        if len(threads) == 1 and threads[0].tid is None and len(system) == 1:
            threads[0].tid = next(iter(system.values()))

    def tid_of(self, thread, told, system):
        """None where nothing fits: after a fork some versions still tell the number of the parent."""
        tries = [told]
        if self.layout.version >= (3, 11):
            tries.insert(0, self.memory.word(thread.address + self.layout.thread_native))
        for inner in tries:
            if inner in system:
                return system[inner]
        for offset in PTHREAD_TIDS:
            try:
                inner = self.memory.half(thread.ident + offset)
            except Unreadable:
                continue
            if inner in system:
                return system[inner]
        return None

    def described(self, address):
        about = {}
        for name, value in self.objects.attributes(address, 40):
            if name == '_name':
                about['name'] = self.objects.name(value, 60)
            elif name == '_native_id' and self.objects.type_of(value).name == 'int':
                about['native'] = self.objects.integer(value)
            elif name == '_daemonic':
                about['daemon'] = self.objects.type_of(value).name == 'bool' and self.objects.integer(value) == 1
        return about
