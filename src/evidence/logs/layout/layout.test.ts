import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoxTime } from '../time/box-time.ts'
import { layoutOf } from './layout.ts'
import { linesOf } from './line-bytes.ts'
import { recordsOf } from './records.ts'

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0)
const UTC: BoxTime = { nowMs: NOW, zone: 'UTC' }
const VIENNA: BoxTime = { nowMs: NOW, zone: 'Europe/Vienna' }

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The time of each line as ISO, `-` without one. */
function times(log: string, time = UTC): readonly string[] {
  const all = bytes(log)
  const layout = layoutOf(all, time)
  return linesOf(all, 1000).map(([start, end]) => {
    const atMs = layout.timeOf(all, start, end)
    return Number.isNaN(atMs) ? '-' : new Date(atMs).toISOString()
  })
}

function texts(log: string, time = UTC): readonly string[] {
  return recordsOf(log, layoutOf(bytes(log), time)).map(({ text }) => text)
}

describe('the time of a line', () => {
  test.each([
    ['2024-01-02T03:04:05Z started', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04:05.678901234Z started', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02t03:04:05.6z started', '2024-01-02T03:04:05.600Z'],
    ['2024-01-02 03:04:05,678 INFO started', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02 03:04:05.678 INFO started', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02T03:04:05+02 started', '2024-01-02T01:04:05.000Z'],
    ['2024-01-02T03:04:05+0200 started', '2024-01-02T01:04:05.000Z'],
    ['2024-01-02T03:04:05.5-05:30 started', '2024-01-02T08:34:05.500Z'],
    ['2024-01-02 03:04:05 +0200 started', '2024-01-02T01:04:05.000Z'],
    ['2024-01-02 03:04 started', '2024-01-02T03:04:00.000Z'],
    ['2024-01-02 03:04:05.678 CET [812] LOG:  started', '2024-01-02T02:04:05.678Z'],
    ['2024-01-02 03:04:05.678 UTC [812] LOG:  started', '2024-01-02T03:04:05.678Z'],
    ['2024-01-02 03:04:05 INFO started', '2024-01-02T03:04:05.000Z'],
    ['2024/01/02 03:04:05 [error] 812#812: *1 started', '2024-01-02T03:04:05.000Z'],
    ['2009/01/23 01:23:23.123123 main.go:23: started', '2009-01-23T01:23:23.123Z'],
    ['[2024-01-02 03:04:05,678] {app.py:12} INFO - started', '2024-01-02T03:04:05.678Z'],
    ['INFO  [2024-01-02 03:04:05,678] app: started', '2024-01-02T03:04:05.678Z'],
    ['E, [2024-01-02T03:04:05.678901 #812] ERROR -- : started', '2024-01-02T03:04:05.678Z'],
    ['10.0.0.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 2326', '2000-10-10T20:55:36.000Z'],
    ['haproxy[14389]: 10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in static/srv1', '2009-02-06T12:14:14.655Z'],
    ['[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708] started', '2011-09-09T10:42:29.902Z'],
    ['Fri Sep  9 10:42:29 2011 started', '2011-09-09T10:42:29.000Z'],
    ['Jan  2 03:04:05 web-1 app[812]: started', '2026-01-02T03:04:05.000Z'],
    ['Dec 31 23:59:59 web-1 app[812]: started', '2025-12-31T23:59:59.000Z'],
    ['<34>Oct 11 22:14:15 web-1 su: started', '2025-10-11T22:14:15.000Z'],
    ['<34>1 2003-10-11T22:14:15.003Z web-1 su - ID47 - started', '2003-10-11T22:14:15.003Z'],
    ['<3>1709630142.120345 web-1 orders[812]: started', '2024-03-05T09:15:42.120Z'],
    ['<>1709630142.120345 web-1 audit[812]: started', '2024-03-05T09:15:42.120Z'],
    ['Jan 02, 2024 3:04:05 PM com.example.App main', '2024-01-02T15:04:05.000Z'],
    ['Jan 2 2024 03:04:05: %ASA-6-302013: built', '2024-01-02T03:04:05.000Z'],
    ['812:M 02 Jan 2024 03:04:05.678 * started', '2024-01-02T03:04:05.678Z'],
    ['02-Jan-2024 03:04:05.678 INFO [main] started', '2024-01-02T03:04:05.678Z'],
    ['[02-Jan-2024 03:04:05 UTC] PHP Warning: started', '2024-01-02T03:04:05.000Z'],
    ['Tue, 02 Jan 2024 03:04:05 GMT started', '2024-01-02T03:04:05.000Z'],
    ['I0102 03:04:05.678901     812 main.go:42] started', '2026-01-02T03:04:05.678Z'],
    ['01/02/2024 03:04:05 started', '2024-01-02T03:04:05.000Z'],
    ['1/2/2024, 3:04:05 AM started', '2024-01-02T03:04:05.000Z'],
    ['31/12/2024 03:04:05 started', '2024-12-31T03:04:05.000Z'],
    ['02.01.2024 03:04:05 started', '2024-01-02T03:04:05.000Z'],
    ['20240102 030405 started', '2024-01-02T03:04:05.000Z'],
    ['20240102T030405Z started', '2024-01-02T03:04:05.000Z'],
    ['20171223-22:15:29:606|Step|started', '2017-12-23T22:15:29.606Z'],
    ['081109 203615 148 INFO started', '2008-11-09T20:36:15.000Z'],
    ['170609 20:10:40 [Note] started', '2017-06-09T20:10:40.000Z'],
    ['17/06/09 20:10:40 INFO started', '2017-06-09T20:10:40.000Z'],
    ['01-02 03:04:05.678  1702  2395 D Window: started', '2026-01-02T03:04:05.678Z'],
    ['[10.30 16:49:06] chrome.exe - started', '2025-10-30T16:49:06.000Z'],
    ['- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.675872 R02 started', '2005-06-03T15:42:50.675Z'],
    ['1704164645 started', '2024-01-02T03:04:05.000Z'],
    ['1704164645.678    921 192.168.0.68 TCP_MISS/200', '2024-01-02T03:04:05.678Z'],
    ['1704164645678 started', '2024-01-02T03:04:05.678Z'],
    ['1704164645678901 started', '2024-01-02T03:04:05.678Z'],
    ['1704164645678901234 started', '2024-01-02T03:04:05.678Z'],
    ['type=SYSCALL msg=audit(1704164645.678:24287): arch=c000003e', '2024-01-02T03:04:05.678Z'],
    ['{"level":30,"time":1704164645678,"msg":"started"}', '2024-01-02T03:04:05.678Z'],
    ['{"msg":"started","ts":1704164645.678}', '2024-01-02T03:04:05.678Z'],
    ['{"msg":"\\"time\\":\\"2020-01-01T00:00:00Z\\"","time":"2024-01-02T03:04:05Z"}', '2024-01-02T03:04:05.000Z'],
    ['{"__REALTIME_TIMESTAMP":"1704164645678901","MESSAGE":"started"}', '2024-01-02T03:04:05.678Z'],
    ['level=info ts=2024-01-02T03:04:05.678Z msg=started', '2024-01-02T03:04:05.678Z'],
    ['time="2024-01-02T03:04:05Z" level=info msg=started', '2024-01-02T03:04:05.000Z'],
    ['2024-01-02T03:04:05.678901234Z stdout F started', '2024-01-02T03:04:05.678Z'],
    ['{"log":"started\\n","stream":"stdout","time":"2024-01-02T03:04:05.678901234Z"}', '2024-01-02T03:04:05.678Z'],
    ['@4000000065937d2f2ef02e94 started', '2024-01-02T03:04:05.787Z'],
    ['11:59:05.678 [main] INFO app - started', '2026-01-15T11:59:05.678Z'],
    ['13:04:05.678 [main] INFO app - started', '2026-01-14T13:04:05.678Z'],
    ['Started at noon', '-'],
    ['10 of 12 done', '-'],
    ['call 1704164645 from 10.0.0.7', '-'],
    ['2024-02-30 03:04:05 no such day', '-'],
    ['2024-01-02 24:04:05 no such hour', '-'],
  ])('%s', (line, expected) => {
    expect(times(line)).toEqual([expected])
    expect(times(`${line}\n${line}\n`)).toEqual([expected, expected])
  })

  test('of the kernel counts from the boot', () => {
    const line = '[   12.345678] eth0: link up'
    expect(times(line)).toEqual(['-'])
    expect(times(line, { ...UTC, bootedAtMs: NOW })).toEqual([new Date(NOW + 12_345).toISOString()])
  })

  test('is the day first where the month cannot be', () => {
    expect(times('03/04/2024 01:00:00 a\n13/04/2024 01:00:00 b\n')).toEqual([
      '2024-04-03T01:00:00.000Z',
      '2024-04-13T01:00:00.000Z',
    ])
  })

  test('is read in two forms when two writers share a log', () => {
    const log = '2024-01-02 03:04:05 a\n'.repeat(5) + '[02-Jan-2024 03:04:05 UTC] b\n'.repeat(3)
    expect(new Set(times(log))).toEqual(new Set(['2024-01-02T03:04:05.000Z']))
  })

  test('never is read from the line after', () => {
    const all = bytes('2024-01-02 03:04:05 a\nlast line 2024-01-0\n2 03:04:05 x\n')
    const layout = layoutOf(all, UTC)
    for (let end = 0; end <= 19; end += 1) {
      const alone = layout.timeOf(all.slice(0, end), 0, end)
      expect(layout.timeOf(all, 0, end)).toEqual(alone)
    }
  })
})

