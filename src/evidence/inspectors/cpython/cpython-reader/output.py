"""The answer: lines of JSON, made of printable ASCII."""
import sys

from memory import Exhausted

MOST_OUTPUT = 1500000


class Output:
    """Lines of JSON, without the module for it: loading that would take longer than all the rest."""

    def __init__(self):
        self.length = 0

    def line(self, value):
        text = json(value)
        if self.length + len(text) > MOST_OUTPUT:
            raise Exhausted('output')
        self.length += len(text)
        self.write(text)

    def write(self, text):
        sys.stdout.write(text + '\n')


def json(value):
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        return '{%s}' % ','.join('%s:%s' % (quoted(key), json(held)) for key, held in value.items() if held is not None)
    return '[%s]' % ','.join([json(item) for item in value])


def quoted(text):
    if text.isalnum() and len(text) == len(text.encode('utf-8', 'replace')):
        return '"%s"' % text
    return '"%s"' % ''.join([letter if ' ' <= letter <= '~' and letter not in '"\\' else escaped(ord(letter)) for letter in text])


def escaped(code):
    if code < 0x10000:
        return '\\u%04x' % code
    code -= 0x10000
    return '\\u%04x\\u%04x' % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF))
