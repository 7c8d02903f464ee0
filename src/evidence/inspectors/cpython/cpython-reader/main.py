"""
Stacks of a CPython process with the values of local variables. One JSON object a line on standard output; every number is bounded, every
text is made of printable ASCII. Arguments: PID, then name=value.
"""
import posix
import struct
import sys
import time

from elf import candidates, modules_of, read_file
from frames import Frames
from memory import Exhausted, Memory, Unreadable
from output import Output
from program import Blind, Program
from threads import Threads, cpu_ms, system_threads
from values import MASKED, Values, is_secret

# How often the stack of a thread is read anew when it has changed meanwhile.
TRIES = 3
# Locals are told of so many inner frames of a thread, while the answer is not yet so long. Characters.
LOCALS_FRAMES = 25
LOCALS_UP_TO = 400000


class Look:
    """One look at all threads."""

    def __init__(self, program, options):
        self.program = program
        self.options = options
        self.objects = program.objects
        self.memory = program.memory
        self.frames = Frames(self.objects)
        self.threads = Threads(self.objects, program.runtime)
        self.values = Values(self.objects)
        self.system = self.system_now()
        self.notes = []
        self.errors = None
        if options['errors']:
            from errors import Errors

            self.errors = Errors(self)

    def take(self, out, sample, at, with_locals):
        self.memory.fresh()
        left = self.options['threads']
        for interpreter in self.threads.interpreters():
            try:
                left -= self.interpreter(out, interpreter, sample, with_locals, left)
            except (Unreadable, struct.error):
                out.line({'note': 'an interpreter could not be read: it was just made or ended'})
        out.line({'sample': sample, 'at': at})

    def interpreter(self, out, interpreter, sample, with_locals, left):
        threads, has_more = self.threads.of(interpreter, left)
        modules = self.identify(interpreter, threads)
        self.values.owners = {thread.ident: 'thread %s (%s)' % (thread.tid, thread.name or 'no name') for thread in threads}
        holder = self.threads.holder(interpreter)
        for thread in threads:
            try:
                self.thread(out, thread, sample, thread.address == holder, with_locals)
            except (ValueError, OverflowError):
                self.note(out, 'a thread could not be read: what its memory says makes no sense')
        if has_more:
            self.note(out, 'only the first %d threads were read' % self.options['threads'])
        if with_locals and 'asyncio.tasks' in modules:
            self.tasks(out, modules['asyncio.tasks'], interpreter, threads, sample)
        for name in ('greenlet', 'gevent'):
            if name in modules:
                self.note(out, 'it uses %s: of its greenlets only those that run are seen, not those that wait' % name)
                break
        return len(threads)

    def identify(self, interpreter, threads):
        """Gives the modules that matter."""
        modules = self.modules(interpreter)
        try:
            active = self.objects.lookup(self.objects.module_dict(modules['threading']), ['_active'])['_active']
        except (KeyError, Unreadable):
            active = 0
        self.threads.identify(threads, active, self.system)
        return modules

    def system_now(self):
        return system_threads(self.program.pid) if self.memory.tids is None else self.memory.tids

    def note(self, out, text):
        if text not in self.notes:
            self.notes.append(text)
            out.line({'note': text})

    def modules(self, interpreter):
        held = self.memory.word(interpreter + self.program.layout.interp_modules)
        try:
            return self.objects.lookup(held, ['threading', 'asyncio.tasks', 'greenlet', 'gevent'])
        except Unreadable:
            return {}

    def thread(self, out, thread, sample, is_holder, with_locals):
        frames, cut, is_torn = self.stack(thread)
        raises, handles = self.errors_of(thread)
        out.line(
            {
                'thread': thread.tid,
                'sample': sample,
                'ident': '0x%x' % thread.ident,
                'interpreter': thread.interpreter,
                'name': thread.name,
                'cpu': None if thread.tid is None else cpu_ms(self.program.pid, thread.tid),
                'daemon': thread.is_daemon,
                'gil': is_holder,
                'torn': is_torn,
                'cut': cut,
                'raises': raises,
                'handles': handles,
                'frames': self.told(out, frames, with_locals),
            }
        )

    def errors_of(self, thread):
        try:
            return (self.errors.raised(thread), self.errors.handled(thread)) if self.errors else (None, None)
        except (Unreadable, struct.error):
            return None, None

    def stack(self, thread):
        """(frames, why they end early, whether it changed at each try)"""
        frames, cut = [], 'its stack could not be read'
        for _ in range(TRIES):
            try:
                head = self.frames.innermost(thread.address)
                frames, cut = self.frames.chain(head, self.options['frames'])
                if self.is_still(thread, head, frames) and not (cut and 'could not' in cut):
                    return frames, cut, False
            except (Unreadable, struct.error):
                pass
            self.memory.fresh()
        return frames, cut, True

    def is_still(self, thread, head, frames):
        """Read anew, past what is kept: the thread still runs the same call from the same callers."""
        kept, self.memory.pages = self.memory.pages, {}
        try:
            if self.frames.innermost(thread.address) != head:
                return False
            place = self.program.layout.frame_code
            return all(self.memory.word(frame.address + place) & ~1 == frame.code.address for frame in frames)
        except Unreadable:
            return False
        finally:
            self.memory.pages = kept

    def told(self, out, frames, with_locals):
        told = []
        for index, frame in enumerate(frames):
            about = {'function': self.frames.function_name(frame), 'file': frame.code.file, 'line': self.frames.line(frame)}
            if with_locals and index < LOCALS_FRAMES and out.length < LOCALS_UP_TO:
                about['locals'] = self.locals(frame)
            told.append(about)
        return told

    def locals(self, frame):
        try:
            found = self.frames.locals(frame)
        except (Unreadable, struct.error):
            return None
        told = []
        for name, address in found:
            kind, value = self.values.value(address)
            is_hidden = is_secret(name) and kind != 'NoneType'
            told.append({'name': name, 'type': kind, 'value': MASKED if is_hidden else value, 'masked': is_hidden or None})
        return told

    def tasks(self, out, module, interpreter, threads, sample):
        from tasks import Tasks

        try:
            tasks, has_more = Tasks(self.frames).all(module, interpreter, threads)
        except (Unreadable, struct.error):
            self.note(out, 'the tasks of asyncio could not be read')
            return
        for task in tasks:
            out.line({'task': task.name or '', 'sample': sample, 'awaits': task.awaited, 'frames': self.told(out, task.frames, True)})
        if has_more:
            self.note(out, 'only the first %d tasks of asyncio were read' % len(tasks))


