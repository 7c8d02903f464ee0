"""Stacks again and again for some seconds, counted here: what is sent is each stack once, with how often it was seen on a CPU and off it."""
import posix
import struct
import time

from elf import read_file
from memory import Exhausted, Unreadable

# The share of one CPU that looking may take: where one look takes long, it looks less often.
SHARE = 0.05
# Different stacks that are told apart; what comes beyond them is only counted.
MOST_STACKS = 20000


class Profile:
    def __init__(self, looking, options):
        self.looking = looking
        self.memory = looking.memory
        self.options = options
        self.frames = {}
        self.counts = {}
        self.threads = {}
        self.samples = self.torn = self.left_out = 0
        self.waits = None
        if options['waits']:
            from waits import Waits

            self.waits = Waits(looking.program, looking.memory)

    def take(self):
        """Looks until the time is over, the process has ended, or the console asks for the end; gives how long that was, in seconds."""
        listen(self.options)
        began = now = time.monotonic()
        used = time.process_time()
        while now < began + self.options['profile'] and not is_asked(self.options):
            # Each look has bounds of its own.
            self.memory.deadline, self.memory.left = now + 1, 16 << 20
            self.memory.fresh()
            try:
                self.sample()
                self.samples += 1
            except (Unreadable, struct.error, Exhausted):
                self.torn += 1
                if not is_there(self.looking.program.pid):
                    break
            used = rest(now, used, self.options['every'] / 1000.0, SHARE)
            now = time.monotonic()
        return now - began

    def sample(self):
        looking = self.looking
        interpreters = looking.threads.interpreters()
        if self.waits:
            from waits import gils_of

            self.gils = gils_of(looking.threads, interpreters)
        for interpreter in interpreters:
            threads, _ = looking.threads.of(interpreter, self.options['threads'])
            if any(thread.address not in self.threads for thread in threads):
                looking.system = looking.system_now()
                looking.identify(interpreter, threads)
                self.threads.update((thread.address, thread) for thread in threads)
            for thread in threads:
                self.count(self.threads[thread.address])

    def count(self, thread):
        looking = self.looking
        state = state_of(looking.program.pid, thread.tid)
        is_running = None if state is None else state == 'R'
        wait = self.waits.of(thread.tid, state, self.gils) if self.waits and is_running is False else None
        head = looking.frames.innermost(thread.address)
        frames, cut = looking.frames.chain(head, self.options['frames'])
        if not looking.is_still(thread, head, frames) or (cut and 'more than' not in cut):
            self.torn += 1
            return
        stack = tuple([self.number(frame) for frame in frames])
        key = (thread.address, is_running, wait, stack)
        if key not in self.counts and len(self.counts) >= MOST_STACKS:
            self.left_out += 1
            return
        self.counts[key] = self.counts.get(key, 0) + 1

    def number(self, frame):
        line = self.looking.frames.line(frame)
        key = (frame.code.address, frame.code.stamp, line)
        if key not in self.frames:
            self.frames[key] = (len(self.frames), self.looking.frames.function_name(frame), frame.code.file, line)
        return self.frames[key][0]

    def tell(self, out, seconds):
        for number, name, file, line in sorted(self.frames.values()):
            out.line({'at': number, 'function': name, 'file': file, 'line': line})
        if self.waits:
            self.waits.tell(out)
        for (address, is_running, wait, stack), count in sorted(self.counts.items(), key=lambda item: -item[1]):
            thread = self.threads[address]
            out.line({'count': count, 'cpu': is_running, 'wait': wait, 'thread': thread.tid, 'name': thread.name, 'stack': list(stack)})
        out.line(
            {
                'profiled': round(1000 * seconds),
                'samples': self.samples,
                'torn': self.torn,
                'leftOut': self.left_out,
            }
        )


def rest(began, used, every, share):
    """Sleeps until the next look: for so long that looking takes that share of one CPU, by the CPU that was used and not by the time that passed on a busy box."""
    now = time.process_time()
    time.sleep(max(max(every, (now - used) / share) - (time.monotonic() - began), 0))
    return now


def listen(options):
    if options['listens']:
        posix.set_blocking(0, False)


def is_asked(options):
    """The console asks for the end by that of standard input; what it says before is nothing."""
    if not options['listens']:
        return False
    try:
        return not posix.read(0, 4096)
    except BlockingIOError:
        return False


def is_there(pid):
    try:
        return bool(read_file('/proc/%d/stat' % pid, 4096))
    except OSError:
        return False


def state_of(pid, tid):
    """R: the thread is on a CPU or wants one; another letter: it waits. None where it cannot be said."""
    if tid is None:
        return None
    try:
        stat = read_file('/proc/%d/task/%d/stat' % (pid, tid), 4096)
    except OSError:
        return None
    return stat[stat.rfind(b')') + 2 :][:1].decode('latin-1')
