/**
 * A script for gdb's Python that looks at a binary alone, with no process, and tells where the values at a statement lie, in the words of the kernel's uprobe events
 * (Documentation/trace/uprobetracer.rst): `%di`, `+32(%di):s32`, `+0(+8(%di)):string`.
 *
 * gdb itself compiles the place of each value to bytecode (`maint agent-eval`; "Debugging with GDB", appendix F), from whatever DWARF has of it; this is followed as far as it is
 * a register and reads of memory behind it. All else the kernel could not compute, and is told as such: a value that the compiler takes together from two registers
 * is not guessed at.
 *
 * Reads `location` (an explicit one), `line` (0 for a function), `wanted` (texts; empty: variables of the function), `asked` (texts of the condition), `condition` (uprobe-definition.ts) and `binary`. Prints:
 *
 *     @@ statement 19 price_order negative-total.c    <- line, function, file
 *     @@ offset 0x1180                                <- in the file
 *     @@ value v0 order.id s32 +0(%di):s32            <- name in the event, text, kind, argument
 *     @@ value v1 customer length %di:s64             <- of a text of Go, with the next one
 *     @@ value v2 customer text +0(%cx):x8[64]
 *     @@ not total the kernel cannot compute it       <- text as one word, why
 *     @@ base b0 %di:x64                              <- a pointer that is read behind
 *     @@ behind v0 b0                                 <- those of a value; also in the filter
 *     @@ filter ((b0 >= 65536) && (w0 < 0))
 *
 * What a read that fails leaves in the event is no sign of it: zeros, or where an inner read failed what an earlier event had there (store_trace_args in kernel/trace/trace_probe_tmpl.h
 * leaves the slot alone). So the pointers are told too. A comparison behind one that points nowhere is never true, nor is the opposite of it.
 */
