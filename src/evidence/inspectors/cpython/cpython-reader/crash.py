"""Waits for the end of the process, and keeps what was seen last: its stacks with values, what its main program threw, and how it ended. Sampled: what it did between the last look and its end is not seen."""
import posix
import struct
import sys
import time

from elf import read_file
from main import Look
from memory import Exhausted, Unreadable
from output import Output

# The share of one CPU that each of both may take: short looks whether something was thrown, and whole looks. The shortest times between them. Seconds.
SHARE_OF_TICKS, SHORTEST_TICK = 0.05, 0.002
SHARE_OF_LOOKS, SHORTEST_LOOK = 0.05, 0.05
# So long is waited for a process whose memory is gone to be gone itself. Seconds.
PATIENCE = 2.0
# And one that the kernel still takes down, whose memory may be large: a terabyte takes tens of seconds. PF_EXITING of include/linux/sched.h tells it.
LONGEST_EXIT, EXITING = 60.0, 4
# What one look may read, as a usual one. Bytes.
MOST_READ = 64 << 20


class Kept(Output):
    """A look that is told later, if it was the last one."""

    def __init__(self):
        Output.__init__(self)
        self.texts = []

    def write(self, text):
        self.texts.append(text)


class LastLook(Look):
    """Knows of each thread which code it runs outermost: that tells whether its main program still runs."""

    def __init__(self, program, options):
        Look.__init__(self, program, options)
        self.outermost = {}
        self.unknown = {}

    def stack(self, thread):
        told = Look.stack(self, thread)
        self.outermost[thread.tid] = told[0][-1].code.address if told[0] else 0
        return told

    def identify(self, interpreter, threads):
        """The kernel's numbers are read anew for a thread that has none yet: it began meanwhile. Once, since some never have one."""
        modules = Look.identify(self, interpreter, threads)
        if not unknown(threads) <= self.unknown.get(interpreter, set()):
            self.system = self.system_now()
            modules = Look.identify(self, interpreter, threads)
        self.unknown[interpreter] = unknown(threads)
        return modules

    def note(self, out, text):
        if text not in self.notes:
            self.notes.append(text)


def unknown(threads):
    return {(thread.address, thread.ident) for thread in threads if thread.tid is None}


