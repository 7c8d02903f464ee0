/** Written by `npm run cpython-reader` from the Python beside it; do not edit. */
export const CPYTHON_READER = String.raw`import posix
import struct
import sys
import time
LATER = {
'search': r'''
LARGEST_TABLE = 16 << 20
MOST_PLACES_TRIED = 20000
def find_otherwise(program, images):
 for image in images[:20]:
  file = file_of(program, image.module)
  if file is None:
   continue
  try:
   symbols = symbols_of_file(file, image.slide)
  except (OSError, struct.error, OverflowError):
   symbols = {}
  posix.close(file)
  if WANTED[0] in symbols:
   program.machine = image.machine
   program.settle(symbols, 'symbols of its file')
   return
 search_data(program)
def search_data(program):
 program.how = 'search'
 if program.machine != X86_64:
  raise Blind('no symbol _PyRuntime, and a search is known for x86-64 only')
 versions = [version for version in LAYOUTS if any(has_version(name, version) for name in program.names)] or list(LAYOUTS)
 layouts = [Layout(version) for version in versions]
 count = 0
 for place, pointer in pairs_of_equal_words(program.memory, program.modules):
  try:
   program.memory.word(pointer)
  except Unreadable:
   continue
  count += 1
  if count > MOST_PLACES_TRIED:
   break
  for layout in layouts:
   runtime = place - layout.runtime_head
   if layout.version >= (3, 13) and is_described(program.memory, runtime):
    program.described(runtime)
    return
   if program.fits(runtime, layout):
    return
 raise Blind('no interpreter was found in its memory: it may be no CPython, one that is just starting or ending, or a build that is not known')
def is_described(memory, runtime):
 try:
  return memory.read(runtime, 8) == COOKIE
 except Unreadable:
  return False
def file_of(program, module):
 if program.memory.tids is not None:
  file = program.memory.file_for(module.path)
  return None if file is None else posix.dup(file)
 pid, first = program.pid, module.parts[0]
 for path in ('/proc/%d/map_files/%x-%x' % (pid, first[0], first[1]), '/proc/%d/root%s' % (pid, module.path)):
  file = open_file(path)
  if file is not None:
   return file
 return None
def sections_of(file):
 head = posix.pread(file, 64, 0)
 if len(head) < 64 or head[:4] != b'\x7fELF' or head[4:6] != b'\2\1':
  return []
 table, = struct.unpack_from('<Q', head, 40)
 size, count, names = struct.unpack_from('<HHH', head, 58)
 if size != 64 or names >= count:
  return []
 rows = [struct.unpack('<IIQQQQIIQQ', posix.pread(file, 64, table + 64 * row)) for row in range(count)]
 texts = posix.pread(file, min(rows[names][5], 1 << 16), rows[names][4])
 return [(texts[row[0] : texts.find(b'\0', row[0])], row) for row in rows]
def symbols_of_file(file, slide):
 found = {}
 sections = sections_of(file)
 for name, row in sections:
  if name == b'.PyRuntime':
   found[b'_PyRuntime'] = row[3] + slide
  if row[1] != 2 or row[5] > LARGEST_TABLE or row[6] >= len(sections):
   continue
  strings = sections[row[6]][1]
  texts = posix.pread(file, min(strings[5], LARGEST_TABLE), strings[4])
  table = posix.pread(file, row[5], row[4])
  for wanted in WANTED:
   place = texts.find(b'\0' + wanted + b'\0') + 1
   if place == 0:
    continue
   needle = struct.pack('<I', place)
   at = table.find(needle)
   while at != -1:
    if at % 24 == 0:
     _text, _info, _other, section, value, _size = struct.unpack_from('<IBBHQQ', table, at)
     if section:
      found[wanted] = value + slide
      break
    at = table.find(needle, at + 1)
 return found
def pairs_of_equal_words(memory, modules):
 for module in candidates(modules)[:3]:
  for start, end, rights, _offset in module.parts:
   if 'w' not in rights:
    continue
   for piece in range(start, min(end, start + (8 << 20)), 1 << 16):
    size = min(1 << 16, end - piece)
    try:
     data = struct.unpack('<%dQ' % (size // 8), memory.fetch(piece, size))
    except Unreadable:
     continue
    previous = 0
    for index, word in enumerate(data):
     if word == previous and word > 0xFFFF and not word & 7:
      yield piece + 8 * index - 8, word
     previous = word
''',
'qualnames': r'''
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
   function = frames.memory.word(function + 16)
  elif kind.name == 'function' and not kind.is_heap:
   if frames.memory.word(function + frames.layout.function_code) == code.address:
    return frames.objects.name(frames.memory.word(function + frames.layout.function_qualname))
   held = frames.memory.word(function + kind.dictoffset)
   function = held and frames.objects.lookup(held, ['__wrapped__']).get('__wrapped__')
  else:
   return None
 return None
''',
'tasks': r'''
MOST_TASKS = 200
MOST_WORDS = 40
COROUTINES = ('coroutine', 'generator', 'async_generator')
class Task:
 def __init__(self, name, frames, awaited):
  self.name = name
  self.frames = frames
  self.awaited = awaited
class Tasks:
 def __init__(self, frames):
  self.frames = frames
  self.objects = frames.objects
  self.memory = frames.memory
  self.layout = frames.layout
 def all(self, module, interpreter, threads):
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
  kind = self.objects.type_of(address)
  fields = []
  for word in self.memory.words(address + 16, min(max(kind.basic // 8 - 2, 0), MOST_WORDS)):
   try:
    fields.append((word, self.objects.type_of(word) if word else None))
   except (Unreadable, struct.error):
    fields.append((word, None))
  return fields
 def task(self, address):
  attributes = dict(self.objects.attributes(address, 40))
  coroutine, name = attributes.get('_coro'), attributes.get('_name')
  if not coroutine:
   fields = self.fields(address)
   index = next((i for i, (_, kind) in enumerate(fields) if kind and kind.name in COROUTINES), None)
   if index is None:
    return None
   coroutine = fields[index][0]
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
  if kind.name in ('coroutine_wrapper', 'async_generator_asend', 'async_generator_athrow'):
   return self.memory.word(address + 16)
  return None
 def frame_of(self, address):
  memory, layout = self.memory, self.layout
  if layout.version >= (3, 11):
   state = struct.unpack('<b', memory.read(address + layout.gen_state, 1))[0]
   if state >= 0:
    return None
   return self.frames.frame_at(address + layout.gen_frame)
  at = memory.word(address + layout.gen_frame)
  if not at:
   return None
  if layout.version == (3, 10):
   if struct.unpack('<b', memory.read(at + layout.frame_state, 1))[0] >= 0:
    return None
  elif memory.byte(at + layout.frame_executing):
   return None
  return self.frames.frame_at(at)
 def top(self, frame):
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
''',
'profile': r'''
SHARE = 0.05
MOST_STACKS = 20000
class Profile:
 def __init__(self, looking, options):
  self.looking = looking
  self.memory = looking.memory
  self.options = options
  self.frames = {}
  self.counts = {}
  self.threads = {}
  self.samples = self.torn = self.left_out = 0
  self.waits = None
  if options['waits']:
   later('waits')
   self.waits = Waits(looking.program, looking.memory)
 def take(self):
  listen(self.options)
  began = now = time.monotonic()
  used = time.process_time()
  while now < began + self.options['profile'] and not is_asked(self.options):
   self.memory.deadline, self.memory.left = now + 1, 16 << 20
   self.memory.fresh()
   try:
    self.sample()
    self.samples += 1
   except (Unreadable, struct.error, Exhausted):
    self.torn += 1
    if not is_there(self.looking.program.pid):
     break
   used = rest(now, used, self.options['every'] / 1000.0, SHARE)
   now = time.monotonic()
  return now - began
 def sample(self):
  looking = self.looking
  interpreters = looking.threads.interpreters()
  if self.waits:
   later('waits')
   self.gils = gils_of(looking.threads, interpreters)
  for interpreter in interpreters:
   threads, _ = looking.threads.of(interpreter, self.options['threads'])
   if any(thread.address not in self.threads for thread in threads):
    looking.system = looking.system_now()
    looking.identify(interpreter, threads)
    self.threads.update((thread.address, thread) for thread in threads)
   for thread in threads:
    self.count(self.threads[thread.address])
 def count(self, thread):
  looking = self.looking
  state = state_of(looking.program.pid, thread.tid)
  is_running = None if state is None else state == 'R'
  wait = self.waits.of(thread.tid, state, self.gils) if self.waits and is_running is False else None
  head = looking.frames.innermost(thread.address)
  frames, cut = looking.frames.chain(head, self.options['frames'])
  if not looking.is_still(thread, head, frames) or (cut and 'more than' not in cut):
   self.torn += 1
   return
  stack = tuple([self.number(frame) for frame in frames])
  key = (thread.address, is_running, wait, stack)
  if key not in self.counts and len(self.counts) >= MOST_STACKS:
   self.left_out += 1
   return
  self.counts[key] = self.counts.get(key, 0) + 1
 def number(self, frame):
  line = self.looking.frames.line(frame)
  key = (frame.code.address, frame.code.stamp, line)
  if key not in self.frames:
   self.frames[key] = (len(self.frames), self.looking.frames.function_name(frame), frame.code.file, line)
  return self.frames[key][0]
 def tell(self, out, seconds):
  for number, name, file, line in sorted(self.frames.values()):
   out.line({'at': number, 'function': name, 'file': file, 'line': line})
  if self.waits:
   self.waits.tell(out)
  for (address, is_running, wait, stack), count in sorted(self.counts.items(), key=lambda item: -item[1]):
   thread = self.threads[address]
   out.line({'count': count, 'cpu': is_running, 'wait': wait, 'thread': thread.tid, 'name': thread.name, 'stack': list(stack)})
  out.line(
   {
    'profiled': round(1000 * seconds),
    'samples': self.samples,
    'torn': self.torn,
    'leftOut': self.left_out,
   }
  )
def rest(began, used, every, share):
 now = time.process_time()
 time.sleep(max(max(every, (now - used) / share) - (time.monotonic() - began), 0))
 return now
def listen(options):
 if options['listens']:
  posix.set_blocking(0, False)
def is_asked(options):
 if not options['listens']:
  return False
 try:
  return not posix.read(0, 4096)
 except BlockingIOError:
  return False
def is_there(pid):
 try:
  return bool(read_file('/proc/%d/stat' % pid, 4096))
 except OSError:
  return False
def state_of(pid, tid):
 if tid is None:
  return None
 try:
  stat = read_file('/proc/%d/task/%d/stat' % (pid, tid), 4096)
 except OSError:
  return None
 return stat[stat.rfind(b')') + 2 :][:1].decode('latin-1')
''',
'waits': r'''
FUTEX = {62: (202,), 183: (98,)}
POLL = {62: (7, 271), 183: (73,)}
MOST_WAITS = 2000
AROUND_GIL = (64, 400)
TABLES_EVERY, LONGEST_TABLE_OF_SOCKETS = 1.0, 2 << 20
class Waits:
 def __init__(self, program, memory):
  self.program = program
  self.memory = memory
  self.numbers = {}
  self.inodes = set()
  self.sockets = {}
  self.looked = 0.0
 def of(self, tid, state, gils):
  key = self.key(tid, state, gils)
  if key not in self.numbers and len(self.numbers) >= MOST_WAITS:
   key = (None, (), None, None, False, state)
  return self.numbers.setdefault(key, len(self.numbers))
 def key(self, tid, state, gils):
  words = self.words(tid, 'syscall')
  if len(words) < 7:
   return None, (), None, self.channel(tid), False, state
  call, given = int(words[0]), [int(word, 16) for word in words[1:7]]
  machine = self.program.machine
  if call in FUTEX.get(machine, ()):
   return call, (0, given[1]), None, None, any(low <= given[0] < high for low, high in gils), state
  at = self.polled(given) if call in POLL.get(machine, ()) and given[1] == 1 else given[0]
  opened = self.opened(at)
  return call, tuple(small(value) for value in given[:2]), opened, self.channel(tid) if state == 'D' else None, False, state
 def words(self, tid, name):
  try:
   return read_file('/proc/%d/task/%d/%s' % (self.program.pid, tid, name), 400).split()
  except OSError:
   return []
 def channel(self, tid):
  words = self.words(tid, 'wchan')
  return words[0].decode('latin-1') if words and words[0] != b'0' else None
 def polled(self, given):
  try:
   return self.memory.half(given[0])
  except Unreadable:
   return -1
 def opened(self, at):
  if not 0 <= at < 1 << 20:
   return None
  try:
   target = posix.readlink('/proc/%d/fd/%d' % (self.program.pid, at))
  except OSError:
   return None
  if target.startswith('socket:['):
   self.inodes.add(target[8:-1])
   if target[8:-1] not in self.sockets and time.monotonic() > self.looked + TABLES_EVERY:
    self.tables()
  return target
 def tables(self):
  self.looked = time.monotonic()
  for protocol in ('tcp', 'tcp6', 'udp', 'udp6', 'unix'):
   try:
    table = read_file('/proc/%d/net/%s' % (self.program.pid, protocol), LONGEST_TABLE_OF_SOCKETS).decode('utf-8', 'replace')
   except OSError:
    continue
   for row in table.split('\n')[1:]:
    words = row.split()
    place = 6 if protocol == 'unix' else 9
    if len(words) > place and words[place] in self.inodes:
     ends = words[5:6] + words[4:5] + words[7:8] if protocol == 'unix' else words[1:5]
     self.sockets[words[place]] = ' '.join([protocol.rstrip('6'), words[place]] + ends)
 def tell(self, out):
  if self.inodes - set(self.sockets):
   self.tables()
  for (call, given, opened, channel, is_gil, state), number in sorted(self.numbers.items(), key=lambda item: item[1]):
   args = ['0x%x' % value for value in given]
   out.line({'waits': number, 'call': call, 'args': args, 'open': opened, 'channel': channel, 'gil': is_gil, 'state': state})
  for row in sorted(self.sockets.values()):
   out.line({'socket': row})
def small(value):
 return value if value < 1 << 32 or value >= (1 << 64) - 4096 else 0
def gils_of(threads, interpreters):
 layout, found = threads.layout, []
 for interpreter in interpreters:
  base = threads.runtime if layout.version < (3, 12) else threads.memory.word(interpreter + layout.interp_gil)
  found.append((base + layout.gil_locked - AROUND_GIL[0], base + layout.gil_locked + AROUND_GIL[1]))
 return found
''',
'sources': r'''
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
  if not asked.get('line'):
   return []
  lines = set()
  for code in self.codes.values():
   lines.update(self.lines(code))
  return sorted(sorted(lines, key=lambda line: (abs(line - asked['line']), line))[:12])
 def lines(self, code):
  return lines_of(self.layout.version, code.table, code.first)
def is_file(path, asked):
 while asked.startswith('./'):
  asked = asked[2:]
 while path.startswith('./'):
  path = path[2:]
 return path == asked or path.endswith('/' + asked) or (asked.startswith('/') and not path.startswith('/') and asked.endswith('/' + path))
''',
'conditions': r'''
MOST_LOOKED, LONGEST_COMPARED = 4096, 4096
class Unknown(Exception):
 pass
class At:
 def __init__(self, address):
  self.address = address
class Conditions:
 def __init__(self, looking):
  self.looking = looking
  self.objects = looking.objects
  self.memory = looking.memory
  self.layout = looking.program.layout
 def told(self, text, tree, frame):
  try:
   value = self.value(tree, frame)
  except Unknown as why:
   return {'name': text, 'value': '<%s>' % why}
  except (Unreadable, struct.error):
   return {'name': text, 'value': '<unreadable>'}
  if not isinstance(value, At):
   return {'name': text, 'type': type(value).__name__, 'value': repr(value)}
  kind, shown = self.looking.values.value(value.address)
  is_hidden = any(is_secret(name) for name in names_in(tree)) and kind != 'NoneType'
  return {'name': text, 'type': kind, 'value': MASKED if is_hidden else shown, 'masked': is_hidden or None}
 def truth(self, tree, frame):
  try:
   return self.is_true(self.value(tree, frame))
  except (Unreadable, struct.error):
   raise Unknown('what it asks for could not be read')
 def value(self, tree, frame):
  kind = tree['kind']
  if kind == 'name':
   return self.named(tree['name'], frame)
  if kind == 'member':
   return self.member(self.value(tree['of'], frame), tree['name'])
  if kind == 'index':
   return self.item(self.value(tree['of'], frame), self.plain(self.value(tree['at'], frame)))
  if kind == 'number':
   return number_of(tree['text'])
  if kind == 'text':
   return tree['text']
  if kind == 'constant':
   return {'true': True, 'false': False, 'null': None}[tree['constant']]
  if kind == 'not':
   return not self.is_true(self.value(tree['of'], frame))
  if kind == 'and':
   return self.is_true(self.value(tree['left'], frame)) and self.is_true(self.value(tree['right'], frame))
  if kind == 'or':
   return self.is_true(self.value(tree['left'], frame)) or self.is_true(self.value(tree['right'], frame))
  return compared(tree['operator'], self.plain(self.value(tree['left'], frame)), self.plain(self.value(tree['right'], frame)))
 def named(self, name, frame):
  for known, address in self.looking.frames.locals(frame):
   if known == name:
    return At(address)
  if any(known == name for known, _ in frame.code.names):
   raise Unknown('%s is not set here' % name)
  found = self.objects.lookup(self.memory.word(frame.address + self.layout.frame_globals), [name])
  if name not in found:
   raise Unknown('there is no %s here' % name)
  return At(found[name])
 def member(self, of, name):
  if not isinstance(of, At):
   raise Unknown('a %s has no member %s' % (type(of).__name__, name))
  for known, value in self.objects.attributes(of.address, MOST_LOOKED):
   if known == name:
    return At(value)
  if self.objects.type_of(of.address).flags & (1 << 31):
   mro = self.memory.word(of.address + self.layout.type_mro)
  else:
   mro = self.memory.word(self.objects.type_of(of.address).address + self.layout.type_mro)
  for base in self.objects.tuple(mro, 50):
   held = self.memory.word(base + self.layout.type_dict)
   found = self.objects.lookup(held, [name]) if held else {}
   if name in found:
    return self.of_class(found[name], name)
  raise Unknown('a %s has no member %s' % (self.objects.type_of(of.address).short, name))
 def of_class(self, address, name):
  if self.objects.type_of(address).short in ('property', 'function', 'staticmethod', 'classmethod', 'member_descriptor', 'cached_property'):
   raise Unknown('%s would have to be run: nothing is' % name)
  return At(address)
 def item(self, of, key):
  if not isinstance(of, At):
   raise Unknown('a %s has no items that are told' % type(of).__name__)
  kind = self.objects.type_of(of.address)
  if kind.flags & (LIST | TUPLE):
   length, at = self.objects.places(of.address, kind)
   if isinstance(key, bool) or not isinstance(key, int):
    raise Unknown('a %s is indexed by numbers' % kind.short)
   place = key + length if key < 0 else key
   if not 0 <= place < length:
    raise Unknown('it has %d items, and no [%d]' % (length, key))
   return At(self.memory.word(at + 8 * place))
  if kind.flags & DICT:
   for address, value in self.objects.pairs(of.address, MOST_LOOKED):
    try:
     if self.plain(At(address)) == key:
      return At(value)
    except Unknown:
     pass
   raise Unknown('it has no [%r]%s' % (key, '' if self.objects.used(of.address) <= MOST_LOOKED else ' among its first ones'))
  raise Unknown('a %s would have to be asked for an item: nothing is run' % kind.short)
 def plain(self, value):
  if not isinstance(value, At):
   return value
  kind = self.objects.type_of(value.address)
  if kind.name == 'NoneType' and not kind.is_heap:
   return None
  if kind.flags & INT:
   number = self.objects.integer(value.address)
   if number is None:
    raise Unknown('a number of more than 180 digits')
   return bool(number) if kind.name == 'bool' and not kind.is_heap else number
  if kind.name == 'float' and not kind.is_heap:
   return struct.unpack('<d', self.memory.read(value.address + self.layout.float_value, 8))[0]
  if kind.flags & STR:
   text, length = self.objects.text(value.address, LONGEST_COMPARED)
   if length > len(text):
    raise Unknown('a text of %d characters' % length)
   return text
  raise Unknown('a %s would have to compare itself: nothing is run' % kind.short)
 def is_true(self, value):
  if not isinstance(value, At):
   return bool(value)
  kind = self.objects.type_of(value.address)
  if kind.flags & (LIST | TUPLE):
   return self.objects.places(value.address, kind)[0] > 0
  if kind.flags & DICT:
   return self.objects.used(value.address) > 0
  if kind.name in ('set', 'frozenset') and not kind.is_heap:
   return self.objects.set_items(value.address, 0)[1] > 0
  return bool(self.plain(value))
ORDERS = {
 '==': lambda left, right: left == right,
 '!=': lambda left, right: left != right,
 '<': lambda left, right: left < right,
 '<=': lambda left, right: left <= right,
 '>': lambda left, right: left > right,
 '>=': lambda left, right: left >= right,
}
def compared(operator, left, right):
 try:
  return ORDERS[operator](left, right)
 except TypeError:
  raise Unknown('%s and %s have no order' % (type(left).__name__, type(right).__name__))
def number_of(text):
 low = text.lower()
 if '0x' in low:
  return int(low, 16)
 return float(low) if any(mark in low for mark in '.e') else int(low)
def names_in(tree):
 if tree['kind'] == 'member':
  return [tree['name']] + names_in(tree['of'])
 if tree['kind'] == 'index':
  return names_in(tree['of']) + ([tree['at']['text']] if tree['at']['kind'] == 'text' else [])
 return [tree['name']] if tree['kind'] == 'name' else []
''',
'snapshot': r'''
SHARE_OF_SNAPSHOT, SHORTEST = 0.1, 0.002
SURE = 1.0
MOST_FRAMES_OF_HIT = 40
class Snapshot:
 def __init__(self, looking, asked):
  self.looking = looking
  self.memory = looking.memory
  self.asked = asked
  later('conditions')
  self.conditions = Conditions(looking)
  self.threads = {}
  self.last = {}
  self.looks = self.at_it = self.torn = self.false = 0
  self.hits = self.loose = 0
  self.sure_until = min(SURE, asked['seconds'] / 2)
  self.files = set()
 def take(self, out):
  later('profile')
  later('sources')
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
  later('profile')
  try:
   return state_of(self.looking.program.pid, tid), read_file('/proc/%d/task/%d/schedstat' % (self.looking.program.pid, tid), 100).split()[2]
  except (OSError, ValueError, IndexError, TypeError):
   return None
 def is_it(self, frame):
  later('sources')
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
  later('conditions')
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
''',
'census': r'''
NODE = struct.Struct('<QQqQqQq')
HEAD = 16
HAVE_GC = 1 << 14
MOST_PAGES = 4096
MOST_BYTES = 4 << 30
MOST_TYPES = 3000
TRAIL = 20000
NEAR = 16
MOST_REPAIRS = 100000
PATIENCE = 500
AT_ONCE = 2
LONGEST = 1 << 36
FRAMES = ('generator', 'coroutine', 'async_generator')
FRAME = 160
NEWEST = 100
class Kind:
 def __init__(self, objects, address):
  kind = objects.type_at(address)
  meta = objects.type_of(address)
  if not (kind.flags & HAVE_GC and meta.flags & TYPE and 16 <= kind.basic < 1 << 24):
   raise Unreadable('type')
  self.kind = kind
  self.count = self.bytes = 0
  self.item = objects.memory.number(address + objects.layout.type_item)
  if not 0 <= self.item < 1 << 24:
   raise Unreadable('type')
  self.fixed = kind.basic + HEAD + attributes_size(objects, kind)
  if kind.name in FRAMES and not kind.is_heap:
   self.item, self.fixed = 0, self.fixed + FRAME
  self.grow = table_of(kind)
 def add(self, size, third, fourth):
  self.count += 1
  self.bytes += self.fixed
  if self.item:
   self.bytes += self.item * (abs(size) if abs(size) < LONGEST else 0)
  if self.grow:
   self.bytes += self.grow(size, third, fourth)
def attributes_size(objects, kind):
 layout = objects.layout
 if not kind.is_heap or not (kind.flags & MANAGED_DICT if layout.version >= (3, 11) else kind.dictoffset > 0):
  return 0
 keys = objects.memory.word(kind.address + layout.type_keys)
 count = min(objects.keys_of(keys)[0], 1024) if keys else 0
 return (24 if layout.version >= (3, 11) else 64) + 8 * count
def table_of(kind):
 if kind.flags & LIST:
  return lambda size, third, fourth: 8 * fourth if 0 < fourth < LONGEST else 0
 if kind.flags & DICT:
  return lambda size, third, fourth: dict_table(size)
 if kind.name in ('set', 'frozenset') and not kind.is_heap:
  return lambda size, third, fourth: 16 * (fourth + 1) if 8 <= fourth < LONGEST else 0
 return None
def dict_table(used):
 if used <= 0 or used > LONGEST:
  return 0
 places = 8
 while places * 2 < used * 3:
  places *= 2
 width = 1 if places <= 1 << 8 else 2 if places <= 1 << 16 else 4
 return 32 + places * width + (places * 2 // 3) * 24
class Census:
 def __init__(self, program, options):
  self.objects = program.objects
  self.memory = program.memory
  self.layout = program.layout
  self.runtime = program.runtime
  self.left = options['objects']
  self.seconds = options['seconds']
  self.kinds = {}
  self.pages = {}
  self.repairs = 0
  self.cut = None
  self.is_torn = False
  self.counted = set()
  self.newest = set()
 def tell(self, out):
  began = time.monotonic()
  self.memory.deadline, self.memory.left = began + self.seconds, MOST_BYTES
  try:
   self.all()
  except Exhausted as bound:
   self.cut = str(bound)
  self.memory.deadline, self.memory.left = time.monotonic() + 2, 64 << 20
  kinds = sorted(self.kinds.values(), key=lambda each: -each.bytes)
  for kind in kinds[:MOST_TYPES]:
   out.line({'type': self.name(kind.kind), 'count': kind.count, 'bytes': kind.bytes})
  others = kinds[MOST_TYPES:]
  if others:
   out.line({'others': len(others), 'count': sum(each.count for each in others), 'bytes': sum(each.bytes for each in others)})
  out.line(
   {
    'counted': sum(each.count for each in kinds),
    'cut': self.cut,
    'torn': self.is_torn,
    'ms': round(1000 * (time.monotonic() - began)),
   }
  )
 def all(self):
  for interpreter in Threads(self.objects, self.runtime).interpreters():
   layout = self.layout
   held = self.runtime + layout.runtime_gc if layout.version < (3, 9) else interpreter + layout.interp_gc
   first = held + layout.gc_generations
   if self.memory.word(held + layout.gc_first) != first:
    raise Unreadable('generations')
   size = layout.gc_generation_size
   heads = [held + layout.gc_permanent, first + 2 * size, first + size, first]
   for head in heads:
    self.generation(head, heads)
   if layout.version < (3, 9):
    return
 def generation(self, head, heads):
  trail = [head]
  fails = 0
  self.counted = set()
  self.first = None
  while True:
   came = trail[-1]
   try:
    self.walk(came, trail, head)
    break
   except Unreadable:
    fails = 1 if trail[-1] != came else fails + 1
   self.pages.clear()
   self.repairs += 1
   if self.repairs > MOST_REPAIRS or fails > PATIENCE or self.is_astray(trail, heads, fails):
    self.is_torn = True
    break
  self.newest.update(self.first or trail[1:NEWEST])
 def is_astray(self, trail, heads, fails):
  self.memory.check_time()
  if not self.settle(trail, NEAR):
   return False
  before = self.before(trail[-1])
  if before in heads and before != trail[0]:
   return self.settle(trail, TRAIL)
  if fails > AT_ONCE:
   time.sleep(0.001)
  return False
 def settle(self, trail, most):
  for index in range(max(1, len(trail) - most), len(trail)):
   try:
    if self.node(trail[index])[0] & ~7 == trail[index - 1]:
     continue
   except Unreadable:
    pass
   self.counted = set(trail[index:])
   del trail[index:]
   return False
  return True
 def before(self, at):
  try:
   return self.node(at)[1] & ~3
  except Unreadable:
   return 0
 def walk(self, came, trail, head):
  pages, kinds, newest, unpack = self.pages, self.kinds, self.newest, NODE.unpack_from
  at = self.node(came)[1] & ~3
  while at != head:
   if self.left <= 0:
    raise Exhausted('objects')
   offset = at & (PAGE - 1)
   page = pages.get(at - offset)
   if page is None or offset > PAGE - NODE.size:
    later, before, references, address, size, third, fourth = self.node(at)
   else:
    later, before, references, address, size, third, fourth = unpack(page, offset)
   if later & ~7 != came or references == 0:
    raise Unreadable('list')
   if at in newest:
    return
   kind = kinds.get(address)
   if kind is None:
    kind = kinds[address] = Kind(self.objects, address)
   if not self.counted or at not in self.counted:
    kind.add(size, third, fourth)
    self.left -= 1
   came = at
   trail.append(at)
   if len(trail) > 2 * TRAIL:
    self.first = self.first or trail[1:NEWEST]
    del trail[:TRAIL]
   at = before & ~3
 def node(self, at):
  offset = at & (PAGE - 1)
  if at & 7:
   raise Unreadable('list')
  if offset > PAGE - NODE.size:
   return NODE.unpack(self.memory.fetch(at, NODE.size))
  start = at - offset
  page = self.pages.get(start)
  if page is None:
   if len(self.pages) >= MOST_PAGES:
    self.pages.clear()
   page = self.pages[start] = self.memory.fetch(start, PAGE)
  return NODE.unpack_from(page, offset)
 def name(self, kind):
  if not kind.is_heap:
   return kind.name
  try:
   objects, memory = self.objects, self.memory
   name = objects.name(memory.word(kind.address + self.layout.type_qualname))
   module = objects.lookup(memory.word(kind.address + self.layout.type_dict), ['__module__']).get('__module__')
   module = objects.name(module) if module else 'builtins'
   return name if module == 'builtins' else module + '.' + name
  except (Unreadable, Exhausted, struct.error):
   return kind.name
''',
'errors': r'''
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
  return self.values.shown(address, 0) if self.is_error(address) else None
 def raised(self, thread):
  error = self.memory.word(thread.address + self.layout.thread_error)
  if self.layout.version >= (3, 12) or self.is_error(error):
   return self.says(error)
  kind = self.memory.word(thread.address + self.layout.thread_error_type)
  if not kind:
   return None
  return '%s(%s)' % (self.values.class_name(kind), self.values.shown(error, 1) if error else '')
 def handled(self, thread):
  return self.says(self.memory.word(self.memory.word(thread.address + self.layout.thread_handled) + self.layout.handled_value))
 def frames(self, address):
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
    found.append(Frame(frame, known.code, self.memory.half(at + self.layout.traceback_line - 4)))
   at = self.memory.word(at + self.layout.traceback_next)
  return found[::-1][:MOST_CALLS]
''',
'crash': r'''
SHARE_OF_TICKS, SHORTEST_TICK = 0.05, 0.002
SHARE_OF_LOOKS, SHORTEST_LOOK = 0.05, 0.05
PATIENCE = 2.0
LONGEST_EXIT, EXITING = 60.0, 4
MOST_READ = 64 << 20
class Kept(Output):
 def __init__(self):
  Output.__init__(self)
  self.texts = []
 def write(self, text):
  self.texts.append(text)
class LastLook(Look):
 def __init__(self, program, options):
  Look.__init__(self, program, options)
  self.outermost = {}
  self.unknown = {}
 def stack(self, thread):
  told = Look.stack(self, thread)
  self.outermost[thread.tid] = told[0][-1].code.address if told[0] else 0
  return told
 def identify(self, interpreter, threads):
  modules = Look.identify(self, interpreter, threads)
  if not unknown(threads) <= self.unknown.get(interpreter, set()):
   self.system = self.system_now()
   modules = Look.identify(self, interpreter, threads)
  self.unknown[interpreter] = unknown(threads)
  return modules
 def note(self, out, text):
  if text not in self.notes:
   self.notes.append(text)
def unknown(threads):
 return {(thread.address, thread.ident) for thread in threads if thread.tid is None}
class Crash:
 def __init__(self, program, options):
  later('errors')
  self.program = program
  self.memory = program.memory
  self.options = options
  self.looking = LastLook(program, options)
  self.errors = Errors(self.looking)
  self.handle = handle_of(program.pid)
  self.looks = self.ticks = 0
  self.last = self.at_work = None
  self.main = None
  self.used = {}
  self.thrown = None
  self.finalizing = None
 def take(self, out):
  later('profile')
  options = self.options
  listen(options)
  began = now = time.monotonic()
  due, gone, ended, status = began, None, 'time', None
  while now < began + options['crash']:
   if is_asked(options):
    ended = 'asked'
    break
   used = time.process_time()
   try:
    self.fresh(now)
    is_new = self.tick(out, round(1000 * (now - began)))
    self.ticks += 1
   except (Unreadable, struct.error, Exhausted):
    is_new = False
    if self.is_gone():
     gone = round(1000 * (time.monotonic() - began))
     ended, status = self.end()
     break
   rest(now, used, SHORTEST_TICK, SHARE_OF_TICKS)
   now = time.monotonic()
   if (is_new or now >= due) and self.finalizing is None:
    used = time.process_time()
    self.look(round(1000 * (now - began)))
    due = now + max(SHORTEST_LOOK, (time.process_time() - used) / SHARE_OF_LOOKS)
  out.length = 0
  if gone is not None:
   self.tell(out)
  out.line(
   {
    'watched': round(1000 * (time.monotonic() - began)),
    'ended': ended,
    'status': status,
    'gone': gone,
    'finalizing': self.finalizing,
    'looks': self.looks,
    'ticks': self.ticks,
   }
  )
 def fresh(self, now):
  self.memory.deadline, self.memory.left = now + 1, MOST_READ
  self.memory.fresh()
 def tick(self, out, at):
  program, memory, objects = self.program, self.memory, self.looking.objects
  layout = program.layout
  if self.finalizing is None and memory.word(program.runtime + layout.runtime_finalizing):
   self.finalizing = at
  is_new = False
  for interpreter in self.looking.threads.interpreters():
   held = memory.word(interpreter + layout.interp_sysdict)
   used = objects.used(held)
   if self.used.get(interpreter) == used:
    continue
   is_first = interpreter not in self.used
   found = objects.lookup(held, ['last_exc', 'last_value'])
   thrown = found.get('last_exc') or found.get('last_value')
   says = self.errors.says(thrown) if thrown else None
   if says and thrown != self.thrown:
    frames = self.frames(out, thrown)
    try:
     out.line({'thrown': says, 'at': at, 'before': is_first, 'frames': frames})
     sys.stdout.flush()
     is_new = True
    except Exhausted:
     self.looking.note(out, 'its main program threw more than there is room for in the answer')
    self.thrown = thrown
   self.used[interpreter] = used
  return is_new
 def frames(self, out, thrown):
  for with_locals in (True, False):
   try:
    return self.looking.told(out, self.errors.frames(thrown), with_locals)
   except Exhausted:
    self.fresh(time.monotonic())
  return []
 def look(self, at):
  kept = Kept()
  self.fresh(time.monotonic())
  try:
   self.looking.take(kept, self.looks, at, True)
  except (Unreadable, struct.error, Exhausted):
   return
  main = self.looking.outermost.get(self.program.pid)
  self.looking.outermost = {}
  if self.main is None:
   self.main = main
  self.looks += 1
  self.last = kept
  if main and main == self.main:
   self.at_work = kept
 def is_gone(self):
  self.fresh(time.monotonic())
  try:
   self.memory.fetch(self.program.runtime, 8)
  except Unreadable:
   return True
  except Exhausted:
   pass
  return False
 def end(self):
  later('profile')
  began = time.monotonic()
  while True:
   try:
    stat = read_file('/proc/%d/stat' % self.program.pid, 4096)
   except OSError:
    return 'process', status_of(self.handle)
   fields = stat[stat.rfind(b')') + 2 :].split()
   if fields[0] in (b'Z', b'X'):
    return 'process', int(fields[-1])
   is_exiting = int(fields[6]) & EXITING
   if time.monotonic() > began + (LONGEST_EXIT if is_exiting and not is_asked(self.options) else PATIENCE):
    return ('exiting' if is_exiting else 'exec'), None
   time.sleep(SHORTEST_TICK)
 def tell(self, out):
  for kept in (self.last, self.at_work if self.at_work is not self.last else None):
   for text in kept.texts if kept else ():
    out.write(text)
  for text in self.looking.notes:
   out.line({'note': text})
def handle_of(pid):
 try:
  return posix.pidfd_open(pid)
 except (AttributeError, OSError):
  return None
GET_INFO, WANTS_EXIT = 3 << 30 | 64 << 16 | 0xFF << 8 | 11, 8
def status_of(handle):
 if handle is None:
  return None
 try:
  import fcntl
  told = bytearray(struct.pack('<Q', WANTS_EXIT) + bytes(56))
  fcntl.ioctl(handle, GET_INFO, told)
 except (ImportError, OSError):
  return None
 mask, = struct.unpack_from('<Q', told)
 return struct.unpack_from('<i', told, 60)[0] if mask & WANTS_EXIT else None
''',
'core': r'''
TYPE_CORE, LOAD, NOTE = 4, 1, 4
NT_STATUS, NT_FILES, NT_BUILD_ID = 1, 0x46494C45, 3
MOST_NOTE_BYTES, MOST_NOTES, MOST_MAPPINGS, MOST_OPENED = 24 << 20, 200000, 65536, 100
class CoreMemory(Memory):
 def __init__(self, asked, seconds, most_bytes):
  self.file = open_file(asked['core'])
  if self.file is None:
   raise Blind('the core is no file that this user may read', '--sudo')
  self.deadline = time.monotonic() + seconds
  self.left = most_bytes
  self.calls = 0
  self.pages = {}
  self.binary = {asked.get('program'): asked.get('binary')} if asked.get('binary') else {}
  self.opened = {}
  self.missing = set()
  rows = segments_of(self.file)
  self.parts = sorted((row[3], row[3] + min(row[5], row[6]), row[3] + row[6], row[2], row[1]) for row in rows if row[0] == LOAD and row[3] + row[6] <= HIGHEST and row[6])
  self.held = [(part[0],) for part in self.parts if part[1] > part[0]]
  self.tids, self.mappings = {}, []
  for row in rows:
   if row[0] == NOTE:
    self.notes(row[2], min(row[5], MOST_NOTE_BYTES))
  self.mappings.sort()
 def notes(self, offset, size):
  for owner, kind, data in notes_in(pread(self.file, size, offset)):
   self.check_time()
   if owner == b'CORE' and kind == NT_STATUS and len(data) >= 36:
    tid, = struct.unpack_from('<i', data, 32)
    self.tids[tid] = tid
   elif owner == b'CORE' and kind == NT_FILES and not self.mappings:
    self.mappings = mappings_of(data)
 def fetch(self, address, size):
  if address < PAGE or address + size > HIGHEST:
   raise Unreadable('address')
  self.calls += 1
  if self.calls & 15 == 0:
   self.check_time()
  self.left -= size
  if self.left < 0:
   raise Exhausted('bytes')
  pieces = []
  while size > 0:
   piece = self.piece(address, size)
   pieces.append(piece)
   address += len(piece)
   size -= len(piece)
  return b''.join(pieces)
 def piece(self, address, size):
  part = last_at(self.parts, address)
  if part and address < part[1]:
   got = pread(self.file, min(size, part[1] - address), part[3] + address - part[0])
  else:
   mapping = last_at(self.mappings, address)
   if not mapping or address >= mapping[1]:
    raise Unreadable('not in the core')
   file = self.file_for(mapping[3])
   if file is None:
    raise Unreadable('not in the core')
   got = pread(file, min(size, mapping[1] - address, self.gap(address)), mapping[2] + address - mapping[0])
  if not got:
   raise Unreadable('cut')
  return got
 def gap(self, address):
  index = place_in(self.held, address)
  return self.held[index][0] - address if index < len(self.held) else HIGHEST
 def file_for(self, path):
  if path not in self.opened:
   self.opened[path] = self.trusted(path) if len(self.opened) < MOST_OPENED else None
   if self.opened[path] is None:
    self.missing.add(path)
  return self.opened[path]
 def trusted(self, path):
  named = self.binary.get(path)
  file = open_file(named or path)
  if file is None:
   return None
  first = next((mapping[0] for mapping in self.mappings if mapping[3] == path and mapping[2] == 0), None)
  part = last_at(self.parts, first) if first is not None else None
  was = pread(self.file, PAGE, part[3] + first - part[0]) if part and first + PAGE <= part[1] else None
  now = pread(file, PAGE, 0)
  if was is None:
   is_it = bool(named)
  else:
   is_it = build_id_of(was) == build_id_of(now) if build_id_of(was) else was == now
  if is_it:
   return file
  posix.close(file)
  return None
 def maps(self):
  rows = [(part[0], part[2], rights_of(part[4])) + self.place_of(part[0]) for part in self.parts]
  known = set(row[0] for row in rows)
  rows.extend((start, end, 'r-xp', offset, path) for start, end, offset, path in self.mappings if start not in known)
  return '\n'.join('%x-%x %s %08x 00:00 0 %s' % row for row in sorted(rows))
 def place_of(self, address):
  mapping = last_at(self.mappings, address)
  return (mapping[2] + address - mapping[0], mapping[3]) if mapping and address < mapping[1] else (0, '')
def last_at(rows, address):
 index = place_in(rows, address)
 return rows[index - 1] if index else None
def place_in(rows, address):
 low, high = 0, len(rows)
 while low < high:
  middle = (low + high) // 2
  if rows[middle][0] <= address:
   low = middle + 1
  else:
   high = middle
 return low
def pread(file, size, offset):
 if size <= 0 or offset < 0 or offset + size > 1 << 62:
  return b''
 try:
  return posix.pread(file, size, offset)
 except OSError:
  return b''
def rights_of(flags):
 return ('r' if flags & 4 else '-') + ('w' if flags & 2 else '-') + ('x' if flags & 1 else '-') + 'p'
def segments_of(file):
 head = pread(file, 64, 0)
 if len(head) < 64 or head[:4] != b'\x7fELF' or head[4:6] != b'\2\1' or struct.unpack_from('<H', head, 16)[0] != TYPE_CORE:
  raise Blind('it is no core of 64 bits, little-endian')
 table, = struct.unpack_from('<Q', head, 32)
 size, count = struct.unpack_from('<HH', head, 54)
 rows = pread(file, 56 * count, table) if size == 56 else b''
 return [struct.unpack_from('<IIQQQQQQ', rows, 56 * row) for row in range(len(rows) // 56)]
def notes_in(data):
 found, at = [], 0
 while at + 12 <= len(data) and len(found) < MOST_NOTES:
  name, size, kind = struct.unpack_from('<III', data, at)
  begin = at + 12 + (name + 3 & ~3)
  if begin + size > len(data):
   break
  found.append((data[at + 12 : at + 12 + min(name, 16)].split(b'\0')[0], kind, data[begin : begin + size]))
  at = begin + (size + 3 & ~3)
 return found
def mappings_of(data):
 if len(data) < 16:
  return []
 count, page = struct.unpack_from('<QQ', data)
 if count > min(MOST_MAPPINGS, (len(data) - 16) // 24) or not 0 < page <= 1 << 16:
  return []
 names = data[16 + 24 * count :].split(b'\0')
 found = []
 for index in range(min(count, len(names))):
  start, end, offset = struct.unpack_from('<QQQ', data, 16 + 24 * index)
  path = names[index].decode('utf-8', 'surrogateescape')
  if start < end <= HIGHEST and offset < 1 << 48 and path.startswith('/') and len(path) < 4096 and '\n' not in path:
   found.append((start, end, offset * page, path))
 return found
def build_id_of(page):
 if len(page) < 64 or page[:4] != b'\x7fELF' or page[4:6] != b'\2\1':
  return None
 table, = struct.unpack_from('<Q', page, 32)
 size, count = struct.unpack_from('<HH', page, 54)
 for row in range(count):
  at = table + 56 * row
  if size != 56 or at + 56 > len(page):
   break
  kind, _, offset, _, _, length = struct.unpack_from('<IIQQQQ', page, at)
  if kind == NOTE and offset + length <= len(page):
   for owner, sort, data in notes_in(page[offset : offset + length]):
    if owner == b'GNU' and sort == NT_BUILD_ID and data:
     return data
 return None
''',
}
def later(name):
 if name in LATER:
  exec(LATER.pop(name), globals())
PAGE = 4096
HIGHEST = 1 << 48
LONGEST_READ = 1 << 20
class Unreadable(Exception):
 pass
class Exhausted(Exception):
 pass
class Memory:
 tids, missing = None, ()
 def __init__(self, path, seconds, most_bytes):
  self.file = posix.open(path, posix.O_RDONLY)
  self.deadline = time.monotonic() + seconds
  self.left = most_bytes
  self.calls = 0
  self.pages = {}
 def fresh(self):
  self.pages = {}
 def check_time(self):
  if time.monotonic() > self.deadline:
   raise Exhausted('time')
 def fetch(self, address, size):
  if address < PAGE or address + size > HIGHEST:
   raise Unreadable('address')
  self.calls += 1
  if self.calls & 15 == 0:
   self.check_time()
  self.left -= size
  if self.left < 0:
   raise Exhausted('bytes')
  try:
   got = posix.pread(self.file, size, address)
  except OSError:
   raise Unreadable('unmapped')
  if len(got) != size:
   raise Unreadable('unmapped')
  return got
 def read(self, address, size):
  if size < 0 or size > LONGEST_READ:
   raise Unreadable('size')
  if size == 0:
   return b''
  offset = address & (PAGE - 1)
  if offset + size > PAGE:
   return self.fetch(address, size)
  start = address - offset
  page = self.pages.get(start)
  if page is None:
   page = self.pages[start] = self.fetch(start, PAGE)
  return page[offset : offset + size]
 def words(self, address, count):
  return struct.unpack('<%dQ' % count, self.read(address, 8 * count))
 def word(self, address):
  return struct.unpack('<Q', self.read(address, 8))[0]
 def number(self, address):
  return struct.unpack('<q', self.read(address, 8))[0]
 def half(self, address):
  return struct.unpack('<i', self.read(address, 4))[0]
 def byte(self, address):
  return self.read(address, 1)[0]
 def text(self, address, most=120):
  most = min(most, PAGE - (address & (PAGE - 1)))
  return self.read(address, most).split(b'\0')[0].decode('latin-1')

LAYOUTS = {
 (3, 8): (
  'runtime_head=32 interp_next=0 interp_id=16 interp_sysdict=72 interp_threads=8 interp_modules=56 gil_holder=1160 '
  'gil_locked=1168 thread_next=8 thread_interp=16 thread_ident=176 thread_frame=24 frame_code=32 frame_instr=104 '
  'frame_back=24 frame_globals=48 frame_names=56 frame_values=360 frame_gen=96 frame_stack=64 frame_top=72 '
  'frame_executing=116 code_lines=120 code_varnames=72 code_cellvars=88 code_freevars=80 gen_frame=16 code_consts=56 '
  'code_flags=36 code_file=104 code_name=112 code_first=40 code_size=176 gen_qualname=56 frame_size=360 type_name=24 '
  'type_basic=32 type_item=40 type_flags=168 type_base=256 type_dict=264 type_mro=344 type_dictoffset=288 type_keys=872 '
  'type_qualname=864 type_size=880 int_digits=24 str_ascii=48 str_compact=72 str_data=72 bytes_data=32 bytearray_start=40 '
  'tuple_items=24 list_items=24 float_value=16 complex_value=16 dict_used=16 dict_keys=32 dict_values=40 set_used=24 '
  'set_mask=32 set_table=40 function_code=16 function_qualname=104 method_function=16 method_self=24 cell_value=16 '
  'error_args=24 error_traceback=32 traceback_next=16 traceback_frame=24 traceback_line=36 thread_error=96 '
  'thread_error_type=88 thread_handled=144 handled_value=8 runtime_finalizing=16 weakref_object=16 member_size=40 '
  'runtime_gc=344 gc_generations=24 gc_first=96 gc_permanent=104 gc_generation_size=24'
 ),
 (3, 9): (
  'runtime_head=32 interp_next=0 interp_id=24 interp_sysdict=872 interp_threads=8 interp_modules=856 gil_holder=360 '
  'gil_locked=368 thread_next=8 thread_interp=16 thread_ident=176 thread_frame=24 frame_code=32 frame_instr=104 '
  'frame_back=24 frame_globals=48 frame_names=56 frame_values=360 frame_gen=96 frame_stack=64 frame_top=72 '
  'frame_executing=116 code_lines=120 code_varnames=72 code_cellvars=88 code_freevars=80 gen_frame=16 code_consts=56 '
  'code_flags=36 code_file=104 code_name=112 code_first=40 code_size=176 gen_qualname=56 frame_size=360 type_name=24 '
  'type_basic=32 type_item=40 type_flags=168 type_base=256 type_dict=264 type_mro=344 type_dictoffset=288 type_keys=864 '
  'type_qualname=856 type_size=880 int_digits=24 str_ascii=48 str_compact=72 str_data=72 bytes_data=32 bytearray_start=40 '
  'tuple_items=24 list_items=24 float_value=16 complex_value=16 dict_used=16 dict_keys=32 dict_values=40 set_used=24 '
  'set_mask=32 set_table=40 function_code=16 function_qualname=104 method_function=16 method_self=24 cell_value=16 '
  'error_args=24 error_traceback=32 traceback_next=16 traceback_frame=24 traceback_line=36 thread_error=96 '
  'thread_error_type=88 thread_handled=144 handled_value=8 runtime_finalizing=16 weakref_object=16 member_size=40 '
  'interp_gc=616 gc_generations=24 gc_first=96 gc_permanent=104 gc_generation_size=24'
 ),
 (3, 10): (
  'runtime_head=32 interp_next=0 interp_id=24 interp_sysdict=872 interp_threads=8 interp_modules=856 gil_holder=360 '
  'gil_locked=368 thread_next=8 thread_interp=16 thread_ident=176 thread_frame=24 frame_code=32 frame_instr=96 '
  'frame_back=24 frame_globals=48 frame_names=56 frame_values=352 frame_gen=88 frame_stack=64 frame_depth=80 '
  'frame_state=108 code_lines=120 code_varnames=72 code_cellvars=88 code_freevars=80 gen_frame=16 code_consts=56 '
  'code_flags=36 code_file=104 code_name=112 code_first=40 code_size=176 gen_qualname=48 frame_size=352 type_name=24 '
  'type_basic=32 type_item=40 type_flags=168 type_base=256 type_dict=264 type_mro=344 type_dictoffset=288 type_keys=872 '
  'type_qualname=864 type_size=888 int_digits=24 str_ascii=48 str_compact=72 str_data=72 bytes_data=32 bytearray_start=40 '
  'tuple_items=24 list_items=24 float_value=16 complex_value=16 dict_used=16 dict_keys=32 dict_values=40 set_used=24 '
  'set_mask=32 set_table=40 function_code=48 function_qualname=40 method_function=16 method_self=24 cell_value=16 '
  'error_args=24 error_traceback=32 traceback_next=16 traceback_frame=24 traceback_line=36 thread_error=96 '
  'thread_error_type=88 thread_handled=144 handled_value=8 runtime_finalizing=16 weakref_object=16 member_size=40 '
  'interp_gc=616 gc_generations=24 gc_first=96 gc_permanent=104 gc_generation_size=24'
 ),
 (3, 11): (
  'runtime_head=40 interp_next=0 interp_id=48 interp_sysdict=904 interp_threads=16 interp_modules=888 gil_holder=368 '
  'gil_locked=376 thread_next=8 thread_interp=16 thread_ident=152 thread_native=160 thread_cframe=56 cframe_frame=8 '
  'frame_code=32 frame_instr=56 frame_back=48 frame_globals=8 frame_names=24 frame_values=72 frame_owner=69 frame_top=64 '
  'code_qualname=128 code_lines=136 code_names=96 code_kinds=104 code_instr=184 gen_frame=80 gen_state=75 code_consts=24 '
  'code_flags=48 code_file=112 code_name=120 code_first=72 code_size=192 gen_qualname=40 frame_size=72 type_name=24 '
  'type_basic=32 type_item=40 type_flags=168 type_base=256 type_dict=264 type_mro=344 type_dictoffset=288 type_keys=872 '
  'type_qualname=864 type_size=904 int_digits=24 str_ascii=48 str_compact=72 str_data=72 bytes_data=32 bytearray_start=40 '
  'tuple_items=24 list_items=24 float_value=16 complex_value=16 dict_used=16 dict_keys=32 dict_values=40 keys_indices=32 '
  'keys_count=24 keys_log2=9 keys_kind=10 values_first=0 set_used=24 set_mask=32 set_table=40 function_code=48 '
  'function_qualname=40 method_function=16 method_self=24 cell_value=16 error_args=24 error_traceback=40 '
  'traceback_next=16 traceback_frame=24 traceback_line=36 frameobject_frame=24 thread_error=104 thread_error_type=96 '
  'thread_handled=120 handled_value=0 runtime_finalizing=24 weakref_object=16 member_size=40 interp_gc=648 '
  'gc_generations=24 gc_first=96 gc_permanent=104 gc_generation_size=24'
 ),
 (3, 12): (
  'runtime_head=40 interp_next=0 interp_id=8 interp_sysdict=352 interp_threads=72 interp_modules=944 interp_gil=384 '
  'gil_holder=8 gil_locked=16 thread_next=8 thread_interp=16 thread_ident=136 thread_native=144 thread_cframe=56 '
  'cframe_frame=0 frame_code=0 frame_instr=56 frame_back=8 frame_globals=24 frame_names=40 frame_values=72 frame_owner=70 '
  'frame_top=64 code_qualname=128 code_lines=136 code_names=96 code_kinds=104 code_instr=192 gen_frame=72 gen_state=67 '
  'code_consts=24 code_flags=48 code_file=112 code_name=120 code_first=68 code_size=200 gen_qualname=32 frame_size=72 '
  'type_name=24 type_basic=32 type_item=40 type_flags=168 type_base=256 type_dict=264 type_mro=344 type_dictoffset=288 '
  'type_keys=880 type_qualname=872 type_size=920 int_digits=24 str_ascii=40 str_compact=56 str_data=56 bytes_data=32 '
  'bytearray_start=40 tuple_items=24 list_items=24 float_value=16 complex_value=16 dict_used=16 dict_keys=32 '
  'dict_values=40 keys_indices=32 keys_count=24 keys_log2=9 keys_kind=10 values_first=0 set_used=24 set_mask=32 '
  'set_table=40 function_code=48 function_qualname=40 method_function=16 method_self=24 cell_value=16 error_args=24 '
  'error_traceback=40 traceback_next=16 traceback_frame=24 traceback_line=36 frameobject_frame=24 thread_error=96 '
  'thread_handled=104 handled_value=0 runtime_finalizing=24 weakref_object=16 member_size=40 interp_gc=112 '
  'gc_generations=24 gc_first=96 gc_permanent=104 gc_generation_size=24'
 ),
 (3, 13): (
  'runtime_head=632 interp_next=7264 interp_id=7272 interp_sysdict=7640 interp_threads=7344 interp_modules=7656 '
  'interp_gil=16 gil_holder=8 gil_locked=16 thread_next=8 thread_interp=16 thread_ident=152 thread_native=160 '
  'thread_frame=72 frame_code=0 frame_instr=56 frame_back=8 frame_globals=24 frame_names=40 frame_values=72 '
  'frame_owner=70 frame_top=64 code_qualname=128 code_lines=136 code_names=96 code_kinds=104 code_instr=200 gen_frame=72 '
  'gen_state=67 code_consts=24 code_flags=48 code_file=112 code_name=120 code_first=68 code_size=208 gen_qualname=32 '
  'frame_size=80 type_name=24 type_basic=32 type_item=40 type_flags=168 type_base=256 type_dict=264 type_mro=344 '
  'type_dictoffset=288 type_keys=880 type_qualname=872 type_size=928 int_digits=24 str_ascii=40 str_compact=56 '
  'str_data=56 bytes_data=32 bytearray_start=40 tuple_items=24 list_items=24 float_value=16 complex_value=16 dict_used=16 '
  'dict_keys=32 dict_values=40 keys_indices=32 keys_count=24 keys_log2=9 keys_kind=10 values_first=8 set_used=24 '
  'set_mask=32 set_table=40 function_code=48 function_qualname=40 method_function=16 method_self=24 cell_value=16 '
  'error_args=24 error_traceback=40 traceback_next=16 traceback_frame=24 traceback_line=36 frameobject_frame=24 '
  'thread_error=112 thread_handled=120 handled_value=0 runtime_finalizing=608 weakref_object=16 member_size=40 '
  'interp_gc=7400 gc_generations=24 gc_first=96 gc_permanent=104 gc_generation_size=24'
 ),
 (3, 14): (
  'runtime_head=808 interp_next=7272 interp_id=7280 interp_sysdict=7672 interp_threads=7344 interp_modules=7688 '
  'interp_gil=16 gil_holder=8 gil_locked=16 thread_next=8 thread_interp=16 thread_ident=152 thread_native=160 '
  'thread_frame=72 frame_code=0 frame_instr=56 frame_back=8 frame_globals=24 frame_names=40 frame_values=80 '
  'frame_owner=74 frame_top=64 code_qualname=128 code_lines=136 code_names=96 code_kinds=104 code_instr=208 gen_frame=72 '
  'gen_state=67 code_consts=24 code_flags=48 code_file=112 code_name=120 code_first=68 thread_size=832 thread_tasks=880 '
  'interp_tasks=10880 code_size=216 gen_qualname=32 frame_size=88 type_name=24 type_basic=32 type_item=40 type_flags=168 '
  'type_base=256 type_dict=264 type_mro=344 type_dictoffset=288 type_keys=880 type_qualname=872 type_size=936 '
  'int_digits=24 str_ascii=40 str_compact=56 str_data=56 bytes_data=32 bytearray_start=40 tuple_items=32 list_items=24 '
  'float_value=16 complex_value=16 dict_used=16 dict_keys=32 dict_values=40 keys_indices=32 keys_count=24 keys_log2=9 '
  'keys_kind=10 values_first=8 set_used=24 set_mask=32 set_table=40 function_code=48 function_qualname=40 '
  'method_function=16 method_self=24 cell_value=16 error_args=24 error_traceback=40 traceback_next=16 traceback_frame=24 '
  'traceback_line=36 frameobject_frame=24 thread_error=112 thread_handled=120 handled_value=0 runtime_finalizing=784 '
  'weakref_object=16 member_size=40 interp_gc=7408 gc_generations=24 gc_first=256 gc_permanent=96 gc_generation_size=24'
 ),
}

WANTED = (b'_PyRuntime', b'Py_Version')
class Module:
 def __init__(self, path):
  self.path = path
  self.parts = []
 def start(self):
  return next((part[0] for part in self.parts if part[3] == 0), None)
def open_file(path):
 try:
  file = posix.open(path, posix.O_RDONLY | posix.O_NONBLOCK | posix.O_NOCTTY)
 except OSError:
  return None
 if posix.fstat(file).st_mode & 0o170000 == 0o100000:
  return file
 posix.close(file)
 return None
def read_file(path, most):
 file = posix.open(path, posix.O_RDONLY)
 try:
  pieces = []
  while most > 0:
   piece = posix.read(file, min(most, 1 << 20))
   if not piece:
    break
   pieces.append(piece)
   most -= len(piece)
  return b''.join(pieces)
 finally:
  posix.close(file)
def modules_of(maps):
 modules = {}
 last = None
 for line in maps.split('\n'):
  fields = line.split(None, 5)
  if len(fields) < 5 or '-' not in fields[0]:
   continue
  try:
   start, end = [int(text, 16) for text in fields[0].split('-')]
   offset = int(fields[2], 16)
  except ValueError:
   continue
  path = fields[5] if len(fields) > 5 else ''
  if path.startswith('/'):
   last = modules.setdefault(path, Module(path))
   last.parts.append((start, end, fields[1], offset))
  elif not path and last and last.parts[-1][1] == start:
   last.parts.append((start, end, fields[1], -1))
  else:
   last = None
 return modules
def candidates(modules):
 def rank(module):
  name = module.path.rsplit('/', 1)[1]
  if name.startswith('libpython'):
   return 0
  return 1 if 'python' in name and '.so' not in name else 2
 runnable = [module for module in modules.values() if any('x' in part[2] for part in module.parts)]
 return sorted(runnable, key=rank)
class Image:
 def __init__(self, memory, module):
  self.memory = memory
  self.module = module
  base = module.start()
  if base is None:
   raise Unreadable('no header')
  head = memory.read(base, 64)
  if head[:4] != b'\x7fELF':
   raise Unreadable('no ELF')
  self.foreign = None
  if head[4] != 2:
   self.foreign = 'a program of 32 bits'
  elif head[5] != 1:
   self.foreign = 'a program whose bytes stand in the other order'
  self.machine = struct.unpack_from('<H', head, 18)[0]
  kind, = struct.unpack_from('<H', head, 16)
  table, = struct.unpack_from('<Q', head, 32)
  size, count = struct.unpack_from('<HH', head, 54)
  self.segments = []
  if self.foreign is None and size == 56 and count < 100:
   rows = memory.read(base + table, 56 * count)
   self.segments = [struct.unpack_from('<IIQQQQQQ', rows, 56 * row) for row in range(count)]
  lowest = min([row[3] & ~0xFFF for row in self.segments if row[0] == 1] or [0])
  self.slide = base - lowest if kind == 3 else 0
 def dynamic(self):
  for row in self.segments:
   if row[0] == 2 and row[6] < 1 << 16:
    words = self.memory.words(self.slide + row[3], row[6] // 8)
    return dict(zip(words[0::2], words[1::2]))
  return {}
 def moved(self, address):
  return address if address >= self.slide else address + self.slide
 def symbols(self):
  entries = self.dynamic()
  if 5 not in entries or 6 not in entries:
   return {}
  self.strings, self.table = self.moved(entries[5]), self.moved(entries[6])
  if 0x6FFFFEF5 in entries:
   return self.by_gnu_hash(self.moved(entries[0x6FFFFEF5]))
  if 4 in entries:
   return self.by_hash(self.moved(entries[4]))
  return {}
 def symbol(self, index, name):
  text, _info, _other, section, value, _size = struct.unpack('<IBBHQQ', self.memory.read(self.table + 24 * index, 24))
  if section == 0 or self.memory.read(self.strings + text, len(name) + 1) != name + b'\0':
   return None
  return value + self.slide
 def by_gnu_hash(self, at):
  memory = self.memory
  buckets, first, bloom, _shift = struct.unpack('<4I', memory.read(at, 16))
  found = {}
  for name in WANTED:
   wanted = 5381
   for letter in name:
    wanted = (wanted * 33 + letter) & 0xFFFFFFFF
   chains = at + 16 + 8 * bloom
   index = memory.half(chains + 4 * (wanted % max(buckets, 1))) & 0xFFFFFFFF
   for _ in range(1000):
    if index < first:
     break
    seen = memory.half(chains + 4 * (buckets + index - first)) & 0xFFFFFFFF
    if seen | 1 == wanted | 1:
     address = self.symbol(index, name)
     if address:
      found[name] = address
      break
    if seen & 1:
     break
    index += 1
  return found
 def by_hash(self, at):
  memory = self.memory
  buckets = memory.half(at)
  found = {}
  for name in WANTED:
   wanted = 0
   for letter in name:
    wanted = (wanted << 4) + letter
    high = wanted & 0xF0000000
    wanted = (wanted ^ (high >> 24)) & ~high & 0xFFFFFFFF
   index = memory.half(at + 8 + 4 * (wanted % max(buckets, 1)))
   for _ in range(1000):
    if index <= 0:
     break
    address = self.symbol(index, name)
    if address:
     found[name] = address
     break
    index = memory.half(at + 8 + 4 * (buckets + index))
  return found
def runtime_symbols(memory, modules):
 images = []
 for module in candidates(modules)[:200]:
  try:
   image = Image(memory, module)
   images.append(image)
   symbols = image.symbols()
  except (Unreadable, struct.error):
   continue
  if WANTED[0] in symbols:
   return symbols, images
 return {}, images

INLINE_VALUES = 1 << 2
MANAGED_DICT = 1 << 4
HEAP_TYPE = 1 << 9
INT, LIST, TUPLE, BYTES, STR, DICT, ERROR, TYPE = [1 << bit for bit in range(24, 32)]
MOST_PLACES = 4096
class Type:
 def __init__(self, memory, layout, address):
  self.address = address
  self.name = memory.text(memory.word(address + layout.type_name))
  self.flags = memory.word(address + layout.type_flags)
  self.basic = memory.number(address + layout.type_basic)
  self.base = memory.word(address + layout.type_base)
  self.dictoffset = memory.number(address + layout.type_dictoffset)
  self.is_heap = bool(self.flags & HEAP_TYPE)
  self.short = self.name.rsplit('.', 1)[-1]
class Objects:
 def __init__(self, memory, layout):
  self.memory = memory
  self.layout = layout
  self.types = {}
 def type_at(self, address):
  found = self.types.get(address)
  if found is None:
   if address & 7:
    raise Unreadable('type')
   found = self.types[address] = Type(self.memory, self.layout, address)
  return found
 def type_of(self, address):
  if address & 7:
   raise Unreadable('object')
  return self.type_at(self.memory.word(address + 8))
 def is_builtin(self, address, name):
  kind = self.type_of(address)
  return kind.name == name and not kind.is_heap
 def text(self, address, most):
  memory, layout = self.memory, self.layout
  if not self.type_of(address).flags & STR:
   raise Unreadable('str')
  length = memory.number(address + 16)
  state = memory.half(address + 32)
  if length < 0 or length > 1 << 46:
   raise Unreadable('length')
  kind, compact, ascii = (state >> 2) & 7, (state >> 5) & 1, (state >> 6) & 1
  taken = min(length, most)
  if kind == 0:
   if layout.version >= (3, 12):
    raise Unreadable('kind')
   length = taken = min(memory.number(address + layout.str_compact - 8), 1 << 46)
   at, kind = memory.word(address + layout.str_ascii - 8), 4
   taken = max(min(taken, most), 0)
  elif compact:
   at = address + (layout.str_ascii if ascii else layout.str_compact)
  else:
   at = memory.word(address + layout.str_data)
  data = memory.read(at, taken * kind)
  if kind not in (1, 2, 4):
   raise Unreadable('kind')
  encoding = {1: 'latin-1', 2: 'utf-16-le', 4: 'utf-32-le'}[kind]
  try:
   return data.decode(encoding, 'surrogatepass'), length
  except UnicodeDecodeError:
   return data.decode(encoding, 'replace'), length
 def name(self, address, most=200):
  return self.text(address, most)[0]
 def integer(self, address):
  memory, layout = self.memory, self.layout
  tag = memory.number(address + 16)
  if layout.version >= (3, 12):
   digits, sign = (tag & ((1 << 64) - 1)) >> 3, (1, 0, -1, 0)[tag & 3]
  else:
   digits, sign = abs(tag), -1 if tag < 0 else 1
  if digits > 20:
   return None
  value = 0
  for index, digit in enumerate(struct.unpack('<%dI' % digits, memory.read(address + layout.int_digits, 4 * digits))):
   value |= digit << (30 * index)
  return sign * value
 def places(self, address, kind):
  length = self.memory.number(address + 16)
  if length < 0:
   raise Unreadable('length')
  if kind.flags & LIST:
   return length, self.memory.word(address + self.layout.list_items)
  return length, address + self.layout.tuple_items
 def items(self, address, kind, most):
  length, at = self.places(address, kind)
  return self.memory.words(at, min(length, most)), length
 def tuple(self, address, most=MOST_PLACES):
  kind = self.type_of(address)
  if not kind.flags & TUPLE:
   raise Unreadable('tuple')
  return self.items(address, kind, most)[0]
 def keys_of(self, keys):
  memory, layout = self.memory, self.layout
  if layout.version >= (3, 11):
   count = memory.number(keys + layout.keys_count)
   shift = memory.byte(keys + layout.keys_log2)
   if shift > 40:
    raise Unreadable('keys')
   at = keys + layout.keys_indices + (1 << shift)
   width = 24 if memory.byte(keys + layout.keys_kind) == 0 else 16
  else:
   size, count = memory.number(keys + 8), memory.number(keys + 32)
   if size <= 0 or size > 1 << 40:
    raise Unreadable('keys')
   at = keys + 40 + size * (1 if size <= 0xFF else 2 if size <= 0xFFFF else 4 if size <= 0xFFFFFFFF else 8)
   width = 24
  if count < 0:
   raise Unreadable('keys')
  return count, at, width
 def pairs(self, address, most=MOST_PLACES):
  layout = self.layout
  keys = self.memory.word(address + layout.dict_keys)
  values = self.memory.word(address + layout.dict_values)
  if values:
   return self.split_pairs(keys, values + (layout.values_first if layout.version >= (3, 11) else 0), most)
  count, at, width = self.keys_of(keys)
  words = self.chunked(at, min(count, most) * width // 8)
  step = width // 8
  return [(words[i - 2], words[i - 1]) for i in range(step, len(words) + 1, step) if words[i - 1]]
 def chunked(self, at, count):
  words = []
  while count > 0:
   part = min(count, 1 << 16)
   words.extend(self.memory.words(at, part))
   at += 8 * part
   count -= part
  return words
 def split_pairs(self, keys, values, most):
  count, at, width = self.keys_of(keys)
  count = min(count, most, 1024)
  words = self.memory.words(at, count * width // 8)
  step = width // 8
  names = [words[i + step - 2] for i in range(0, len(words), step)]
  held = list(zip(names, self.memory.words(values, count)))
  return [held[place] for place in self.in_order(values, count) if held[place][0] and held[place][1]]
 def in_order(self, values, count):
  if self.layout.version < (3, 14):
   return range(count)
  capacity, size = self.memory.read(values - self.layout.values_first, 2)
  order = self.memory.read(values + 8 * capacity, min(size, count))
  return [place for place in order if place < count]
 def used(self, address):
  return self.memory.number(address + self.layout.dict_used)
 def lookup(self, address, names, most=20000):
  wanted = {}
  for name in names:
   wanted.setdefault(len(name), []).append(name)
  found = {}
  for key, value in self.pairs(address, most):
   try:
    if self.memory.number(key + 16) not in wanted:
     continue
    text = self.name(key)
   except Unreadable:
    continue
   if text in names:
    found[text] = value
    if len(found) == len(names):
     break
  return found
 def module_dict(self, address):
  if self.type_of(address).short != 'module':
   raise Unreadable('module')
  return self.memory.word(address + 16)
 def set_items(self, address, most):
  memory, layout = self.memory, self.layout
  used, mask = memory.number(address + layout.set_used), memory.number(address + layout.set_mask)
  if used < 0 or mask < 0:
   raise Unreadable('set')
  words = self.chunked(memory.word(address + layout.set_table), 2 * min(mask + 1, MOST_PLACES))
  items = [words[i] for i in range(0, len(words), 2) if words[i] and words[i + 1] != (1 << 64) - 1]
  return items[:most], used
 def attributes(self, address, most):
  kind = self.type_of(address)
  found = []
  try:
   found.extend((self.name(key), value) for key, value in self.instance_pairs(address, kind)[:most])
  except Unreadable:
   pass
  for _ in range(20):
   if len(found) >= most or not kind.is_heap:
    break
   found.extend(self.slots(address, kind, most - len(found)))
   if not kind.base:
    break
   kind = self.type_at(kind.base)
  return found
 def instance_pairs(self, address, kind):
  memory, layout = self.memory, self.layout
  if kind.flags & MANAGED_DICT and layout.version >= (3, 11):
   return self.managed_pairs(address, kind)
  offset = kind.dictoffset
  if offset < 0:
   size = abs(memory.number(address + 16))
   item = memory.number(kind.address + layout.type_item)
   offset += (kind.basic + size * item + 7) & ~7
  if offset <= 0 or offset > 1 << 30:
   return []
  held = memory.word(address + offset)
  return self.pairs(held) if held else []
 def managed_pairs(self, address, kind):
  memory, layout = self.memory, self.layout
  keys = memory.word(kind.address + layout.type_keys)
  held = memory.word(address - 24)
  if layout.version >= (3, 13):
   at = address + kind.basic
   if kind.flags & INLINE_VALUES and memory.byte(at + 3):
    return self.split_pairs(keys, at + layout.values_first, 1024)
  elif layout.version >= (3, 12):
   if held & 1:
    return self.split_pairs(keys, held + 1 + layout.values_first, 1024)
  else:
   values = memory.word(address - 32)
   if values:
    return self.split_pairs(keys, values + layout.values_first, 1024)
  return self.pairs(held) if held else []
 def slots(self, address, kind, most):
  memory, layout = self.memory, self.layout
  count = memory.number(kind.address + 16)
  if count <= 0 or count > 1000:
   return []
  meta = self.type_of(kind.address)
  found = []
  for index in range(count):
   member = kind.address + meta.basic + layout.member_size * index
   name, sort, offset = struct.unpack('<QIxxxxq', memory.read(member, 24))
   if sort != 16 or offset <= 0 or offset > kind.basic:
    continue
   value = memory.word(address + offset)
   if value:
    found.append((memory.text(name), value))
   if len(found) >= most:
    break
  return found

DEEPEST = 2
LONGEST_TEXT = 120
LONGEST_VALUE = 400
MOST_ITEMS = (10, 6, 3)
MASKED = '<masked>'
SECRET_WORDS = (
 'passwd password passwort passphrase passcode pwd secret token jwt bearer credential apikey api_key privkey priv_key private_key '
 'access_key secret_key auth_key signing_key encryption_key session_key sessionid session_id cookie authorization'
).split()
SECRET_ENDINGS = 'pass pw psk auth pin otp'.split()
def is_secret(name):
 low = name.lower().replace('-', '_')
 if any(word in low for word in SECRET_WORDS):
  return True
 return low.rsplit('_', 1)[-1] in SECRET_ENDINGS
class Values:
 def __init__(self, objects):
  self.objects = objects
  self.memory = objects.memory
  self.layout = objects.layout
  self.owners = {}
 def value(self, address):
  try:
   kind = self.objects.type_of(address).short
  except Unreadable:
   return None, '<unreadable>'
  return kind, self.shown(address, 0)
 def shown(self, address, depth, within=()):
  if address in within:
   return '\u2026'
  try:
   text = self.show(address, self.objects.type_of(address), depth, within + (address,))
  except (Unreadable, struct.error, OverflowError, ValueError):
   return '<unreadable>'
  return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + '\u2026'
 def show(self, address, kind, depth, within):
  flags = kind.flags
  if flags & INT:
   return self.number(address, kind)
  if flags & STR:
   return self.string(address)
  if flags & BYTES:
   return self.raw(address + self.layout.bytes_data, self.memory.number(address + 16), '')
  if flags & (LIST | TUPLE):
   return self.sequence(address, kind, depth, within)
  if flags & DICT:
   return self.mapping(address, kind, depth, within)
  if flags & TYPE:
   return "<class '%s'>" % self.class_name(address)
  if flags & ERROR:
   return self.error(address, kind, depth, within)
  if not kind.is_heap or kind.name in HEAP_TYPES_OF_C:
   special = SPECIAL.get(kind.name)
   if special:
    return special(self, address, kind, depth, within)
  return self.instance(address, kind, depth, within)
 def number(self, address, kind):
  value = self.objects.integer(address)
  if kind.name == 'bool' and not kind.is_heap:
   return str(bool(value))
  if value is None:
   return '<int of more than 180 digits>'
  return str(value) if kind.name == 'int' else '%s(%d)' % (kind.short, value)
 def string(self, address):
  text, length = self.objects.text(address, LONGEST_TEXT)
  return repr(text) + (self.more(length - len(text), 'character') if length > len(text) else '')
 def raw(self, at, length, prefix):
  if length < 0:
   raise Unreadable('length')
  data = self.memory.read(at, min(length, LONGEST_TEXT))
  text = '%sb%s' % (prefix, repr(data)[1:])
  return text + (self.more(length - len(data), 'byte') if length > len(data) else '')
 def more(self, count, what):
  return ' \u2026 %d more %s%s' % (count, what, '' if count == 1 else 's')
 def sequence(self, address, kind, depth, within):
  length, _ = self.objects.places(address, kind)
  opening, closing = '[]' if kind.flags & LIST else '()'
  name = '' if kind.name in ('list', 'tuple') else kind.short
  if depth >= DEEPEST and length:
   return '%s%s\u2026 %d%s' % (name, opening, length, closing)
  items, _ = self.objects.items(address, kind, MOST_ITEMS[depth])
  return name + opening + self.joined(items, length, depth, within, length == 1 and opening == '(') + closing
 def joined(self, items, length, depth, within, is_single=False):
  parts = [self.shown(item, depth + 1, within) if item else '<empty>' for item in items]
  if length > len(items):
   parts.append('\u2026 %d more' % (length - len(items)))
  return ', '.join(parts) + (',' if is_single else '')
 def mapping(self, address, kind, depth, within):
  used = self.objects.used(address)
  name = '' if kind.name == 'dict' else kind.short
  if depth >= DEEPEST and used:
   return '%s{\u2026 %d}' % (name, used)
  most = MOST_ITEMS[depth]
  parts = []
  for key, value in self.objects.pairs(address, 4 * most)[:most]:
   parts.append('%s: %s' % (self.shown(key, depth + 1, within), self.held(key, value, depth, within)))
  if used > len(parts):
   parts.append('\u2026 %d more' % (used - len(parts)))
  return name + '{' + ', '.join(parts) + '}'
 def held(self, key, value, depth, within):
  try:
   if is_secret(self.objects.name(key)):
    return MASKED
  except Unreadable:
   pass
  return self.shown(value, depth + 1, within)
 def error(self, address, kind, depth, within):
  given = self.memory.word(address + self.layout.error_args)
  if not given:
   return kind.short + '()'
  items = self.objects.tuple(given, MOST_ITEMS[depth])
  return '%s(%s)' % (kind.short, self.joined(items, self.memory.number(given + 16), depth, within))
 def class_name(self, address):
  kind = self.objects.type_at(address)
  if kind.is_heap:
   return self.objects.name(self.memory.word(address + self.layout.type_qualname))
  return kind.name
 def instance(self, address, kind, depth, within):
  if depth >= DEEPEST:
   return '<%s>' % kind.short
  most = MOST_ITEMS[depth]
  found = self.objects.attributes(address, most + 1)
  parts = []
  for name, value in found[:most]:
   parts.append('%s=%s' % (name, MASKED if is_secret(name) else self.shown(value, depth + 1, within)))
  if len(found) > most:
   parts.append('\u2026')
  return '<%s%s>' % (kind.short, ''.join(' ' + part for part in parts))
 def none(self, *_):
  return 'None'
 def floating(self, address, *_):
  return repr(struct.unpack('<d', self.memory.read(address + self.layout.float_value, 8))[0])
 def complex(self, address, *_):
  return repr(complex(*struct.unpack('<dd', self.memory.read(address + self.layout.complex_value, 16))))
 def set(self, address, kind, depth, within):
  items, used = self.objects.set_items(address, MOST_ITEMS[depth] if depth < DEEPEST else 0)
  text = '{%s}' % self.joined(items, used, depth, within)
  return text if kind.name == 'set' and used else '%s(%s)' % (kind.name, text if used else '')
 def bytearray(self, address, *_):
  start = self.memory.word(address + self.layout.bytearray_start)
  return self.raw(start, self.memory.number(address + 16), 'bytearray ') if start else "bytearray b''"
 def cell(self, address, kind, depth, within):
  held = self.memory.word(address + self.layout.cell_value)
  return self.shown(held, depth, within) if held else '<empty cell>'
 def function(self, address, *_):
  return '<function %s>' % self.objects.name(self.memory.word(address + self.layout.function_qualname))
 def method(self, address, *_):
  function = self.memory.word(address + self.layout.method_function)
  owner = self.objects.type_of(self.memory.word(address + self.layout.method_self)).short
  if self.objects.is_builtin(function, 'function'):
   return '<method %s of a %s>' % (self.objects.name(self.memory.word(function + self.layout.function_qualname)), owner)
  return '<method of a %s>' % owner
 def builtin(self, address, *_):
  return '<built-in %s>' % self.memory.text(self.memory.word(self.memory.word(address + 16)))
 def module(self, address, *_):
  found = self.objects.lookup(self.memory.word(address + 16), ['__name__'])
  return '<module %s>' % (self.objects.name(found['__name__']) if found else '?')
 def code(self, address, *_):
  return '<code %s>' % self.objects.name(self.memory.word(address + self.layout.code_name))
 def generator(self, address, kind, *_):
  return '<%s %s>' % (kind.name, self.objects.name(self.memory.word(address + self.layout.gen_qualname)))
 def weakref(self, address, kind, depth, within):
  target = self.memory.word(address + self.layout.weakref_object)
  return '<weakref to %s>' % self.shown(target, DEEPEST, within)
 def lock(self, address, *_):
  is_held = self.memory.byte(address + 16) & 1 if self.layout.version >= (3, 14) else self.memory.byte(address + 32) == 1
  return '<lock, held>' if is_held else '<lock, free>'
 def rlock(self, address, *_):
  owner, count = self.memory.words(address + 24, 2)
  if self.layout.version >= (3, 14):
   count = count + 1 if self.memory.byte(address + 16) & 1 else 0
  if not count:
   return '<RLock, free>'
  who = self.owners.get(owner)
  return '<RLock, held %s by %s>' % ('once' if count == 1 else '%d times' % count, who or 'thread 0x%x' % owner)
 def deque(self, address, kind, depth, within):
  length = self.memory.number(address + 16)
  block, _right, left = self.memory.words(address + 24, 3)
  if length < 0 or left > 63:
   raise Unreadable('deque')
  taken = min(length, MOST_ITEMS[depth], 64 - left) if depth < DEEPEST else 0
  items = self.memory.words(block + 8 + 8 * left, taken)
  return 'deque([%s])' % self.joined(items, length, depth, within)
HEAP_TYPES_OF_C = {'_thread.lock', '_thread.RLock', 'collections.deque'}
SPECIAL = {
 'NoneType': Values.none,
 'float': Values.floating,
 'complex': Values.complex,
 'set': Values.set,
 'frozenset': Values.set,
 'bytearray': Values.bytearray,
 'cell': Values.cell,
 'function': Values.function,
 'method': Values.method,
 'builtin_function_or_method': Values.builtin,
 'module': Values.module,
 'code': Values.code,
 'generator': Values.generator,
 'coroutine': Values.generator,
 'async_generator': Values.generator,
 'weakref': Values.weakref,
 'weakref.ReferenceType': Values.weakref,
 '_thread.lock': Values.lock,
 '_thread.RLock': Values.rlock,
 'collections.deque': Values.deque,
}

LONGEST_NUMBER = 30
def line_of(version, table, first, at):
 if at < 0:
  return first
 for end, line in ranges_of(version, table, first):
  if end is None or at < end:
   return line
 return None
def lines_of(version, table, first):
 return {line for _, line in ranges_of(version, table, first) if line is not None}
def ranges_of(version, table, first):
 if version >= (3, 11):
  return ranges_3_11(table, first)
 return ranges_3_10(table, first) if version == (3, 10) else ranges_3_9(table, first)
def ranges_3_9(table, first):
 line, end = first, 0
 for index in range(0, len(table) - 1, 2):
  if table[index]:
   end += table[index]
   yield end, line
  change = table[index + 1]
  line += change - 256 if change > 127 else change
 yield None, line
def ranges_3_10(table, first):
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
  while index < size and not table[index] & 128:
   index += 1
  yield end, line if has_line else None

LONGEST_TABLE = 1 << 18
OPTIMIZED = 1
CELL, FREE = 0x40, 0x80
OWNED_BY_C = 3
TAG, NUMBER = 1, 3
MOST_LOCALS = 100
MOST_ENTRIES = 10
class Code:
 def __init__(self, objects, address, stamp):
  memory, layout = objects.memory, objects.layout
  self.address = address
  self.stamp = stamp
  if not objects.is_builtin(address, 'code'):
   raise Unreadable('code')
  self.file = objects.name(memory.word(address + layout.code_file), 500)
  self.name = objects.name(memory.word(address + layout.code_name))
  self.first = memory.half(address + layout.code_first)
  self.flags = memory.half(address + layout.code_flags)
  self.table = bytes_at(objects, memory.word(address + layout.code_lines), LONGEST_TABLE)
  if layout.version >= (3, 11):
   self.qualname = objects.name(memory.word(address + layout.code_qualname))
   names = [(name, 0) for name in self.names_at(objects, layout.code_names)]
   kinds = bytes_at(objects, memory.word(address + layout.code_kinds), 4096)
   self.names = [(name, bool(kind & (CELL | FREE))) for (name, _), kind in zip(names, kinds)]
  else:
   self.qualname = None
   self.names = [(name, False) for name in self.names_at(objects, layout.code_varnames)]
   for place in (layout.code_cellvars, layout.code_freevars):
    self.names.extend((name, True) for name in self.names_at(objects, place))
 def names_at(self, objects, place):
  return [objects.name(name, 100) for name in objects.tuple(objects.memory.word(self.address + place))]
def bytes_at(objects, address, most):
 size = objects.memory.number(address + 16)
 if size < 0:
  raise Unreadable('bytes')
 return objects.memory.read(address + objects.layout.bytes_data, min(size, most))
class Frame:
 def __init__(self, address, code, at):
  self.address = address
  self.code = code
  self.at = at
def held(word):
 return 0 if word & NUMBER == NUMBER else word & ~TAG
class Frames:
 def __init__(self, objects):
  self.objects = objects
  self.memory = objects.memory
  self.layout = objects.layout
  self.codes = {}
  self.lines = {}
  self.qualnames = {}
 def code_at(self, address):
  memory, layout = self.memory, self.layout
  stamp = memory.words(address + layout.code_file, 2) + (memory.word(address + layout.code_lines), memory.half(address + layout.code_first))
  found = self.codes.get(address)
  if found is None or found.stamp != stamp:
   found = self.codes[address] = Code(self.objects, address, stamp)
  return found
 def frame_at(self, address):
  memory, layout = self.memory, self.layout
  if layout.version >= (3, 12) and memory.byte(address + layout.frame_owner) >= OWNED_BY_C:
   return None
  code = self.code_at(memory.word(address + layout.frame_code) & ~TAG)
  if layout.version >= (3, 11):
   at = memory.word(address + layout.frame_instr) - (code.address + layout.code_instr)
  else:
   at = memory.half(address + layout.frame_instr) * (2 if layout.version == (3, 10) else 1)
  return Frame(address, code, at)
 def line(self, frame):
  key = (frame.code.address, frame.code.stamp, frame.at)
  if key not in self.lines:
   self.lines[key] = line_of(self.layout.version, frame.code.table, frame.code.first, frame.at)
  return self.lines[key]
 def innermost(self, thread):
  memory, layout = self.memory, self.layout
  if (3, 11) <= layout.version < (3, 13):
   return memory.word(memory.word(thread + layout.thread_cframe) + layout.cframe_frame)
  return memory.word(thread + layout.thread_frame)
 def chain(self, address, most):
  frames, seen = [], set()
  while address:
   if len(frames) >= most or len(seen) >= MOST_ENTRIES * most:
    return frames, 'more than %d frames: the outer ones are left out' % most
   if address in seen:
    return frames, 'its frames go round in a circle: it changed while it was read'
   seen.add(address)
   self.memory.check_time()
   try:
    frame = self.frame_at(address)
    address = self.memory.word(address + self.layout.frame_back)
   except (Unreadable, struct.error):
    return frames, 'what called this could not be read'
   if frame:
    frames.append(frame)
  return frames, None
 def locals(self, frame):
  memory, layout = self.memory, self.layout
  if not frame.code.flags & OPTIMIZED:
   return self.names_of_body(frame)
  found = []
  names = frame.code.names[:MOST_LOCALS]
  values = memory.words(frame.address + layout.frame_values, len(names)) if names else ()
  for (name, is_cell), value in zip(names, values):
   value = held(value)
   if is_cell and value and self.objects.is_builtin(value, 'cell'):
    value = memory.word(value + layout.cell_value)
   if value and not name.startswith('.'):
    found.append((name, value))
  return found
 def names_of_body(self, frame):
  held = self.memory.word(frame.address + self.layout.frame_names)
  if not held or not self.objects.type_of(held).name == 'dict':
   return []
  found = []
  for key, value in self.objects.pairs(held):
   name = self.objects.name(key, 100)
   if name.startswith('__') or self.objects.type_of(value).short in ('module', 'function', 'type', 'builtin_function_or_method', 'ABCMeta'):
    continue
   found.append((name, value))
  return found[-MOST_LOCALS:]
 def function_name(self, frame):
  code = frame.code
  if code.qualname is not None:
   return code.qualname
  key = (code.address, code.stamp)
  if key not in self.qualnames:
   later('qualnames')
   self.qualnames[key] = searched_name(self, frame) or code.name
  return self.qualnames[key]

MOST_INTERPRETERS = 64
PTHREAD_TIDS = (720, 48)
class Thread:
 def __init__(self, address, interpreter, ident):
  self.address = address
  self.interpreter = interpreter
  self.ident = ident
  self.tid = None
  self.name = None
  self.is_daemon = False
def system_threads(pid):
 found = {}
 for name in posix.listdir('/proc/%d/task' % pid):
  inner = name
  try:
   for line in read_file('/proc/%d/task/%s/status' % (pid, name), 1 << 14).split(b'\n'):
    if line.startswith(b'NSpid:'):
     inner = line.split()[-1]
  except OSError:
   continue
  found[int(inner)] = int(name)
 return found
def cpu_ms(pid, tid):
 try:
  return round(int(read_file('/proc/%d/task/%d/schedstat' % (pid, tid), 100).split()[0]) / 1e6, 1)
 except (OSError, ValueError, IndexError):
  return None
class Threads:
 def __init__(self, objects, runtime):
  self.objects = objects
  self.memory = objects.memory
  self.layout = objects.layout
  self.runtime = runtime
 def interpreters(self):
  found, address = [], self.memory.word(self.runtime + self.layout.runtime_head)
  while address and address not in found and len(found) < MOST_INTERPRETERS:
   found.append(address)
   address = self.memory.word(address + self.layout.interp_next)
  return found
 def of(self, interpreter, most):
  found, seen = [], set()
  number = self.memory.number(interpreter + self.layout.interp_id)
  address = self.memory.word(interpreter + self.layout.interp_threads)
  while address and address not in seen:
   if len(found) >= most:
    return found, True
   seen.add(address)
   if self.memory.word(address + self.layout.thread_interp) != interpreter:
    break
   found.append(Thread(address, number, self.memory.word(address + self.layout.thread_ident)))
   address = self.memory.word(address + self.layout.thread_next)
  return found, False
 def holder(self, interpreter):
  memory, layout = self.memory, self.layout
  base = self.runtime if layout.version < (3, 12) else memory.word(interpreter + layout.interp_gil)
  if not base or memory.half(base + layout.gil_locked) != 1:
   return None
  return memory.word(base + layout.gil_holder)
 def identify(self, threads, active, system):
  known = {}
  for key, value in self.objects.pairs(active) if active else []:
   try:
    known[self.objects.integer(key)] = self.described(value)
   except (Unreadable, struct.error):
    pass
  for thread in threads:
   about = known.get(thread.ident, {})
   thread.name = about.get('name')
   thread.is_daemon = about.get('daemon', False)
   thread.tid = self.tid_of(thread, about.get('native'), system)
  if len(threads) == 1 and threads[0].tid is None and len(system) == 1:
   threads[0].tid = next(iter(system.values()))
 def tid_of(self, thread, told, system):
  tries = [told]
  if self.layout.version >= (3, 11):
   tries.insert(0, self.memory.word(thread.address + self.layout.thread_native))
  for inner in tries:
   if inner in system:
    return system[inner]
  for offset in PTHREAD_TIDS:
   try:
    inner = self.memory.half(thread.ident + offset)
   except Unreadable:
    continue
   if inner in system:
    return system[inner]
  return None
 def described(self, address):
  about = {}
  for name, value in self.objects.attributes(address, 40):
   if name == '_name':
    about['name'] = self.objects.name(value, 60)
   elif name == '_native_id' and self.objects.type_of(value).name == 'int':
    about['native'] = self.objects.integer(value)
   elif name == '_daemonic':
    about['daemon'] = self.objects.type_of(value).name == 'bool' and self.objects.integer(value) == 1
  return about

MOST_OUTPUT = 1500000
class Output:
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

X86_64 = 62
COOKIE = b'xdebugpy'
class Blind(Exception):
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
   later('search')
   find_otherwise(self, images)
 def settle(self, symbols, how):
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
   tries = sorted(LAYOUTS, key=lambda version: not any(has_version(name, version) for name in self.names))
  if self.machine != X86_64:
   raise Blind('Python before 3.13 is known for x86-64 only')
  for version in tries:
   if self.fits(runtime, Layout(version)):
    return
  name = 'Python %d.%d' % tries[0] if len(tries) == 1 else 'a version that is known'
  raise Blind('its structures are not those of a usual build of %s: it may be a debug build, a patched one, or just starting or ending' % name)
 def described(self, runtime):
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
  if any(getattr(layout, name, told[name]) != told[name] for name in SIZES):
   raise Blind('a build of Python %d.%d with structures of other sizes: a debug build, or a patched one' % version)
  for name, value in told.items():
   setattr(layout, name, value)
  layout.gil_locked, layout.gil_holder = told['own_locked'] - told['own_gil'], told['own_holder'] - told['own_gil']
  if not self.fits(runtime, layout):
   raise Blind('what Python %d.%d says of its own structures does not fit its memory' % version)
 def fits(self, runtime, layout):
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
FINAL = 15
SIZES = ('thread_size', 'code_size', 'frame_size')
DEBUG_OFFSETS = (
 'runtime_size runtime_finalizing runtime_head interp_size interp_id interp_next interp_threads interp_gc interp_modules interp_sysdict '
 'interp_builtins interp_gil own_gil own_enabled own_locked own_holder thread_size thread_prev thread_next thread_interp thread_frame '
 'thread_ident thread_native thread_chunk thread_status frame_size frame_back frame_code frame_instr frame_values frame_owner '
 'code_size code_file code_name code_qualname code_lines code_first code_arguments code_names code_kinds code_instr '
 'object_size object_type kind_size type_name type_repr type_flags tuple_size tuple_items tuple_length list_size list_items list_length '
 'dict_size dict_keys dict_values float_size float_value int_size int_tag int_digits bytes_size bytes_length bytes_data '
 'str_size str_state str_length str_ascii'
).split()
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

TRIES = 3
LOCALS_FRAMES = 25
LOCALS_UP_TO = 400000
class Look:
 def __init__(self, program, options):
  self.program = program
  self.options = options
  self.objects = program.objects
  self.memory = program.memory
  self.frames = Frames(self.objects)
  self.threads = Threads(self.objects, program.runtime)
  self.values = Values(self.objects)
  self.system = self.system_now()
  self.notes = []
  self.errors = None
  if options['errors']:
   later('errors')
   self.errors = Errors(self)
 def take(self, out, sample, at, with_locals):
  self.memory.fresh()
  left = self.options['threads']
  for interpreter in self.threads.interpreters():
   try:
    left -= self.interpreter(out, interpreter, sample, with_locals, left)
   except (Unreadable, struct.error):
    out.line({'note': 'an interpreter could not be read: it was just made or ended'})
  out.line({'sample': sample, 'at': at})
 def interpreter(self, out, interpreter, sample, with_locals, left):
  threads, has_more = self.threads.of(interpreter, left)
  modules = self.identify(interpreter, threads)
  self.values.owners = {thread.ident: 'thread %s (%s)' % (thread.tid, thread.name or 'no name') for thread in threads}
  holder = self.threads.holder(interpreter)
  for thread in threads:
   try:
    self.thread(out, thread, sample, thread.address == holder, with_locals)
   except (ValueError, OverflowError):
    self.note(out, 'a thread could not be read: what its memory says makes no sense')
  if has_more:
   self.note(out, 'only the first %d threads were read' % self.options['threads'])
  if with_locals and 'asyncio.tasks' in modules:
   self.tasks(out, modules['asyncio.tasks'], interpreter, threads, sample)
  for name in ('greenlet', 'gevent'):
   if name in modules:
    self.note(out, 'it uses %s: of its greenlets only those that run are seen, not those that wait' % name)
    break
  return len(threads)
 def identify(self, interpreter, threads):
  modules = self.modules(interpreter)
  try:
   active = self.objects.lookup(self.objects.module_dict(modules['threading']), ['_active'])['_active']
  except (KeyError, Unreadable):
   active = 0
  self.threads.identify(threads, active, self.system)
  return modules
 def system_now(self):
  return system_threads(self.program.pid) if self.memory.tids is None else self.memory.tids
 def note(self, out, text):
  if text not in self.notes:
   self.notes.append(text)
   out.line({'note': text})
 def modules(self, interpreter):
  held = self.memory.word(interpreter + self.program.layout.interp_modules)
  try:
   return self.objects.lookup(held, ['threading', 'asyncio.tasks', 'greenlet', 'gevent'])
  except Unreadable:
   return {}
 def thread(self, out, thread, sample, is_holder, with_locals):
  frames, cut, is_torn = self.stack(thread)
  raises, handles = self.errors_of(thread)
  out.line(
   {
    'thread': thread.tid,
    'sample': sample,
    'ident': '0x%x' % thread.ident,
    'interpreter': thread.interpreter,
    'name': thread.name,
    'cpu': None if thread.tid is None else cpu_ms(self.program.pid, thread.tid),
    'daemon': thread.is_daemon,
    'gil': is_holder,
    'torn': is_torn,
    'cut': cut,
    'raises': raises,
    'handles': handles,
    'frames': self.told(out, frames, with_locals),
   }
  )
 def errors_of(self, thread):
  try:
   return (self.errors.raised(thread), self.errors.handled(thread)) if self.errors else (None, None)
  except (Unreadable, struct.error):
   return None, None
 def stack(self, thread):
  frames, cut = [], 'its stack could not be read'
  for _ in range(TRIES):
   try:
    head = self.frames.innermost(thread.address)
    frames, cut = self.frames.chain(head, self.options['frames'])
    if self.is_still(thread, head, frames) and not (cut and 'could not' in cut):
     return frames, cut, False
   except (Unreadable, struct.error):
    pass
   self.memory.fresh()
  return frames, cut, True
 def is_still(self, thread, head, frames):
  kept, self.memory.pages = self.memory.pages, {}
  try:
   if self.frames.innermost(thread.address) != head:
    return False
   place = self.program.layout.frame_code
   return all(self.memory.word(frame.address + place) & ~1 == frame.code.address for frame in frames)
  except Unreadable:
   return False
  finally:
   self.memory.pages = kept
 def told(self, out, frames, with_locals):
  told = []
  for index, frame in enumerate(frames):
   about = {'function': self.frames.function_name(frame), 'file': frame.code.file, 'line': self.frames.line(frame)}
   if with_locals and index < LOCALS_FRAMES and out.length < LOCALS_UP_TO:
    about['locals'] = self.locals(frame)
   told.append(about)
  return told
 def locals(self, frame):
  try:
   found = self.frames.locals(frame)
  except (Unreadable, struct.error):
   return None
  told = []
  for name, address in found:
   kind, value = self.values.value(address)
   is_hidden = is_secret(name) and kind != 'NoneType'
   told.append({'name': name, 'type': kind, 'value': MASKED if is_hidden else value, 'masked': is_hidden or None})
  return told
 def tasks(self, out, module, interpreter, threads, sample):
  later('tasks')
  try:
   tasks, has_more = Tasks(self.frames).all(module, interpreter, threads)
  except (Unreadable, struct.error):
   self.note(out, 'the tasks of asyncio could not be read')
   return
  for task in tasks:
   out.line({'task': task.name or '', 'sample': sample, 'awaits': task.awaited, 'frames': self.told(out, task.frames, True)})
  if has_more:
   self.note(out, 'only the first %d tasks of asyncio were read' % len(tasks))
def options_of(words):
 options = {'seconds': 2.0, 'samples': 1, 'between': 200, 'threads': 500, 'frames': 100, 'locals': 1, 'profile': 0.0, 'every': 10.0, 'waits': 0, 'snapshot': 0, 'listens': 0, 'objects': 0, 'crash': 0.0, 'errors': 0, 'core': 0, 'memory': '', 'maps': ''}
 for word in words:
  name, _, value = word.partition('=')
  options[name] = type(options[name])(value)
 return options
def look(pid, options, out, kind_of_memory=Memory):
 began = time.monotonic()
 memory, maps = memory_of(pid, options, kind_of_memory)
 try:
  program = Program(pid, memory, maps)
 except (Blind, Unreadable) as why:
  raise without_files(why, memory, maps)
 out.line({'python': program.release, 'found': program.how, 'version': '%d.%d' % program.layout.version})
 if options['objects']:
  later('census')
  Census(program, options).tell(out)
  return
 if options['crash']:
  later('crash')
  Crash(program, options).take(out)
  return
 looking = Look(program, options)
 if options['profile']:
  later('profile')
  profile = Profile(looking, options)
  profile.tell(out, profile.take())
  return
 if options['snapshot']:
  later('snapshot')
  Snapshot(looking, asked_of()).take(out)
  return
 first = time.monotonic()
 for sample in range(options['samples']):
  if sample:
   time.sleep(options['between'] / 1000.0)
   memory.deadline += options['between'] / 1000.0
  looking.take(out, sample, round(1000 * (time.monotonic() - first)), options['locals'] and sample == options['samples'] - 1)
 out.line({'end': True, 'ms': round(1000 * (time.monotonic() - began), 1), 'reads': memory.calls})
def memory_of(pid, options, kind_of_memory):
 if options['core']:
  later('core')
  memory = CoreMemory(asked_of(), options['seconds'], 64 << 20)
  return memory, memory.maps()
 try:
  maps = read_file(options['maps'] or '/proc/%d/maps' % pid, 8 << 20).decode('utf-8', 'replace')
  return kind_of_memory(options['memory'] or '/proc/%d/mem' % pid, options['seconds'], 64 << 20), maps
 except OSError as error:
  raise refused(error, pid)
def without_files(why, memory, maps):
 names = [module.path for module in candidates(modules_of(maps)) if module.path in memory.missing]
 if not names:
  return why
 more = ' and %d more' % (len(names) - 3) if len(names) > 3 else ''
 return Blind('%s; what a core leaves out is not to be had of %s%s: gone, or another build now' % (getattr(why, 'why', why), ', '.join(names[:3]), more), '--binary')
def asked_of():
 import json
 return json.loads(posix.environ[b'HALLIGAN_ASKED'].decode())
def refused(error, pid):
 if error.errno in (1, 13):
  return Blind('its memory may not be read by this user: ' + str(error.strerror), '--sudo')
 return Blind('it is gone' if error.errno in (2, 3) else '/proc/%d: %s' % (pid, error.strerror))
def main(words, kind_of_memory=Memory):
 out = Output()
 try:
  look(int(words[0]), options_of(words[1:]), out, kind_of_memory)
 except Blind as blind:
  out.line({'blind': blind.why, 'hint': blind.hint})
 except (Unreadable, OSError) as error:
  out.line({'blind': 'its memory changed or went away while it was read (%s)' % error, 'hint': ''})
 except (Exhausted, MemoryError) as bound:
  out.length = 0
  out.line({'bound': str(bound) or 'memory'})
 sys.stdout.flush()
if __name__ == '__main__':
 main(sys.argv[1:])
`
