"""The line of an instruction: three tables, by version. `at` is the offset of the instruction in its code, in bytes. None: it belongs to no line."""

# No line is farther from the one before: a table that goes on is no table. Bits.
LONGEST_NUMBER = 30


def line_of(version, table, first, at):
    if at < 0:
        return first
    for end, line in ranges_of(version, table, first):
        if end is None or at < end:
            return line
    return None


def lines_of(version, table, first):
    """All lines that have an instruction."""
    return {line for _, line in ranges_of(version, table, first) if line is not None}


def ranges_of(version, table, first):
    """(where it ends, line or None) of one range after the other; the end None is that of the code."""
    if version >= (3, 11):
        return ranges_3_11(table, first)
    return ranges_3_10(table, first) if version == (3, 10) else ranges_3_9(table, first)


def ranges_3_9(table, first):
    """co_lnotab (Objects/lnotab_notes.txt): pairs of how far the address and the line go on; the line is signed."""
    line, end = first, 0
    for index in range(0, len(table) - 1, 2):
        if table[index]:
            end += table[index]
            yield end, line
        change = table[index + 1]
        line += change - 256 if change > 127 else change
    yield None, line


def ranges_3_10(table, first):
    """co_linetable of PEP 626: how long a range is, and how its line differs from the one before; -128 is a range without a line."""
    line, end = first, 0
    for index in range(0, len(table) - 1, 2):
        end += table[index]
        change = table[index + 1]
        has_line = change != 128
        if has_line:
            line += change - 256 if change > 127 else change
        if table[index]:
            yield end, line if has_line else None


def ranges_3_11(table, first):
    """co_linetable of 3.11 and later (Objects/locations.md): entries of a code, a length in instructions, and what the code asks for."""
    line, end, index, size = first, 0, 0, len(table)
    while index < size:
        head = table[index]
        index += 1
        code = (head >> 3) & 15
        end += 2 * ((head & 7) + 1)
        has_line = code != 15
        if code in (13, 14):
            change, shift = 0, 0
            while index < size:
                if shift > LONGEST_NUMBER:
                    return
                part = table[index]
                index += 1
                change |= (part & 63) << shift
                shift += 6
                if not part & 64:
                    break
            line += -(change >> 1) if change & 1 else change >> 1
        elif 10 <= code <= 12:
            line += code - 10
        # What follows tells columns: every byte of another entry has its highest bit set.
        while index < size and not table[index] & 128:
            index += 1
        yield end, line if has_line else None
