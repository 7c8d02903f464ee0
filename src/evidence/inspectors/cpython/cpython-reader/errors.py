"""Exceptions: what a thread raises or handles just now, and the calls that one went through."""
from frames import Frame
from memory import Unreadable
from objects import ERROR

# Calls that an exception went through, the innermost ones.
MOST_CALLS, MOST_LOOKED = 100, 2000


class Errors:
    def __init__(self, looking):
        self.frames_of = looking.frames
        self.values = looking.values
        self.objects = looking.objects
        self.memory = looking.memory
        self.layout = looking.program.layout

    def is_error(self, address):
        try:
            return bool(address) and bool(self.objects.type_of(address).flags & ERROR)
        except Unreadable:
            return False

    def says(self, address):
        """`ValueError('no such article')`; None for what is no exception."""
        return self.values.shown(address, 0) if self.is_error(address) else None

    def raised(self, thread):
        """What passes through a thread at this moment."""
        error = self.memory.word(thread.address + self.layout.thread_error)
        if self.layout.version >= (3, 12) or self.is_error(error):
            return self.says(error)
        # Before 3.12 it may be a type with what its value will be made of.
        kind = self.memory.word(thread.address + self.layout.thread_error_type)
        if not kind:
            return None
        return '%s(%s)' % (self.values.class_name(kind), self.values.shown(error, 1) if error else '')

    def handled(self, thread):
        """What it is in an `except` or a `finally` of."""
        return self.says(self.memory.word(self.memory.word(thread.address + self.layout.thread_handled) + self.layout.handled_value))

    def frames(self, address):
        """Innermost first. A traceback keeps the frames, and they their variables."""
        found, seen = [], set()
        at = self.memory.word(address + self.layout.error_traceback)
        while at and at not in seen and len(seen) < MOST_LOOKED:
            seen.add(at)
            if not self.objects.is_builtin(at, 'traceback'):
                break
            frame = self.memory.word(at + self.layout.traceback_frame)
            if self.layout.version >= (3, 11):
                frame = self.memory.word(frame + self.layout.frameobject_frame)
            known = self.frames_of.frame_at(frame)
            if known:
                # Where it was raised in that call, in bytes of its code.
                found.append(Frame(frame, known.code, self.memory.half(at + self.layout.traceback_line - 4)))
            at = self.memory.word(at + self.layout.traceback_next)
        return found[::-1][:MOST_CALLS]
