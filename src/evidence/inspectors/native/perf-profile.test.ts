import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { seen } from '../../reading.ts'
import { perfProfile } from './perf-profile.ts'

const process = {
  pid: 24724,
  startTicks: 9,
  state: 'S',
  uid: 1000,
  argv: ['orders'],
  threads: [{ tid: 24724, name: 'orders' }],
  executable: seen({ path: '/srv/orders/orders' }),
}
const TARGET = {
  process,
  runtime: { kind: 'native', details: [] },
  box: { uid: 1000, architecture: 'x86_64', tools: new Set(['perf']) },
} as unknown as Target
const parsed = (text: string) => perfProfile.parse(Buffer.from(text), TARGET)

/** As perf 6.1 prints it, shortened. */
const ANSWER = `halligan-perf size 58424
24724/24724 65997.043207: 
	            1139 price_order (/srv/orders/orders)
	            115b checkout(int) const (.isra.0) (/srv/orders/orders)
	           27304 __libc_start_main_impl (inlined)

24724/24724 65997.053308: 
	            1140 price_order (/srv/orders/orders)
	            115b checkout(int) const (.isra.0) (/srv/orders/orders)
	           27304 __libc_start_main_impl (inlined)

24724/24730 65998.043207: 
	ffffffff810a9e21 do_syscall_64 ([kernel.kallsyms])
	    7f2ba1c9d4f5 [unknown] (/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 (deleted))

halligan-perf done
`

describe('a profile by perf', () => {
  it('is read from what perf script prints; addresses in one function are one frame', () => {
    expect(parsed(ANSWER)).toEqual(
      seen({
        of: 'cpu',
        unit: 'samples',
        tookMs: 1_000,
        intervalUs: 10_101,
        idle: 0,
        notes: ['time in which it waits is in no sample'],
        stacks: [
          {
            thread: 'orders (24724)',
            weight: 2,
            frames: [
              { function: 'price_order', module: '/srv/orders/orders', own: true },
              { function: 'checkout(int) const (.isra.0)', module: '/srv/orders/orders', own: true },
              { function: '__libc_start_main_impl' },
            ],
          },
          {
            thread: 'thread 24730',
            weight: 1,
            frames: [
              { function: 'do_syscall_64', module: '[kernel.kallsyms]', own: false },
              { function: '??', module: '/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30 (deleted)', own: false },
            ],
          },
        ],
      }),
    )
  })

  it('says that it was cut off', () => {
    expect(parsed(ANSWER.replace('halligan-perf done', ''))).toMatchObject({
      value: { notes: [expect.anything(), 'the answer was cut off after 3 samples'] },
    })
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-perf no-folder\n', 'there is no folder for its samples on the box'],
    ['halligan-perf said Access to performance monitoring is limited\nhalligan-perf no-data\n', 'perf: Access to'],
    ['halligan-perf size 900\n\nhalligan-perf done\n', 'it used no processor time meanwhile'],
    ['', 'perf wrote no samples'],
  ])('%j is blind', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why: expect.stringContaining(why) })
  })

  it('refuses what the kernel would not allow', () => {
    const may = (box: Partial<Target['box']>) => perfProfile.able({ ...TARGET, box: { ...TARGET.box, ...box } })
    expect(may({ perfParanoid: 2 })).toEqual({ able: true })
    expect(may({ perfParanoid: 3 })).toMatchObject({ able: false, hint: 'run with --sudo' })
    expect(may({ perfParanoid: 3, uid: 0 })).toEqual({ able: true })
    expect(may({ uid: 33 })).toMatchObject({ able: false, why: 'it belongs to user 1000' })
  })

  it('survives any bytes, and hostile names of symbols', () => {
    const name = fc.string({ unit: 'binary', maxLength: 20 })
    const line = fc.oneof(
      fc.string(),
      fc.tuple(name, name).map(([called, file]) => `\t  1139 ${called} (/${file})`),
      fc.constantFrom(...ANSWER.split('\n')),
    )
    const text = fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), text), (bytes) => {
        const reading = perfProfile.parse(bytes, TARGET)
        expect(['seen', 'blind']).toContain(reading.kind)
        if (reading.kind === 'seen')
          for (const { frames, weight } of reading.value.stacks) expect(frames.length * weight).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps a name as it is, also one with parentheses', () => {
    const called = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((each) => each.trim() === each && !/[\n\r]/.test(each))
    fc.assert(
      fc.property(called, (name) => {
        const text = `24724/24724 1.000000: \n\t 1139 ${name} (/srv/orders/orders)\n\nhalligan-perf done\n`
        const [first] = readStacks(text)
        expect(first?.frames).toEqual([
          { function: name === '[unknown]' ? '??' : name, module: '/srv/orders/orders', own: true },
        ])
      }),
      { numRuns: 200 },
    )
  })
})

function readStacks(text: string) {
  const reading = parsed(text)
  return reading.kind === 'seen' ? reading.value.stacks : []
}
