import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCast } from './cast.ts'
import { findSecrets } from '../../test/redact.ts'
import { shellRecording } from './shell-recording.ts'
import { transcript } from './transcript.ts'

/** What happens in a session: keys of the person, output of the box. */
type Happening = { readonly keys: string } | { readonly box: string | Uint8Array }

function recorded(happenings: readonly Happening[], stepMs = 10, outputLimit?: number) {
  let cast = ''
  let toldLeftOut = 0
  const recording = shellRecording({
    columns: 40,
    rows: 10,
    term: 'xterm',
    startedAtMs: 1_700_000_000_000,
    title: 'shell on web-1',
    remark: 'a remark',
    findSecrets,
    write: (text) => (cast += text),
    outputLimit,
    onLeftOut: () => (toldLeftOut += 1),
  })
  for (const [at, each] of happenings.entries()) {
    if ('keys' in each) recording.pressed(at * stepMs, Buffer.from(each.keys))
    else recording.output(at * stepMs, typeof each.box === 'string' ? Buffer.from(each.box) : each.box)
  }
  const { commands, leftOutBytes } = recording.ended(happenings.length * stepMs, 0)
  const read = readCast(cast)
  if (!read.ok) throw new Error(read.why)
  return {
    cast,
    commands: commands.map(({ line }) => line),
    leftOutBytes,
    toldLeftOut,
    events: read.cast.events,
    lines: transcript(read.cast),
  }
}

const box = (text: string): Happening => ({ box: text })
const keys = (text: string): Happening => ({ keys: text })
/** A key that is echoed. */
const typed = (text: string): readonly Happening[] => Array.from(text).flatMap((key) => [keys(key), box(key)])
const PROMPT = 'root@web-1:~# '

