"""Which lines of a file have a statement: from the code of all functions that are found in its modules, and of what runs."""
import struct

from lines import lines_of
from memory import Exhausted, Unreadable

# Functions of one file, levels of functions within functions, and modules that are looked through.
MOST_CODES, DEEPEST_CODE, MOST_MODULES = 5000, 6, 20000
FUNCTIONS_WITHIN = ('staticmethod', 'classmethod', 'property')


class Sources:
    def __init__(self, looking):
        self.looking = looking
        self.objects = looking.objects
        self.memory = looking.memory
        self.layout = looking.program.layout
        self.codes = {}
        self.files = set()

    def find(self, asked):
        """All that may not be found is no more than a hint: a function may be kept where nobody looks."""
        self.memory.left = 64 << 20
        for interpreter in self.looking.threads.interpreters():
            try:
                self.running(interpreter, asked)
                self.modules(interpreter, asked)
            except (Unreadable, struct.error, Exhausted):
                pass

    def running(self, interpreter, asked):
        for thread in self.looking.threads.of(interpreter, 500)[0]:
            for frame in self.looking.frames.chain(self.looking.frames.innermost(thread.address), 200)[0]:
                self.code(frame.code.address, asked, 0)

    def modules(self, interpreter, asked):
        held = self.memory.word(interpreter + self.layout.interp_modules)
        for _, module in self.objects.pairs(held, MOST_MODULES):
            self.memory.deadline += 0.01
            try:
                names = self.objects.module_dict(module)
                if asked.get('file'):
                    found = self.objects.lookup(names, ['__file__'])
                    if not is_file(self.objects.name(found['__file__'], 500), asked['file']):
                        continue
                for _, value in self.objects.pairs(names):
                    self.value(value, asked)
            except (Unreadable, struct.error, KeyError):
                pass

    def value(self, address, asked, depth=0):
        try:
            kind = self.objects.type_of(address)
            if kind.name == 'function' and not kind.is_heap:
                self.code(self.memory.word(address + self.layout.function_code), asked, 0)
                held = self.memory.word(address + kind.dictoffset)
                wrapped = held and self.objects.lookup(held, ['__wrapped__']).get('__wrapped__')
                if wrapped and depth < DEEPEST_CODE:
                    self.value(wrapped, asked, depth + 1)
            elif kind.name in FUNCTIONS_WITHIN:
                self.value(self.memory.word(address + 16), asked, depth + 1)
            elif kind.flags & (1 << 31) and depth < 3 and self.objects.type_at(address).is_heap:
                for _, held in self.objects.pairs(self.memory.word(address + self.layout.type_dict)):
                    self.value(held, asked, depth + 1)
        except (Unreadable, struct.error):
            pass

    def code(self, address, asked, depth):
        if address in self.codes or len(self.codes) >= MOST_CODES or depth > DEEPEST_CODE:
            return
        code = self.looking.frames.code_at(address)
        if asked.get('file') and not is_file(code.file, asked['file']):
            return
        self.codes[address] = code
        if asked.get('file'):
            self.files.add(code.file)
        for held in self.objects.tuple(self.memory.word(address + self.layout.code_consts)):
            try:
                if self.objects.is_builtin(held, 'code'):
                    self.code(held, asked, depth + 1)
            except Unreadable:
                pass

    def wrong(self, asked):
        """Why there is nothing to wait for, as the line of the answer that says it; None where it may run."""
        if not asked.get('line') or not self.codes:
            return None
        within = False
        for code in self.codes.values():
            lines = self.lines(code)
            if asked['line'] in lines:
                return None
            within = within or (code.name != '<module>' and bool(lines) and code.first < asked['line'] < max(lines))
        if within:
            return {'nowhere': asked['line'], 'files': sorted(self.files), 'near': self.near(asked)}
        return None

    def near(self, asked):
        """Lines with a statement around it; of a function that is not known, nothing."""
        if not asked.get('line'):
            return []
        lines = set()
        for code in self.codes.values():
            lines.update(self.lines(code))
        return sorted(sorted(lines, key=lambda line: (abs(line - asked['line']), line))[:12])

    def lines(self, code):
        return lines_of(self.layout.version, code.table, code.first)


def is_file(path, asked):
    """`src/cart.py` is any file that ends so; a program that was started by a relative path has that alone."""
    while asked.startswith('./'):
        asked = asked[2:]
    while path.startswith('./'):
        path = path[2:]
    return path == asked or path.endswith('/' + asked) or (asked.startswith('/') and not path.startswith('/') and asked.endswith('/' + path))
