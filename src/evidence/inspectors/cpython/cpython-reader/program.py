"""The process that is looked into: where its runtime is, and which version it has."""
import struct

from elf import WANTED, modules_of, runtime_symbols
from layouts import LAYOUTS
from memory import Unreadable
from objects import Objects

X86_64 = 62
COOKIE = b'xdebugpy'


class Blind(Exception):
    """It cannot be read: why, and what would help."""

    def __init__(self, why, hint=''):
        Exception.__init__(self, why)
        self.why = why
        self.hint = hint


class Layout:
    def __init__(self, version):
        self.version = version
        for pair in LAYOUTS[version].split():
            name, value = pair.split('=')
            setattr(self, name, int(value))


class Program:
    """The process that is looked into, once its runtime was found."""

    def __init__(self, pid, memory, maps):
        self.pid = pid
        self.memory = memory
        modules = modules_of(maps)
        self.modules = modules
        self.names = [path.rsplit('/', 1)[1] for path in modules]
        symbols, images = runtime_symbols(memory, modules)
        if not images:
            raise Blind('none of its mapped files is a program of this machine')
        if images[0].foreign:
            raise Blind('it is %s; only those of 64 bits, little-endian, are read' % images[0].foreign)
        self.machine = images[-1].machine
        if WANTED[0] in symbols:
            self.settle(symbols, 'dynamic symbols')
        else:
            from search import find_otherwise

            find_otherwise(self, images)

    def settle(self, symbols, how):
        """The address is known; the version is told by the runtime itself, by the symbol of 3.11 and later, or by names of files."""
        self.how = how
        runtime = symbols[WANTED[0]]
        if self.memory.read(runtime, 8) == COOKIE:
            self.described(runtime)
            return
        if WANTED[1] in symbols:
            number = self.memory.half(symbols[WANTED[1]])
            tries = [(number >> 24 & 255, number >> 16 & 255)]
            if tries[0] not in LAYOUTS:
                raise Blind('Python %d.%d is not known; %s' % (tries[0] + (known(),)))
        else:
            # A file that bears a version first, then the others.
            tries = sorted(LAYOUTS, key=lambda version: not any(has_version(name, version) for name in self.names))
        if self.machine != X86_64:
            raise Blind('Python before 3.13 is known for x86-64 only')
        for version in tries:
            if self.fits(runtime, Layout(version)):
                return
        name = 'Python %d.%d' % tries[0] if len(tries) == 1 else 'a version that is known'
        raise Blind('its structures are not those of a usual build of %s: it may be a debug build, a patched one, or just starting or ending' % name)

    def described(self, runtime):
        """3.13 and later say themselves where everything is (_Py_DebugOffsets), which has to agree with what was tried."""
        _cookie, hexversion, is_free = self.memory.words(runtime, 3)
        version = (hexversion >> 24 & 255, hexversion >> 16 & 255)
        if is_free:
            raise Blind('Python %d.%d without a GIL (free-threaded) was never tried' % version)
        if version not in LAYOUTS:
            raise Blind('Python %d.%d was never tried; %s' % (version + (known(),)))
        if hexversion >> 4 & 15 != FINAL:
            raise Blind('Python %d.%d before its release: what it says of itself was still changing' % version)
        layout = Layout(version)
        names = debug_offsets(version)
        told = dict(zip(names, self.memory.words(runtime + 24, len(names))))
        if any(value >= 1 << 24 or (value == 0 and name.endswith('_size')) for name, value in told.items()):
            raise Blind('what Python %d.%d says of its own structures makes no sense' % version)
        # What it does not tell of these lies where it lay in the headers, if they are of the same size.
        if any(getattr(layout, name, told[name]) != told[name] for name in SIZES):
            raise Blind('a build of Python %d.%d with structures of other sizes: a debug build, or a patched one' % version)
        for name, value in told.items():
            setattr(layout, name, value)
        # In the GIL itself, of which a subinterpreter has one of its own or not.
        layout.gil_locked, layout.gil_holder = told['own_locked'] - told['own_gil'], told['own_holder'] - told['own_gil']
        if not self.fits(runtime, layout):
            raise Blind('what Python %d.%d says of its own structures does not fit its memory' % version)

    def fits(self, runtime, layout):
        """Whether the structures are where this version has them: an interpreter whose thread points back to it, and whose `sys` tells that version."""
        memory = self.memory
        try:
            interpreter = memory.word(runtime + layout.runtime_head)
            thread = memory.word(interpreter + layout.interp_threads)
            if memory.word(thread + layout.thread_interp) != interpreter:
                return False
            objects = Objects(memory, layout)
            found = objects.lookup(memory.word(interpreter + layout.interp_sysdict), ['hexversion', 'version'])
            number = objects.integer(found['hexversion'])
            if (number >> 24, number >> 16 & 255) != layout.version:
                return False
            self.release = objects.name(found['version'], 40).split()[0]
        except (Unreadable, KeyError, struct.error, TypeError, IndexError):
            return False
        self.runtime, self.layout, self.objects = runtime, layout, objects
        return True


# Release level of PY_VERSION_HEX.
FINAL = 15
# Of structures of which it does not tell all that is read.
SIZES = ('thread_size', 'code_size', 'frame_size')

# _Py_DebugOffsets of 3.13, word by word behind its version (PEP 768; Include/internal/pycore_debug_offsets.h), by our names where we use one.
DEBUG_OFFSETS = (
    'runtime_size runtime_finalizing runtime_head interp_size interp_id interp_next interp_threads interp_gc interp_modules interp_sysdict '
    'interp_builtins interp_gil own_gil own_enabled own_locked own_holder thread_size thread_prev thread_next thread_interp thread_frame '
    'thread_ident thread_native thread_chunk thread_status frame_size frame_back frame_code frame_instr frame_values frame_owner '
    'code_size code_file code_name code_qualname code_lines code_first code_arguments code_names code_kinds code_instr '
    'object_size object_type kind_size type_name type_repr type_flags tuple_size tuple_items tuple_length list_size list_items list_length '
    'dict_size dict_keys dict_values float_size float_value int_size int_tag int_digits bytes_size bytes_length bytes_data '
    'str_size str_state str_length str_ascii'
).split()
# What 3.14 tells more, by what stands before it. Within a version it stays as it is.
ADDED_3_14 = {
    'interp_threads': 'interp_main',
    'own_holder': 'interp_codes interp_copies',
    'frame_owner': 'frame_top frame_copy',
    'code_instr': 'code_copies',
    'list_length': 'set_size set_used set_table set_mask',
    'str_ascii': 'collector_size collector_runs gen_size gen_name gen_frame gen_state',
}


def debug_offsets(version):
    if version < (3, 14):
        return DEBUG_OFFSETS
    return [name for each in DEBUG_OFFSETS for name in [each] + ADDED_3_14.get(each, '').split()]


def has_version(name, version):
    return any(mark in name for mark in ('python%d.%d' % version, 'cpython-%d%d-' % version))


def known():
    return 'those from %d.%d to %d.%d are' % (min(LAYOUTS) + max(LAYOUTS))