describe('a recorded shell', () => {
  it('has what the box showed, when, and the commands that were typed', () => {
    const { events, commands, lines } = recorded([
      box(PROMPT),
      ...typed('uptime'),
      keys('\r'),
      box('\r\n up 3 days\r\n'),
      box(PROMPT),
      keys('\r'),
      box('\r\n'),
      box(PROMPT),
      ...typed('df -h'),
      keys('\r'),
      box(`\r\n/dev/sda1\r\n${PROMPT}`),
    ])
    expect(commands).toEqual(['uptime', 'df -h'])
    expect(lines).toEqual([
      `${PROMPT}uptime`,
      ' up 3 days',
      PROMPT.trim(),
      `${PROMPT}df -h`,
      '/dev/sda1',
      PROMPT.trim(),
    ])
    expect(events.filter(({ code }) => code !== 'o')).toEqual([
      expect.objectContaining({ code: 'i', data: 'uptime\r' }),
      expect.objectContaining({ code: 'm', data: 'uptime' }),
      expect.objectContaining({ code: 'i', data: 'df -h\r' }),
      expect.objectContaining({ code: 'm', data: 'df -h' }),
      expect.objectContaining({ code: 'x', data: '0' }),
    ])
  })

  it('has a command at the time at which Enter was pressed, not at that of its echo', () => {
    // One happening is 10 ms; what the box shows in between came later than the key.
    const late = [box(PROMPT), ...typed('ls'), keys('\r'), box('from before'), box(''), box('\r\na\r\n')]
    const { events, cast } = recorded([...late, box(PROMPT), ...typed('id'), keys('\r'), box('\r\n')])
    expect(
      events.flatMap(({ code, atMs, data }) => (code === 'i' || code === 'm' ? [[code, atMs, data]] : [])),
    ).toEqual([
      ['i', 50, expect.stringContaining('ls')],
      ['m', 50, expect.stringContaining('ls')],
      ['i', 140, 'id\r'],
      ['m', 140, 'id'],
    ])
    expect(events.map(({ atMs }) => atMs)).toEqual(events.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
    const shownAt = events.find(({ code, data }) => code === 'o' && data.includes('from before'))?.atMs
    expect(shownAt).toBe(60)
    expect(cast).not.toMatch(/^\[-/m)
  })

  it('keeps output in its order although the clock was set back', () => {
    let cast = ''
    const recording = shellRecording({
      columns: 40,
      rows: 10,
      term: undefined,
      startedAtMs: 0,
      title: '',
      remark: '',
      findSecrets,
      write: (text) => (cast += text),
    })
    for (const [atMs, text] of [
      [900, 'a'],
      [-500, 'b'],
      [100, 'c\r\n'],
    ] as const)
      recording.output(atMs, Buffer.from(text))
    recording.ended(200, 0)
    expect([...cast.matchAll(/"o", "(\w)/g)].map(([, letter]) => letter)).toEqual(['a', 'b', 'c'])
    expect(cast).not.toMatch(/^\[-/m)
  })

  it('has it after what was written already where the echo of an earlier line came later than the key', () => {
    // Two lines typed ahead: the second Enter is older than the output that the first one brought.
    const { events } = recorded([box(PROMPT), keys('a\r'), keys('b\r'), box('a\r\nout\r\n'), box(`${PROMPT}b\r\n`)])
    const times = events.map(({ atMs }) => atMs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(events.filter(({ code }) => code === 'i')).toHaveLength(2)
  })

  it.each<readonly [string, readonly Happening[], readonly string[]]>([
    [
      'taken from the history',
      [box('$ '), keys('\u001b[A'), box('systemctl status'), keys('\r'), box('\r\n')],
      ['systemctl status'],
    ],
    [
      'corrected',
      [box('$ '), ...typed('lz'), keys('\u007f'), box('\b \b'), ...typed('s'), keys('\r'), box('\r\n')],
      ['ls'],
    ],
    [
      'longer than a row',
      [box('$ '), ...typed('x'.repeat(38)), keys('y'), box('y \rz'), keys('\r'), box('\r\n')],
      [`${'x'.repeat(38)}z`],
    ],
    ['pasted in several lines', [box('$ '), keys('a\rb\r'), box('a\r\n$ '), box('b\r\n')], ['a', 'b']],
    [
      'pasted as one thing',
      [box('$ '), keys('\u001b[200~a\rb\u001b[201~'), box('a; b'), keys('\r'), box('\r\n')],
      ['a; b'],
    ],
    [
      'in a full-screen program, which is none',
      [box('\u001b[?1049h\u001b[H'), ...typed('iword'), keys('\r'), box('\r\n')],
      [],
    ],
    ['echoed only after Enter, on a slow line', [box('$ '), keys('l'), keys('s\r'), box('ls\r\na\r\n$ ')], ['ls']],
    [
      'typed while another one prints, without the prompt before it',
      [box('bash-5.2# '), ...typed('make'), keys('\r'), box('\r\n'), keys('id\r'), box('cc x.c\r\nbash-5.2# id\r\n')],
      ['make', 'id'],
    ],
    [
      'behind what was read without an echo, and not what a program printed of that',
      [
        box('bash-5.2# '),
        ...typed('read -s P'),
        keys('\r'),
        box('\r\n'),
        ...Array.from('hunter2pass', keys),
        keys('\r'),
        box('bash-5.2# '),
        ...typed('echo got ${#P}'),
        keys('\r'),
        box('\r\ngot 11\r\nbash-5.2# '),
      ],
      ['read -s P', 'echo got ${#P}'],
    ],
    [
      'that reads without an echo and prints by itself',
      [
        box('# '),
        ...typed('read -s P; echo got ${#P}'),
        keys('\r'),
        box('\r\n'),
        ...Array.from('hunter2pass', keys),
        keys('\r'),
        box('got 11\r\n# '),
        ...typed('id'),
        keys('\r'),
        box('\r\n'),
      ],
      ['read -s P; echo got ${#P}', 'id'],
    ],
    [
      'with umlauts, whose bytes come one by one',
      [box('$ '), ...typed('ls '), { keys: 'ü' }, box('ü'), keys('\r'), box('\r\n')],
      ['ls ü'],
    ],
    [
      'of which only the length is shown, which is none',
      [box('Password: '), keys('abc'), box('***'), keys('\r'), box('\r\n')],
      [],
    ],
    [
      'that was not echoed in time, which is none',
      [box('$ '), keys('\r'), ...Array.from({ length: 600 }, () => box('.')), box('\r\n')],
      [],
    ],
  ])('knows a command %s', (_, happenings, commands) => {
    expect(recorded(happenings).commands).toEqual(commands)
  })

  it('has written a command with the line that it ends, whatever comes with that', () => {
    let cast = ''
    const recording = shellRecording({
      columns: 40,
      rows: 10,
      term: undefined,
      startedAtMs: 0,
      title: '',
      remark: '',
      findSecrets,
      write: (text) => (cast += text),
    })
    recording.output(1, Buffer.from('$ '))
    recording.pressed(2, Buffer.from('id'))
    recording.output(3, Buffer.from('id'))
    recording.pressed(4, Buffer.from('\r'))
    recording.output(5, Buffer.from('\r\nuid=0\r\n$ '))
    expect(cast).toContain('"i", "id\\r"')
    expect(cast).toContain('uid=0')
  })

  it('has nowhere what was typed without being echoed', () => {
    const secret = fc.stringMatching(/^[A-Z0-9!#%]{8,16}$/)
    const question = fc.constantFrom(
      '[sudo] password for amy: ',
      'New password: ',
      'Token? ',
      "Password for user 'app': ",
      '',
    )
    const lineEnd = fc.constantFrom('\r\n', '\n', '\r\nSorry, try again.\r\n')
    fc.assert(
      fc.property(secret, question, lineEnd, fc.boolean(), (word, asks, end, byKey) => {
        const hidden = byKey ? Array.from(word).map(keys) : [keys(word)]
        const { cast, commands } = recorded([
          box('$ '),
          ...typed('sudo -i'),
          keys('\r'),
          box(`\r\n${asks}`),
          ...hidden,
          keys('\r'),
          box(end),
          box('# '),
          ...typed('id'),
          keys('\r'),
          box('\r\nuid=0\r\n'),
        ])
        expect(cast).not.toContain(word)
        expect(commands.join('\n')).not.toContain(word)
        expect(commands.at(-1)).toBe('id')
      }),
    )
  })

  it('takes a secret out that was echoed in a form that is known', () => {
    const { cast } = recorded([box('$ '), ...typed('mysql --password=Tr0ub4dor'), keys('\r'), box('\r\n')])
    expect(cast).not.toContain('Tr0ub4dor')
  })

  const KEY = [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ',
    'QyNTUxOQAAACBqSECRETtailQ==',
    '-----END OPENSSH PRIVATE KEY-----',
  ]

  it.each<readonly [string, readonly Happening[]]>([
    ['line by line', KEY.flatMap((line) => [keys(line), box(line), keys('\r'), box('\r\n')])],
    ['at once', [keys(`${KEY.join('\r')}\r`), box(`${KEY.join('\r\n')}\r\n`)]],
    ['behind the second prompt of a shell', [keys(`${KEY.join('\r')}\r`), box(`> ${KEY.join('\r\n> ')}\r\n`)]],
  ])('has nowhere a private key that was pasted %s', (_, pasted) => {
    const { cast, commands } = recorded([
      box('$ '),
      ...typed('cat > key'),
      keys('\r'),
      box('\r\n'),
      ...pasted,
      keys('\u0004'),
      box('$ '),
      ...typed('id'),
      keys('\r'),
      box('\r\nuid=0\r\n'),
    ])
    expect(cast).not.toMatch(/b3Blbn|SECRET/)
    expect(commands.join('\n')).not.toMatch(/b3Blbn|SECRET/)
    expect(commands[0]).toBe('cat > key')
    expect(commands.at(-1)).toMatch(/id$/)
  })

  it.each(['Password: ', 'enter the API_TOKEN= ', 'Passwort und password: '])(
    'has nowhere what was typed and echoed behind the prompt %j',
    (asks) => {
      const { cast, commands } = recorded([box(asks), ...typed('EEhunter2ee'), keys('\r'), box('\r\n')])
      expect(cast).not.toContain('hunter2')
      expect(commands).toEqual([expect.stringMatching(/^‹secret:\w+:\w{4}›$/)])
    },
  )

  it('keeps of a secret that begins before what was typed no more than its mark', () => {
    const { commands } = recorded([box('password=EEhun'), ...typed('ter2ee x'), keys('\r'), box('\r\n')])
    expect(commands).toEqual([expect.stringMatching(/^‹secret:password:\w{4}› x$/)])
  })

  it('is text whatever bytes come, and nothing that a terminal would obey beyond showing it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
        const { cast } = recorded([
          ...chunks.map((bytes) => ({ box: bytes })),
          box('\u001b]52;c;ZXZpbA==\u0007\u001b[6n'),
        ])
        expect(cast).not.toContain('ZXZpbA')
        expect(cast.split('\n').at(-2)).toMatch(/"x", "0"\]$/)
      }),
    )
  })

  it('keeps a character together that came in two pieces', () => {
    const bytes = Buffer.from('ü')
    expect(recorded([{ box: bytes.subarray(0, 1) }, { box: bytes.subarray(1) }]).lines).toEqual(['ü'])
  })

  describe('behind a flood', () => {
    const LINE = 'a line of some length, as logs have them, with a time and words\r\n'
    const FLOOD = Buffer.alloc(64 * 1024, LINE)
    const OUTPUT_LIMIT = 16 * FLOOD.length
    /** A session that floods its screen at first. */
    function flooded(happenings: readonly Happening[], times = 18) {
      return recorded(
        [
          box('$ '),
          ...typed('cat big.log'),
          keys('\r'),
          box('\r\n'),
          ...Array.from({ length: times }, () => ({ box: FLOOD })),
          box('\r\n$ '),
          ...happenings,
        ],
        10,
        OUTPUT_LIMIT,
      )
    }
    const entered = (line: string): readonly Happening[] => [...typed(line), keys('\r'), box('\r\nout\r\n$ ')]

    it('leaves output out from the end of a line on, says so at once, and how much in the end', () => {
      const { events, leftOutBytes, toldLeftOut } = flooded([])
      const output = events.flatMap(({ code, data }) => (code === 'o' ? [data] : [])).join('')
      expect(Buffer.byteLength(output)).toBeGreaterThan(OUTPUT_LIMIT - 2 * LINE.length)
      expect(Buffer.byteLength(output)).toBeLessThanOrEqual(OUTPUT_LIMIT)
      expect(output.endsWith('\n')).toBe(true)
      expect(leftOutBytes).toBe(
        Buffer.byteLength('$ cat big.log\r\n\r\n$ ') + 18 * FLOOD.length - Buffer.byteLength(output),
      )
      expect(events.filter(({ code, data }) => code === 'm' && data.includes('output is left out'))).toHaveLength(1)
      expect(toldLeftOut).toBe(1)
      expect(flooded([], 15)).toMatchObject({ leftOutBytes: 0, toldLeftOut: 0 })
    })

    it('still has every command that is typed, with when', () => {
      const { commands, cast, events } = flooded([
        ...entered('kill -9 812'),
        ...entered('rm -rf /var/lib/orders/cache'),
      ])
      expect(commands).toEqual(['cat big.log', 'kill -9 812', 'rm -rf /var/lib/orders/cache'])
      expect(events.flatMap(({ code, data }) => (code === 'i' ? [data] : []))).toEqual(
        commands.map((line) => `${line}\r`),
      )
      expect(cast.length).toBeLessThan(1.2 * OUTPUT_LIMIT)
    })

    it('has them behind a second flood too, and not what is typed into a full-screen program', () => {
      const { commands } = flooded([
        ...entered('vi x'),
        box('\u001b[?1049h'),
        { box: FLOOD },
        ...typed('iword'),
        keys('\r'),
        box('\r\n\u001b[?1049l'),
        { box: FLOOD },
        box('\r\n$ '),
        ...entered('id'),
      ])
      expect(commands).toEqual(['cat big.log', 'vi x', 'id'])
    })

    it('has no private key, and no secret that is typed', () => {
      const { commands, cast } = flooded([
        ...entered('mysql --password=Tr0ub4dor'),
        ...entered('cat > key'),
        ...KEY.flatMap((line) => [keys(line), box(line), keys('\r'), box('\r\n')]),
        keys('\u0004'),
        box('$ '),
        ...entered('id'),
      ])
      expect(`${cast}${commands.join('\n')}`).not.toMatch(/b3Blbn|SECRET|Tr0ub4dor/)
      expect(commands.at(-1)).toMatch(/id$/)
    })

    it('loses no new size of the terminal that came within the line that is cut', () => {
      let cast = ''
      const parts = { columns: 40, rows: 10, term: undefined, startedAtMs: 0, title: '', remark: '', findSecrets }
      const recording = shellRecording({ ...parts, outputLimit: 1_000, write: (text) => (cast += text) })
      recording.output(1, Buffer.from('a line that goes on'))
      recording.resized(2, 60, 20)
      recording.output(3, Buffer.alloc(2_000, 'x'))
      // Written at once: a console that is killed ends no recording.
      expect(cast).toContain('"60x20"')
    })

    it('counts the beginning of the line that is cut among what is left out', () => {
      const { events, leftOutBytes } = recorded([box('one\r\n'), box('tw€'), box('o'.repeat(2_000))], 10, 1_000)
      expect(events.flatMap(({ code, data }) => (code === 'o' ? [data] : []))).toEqual(['one\r\n'])
      expect(leftOutBytes).toBe(Buffer.byteLength('tw€') + 2_000)
    })

    it('has what comes of one line that never ends, up to a limit', () => {
      const pieces = Array.from({ length: 40 }, () => box('x'.repeat(64 * 1024)))
      const { events, leftOutBytes } = recorded(pieces, 10, OUTPUT_LIMIT)
      const output = events.flatMap(({ code, data }) => (code === 'o' ? [data] : [])).join('')
      expect(output.length).toBeGreaterThan(OUTPUT_LIMIT / 2)
      expect(output.length).toBeLessThanOrEqual(OUTPUT_LIMIT)
      expect(leftOutBytes).toBe(40 * 64 * 1024 - output.length)
    })
  })

  describe('on a box that answers late', () => {
    const lines = (count: number): Happening => box('a line\r\n'.repeat(count))

    it('has what was typed, however late the echo comes', () => {
      expect(recorded([box('$ '), keys('kill -9 812\r'), box('kill -9 812\r\n')], 60_000).commands).toEqual([
        'kill -9 812',
      ])
    })

    it('has it though a clock was set on or back meanwhile', () => {
      for (const step of [3_600_000, -3_600_000])
        expect(recorded([box('$ '), keys('id\r'), box('id\r\n')], step).commands).toEqual(['id'])
    })

    it('looks for what was typed without an echo in some lines only, and in none once something else was typed', () => {
      const hidden = [box('Password: '), keys('root'), keys('\r'), box('\r\n')]
      expect(recorded([...hidden, lines(200), box('owner: root\r\n')], 6_000).commands).toEqual([])
      expect(
        recorded([...hidden, box('$ '), ...typed('su root'), keys('\r'), box('\r\nroot\r\n')], 6_000).commands,
      ).toEqual(['su root'])
    })
  })

  it('follows a terminal that changes its size', () => {
    let cast = ''
    const recording = shellRecording({
      columns: 40,
      rows: 10,
      term: undefined,
      startedAtMs: 0,
      title: '',
      remark: '',
      findSecrets,
      write: (text) => (cast += text),
    })
    recording.resized(5, 100, 30)
    recording.ended(6, undefined)
    expect(cast.split('\n')[2]).toBe('[0.005, "r", "100x30"]')
  })
})