describe('zones', () => {
  const at = (wall: string, zone: string) => times(`${wall} x`, { nowMs: NOW, zone })[0]

  test('a time without a zone is in that of the box', () => {
    expect(at('2024-07-01 12:00:00', 'Europe/Vienna')).toBe('2024-07-01T10:00:00.000Z')
    expect(at('2024-01-01 12:00:00', 'Europe/Vienna')).toBe('2024-01-01T11:00:00.000Z')
    expect(at('2024-01-01 12:00:00', '+05:30')).toBe('2024-01-01T06:30:00.000Z')
    expect(at('2024-01-01 12:00:00', '-03:00')).toBe('2024-01-01T15:00:00.000Z')
    expect(at('2024-01-01 12:00:00', 'Nowhere/At_All')).toBe('2024-01-01T12:00:00.000Z')
  })

  test('a time that was skipped in spring lies after the jump', () => {
    expect(at('2024-03-31 01:59:59', 'Europe/Vienna')).toBe('2024-03-31T00:59:59.000Z')
    expect(at('2024-03-31 02:30:00', 'Europe/Vienna')).toBe('2024-03-31T01:30:00.000Z')
    expect(at('2024-03-31 03:00:00', 'Europe/Vienna')).toBe('2024-03-31T01:00:00.000Z')
  })

  test('a time that came twice in autumn is the first one', () => {
    expect(at('2024-10-27 01:59:59', 'Europe/Vienna')).toBe('2024-10-26T23:59:59.000Z')
    expect(at('2024-10-27 02:30:00', 'Europe/Vienna')).toBe('2024-10-27T00:30:00.000Z')
    expect(at('2024-10-27 03:00:00', 'Europe/Vienna')).toBe('2024-10-27T02:00:00.000Z')
  })

  test('half-hour jumps too', () => {
    expect(at('2024-04-07 01:40:00', 'Australia/Lord_Howe')).toBe('2024-04-06T14:40:00.000Z')
    expect(at('2024-04-07 02:00:00', 'Australia/Lord_Howe')).toBe('2024-04-06T15:30:00.000Z')
  })

  test('what a zone writes is read back as the same moment, except in a repeated hour', () => {
    const zones = [
      'Europe/Vienna',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'UTC',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 946_684_800, max: 1_767_225_600 }), (zone, second) => {
        const wall = new Date(second * 1000).toLocaleString('sv-SE', { timeZone: zone })
        const read = Date.parse(at(wall, zone) ?? '')
        expect([0, 1_800_000, 3_600_000]).toContain(second * 1000 - read)
      }),
      { numRuns: 150 },
    )
  })
})

