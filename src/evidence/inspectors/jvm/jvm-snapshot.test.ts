import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExpression, readExpressions } from '../../inspect/expression.ts'
import type { InspectOptions, Target } from '../../inspect/inspector.ts'
import { statementPlace, type SnapshotRequest } from '../../inspect/snapshot.ts'
import { jvmSnapshot } from './jvm-snapshot.ts'

function target(over: { readonly argv?: readonly string[]; readonly version?: string } = {}): Target {
  return {
    process: {
      pid: 31000,
      startTicks: 1,
      state: 'S',
      uid: 1000,
      namespacePids: [31000],
      argv: over.argv ?? ['java'],
      signals: { caught: 0x4n, blocked: 0n, ignored: 0n },
      threadCount: 30,
    },
    runtime: { kind: 'jvm', details: [], ...(over.version === undefined ? {} : { version: over.version }) },
    box: { uid: 0, architecture: 'x86_64', tools: new Set() },
  } as unknown as Target
}

const OPTIONS: InspectOptions = { timeoutMs: 60_000, samples: 1, betweenMs: 0, maxThreads: 50, maxFrames: 40 }
const parsed = (text: string) => jvmSnapshot.parse(Buffer.from(text), target())
/** What the agent wrote in OpenJDK 17.0.15 with test/sick/Carts.java. */
const ANSWER = `{"watched":[23],"function":"Carts.total","file":"Carts.java","hasNoNames":false,"isConstructor":false,"tookUs":20439}
{"hit":51,"thread":"main","values":[{"name":"basket","type":"Basket","value":"Basket {id: 1833, owner: \\"ann\\", password: <masked>}"},{"name":"total","type":"long","value":"-1800"}],"frames":[{"function":"Carts.total","file":"Carts.java","line":23},{"function":"Carts.main"},{"function":"java.lang.Thread.run","file":"Thread.java","line":840,"module":"java.base"}]}
{"hit":73,"thread":"main","condition":"null has no total","values":[{"name":"apiToken","value":"<masked>","masked":true}],"frames":[]}
{"ended":"hits","reached":26,"nanos":412698,"tookMs":108,"restored":true}
`

describe('a snapshot of Java', () => {
  it('is none where the agent failed after it had begun', () => {
    const refused = '{"refused":"java.lang.OutOfMemoryError: unable to create native thread"}\n'
    expect(parsed(`${ANSWER}${refused}`)).toMatchObject({
      kind: 'blind',
      why: 'the agent could not watch it: java.lang.OutOfMemoryError: unable to create native thread',
    })
  })

  it('has each hit with its values and its stack, and what it cost', () => {
    const reading = parsed(ANSWER)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    expect(reading.value).toMatchObject({
      place: { file: 'Carts.java', line: 23, function: 'Carts.total' },
      reached: 26,
      ended: 'hits',
      tookMs: 108,
      isSampled: false,
      perHitUs: 412.698,
    })
    expect(reading.value.hits).toEqual([
      {
        atMs: 51,
        threadName: 'main',
        values: [
          { name: 'basket', type: 'Basket', value: 'Basket {id: 1833, owner: "ann", password: <masked>}' },
          { name: 'total', type: 'long', value: '-1800' },
        ],
        frames: [
          { function: 'Carts.total', file: 'Carts.java', line: 23, own: true },
          { function: 'Carts.main', own: true },
          { function: 'java.lang.Thread.run', file: 'Thread.java', line: 840, module: 'java.base', own: false },
        ],
      },
      {
        atMs: 73,
        threadName: 'main',
        condition: 'whether the condition is true could not be told: null has no total',
        values: [{ name: 'apiToken', value: '<masked>', masked: true }],
        frames: [],
      },
    ])
    expect(reading.value.notes[0]).toBe('the class files are as they were before, byte by byte')
  })

  it('says when the process ended meanwhile, and when the JVM did not show that it is as before', () => {
    const begun = ANSWER.split('\n').slice(0, 2).join('\n')
    expect(parsed(`${begun}\nhalligan-target gone\n`)).toMatchObject({ value: { ended: 'process' } })
    expect(parsed(begun)).toMatchObject({ value: { ended: 'stopped' } })
    expect(parsed(ANSWER.replace('"restored":true', '"restored":false'))).toMatchObject({
      value: { notes: [expect.stringContaining('did not show that its classes are as they were'), expect.anything()] },
    })
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-no-jcmd\n', 'there is no jcmd for it on the box'],
    ['halligan-snapshot no-class\n', 'a method is named with its class'],
    ['halligan-snapshot no-folder\n', 'there is no room for the agent on the box (/dev/shm, /tmp)'],
    ['{"absent":true}\n', 'no class of the program that is loaded is of that file, or has that name'],
    ['{"asked":26,"lines":[8,23,28,29]}\n', 'there is no statement at line 26'],
    ['{"asked":0,"lines":[8]}\n', 'that class has no such method with code'],
    [
      '{"refused":"java.lang.VerifyError: Bad type"}\n',
      'the agent could not watch it: java.lang.VerifyError: Bad type',
    ],
    [
      'halligan-snapshot said Dynamic agent loading is not enabled.\n',
      'the JVM lets no agent in: it was started with -XX:-EnableDynamicAgentLoading',
    ],
  ])('is blind with the reason: %j', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why })
  })

  it('offers the nearest lines', () => {
    expect(parsed('{"asked":26,"lines":[8,23,28,29]}\n')).toMatchObject({ hint: 'the nearest ones: 23, 28, 29' })
  })

  it.each([
    [{ argv: ['java', '-XX:-EnableDynamicAgentLoading'] }, 'it was started with -XX:-EnableDynamicAgentLoading'],
    [{ version: '8' }, 'the agent is for JVMs from 11 on, and this one is 8'],
    [{ argv: ['java', '-XX:+DisableAttachMechanism'] }, 'it was started with -XX:+DisableAttachMechanism'],
  ])('is refused before anything is tried: %j', (over, why) => {
    expect(jvmSnapshot.able(target(over))).toMatchObject({ able: false, why })
    expect(jvmSnapshot.able(target({ version: '25' }))).toEqual({ able: true })
  })

  it('survives any bytes, and any lines in any order', () => {
    const lines = ANSWER.split('\n')
    const shuffled = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 20 })
      .map((some) => Buffer.from(some.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), shuffled), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(parsed(Buffer.from(bytes).toString('utf8')).kind)
      }),
      { numRuns: 200 },
    )
  })
})

