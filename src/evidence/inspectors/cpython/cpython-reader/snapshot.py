"""Values at a statement: all stacks are looked at again and again, and each call that is at that line is told with its variables. What runs between two looks is not seen."""
import struct
import time

from elf import read_file
from memory import Exhausted, Unreadable

# The share of one CPU that looking may take, and the shortest time from one look to the next. Seconds.
SHARE_OF_SNAPSHOT, SHORTEST = 0.1, 0.002
# What is read of a thread that runs on counts only when for so long no thread was seen that slept. Seconds.
SURE = 1.0
# Frames of a hit, from the statement outwards.
MOST_FRAMES_OF_HIT = 40


class Snapshot:
    def __init__(self, looking, asked):
        self.looking = looking
        self.memory = looking.memory
        self.asked = asked
        from conditions import Conditions

        self.conditions = Conditions(looking)
        self.threads = {}
        # What each thread was last told of: the same call with the same values is the same hit.
        self.last = {}
        self.looks = self.at_it = self.torn = self.false = 0
        self.hits = self.loose = 0
        self.sure_until = min(SURE, asked['seconds'] / 2)
        self.files = set()

    def take(self, out):
        from profile import is_asked, is_there, listen, rest
        from sources import Sources

        asked = self.asked
        sources = Sources(self.looking)
        sources.find(asked)
        wrong = sources.wrong(asked)
        if wrong:
            out.line(wrong)
            return
        options = self.looking.options
        listen(options)
        began = now = time.monotonic()
        used = time.process_time()
        ended = 'time'
        while now < began + asked['seconds']:
            if is_asked(options):
                ended = 'asked'
                break
            self.memory.deadline, self.memory.left = now + 1, 16 << 20
            self.memory.fresh()
            try:
                self.look(out, now - began)
                self.looks += 1
            except (Unreadable, struct.error, Exhausted) as bound:
                if str(bound) == 'output':
                    out.length, ended = 0, 'output'
                    break
                self.torn += 1
                if not is_there(self.looking.program.pid):
                    ended = 'process'
                    break
            if self.hits >= asked['hits']:
                ended = 'hits'
                break
            used = rest(now, used, SHORTEST, SHARE_OF_SNAPSHOT)
            now = time.monotonic()
        out.line(
            {
                'ended': ended,
                'line': asked.get('line'),
                'function': asked.get('function'),
                'took': round(1000 * (time.monotonic() - began)),
                'looks': self.looks,
                'atIt': self.at_it,
                'false': self.false,
                'torn': self.torn,
                'loose': self.loose,
                'files': sorted(self.files) or sorted(sources.files),
                'near': sources.near(asked) if not self.at_it else None,
            }
        )

    def look(self, out, since):
        looking = self.looking
        for interpreter in looking.threads.interpreters():
            threads, _ = looking.threads.of(interpreter, looking.options['threads'])
            if any(thread.address not in self.threads for thread in threads):
                looking.system = looking.system_now()
                looking.identify(interpreter, threads)
                self.threads.update((thread.address, thread) for thread in threads)
            for thread in threads:
                if self.hits < self.asked['hits']:
                    self.thread(out, self.threads[thread.address], since)

    def thread(self, out, thread, since):
        looking = self.looking
        head = looking.frames.innermost(thread.address)
        frames, cut = looking.frames.chain(head, looking.options['frames'])
        if cut and 'more than' not in cut:
            self.torn += 1
            return
        if not any(self.is_it(frame) for frame in frames):
            self.last.pop(thread.address, None)
            return
        caught = self.caught(thread)
        if not caught:
            self.torn += 1
            return
        frames, hit, is_loose = caught
        if is_loose and since < self.sure_until:
            self.torn += 1
            return
        self.at_it += 1
        if not is_loose:
            self.sure_until = since + SURE
        frame = frames[0]
        self.files.add(frame.code.file)
        if hit is None:
            self.false += 1
            self.last.pop(thread.address, None)
            return
        key = (frame.address, frame.code.address, frame.at, str(hit))
        if self.last.get(thread.address) == key:
            return
        self.last[thread.address] = key
        self.hits += 1
        self.loose += is_loose
        hit['hit'] = round(1000 * since)
        hit['thread'] = thread.tid
        hit['name'] = thread.name
        hit['frames'] = looking.told(out, frames[:MOST_FRAMES_OF_HIT], False)
        out.line(hit)

    def caught(self, thread):
        """
        (frames from the statement outwards, values or None where the condition is false, whether it ran meanwhile): of one moment where the thread did not run between two looks at
        how often it was put on a CPU; of a thread that runs all the time what is read while it is at the same instruction still. None: it went on at each try.
        """
        last = None
        for _ in range(3):
            self.memory.fresh()
            before = self.schedule(thread.tid)
            head = self.looking.frames.innermost(thread.address)
            frames, _ = self.looking.frames.chain(head, self.looking.options['frames'])
            index = next((index for index, frame in enumerate(frames) if self.is_it(frame)), None)
            if index is None:
                return None
            hit = self.hit(frames[index])
            is_still = self.looking.is_still(thread, head, frames) and self.is_at(frames[index])
            after = self.schedule(thread.tid)
            is_loose = before is None or 'R' in (before[0], after and after[0])
            if is_still and (is_loose or before == after):
                if not is_loose:
                    return frames[index:], hit, False
                last = frames[index:], hit, True
            else:
                last = None
        return last

    def schedule(self, tid):
        """(state, how often it was put on a CPU); None where it cannot be said."""
        from profile import state_of

        try:
            return state_of(self.looking.program.pid, tid), read_file('/proc/%d/task/%d/schedstat' % (self.looking.program.pid, tid), 100).split()[2]
        except (OSError, ValueError, IndexError, TypeError):
            return None

    def is_it(self, frame):
        from sources import is_file

        code, asked = frame.code, self.asked
        if asked.get('file') and not is_file(code.file, asked['file']):
            return False
        if asked.get('line'):
            return self.looking.frames.line(frame) == asked['line']
        called = asked['function']
        name = code.qualname or code.name
        return name == called or name.endswith('.' + called) or (code.qualname is None and called.rsplit('.', 1)[-1] == code.name and self.looking.frames.function_name(frame) == called)

    def is_at(self, frame):
        kept, self.memory.pages = self.memory.pages, {}
        try:
            now = self.looking.frames.frame_at(frame.address)
            return now is not None and now.code.address == frame.code.address and now.at == frame.at
        except (Unreadable, struct.error):
            return False
        finally:
            self.memory.pages = kept

    def hit(self, frame):
        """The values; None where the condition is false."""
        from conditions import Unknown

        conditions, asked = self.conditions, self.asked
        hit = {}
        if asked.get('when'):
            try:
                if not conditions.truth(asked['when'], frame):
                    return None
            except Unknown as why:
                hit['condition'] = str(why)
        if asked['print']:
            hit['values'] = [conditions.told(text, tree, frame) for text, tree in asked['print']]
        else:
            hit['values'] = self.looking.locals(frame) or []
        return hit
