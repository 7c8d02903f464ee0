"""Tasks of asyncio that wait: each with its coroutines, from where it waits outwards."""
import struct

from frames import held
from memory import Unreadable

MOST_TASKS = 200
# Words of a task or a future that are looked at: their C structure has no public layout, so fields are known by what they point to.
MOST_WORDS = 40
COROUTINES = ('coroutine', 'generator', 'async_generator')


class Task:
    def __init__(self, name, frames, awaited):
        self.name = name
        # Innermost first.
        self.frames = frames
        self.awaited = awaited


class Tasks:
    def __init__(self, frames):
        self.frames = frames
        self.objects = frames.objects
        self.memory = frames.memory
        self.layout = frames.layout

    def all(self, module, interpreter, threads):
        """Of the module asyncio.tasks: (tasks that wait, whether there are more)."""
        names = ['_scheduled_tasks', '_eager_tasks', '_all_tasks']
        found = self.objects.lookup(self.objects.module_dict(module), names + ['Task'])
        addresses = []
        if self.layout.version >= (3, 14) and 'Task' in found:
            heads = [thread.address + self.layout.thread_tasks for thread in threads] + [interpreter + self.layout.interp_tasks]
            addresses.extend(self.linked(heads, self.objects.type_at(found['Task'])))
        for name in names:
            if name in found:
                addresses.extend(self.held_in(found[name]))
        tasks = []
        for address in addresses[:MOST_TASKS]:
            try:
                task = self.task(address)
            except (Unreadable, struct.error):
                continue
            if task:
                tasks.append(task)
        return tasks, len(addresses) > MOST_TASKS

    def linked(self, heads, kind):
        """Since 3.14 those of the accelerator are in a list of their thread, or of the interpreter when that has ended: next and previous are their last fields."""
        if kind.name != '_asyncio.Task' or kind.basic < 48:
            return []
        found = []
        for head in heads:
            at, before = self.memory.word(head), head
            while at and at != head and len(found) <= MOST_TASKS:
                if self.memory.word(at + 8) != before:
                    raise Unreadable('list')
                found.append(at + 16 - kind.basic)
                at, before = self.memory.word(at), at
        return found

    def held_in(self, address):
        """A set of tasks, or a WeakSet: its `data` is a set of weak references."""
        kind = self.objects.type_of(address)
        if kind.name == 'set':
            return self.objects.set_items(address, MOST_TASKS + 1)[0]
        data = dict(self.objects.attributes(address, 10)).get('data')
        if not data or self.objects.type_of(data).name != 'set':
            return []
        found = []
        for reference in self.objects.set_items(data, MOST_TASKS + 1)[0]:
            target = self.memory.word(reference + self.layout.weakref_object)
            if target and self.objects.type_of(target).name != 'NoneType':
                found.append(target)
        return found

    def fields(self, address):
        """(address, type) of what the object points to, field by field."""
        kind = self.objects.type_of(address)
        fields = []
        for word in self.memory.words(address + 16, min(max(kind.basic // 8 - 2, 0), MOST_WORDS)):
            try:
                fields.append((word, self.objects.type_of(word) if word else None))
            except (Unreadable, struct.error):
                fields.append((word, None))
        return fields

    def task(self, address):
        """None for one that is done or runs now. A task written in Python (no accelerator) has attributes instead of fields."""
        attributes = dict(self.objects.attributes(address, 40))
        coroutine, name = attributes.get('_coro'), attributes.get('_name')
        if not coroutine:
            fields = self.fields(address)
            index = next((i for i, (_, kind) in enumerate(fields) if kind and kind.name in COROUTINES), None)
            if index is None:
                return None
            coroutine = fields[index][0]
            # Behind task_coro stands task_name: a text, or since 3.12 a number until somebody asks.
            name = fields[index + 1][0] if index + 1 < len(fields) else 0
        frames, awaited = self.stack(coroutine)
        return Task(self.name_of(name), frames, awaited) if frames else None

    def name_of(self, address):
        try:
            kind = self.objects.type_of(address).name
            if kind == 'int':
                return 'Task-%s' % self.objects.integer(address)
            return self.objects.name(address, 60)
        except Unreadable:
            return None

    def stack(self, coroutine):
        """(frames, innermost first; type of what is awaited at the end). Empty for one that runs, has ended, or never began."""
        frames, awaited = [], coroutine
        for _ in range(100):
            kind = self.objects.type_of(awaited)
            if kind.name not in COROUTINES:
                inner = self.wrapped(awaited, kind)
                if not inner:
                    return frames[::-1], kind.short
                awaited = inner
                continue
            frame = self.frame_of(awaited)
            if not frame:
                return frames[::-1], None
            frames.append(frame)
            awaited = self.top(frame)
            if not awaited:
                return frames[::-1], None
        return frames[::-1], None

    def wrapped(self, address, kind):
        """What stands between a coroutine and what it awaits: the coroutine of `coroutine_wrapper`, the generator of `async_generator_asend`."""
        if kind.name in ('coroutine_wrapper', 'async_generator_asend', 'async_generator_athrow'):
            return self.memory.word(address + 16)
        return None

    def frame_of(self, address):
        memory, layout = self.memory, self.layout
        if layout.version >= (3, 11):
            state = struct.unpack('<b', memory.read(address + layout.gen_state, 1))[0]
            # FRAME_EXECUTING is 0, what has ended is above it. A coroutine that never began has no frame to wait in, but tells what it is.
            if state >= 0:
                return None
            return self.frames.frame_at(address + layout.gen_frame)
        at = memory.word(address + layout.gen_frame)
        if not at:
            return None
        if layout.version == (3, 10):
            # FRAME_CREATED -2, FRAME_SUSPENDED -1
            if struct.unpack('<b', memory.read(at + layout.frame_state, 1))[0] >= 0:
                return None
        elif memory.byte(at + layout.frame_executing):
            return None
        return self.frames.frame_at(at)

    def top(self, frame):
        """The object on top of the stack of a frame that waits: what it awaits, 0 for nothing."""
        memory, layout = self.memory, self.layout
        at = frame.address
        if layout.version >= (3, 14):
            base, end = at + layout.frame_values + 8 * len(frame.code.names), memory.word(at + layout.frame_top)
            return held(memory.word(end - 8)) if base < end < base + (1 << 19) else 0
        if layout.version >= (3, 11):
            depth = memory.half(at + layout.frame_top)
            if not len(frame.code.names) < depth < 1 << 16:
                return 0
            return memory.word(at + layout.frame_values + 8 * (depth - 1))
        base = memory.word(at + layout.frame_stack)
        if layout.version == (3, 10):
            end = base + 8 * memory.half(at + layout.frame_depth)
        else:
            end = memory.word(at + layout.frame_top)
        return memory.word(end - 8) if base < end < base + (1 << 19) else 0
