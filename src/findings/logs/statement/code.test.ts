import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeTexts, type CodeText } from './code.ts'
import { HOLE } from './pieces.ts'

describe('the texts of a file', () => {
  it.each([
    ['a.py', 'log.error("cannot open %s: %d" % (a, b))', 'cannot open <*>: <*>', 'log', 'error'],
    ['a.py', 'log.warning(f"slow: {took!r:>{width}} ms, {100}%")', 'slow: <*> ms, <*>%', 'log', 'warning'],
    ['a.py', 'logger.log(logging.ERROR, "lost %(name)s", {"name": a})', 'lost <*>', 'log', 'error'],
    ['a.py', 'raise ValueError("no " + kind + " here")', 'no <*> here', 'raise', 'error'],
    ['a.py', "log.info('one '\n    'two')", 'one two', 'log', 'info'],
    ['a.py', 'print("seen", count, "of", total)', 'seen <*> of <*>', 'log', undefined],
    [
      'a.ts',
      'this.logger.warn({ id }, `cart ${cart.id} is ${full ? "full" : "empty"}`)',
      'cart <*> is <*>',
      'log',
      'warning',
    ],
    ['a.ts', "winston.log('error', 'lost ' + id + ' at sea')", 'lost <*> at sea', 'log', 'error'],
    ['a.ts', 'throw new RangeError("index out of sight")', 'index out of sight', 'raise', 'error'],
    ['A.java', 'LOG.atWarn().log("Placing {} for {}", a, b);', 'Placing <*> for <*>', 'log', undefined],
    ['A.java', 'logger.log(Level.SEVERE, "Lost " + name, error);', 'Lost <*>', 'log', 'error'],
    ['A.java', 'log.error(String.format("Took %d attempts", 3));', 'Took <*> attempts', 'log', 'error'],
    ['a.go', 'klog.Errorf("pod %q of %[2]s: %+v", a, b)', 'pod "<*>" of <*>: <*>'.replaceAll('"', ''), 'log', 'error'],
    ['a.go', 'slog.WarnContext(ctx, "breaker open", "peer", peer)', 'breaker open', 'log', 'warning'],
    ['a.rs', 'error!(target: "db", "shard {} of {name:?} is gone", n);', 'shard <*> of <*> is gone', 'log', 'error'],
    ['a.c', 'syslog(LOG_ERR, "took %lu ms " "of %5.2f", a, b);', 'took <*> ms of <*>', 'log', 'error'],
    ['a.c', 'pr_warn("%" PRIu64 " pages\\n", n);', '<*> pages', 'log', 'warning'],
    ['a.cpp', 'LOG(ERROR) << "room " << room << " is taken";', 'room <*> is taken', 'log', 'error'],
    ['A.cs', '_logger.LogError($"Shelf {shelf,5:N0} is empty");', 'Shelf <*> is empty', 'log', 'error'],
    ['a.rb', 'logger.error "Lost #{names.map { |n| n }} at sea"', 'Lost <*> at sea', 'log', 'error'],
    ['a.php', "$this->logger->error('Lost ' . $name . ' at sea');", 'Lost <*> at sea', 'log', 'error'],
    ['a.pl', 'warn "Lost $mail{to} of " . $name . "\\n";', 'Lost <*> of <*>', 'log', 'warning'],
    ['a.pl', 'die "Could not run (@command): $@";', 'Could not run (<*>): <*>', 'log', 'fatal'],
    ['A.kt', 'logger.info { "Loaded $rows of ${feed.name}" }', 'Loaded <*> of <*>', 'log', 'info'],
    ['a.sh', 'echo "copy of $1 took ${took}s" >&2', 'copy of <*> took <*>s', 'log', undefined],
    [
      'a.sh',
      'logger -p user.err cannot reach "$host" any more',
      '-p user.err cannot reach <*> any more',
      'log',
      undefined,
    ],
    ['a.properties', 'lost.at.sea = Lost {0} at sea', 'Lost <*> at sea', 'catalog', undefined],
    ['a.json', '{"lost": "Lost {{name}} at sea"}', 'Lost {name}} at sea'.replace('}}', '}'), 'catalog', undefined],
  ])('%s: %s', (file, code, template, kind, severity) => {
    const found = codeTexts(file, code).filter((text) => templateOf(text) === template)
    expect(found[0], JSON.stringify(codeTexts(file, code).map(templateOf))).toMatchObject({ kind, severity })
  })

  it('have the lines on which they stand, and on which their call begins', () => {
    const code = '// "not this"\nlog.error(\n  context,\n  "first " +\n    "second",\n)\n'
    expect(codeTexts('a.js', code).map(({ line, lastLine, callLine }) => ({ line, lastLine, callLine }))).toEqual([
      { line: 4, lastLine: 5, callLine: 2 },
    ])
  })

  it('are not turned around by an apostrophe', () => {
    const code = "if (s == '\"') { /* it's */ }\nlet x: &'a str;\nlog.warn(\"still in order\");\n"
    for (const file of ['a.rs', 'A.java', 'a.c', 'a.go'])
      expect(codeTexts(file, code).map(templateOf)).toEqual(['still in order'])
    expect(codeTexts('a.py', '# it\'s\nx = \'don\nlog.info("still in order")\n').map(templateOf)).toEqual([
      'still in order',
    ])
  })

  it('are told from documentation within the code', () => {
    expect(codeTexts('a.py', 'def f():\n    """Lost at sea,\n    and found."""\n').map(({ kind }) => kind)).toEqual([
      'comment',
    ])
    expect(codeTexts('README.md', '- Lost at sea').map(({ kind }) => kind)).toEqual(['prose'])
  })

  it('come of any text, each within the file', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FILES), sources(), (file, source) => {
        const lines = source.split('\n').length
        for (const { pieces, line, lastLine, callLine } of codeTexts(file, source)) {
          expect(1 <= callLine && callLine <= line && line <= lastLine && lastLine <= lines).toBe(true)
          expect(pieces.some((piece, at) => piece === HOLE && pieces[at + 1] === HOLE)).toBe(false)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('come of hostile texts', () => {
    for (const part of ['"', '\\"', '"""', '(', '"a"+', 'f("a"\n', '`${', '/*', 'a ', '"a",', '{', "'\\", '<<"', '%{'])
      for (const file of ['a.py', 'a.js']) codeTexts(file, part.repeat(30_000 / part.length))
    expect(codeTexts('a.py', `${'('.repeat(100_000)}"a b"`)).toHaveLength(1)
  })
})

const FILES = [
  'a.py',
  'a.js',
  'A.java',
  'a.kt',
  'a.go',
  'a.c',
  'A.cs',
  'a.rs',
  'a.rb',
  'a.pl',
  'a.php',
  'a.sh',
  'a.lua',
  'a.json',
  'a.md',
  'a.unknown',
  'script',
]

/** Anything, and what looks like code. */
function sources(): fc.Arbitrary<string> {
  const parts = fc.constantFrom(
    '"',
    "'",
    '`',
    '"""',
    '\\',
    '\n',
    '(',
    ')',
    '{',
    '}',
    '+',
    '.',
    ',',
    '<<',
    '${',
    '#{',
    '%s',
    '%(a)s',
    '{}',
    'log.error',
    'raise ',
    '//',
    '/*',
    '*/',
    '#',
    ' ',
    'a',
    '\u{1f525}',
    '\0',
  )
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(parts, { maxLength: 60 }).map((all) => all.join('')),
  )
}

function templateOf({ pieces }: CodeText): string {
  return pieces
    .map((piece) => (piece === HOLE ? '<*>' : piece))
    .join('')
    .trim()
}
