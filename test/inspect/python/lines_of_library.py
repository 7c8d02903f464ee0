"""
Decodes the tables of lines of a part of this interpreter's own library with lines.py, and says where the answer is not the interpreter's
own. Argument: the folder of the reader. Prints `COUNT compared`, then one line a difference.
"""
import dis
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from lines import line_of

VERSION = sys.version_info[:2]
FILES = ['argparse.py', 'asyncio/tasks.py']
# Decoding one is linear in its table; of a long function so many instructions are asked for.
MOST_ASKED = 40
# Far apart, going backwards, without a line, and longer than one entry can tell.
ODD = [
    'x = 1\n' + '\n' * 3000 + 'y = (x +\n' + '\n' * 400 + '  x)\n',
    'def f():\n' + '    x = [' + '1, ' * 5000 + ']\n' + '    return (x,\n    x,\nf(\n    x))\n',
    'def f(a):\n    try:\n        with a as b, b as c:\n            return b\n    except E as e:\n        raise\n    finally:\n        pass\n',
    'for i in x:\n    if i: continue\n    else: break\nelse:\n    pass\n',
]


def codes(code):
    yield code
    for constant in code.co_consts:
        if hasattr(constant, 'co_code'):
            yield from codes(constant)


def lines_by_python(code):
    lines = {}
    if hasattr(code, 'co_lines'):
        for start, end, line in code.co_lines():
            lines.update(dict.fromkeys(range(start, end, 2), line))
        return lines
    starts, line = dict(dis.findlinestarts(code)), code.co_firstlineno
    for at in range(0, len(code.co_code), 2):
        line = lines[at] = starts.get(at, line)
    return lines


texts = [open(os.path.join(os.path.dirname(os.__file__), name), encoding='utf-8').read() for name in FILES] + ODD
compared, wrong = 0, []
for text in texts:
    for code in codes(compile(text, '<text>', 'exec')):
        table = code.co_linetable if hasattr(code, 'co_linetable') else code.co_lnotab
        lines = sorted(lines_by_python(code).items())
        for at, line in lines[:: len(lines) // MOST_ASKED + 1]:
            compared += 1
            ours = line_of(VERSION, table, code.co_firstlineno, at)
            if ours != line:
                wrong.append('%s at %d: %s, not %s' % (code.co_name, at, ours, line))
print(compared, 'compared')
print('\n'.join(wrong[:20]))