describe('years that are not written', () => {
  test('29 February is of the last leap year', () => {
    expect(times('Feb 29 03:04:05 web-1 app: x')).toEqual(['2024-02-29T03:04:05.000Z'])
  })

  test('a line written just after the turn of the year, read by a clock just before it', () => {
    const time = { nowMs: Date.UTC(2025, 11, 31, 23, 59, 50), zone: 'UTC' }
    expect(times('Jan  1 00:00:01 web-1 app: x', time)).toEqual(['2026-01-01T00:00:01.000Z'])
  })
})

describe('lines that go on', () => {
  test('without a time, where records have one', () => {
    const log = '2024-01-02 03:04:05 select\nfrom orders\n2024-01-02 03:04:06 done\n'
    expect(texts(log)).toEqual(['2024-01-02 03:04:05 select\nfrom orders', '2024-01-02 03:04:06 done'])
  })

  test('an exception that nothing has caught does not belong to what was said before', () => {
    const log =
      '2024-01-02 03:04:05 INFO served\nTraceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nValueError: x\n2024-01-02 03:04:06 INFO served\n2024-01-02 03:04:07 ERROR failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nValueError: x\n'
    expect(texts(log).map((text) => text.split('\n')[0])).toEqual([
      '2024-01-02 03:04:05 INFO served',
      'Traceback (most recent call last):',
      '2024-01-02 03:04:06 INFO served',
      '2024-01-02 03:04:07 ERROR failed',
    ])
  })

  test('an exception that nothing has caught stands alone below the trace of another one', () => {
    const caught =
      'Jan 02, 2024 3:04:05 PM shop.Orders place\nSEVERE: failed\njava.io.IOException: refused\n\tat shop.Stock.ask(Stock.java:31)'
    const uncaught =
      'Exception in thread "main" java.lang.IllegalStateException: no stock\n\tat shop.Main.main(Main.java:12)'
    expect(texts(`${caught}\n\n${uncaught}\n`)).toEqual([caught, uncaught])
  })

  const TRACES = {
    java: 'Exception in thread "main" java.lang.IllegalStateException: no stock\n\tat com.shop.Orders.place(Orders.java:88)\n\tat com.shop.Main.main(Main.java:12)\nCaused by: java.io.IOException: refused\n\tat com.shop.Stock.ask(Stock.java:31)\n\t... 1 more',
    python:
      'Traceback (most recent call last):\n  File "/srv/app/orders.py", line 88, in place\n    stock.ask(item)\n    ~~~~~~~~~^^^^^^\nshop.errors.NoStock: item 12',
    'python, chained':
      'Traceback (most recent call last):\n  File "/srv/a.py", line 8, in f\n    d[1]\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "/srv/a.py", line 10, in f\n    raise ValueError("x")\nValueError: x',
    node: 'TypeError: Cannot read properties of undefined\n    at place (/srv/app/orders.js:88:13)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    go: 'panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a1]\n\ngoroutine 1 [running]:\nmain.place(0x0)\n\t/srv/app/main.go:12 +0x1d\nmain.main()\n\t/srv/app/main.go:20 +0x3c\nexit status 2',
    ruby: "orders.rb:12:in 'place': no stock (RuntimeError)\n\tfrom orders.rb:20:in 'block in run'\n\tfrom orders.rb:31:in '<main>'",
    '.net':
      'Unhandled exception. System.InvalidOperationException: no stock\n ---> System.IO.IOException: refused\n   at Shop.Stock.Ask() in /src/Stock.cs:line 31\n   --- End of inner exception stack trace ---\n   at Shop.Orders.Place() in /src/Orders.cs:line 88',
    rust: "thread 'main' panicked at src/main.rs:12:5:\nindex out of bounds: the len is 3 but the index is 5\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/abc/library/std/src/panicking.rs:647:5\n   1: shop::place\n             at ./src/main.rs:12:5\nnote: run with `RUST_BACKTRACE=full` for a verbose backtrace.",
  }
  const cases = Object.entries(TRACES)

  test.each(cases)('the stack trace of %s stays one record in a log without times', (_name, trace) => {
    expect(texts(`listening\nready\n${trace}\nserved\nserved\n`)).toEqual([
      'listening',
      'ready',
      trace,
      'served',
      'served',
    ])
  })

  test.each(Object.entries(TRACES))('the stack trace of %s belongs to the record that reports it', (_name, trace) => {
    const line = '2024-01-02 03:04:05 ERROR placing failed'
    expect(texts(`${line}\n${trace}\n${line}\n`)).toEqual([`${line}\n${trace}`, line])
  })

  test.each(Object.entries(TRACES))('the stack trace of %s wrapped by CRI', (_name, trace) => {
    const wrap = (text: string) => text.replaceAll(/^/gm, '2024-01-02T03:04:05.678901234Z stderr F ')
    expect(texts(`${wrap('ready')}\n${wrap(trace)}\n${wrap('served')}\n`)).toEqual([
      wrap('ready'),
      wrap(trace),
      wrap('served'),
    ])
  })

  test.each(cases)('the stack trace of %s wrapped by docker', (_name, trace) => {
    const wrap = (text: string) =>
      text
        .split('\n')
        .map((log) => JSON.stringify({ log: `${log}\n`, stream: 'stderr', time: '2024-01-02T03:04:05.678901234Z' }))
        .join('\n')
    expect(texts(`${wrap('ready')}\n${wrap(trace)}\n${wrap('served')}\n`)).toEqual([
      wrap('ready'),
      wrap(trace),
      wrap('served'),
    ])
  })

  test.each(cases)('the stack trace of %s in the journal, with another program between', (_name, trace) => {
    const wrap = (text: string) => text.replaceAll(/^/gm, 'Jan 02 03:04:05 web-1 app[812]: ')
    const other = 'Jan 02 03:04:05 web-1 systemd[1]: Started other.service.'
    expect(texts(`${wrap('ready')}\n${other}\n${wrap(trace)}\n${other}\n`)).toEqual([
      wrap('ready'),
      other,
      wrap(trace),
      other,
    ])
  })

  test('parts of a long line are joined', () => {
    const log =
      '2024-01-02T03:04:05.1Z stdout P {"a":\n2024-01-02T03:04:05.2Z stdout F 1}\n2024-01-02T03:04:05.3Z stdout F {"a":2}\n'
    expect(texts(log).length).toBe(2)
  })

  test('parts of a long line in a log of docker are joined, those of the other stream are not', () => {
    const entry = (log: string, stream = 'stdout') => JSON.stringify({ log, stream, time: '2024-01-02T03:04:05.1Z' })
    const log = [
      entry('one\n'),
      entry(`INFO ${'"x" '.repeat(4000)}`),
      entry('INFO y'),
      entry('z\n'),
      entry('no end'),
      entry('other\n', 'stderr'),
      // A backslash and the letter that were written so.
      entry('C:\\n'),
      entry('same\n'),
      entry('last\n'),
    ]
    expect(texts(`${log.join('\n')}\n`)).toEqual([
      log[0],
      log.slice(1, 4).join('\n'),
      log[4],
      log[5],
      log.slice(6, 8).join('\n'),
      log[8],
    ])
  })

  test('a log whose lines are all indented has a record for each', () => {
    expect(texts('  one\n  two\n  three\n')).toEqual(['  one', '  two', '  three'])
  })
})