export const UPROBE_PLACES = `
GO_TEXT = 64
import gdb, re, struct
REGISTERS = "ax bx cx dx si di bp sp r8 r9 r10 r11 r12 r13 r14 r15".split()
class Not(Exception): pass
# gdb.execute takes each line of a text for a command of its own ("shell" too), and names in a binary are whatever its maker wrote there.
def is_name(text): return re.fullmatch(r"[^\\W\\d]\\w*", text or "") is not None
def is_quotable(text): return re.search(r'[\\x00-\\x1f\\x7f"\\\\]', text) is None
def offset_in_file(address):
  with open(binary, "rb") as file:
    head = file.read(64)
    if head[:6] != b"\\x7fELF\\x02\\x01": raise Not("it is no binary of 64 bits")
    at, = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    for index in range(count):
      file.seek(at + index * size)
      kind, flags, offset, start, _, length = struct.unpack("<IIQQQQ", file.read(40))
      if kind == 1 and flags & 1 and start <= address < start + length: return address - start + offset
  raise Not("its code is in no segment of the file")
def bytecode(text):
  # A line may begin at several places; that of the breakpoint counts.
  for scope in scopes:
    try: printed = gdb.execute("maint agent-eval -at %s, %s" % (scope, text), to_string=True)
    except gdb.error as error: raise Not(str(error).split("\\n")[0])
    for part in re.split("^Scope: ", printed, flags=re.M)[1:]:
      if int(part.split()[0], 16) == pc: return [line.split()[1:] for line in part.split("\\n") if re.match(" +[0-9]+  ", line)]
  raise Not("where it is at the beginning of the function is not told; name a line")
def argument(text):
  # A value: a number; or (register, [offsets that are read at], offset that is added), with its bits and whether it has a sign.
  stack, bits, signed = [], 64, None
  for operation in bytecode(text):
    name, value = operation[0], int(operation[1]) if len(operation) > 1 else None
    if name == "reg":
      if value >= len(REGISTERS): raise Not("it is in a register that the kernel does not tell")
      stack.append((REGISTERS[value], [], 0)); bits, signed = 64, None
    elif name.startswith("const"): stack.append(value)
    elif name in ("ext", "zero_ext") and stack:
      if isinstance(stack[-1], int):
        if name == "ext" and stack[-1] >> (value - 1) & 1: stack[-1] -= 1 << value
      else: bits, signed = min(bits, value), name == "ext"
    elif name in ("add", "sub") and len(stack) > 1:
      right, left = stack.pop(), stack.pop()
      if name == "add" and isinstance(left, int): left, right = right, left
      if not isinstance(right, int): raise Not("the kernel cannot compute it (the compiler took it together from several places)")
      by = right if name == "add" else -right
      stack.append(left + by if isinstance(left, int) else (left[0], left[1], left[2] + by)); 
    elif re.match("ref(8|16|32|64)$", name) and stack:
      if isinstance(stack[-1], int): raise Not("it lies at an address of its own (a global variable)")
      register, reads, offset = stack.pop()
      stack.append((register, reads + [offset], 0)); bits, signed = int(name[3:]), None
    elif name == "end": break
    else: raise Not("the kernel cannot compute it")
  if len(stack) != 1: raise Not("it is nowhere at this statement (optimized out)")
  if isinstance(stack[0], int): raise Not("it is the constant %d" % stack[0])
  register, reads, added = stack[0]
  if added: raise Not("the kernel cannot compute it")
  fetch = "%" + register
  for offset in reads: fetch = "%+d(%s)" % (offset, fetch)
  return fetch, bits, signed
def bases_of(fetch):
  # Each pointer that is read behind, the innermost first.
  found, inner = [], re.match(r"[+-][0-9]+\\((.*)\\)$", fetch.split(":")[0])
  while inner:
    found.insert(0, bases.setdefault(inner.group(1), "b%d" % len(bases)))
    inner = re.match(r"[+-][0-9]+\\((.*)\\)$", inner.group(1))
  return found
def guarded(found):
  # Where it is not negated it must not be true, and where it is negated not false.
  good = ["(%s >= 65536)" % base for base in behind.get("w" + found.group(1), [])]
  if not good: return found.group(3)
  if found.group(2) == "+": return "(%s && %s)" % (" && ".join(good), found.group(3))
  return "(%s || %s)" % (" || ".join(each.replace(">=", "<") for each in good), found.group(3))
def value(name, text, form, fetch):
  behind[name] = bases_of(fetch)
  print("@@ value %s %s %s %s" % (name, text.replace(" ", ""), form, fetch))
  if behind[name]: print("@@ behind %s %s" % (name, ",".join(behind[name])))
def is_declared(text):
  for name in re.findall(r"(?<![\\w.>])[^\\W\\d]\\w*", text):
    if name not in late: continue
    if late[name] is None: raise Not("where it is declared is not told: what is there may not be its value yet")
    raise Not("it is declared only at line %d: what is there is not its value yet" % late[name])
def is_char(kind): return kind.code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR) and kind.sizeof == 1
def event_argument(text, kind):
  code = kind.code if kind is not None else None
  is_declared(text)
  fetch, bits, signed = argument(text)
  # A byte of Go is no beginning of a text with a zero at its end.
  if code == gdb.TYPE_CODE_PTR and not is_go and is_char(kind.target().strip_typedefs()): return "string", "+0(%s):string" % fetch
  if code == gdb.TYPE_CODE_PTR: return "pointer", fetch + ":x64"
  if code in (gdb.TYPE_CODE_FLT, gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_UNION): raise Not("the kernel tells numbers and texts only")
  if kind is not None: bits = min(bits, kind.sizeof * 8)
  if signed is None: signed = kind is not None and "unsigned" not in str(kind) and code != gdb.TYPE_CODE_BOOL
  form = ("s" if signed else "u") + str(bits)
  return form, fetch + ":" + form
def pieces(name):
  # Of what lies in several registers, which agent-eval does not tell: what "info scope" says of this place. The innermost of that name counts, and is said first.
  said = gdb.execute("info scope *0x%x" % pc, to_string=True)
  for part in said.split("Symbol ")[1:]:
    if part.split(" ")[0] != name: continue
    for start, end, told in re.findall(r"Range (0x[0-9a-f]+)-(0x[0-9a-f]+): (.*)", part):
      if int(start, 16) <= pc < int(end, 16): return register_names(told)
    return []
  return []
def register_names(told):
  # $rdi is di of the kernel, and $r8 is r8.
  return [re.sub("^r(?![0-9])", "", name) for name in re.findall(r"a variable in [$](\\w+) .8-byte piece", told)]
def go_text(text, kind):
  # A pointer and a length (the zero byte of C is not there): so many bytes are read, and cut by the length.
  names = [field.name for field in kind.fields()]
  is_declared(text)
  try: parts = [argument(text + "." + part)[0] for part in names[:2]]
  except Not:
    parts = pieces(text)
    if len(parts) != len(names) or not set(parts) <= set(REGISTERS): raise
    parts = ["%" + part for part in parts]
  return [("length", parts[1] + ":s64"), ("text", "+0(%s):x8[%d]" % (parts[0], GO_TEXT))]
def is_go_text(kind):
  # A string, a type of its own that is one ("type Secret string"), and []byte.
  if not is_go or kind is None or kind.code != gdb.TYPE_CODE_STRUCT: return False
  fields = kind.fields()
  if [field.name for field in fields] not in (["str", "len"], ["array", "len", "cap"]): return False
  to = fields[0].type.strip_typedefs()
  return to.code == gdb.TYPE_CODE_PTR and is_char(to.target().strip_typedefs())
def type_of(text, variables):
  # Of a path of names: what the variable is, then its members; of all else nothing is known.
  parts = re.split(r"\\.|->", text)
  kind = variables.get(parts[0])
  for part in parts[1:]:
    index = re.match(r"([A-Za-z_]\\w*)$", part)
    if kind is None or not index: return None
    if kind.code == gdb.TYPE_CODE_PTR: kind = kind.target().strip_typedefs()
    try: kind = kind[part].type.strip_typedefs()
    except Exception: return None
  return kind
def candidates(variables):
  for name, kind in variables.items():
    yield name
    if kind.code == gdb.TYPE_CODE_PTR: kind = kind.target().strip_typedefs()
    if kind.code == gdb.TYPE_CODE_STRUCT and not is_go_text(kind):
      for field in kind.fields():
        if is_name(field.name): yield name + "." + field.name
def place():
  gdb.execute("set breakpoint pending off")
  said = gdb.execute("tbreak " + location, to_string=True)
  found = re.search(r" at (0x[0-9a-f]+)", said)
  if not found: raise Not("gdb found no place in the code for it")
  pc = int(found.group(1), 16)
  at = gdb.find_pc_line(pc)
  if at.symtab is None: raise Not("there is no debug information of it")
  lines = sorted(at.symtab.linetable().source_lines() or [])
  if line and at.line != line:
    near = sorted(sorted((each for each in lines if each), key=lambda each: abs(each - line))[:3])
    raise Not("there is no code at line %d; the nearest lines with code: %s" % (line, ", ".join(map(str, near))))
  if re.search(r"\\([0-9]+ locations\\)", said): raise Not("it stands at several places of the code (inlined, or one of many of that name)")
  return pc, at
def main():
  global pc, scopes, is_go, late, bases, behind
  late, bases, behind = {}, {}, {}
  pc, at = place()
  if not is_quotable(at.symtab.filename): raise Not("the name of its file has characters that gdb would take for something else")
  scopes = ['"%s":%d' % (at.symtab.filename, at.line)]
  # In its own words of Go gdb does not know members such as "len". A program in C may have a part in Go.
  is_go = at.symtab.filename.endswith(".go") or re.search(r"\\bgo\\b", gdb.execute("show language", to_string=True)) is not None
  if is_go: gdb.execute("set language c")
  block, variables, called = gdb.block_for_pc(pc), {}, "?"
  within = block
  while within is not None and not within.function: within = within.superblock
  while block is not None:
    for symbol in block:
      if not (symbol.is_argument or symbol.is_variable) or not is_name(symbol.name) or symbol.name in variables or symbol.name in late: continue
      # Until it is declared something older lies in its place.
      # Go tells the file of a function alone, which all of it is in.
      of = within.function if is_go and within is not None else symbol
      is_known = symbol.line and of.symtab and of.symtab.filename == at.symtab.filename
      if not symbol.is_argument and (not is_known or symbol.line >= at.line): late[symbol.name] = symbol.line if is_known else None
      else: variables[symbol.name] = symbol.type.strip_typedefs()
    if block.function:
      called = block.function.name
      break
    block = block.superblock
  print("@@ statement %d %s %s" % (at.line, re.sub(r"\\s", "", called), at.symtab.filename))
  print("@@ offset 0x%x" % offset_in_file(pc))
  told = 0
  for text in wanted or candidates(variables):
    if told >= MOST: break
    kind = type_of(text, variables)
    try: found = go_text(text, kind) if is_go_text(kind) else [event_argument(text, kind)]
    except Not as why:
      # Of a structure its members are told.
      if wanted or "." not in text and text in variables and (variables[text].code != gdb.TYPE_CODE_STRUCT or is_go_text(variables[text])): print("@@ not %s %s" % (text.replace(" ", ""), why))
      continue
    for form, fetch in found: value("v%d" % told, text, form, fetch); told += 1
  # All with the same words, since they are told together.
  for name in [] if wanted else late:
    print("@@ not %s declared on this line or further down, or nobody knows where: what is there may not be its value yet" % name)
  for index, text in enumerate(asked):
    try: form, fetch = event_argument(text, type_of(text, variables))
    except Not as why: raise Not("%s in the condition: %s" % (text, why))
    value("w%d" % index, text, form, fetch)
  for fetch, base in bases.items(): print("@@ base %s %s:x64" % (base, fetch))
  if condition: print("@@ filter " + re.sub(r"\\\\([0-9]+)([+-])([^\\\\]*)\\\\", guarded, condition))
  print("@@ placed")
try: main()
except Not as why: print("@@ nowhere %s" % why)
except gdb.error as error: print("@@ nowhere %s" % str(error).split("\\n")[0])
`