class Crash:
    def __init__(self, program, options):
        from errors import Errors

        self.program = program
        self.memory = program.memory
        self.options = options
        self.looking = LastLook(program, options)
        self.errors = Errors(self.looking)
        self.handle = handle_of(program.pid)
        self.looks = self.ticks = 0
        # The last look of all, and the last one at which the main program still ran: (Kept, when).
        self.last = self.at_work = None
        self.main = None
        self.used = {}
        self.thrown = None
        self.finalizing = None

    def take(self, out):
        from profile import is_asked, listen, rest

        options = self.options
        listen(options)
        began = now = time.monotonic()
        due, gone, ended, status = began, None, 'time', None
        while now < began + options['crash']:
            if is_asked(options):
                ended = 'asked'
                break
            used = time.process_time()
            try:
                self.fresh(now)
                is_new = self.tick(out, round(1000 * (now - began)))
                self.ticks += 1
            except (Unreadable, struct.error, Exhausted):
                is_new = False
                if self.is_gone():
                    gone = round(1000 * (time.monotonic() - began))
                    ended, status = self.end()
                    break
            rest(now, used, SHORTEST_TICK, SHARE_OF_TICKS)
            now = time.monotonic()
            if (is_new or now >= due) and self.finalizing is None:
                used = time.process_time()
                self.look(round(1000 * (now - began)))
                due = now + max(SHORTEST_LOOK, (time.process_time() - used) / SHARE_OF_LOOKS)
        # What ends it is told, however much was told before.
        out.length = 0
        if gone is not None:
            self.tell(out)
        out.line(
            {
                'watched': round(1000 * (time.monotonic() - began)),
                'ended': ended,
                'status': status,
                'gone': gone,
                'finalizing': self.finalizing,
                'looks': self.looks,
                'ticks': self.ticks,
            }
        )

    def fresh(self, now):
        self.memory.deadline, self.memory.left = now + 1, MOST_READ
        self.memory.fresh()

    def tick(self, out, at):
        """Whether its main program was seen to end of what it threw: Python keeps that as sys.last_exc or sys.last_value, until all is taken down."""
        program, memory, objects = self.program, self.memory, self.looking.objects
        layout = program.layout
        if self.finalizing is None and memory.word(program.runtime + layout.runtime_finalizing):
            self.finalizing = at
        is_new = False
        for interpreter in self.looking.threads.interpreters():
            held = memory.word(interpreter + layout.interp_sysdict)
            used = objects.used(held)
            if self.used.get(interpreter) == used:
                continue
            is_first = interpreter not in self.used
            found = objects.lookup(held, ['last_exc', 'last_value'])
            thrown = found.get('last_exc') or found.get('last_value')
            says = self.errors.says(thrown) if thrown else None
            if says and thrown != self.thrown:
                # Of what is told, all or nothing: it is read anew at the next look when it changed meanwhile.
                frames = self.frames(out, thrown)
                try:
                    out.line({'thrown': says, 'at': at, 'before': is_first, 'frames': frames})
                    # It is there, should this be ended.
                    sys.stdout.flush()
                    is_new = True
                except Exhausted:
                    self.looking.note(out, 'its main program threw more than there is room for in the answer')
                self.thrown = thrown
            self.used[interpreter] = used
        return is_new

    def frames(self, out, thrown):
        """With variables, unless reading those is too much."""
        for with_locals in (True, False):
            try:
                return self.looking.told(out, self.errors.frames(thrown), with_locals)
            except Exhausted:
                self.fresh(time.monotonic())
        return []

    def look(self, at):
        kept = Kept()
        self.fresh(time.monotonic())
        try:
            self.looking.take(kept, self.looks, at, True)
        except (Unreadable, struct.error, Exhausted):
            return
        main = self.looking.outermost.get(self.program.pid)
        self.looking.outermost = {}
        if self.main is None:
            self.main = main
        self.looks += 1
        self.last = kept
        if main and main == self.main:
            self.at_work = kept

    def is_gone(self):
        self.fresh(time.monotonic())
        try:
            self.memory.fetch(self.program.runtime, 8)
        except Unreadable:
            return True
        except Exhausted:
            pass
        return False

    def end(self):
        """('process', status as wait(2) gives it or None), ('exiting', None): the kernel still takes it down; or ('exec', None): it lives, with another memory."""
        from profile import is_asked

        began = time.monotonic()
        while True:
            try:
                stat = read_file('/proc/%d/stat' % self.program.pid, 4096)
            except OSError:
                return 'process', status_of(self.handle)
            fields = stat[stat.rfind(b')') + 2 :].split()
            if fields[0] in (b'Z', b'X'):
                # Until its parent asks for it.
                return 'process', int(fields[-1])
            is_exiting = int(fields[6]) & EXITING
            if time.monotonic() > began + (LONGEST_EXIT if is_exiting and not is_asked(self.options) else PATIENCE):
                return ('exiting' if is_exiting else 'exec'), None
            time.sleep(SHORTEST_TICK)

    def tell(self, out):
        for kept in (self.last, self.at_work if self.at_work is not self.last else None):
            for text in kept.texts if kept else ():
                out.write(text)
        for text in self.looking.notes:
            out.line({'note': text})


def handle_of(pid):
    """Of Python 3.9 and Linux 5.3 on."""
    try:
        return posix.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


# PIDFD_GET_INFO with 64 bytes (PIDFD_INFO_SIZE_VER0), and what is asked: PIDFD_INFO_EXIT, of Linux 6.15 on. Include/uapi/linux/pidfd.h.
GET_INFO, WANTS_EXIT = 3 << 30 | 64 << 16 | 0xFF << 8 | 11, 8


def status_of(handle):
    """How a process ended that was collected already; None where the kernel does not keep it."""
    if handle is None:
        return None
    try:
        import fcntl

        told = bytearray(struct.pack('<Q', WANTS_EXIT) + bytes(56))
        fcntl.ioctl(handle, GET_INFO, told)
    except (ImportError, OSError):
        return None
    mask, = struct.unpack_from('<Q', told)
    return struct.unpack_from('<i', told, 60)[0] if mask & WANTS_EXIT else None