describe('where a line is told from others', () => {
  const bodies = (lines: readonly string[]): readonly string[] => {
    const sample = new TextEncoder().encode(`${lines.join('\n')}\n`)
    const layout = layoutOf(sample, { nowMs: Date.UTC(2026, 10, 26), zone: 'UTC' })
    return lines.map((line) => {
      const bytes = new TextEncoder().encode(line)
      return line.slice(layout.bodyOf(bytes, 0, bytes.length))
    })
  }
  test.each([
    ['2026-11-26 00:00:00,137 ', ['ERROR app.mod0: failed', 'INFO app.mod1: worked', 'WARN app.mod0: slow']],
    ['2026-11-26T00:00:00Z ', ['app.mod0 ERROR: failed', 'app.mod0 INFO: worked', 'app.mod0 WARNING: slow']],
  ])('the level behind %s is part of it', (time, rests) => {
    const lines = Array.from({ length: 12 }, (_, at) => `${time}${rests[at % rests.length]}`)
    expect(bodies(lines)).toEqual(lines.map((line) => line.slice(time.length)))
  })
  test('host and program of syslog are not', () => {
    const lines = Array.from({ length: 12 }, (_, at) => `Nov 26 00:00:${10 + at} web-1 sshd[${at}]: closed ${at}`)
    expect(bodies(lines)).toEqual(lines.map((_, at) => `closed ${at}`))
  })
})

describe('any bytes', () => {
  test('have a layout, and lines that stay within them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (sample) => {
        const layout = layoutOf(sample, VIENNA)
        for (const [start, end] of linesOf(sample, 1000)) {
          const body = layout.bodyOf(sample, start, end)
          expect(body >= start && body <= end).toBe(true)
          expect(typeof layout.continues(sample, start, end)).toBe('boolean')
          expect(typeof layout.timeOf(sample, start, end)).toBe('number')
        }
      }),
      { numRuns: 200 },
    )
  })

  test('records are bounded, whatever the log is', () => {
    const long = `2024-01-02 03:04:05 ${'x'.repeat(200_000)}\n2024-01-02 03:04:06 y\n`
    const records = recordsOf(long, layoutOf(bytes(long), UTC))
    expect(records.map(({ text }) => text.length)).toEqual([65_536, 21])
    expect(recordsOf('', layoutOf(bytes(''), UTC))).toEqual([])
    expect(recordsOf(new Uint8Array([0xff, 0xfe, 0x0a, 0]), layoutOf(bytes(''), UTC)).map(({ text }) => text)).toEqual([
      '\ufffd\ufffd',
      '\0',
    ])
  })
})