def options_of(words):
    options = {'seconds': 2.0, 'samples': 1, 'between': 200, 'threads': 500, 'frames': 100, 'locals': 1, 'profile': 0.0, 'every': 10.0, 'waits': 0, 'snapshot': 0, 'listens': 0, 'objects': 0, 'crash': 0.0, 'errors': 0, 'core': 0, 'memory': '', 'maps': ''}
    for word in words:
        name, _, value = word.partition('=')
        options[name] = type(options[name])(value)
    return options


def look(pid, options, out, kind_of_memory=Memory):
    began = time.monotonic()
    memory, maps = memory_of(pid, options, kind_of_memory)
    try:
        program = Program(pid, memory, maps)
    except (Blind, Unreadable) as why:
        raise without_files(why, memory, maps)
    out.line({'python': program.release, 'found': program.how, 'version': '%d.%d' % program.layout.version})
    if options['objects']:
        from census import Census

        Census(program, options).tell(out)
        return
    if options['crash']:
        from crash import Crash

        Crash(program, options).take(out)
        return
    looking = Look(program, options)
    if options['profile']:
        from profile import Profile

        profile = Profile(looking, options)
        profile.tell(out, profile.take())
        return
    if options['snapshot']:
        from snapshot import Snapshot

        Snapshot(looking, asked_of()).take(out)
        return
    first = time.monotonic()
    for sample in range(options['samples']):
        if sample:
            time.sleep(options['between'] / 1000.0)
            # Sleeping does not count.
            memory.deadline += options['between'] / 1000.0
        looking.take(out, sample, round(1000 * (time.monotonic() - first)), options['locals'] and sample == options['samples'] - 1)
    out.line({'end': True, 'ms': round(1000 * (time.monotonic() - began), 1), 'reads': memory.calls})


def memory_of(pid, options, kind_of_memory):
    if options['core']:
        from core import CoreMemory

        memory = CoreMemory(asked_of(), options['seconds'], 64 << 20)
        return memory, memory.maps()
    try:
        maps = read_file(options['maps'] or '/proc/%d/maps' % pid, 8 << 20).decode('utf-8', 'replace')
        return kind_of_memory(options['memory'] or '/proc/%d/mem' % pid, options['seconds'], 64 << 20), maps
    except OSError as error:
        raise refused(error, pid)


def without_files(why, memory, maps):
    """A core leaves out what stands in its files: without that of its programs and libraries little is to be found."""
    names = [module.path for module in candidates(modules_of(maps)) if module.path in memory.missing]
    if not names:
        return why
    more = ' and %d more' % (len(names) - 3) if len(names) > 3 else ''
    return Blind('%s; what a core leaves out is not to be had of %s%s: gone, or another build now' % (getattr(why, 'why', why), ', '.join(names[:3]), more), '--binary')


def asked_of():
    """What is asked lies in the environment: arguments can be seen by all on the box."""
    import json

    return json.loads(posix.environ[b'HALLIGAN_ASKED'].decode())


def refused(error, pid):
    if error.errno in (1, 13):
        return Blind('its memory may not be read by this user: ' + str(error.strerror), '--sudo')
    return Blind('it is gone' if error.errno in (2, 3) else '/proc/%d: %s' % (pid, error.strerror))


def main(words, kind_of_memory=Memory):
    out = Output()
    try:
        look(int(words[0]), options_of(words[1:]), out, kind_of_memory)
    except Blind as blind:
        out.line({'blind': blind.why, 'hint': blind.hint})
    except (Unreadable, OSError) as error:
        out.line({'blind': 'its memory changed or went away while it was read (%s)' % error, 'hint': ''})
    except (Exhausted, MemoryError) as bound:
        out.length = 0
        out.line({'bound': str(bound) or 'memory'})
    sys.stdout.flush()


if __name__ == '__main__':
    main(sys.argv[1:])