describe('what the agent is asked', () => {
  it('has the place in parts, and expressions with the operator in front', () => {
    const [file, cart] = [Buffer.from('src/shop/Carts.java').toString('hex'), Buffer.from('shop.Cart').toString('hex')]
    expect(requestOf('src/shop/Carts.java:23', 'total < -1 and not basket.items[1].ok')).toEqual([
      `file ${file}`,
      'line 23',
      'hits 5',
      'for 2500',
      'frames 40',
      expect.stringMatching(/^secret [0-9a-f]+$/),
      `when a o< n${hex('total')} d${hex('-1')} x m${hex('ok')} i m${hex('items')} n${hex('basket')} d${hex('1')}`,
      `print ${hex('user.name')} m${hex('name')} n${hex('user')}`,
    ])
    expect(requestOf('shop.Cart.total')).toEqual(expect.arrayContaining([`owner ${cart}`, `method ${hex('total')}`]))
    expect(requestOf('shop::Cart::total')).toEqual(expect.arrayContaining([`owner ${cart}`, `method ${hex('total')}`]))
    expect(requestOf('shop.Cart.Cart')).toEqual(expect.arrayContaining([`method ${hex('<init>')}`]))
  })

  it('is nothing where a method was named without its class', () => {
    expect(jvmSnapshot.script(target(), { ...OPTIONS, at: asked('total') })).toBe("echo 'halligan-snapshot no-class'")
  })

  it('has no word of what was typed in the script, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, unit: fc.constantFrom('$', '(', '`', "'", 'a', '\n', 'é') }), (text) => {
        const script = jvmSnapshot.script(target(), {
          ...OPTIONS,
          at: { file: 'A.java', line: 1, print: [{ kind: 'text', text }], hits: 1, forMs: 1000 },
        })
        expect(/[$`(]{2}|\n'\n/.test(text) ? script.includes(text) : false).toBe(false)
      }),
      { numRuns: 100 },
    )
  })
})

const hex = (text: string): string => Buffer.from(text).toString('hex')

function asked(place: string, condition?: string): SnapshotRequest {
  const statement = statementPlace(place)
  const when = condition === undefined ? undefined : readExpression(condition)
  const print = readExpressions('user.name')
  if (!statement || !print.ok || when?.ok === false) throw new Error('not understood')
  return { ...statement, print: print.expressions, hits: 5, forMs: 2500, ...(when ? { when: when.expression } : {}) }
}

function requestOf(place: string, condition?: string): readonly string[] {
  const script = jvmSnapshot.script(target(), { ...OPTIONS, at: asked(place, condition) })
  const [, lines = ''] = /halligan_put request <<'halligan'\n([^\n]*)\n/.exec(script) ?? []
  return Buffer.from(lines, 'base64').toString('utf8').trimEnd().split('\n')
}
