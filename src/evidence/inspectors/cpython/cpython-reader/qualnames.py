"""Qualified names before 3.11, where a code object has none: functions do, so the one that has this code is looked for where its name would be found."""
import struct

from memory import Unreadable


def searched_name(frames, frame):
    if frame.code.name.startswith('<'):
        return None
    try:
        held = frames.memory.word(frame.address + frames.layout.frame_globals)
        found = named_so(frames, frames.objects.lookup(held, [frame.code.name]).get(frame.code.name), frame.code)
        if found or not frame.code.names:
            return found
        first = frames.memory.word(frame.address + frames.layout.frame_values)
        kind = frames.objects.type_of(first)
        # The first argument of a method is an instance, of a class method the class.
        for held in (kind.address, first if kind.flags & (1 << 31) else 0):
            found = held and method_of(frames, held, frame.code)
            if found:
                return found
    except (Unreadable, struct.error):
        pass
    return None


def method_of(frames, kind, code):
    for base in frames.objects.tuple(frames.memory.word(kind + frames.layout.type_mro), 20):
        held = frames.memory.word(base + frames.layout.type_dict)
        found = named_so(frames, frames.objects.lookup(held, [code.name]).get(code.name), code)
        if found:
            return found
    return None


def named_so(frames, function, code):
    for _ in range(5):
        if not function:
            return None
        kind = frames.objects.type_of(function)
        if kind.name in ('staticmethod', 'classmethod', 'property'):
            # What they wrap is their first field.
            function = frames.memory.word(function + 16)
        elif kind.name == 'function' and not kind.is_heap:
            if frames.memory.word(function + frames.layout.function_code) == code.address:
                return frames.objects.name(frames.memory.word(function + frames.layout.function_qualname))
            # A decorated one keeps what it wraps in its attributes, `__wrapped__`.
            held = frames.memory.word(function + kind.dictoffset)
            function = held and frames.objects.lookup(held, ['__wrapped__']).get('__wrapped__')
        else:
            return None
    return None
