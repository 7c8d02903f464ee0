import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DapMessage } from './message.ts'
import { dapProxy, type DapProxy } from './proxy.ts'

function stand({ lost }: { readonly lost?: string } = {}) {
  const editor: DapMessage[] = []
  const gdb: DapMessage[] = []
  const did: string[] = []
  const notes: string[] = []
  const proxy = dapProxy(
    { pid: 812, limitSeconds: 30 },
    {
      toEditor: (message) => editor.push(message),
      toGdb: (message) => gdb.push(message),
      stopIt: () => did.push('stop'),
      letGo: () => did.push('let go'),
      prove: () => Promise.resolve(lost),
      note: (line) => notes.push(line),
    },
  )
  let seq = 100
  const ask = (command: string, args: object = {}): number => {
    seq += 1
    proxy.fromEditor({ seq, type: 'request', command, arguments: args })
    return seq
  }
  /** gdb answers what it was asked last. */
  const answer = (body?: unknown, success = true, message?: string): void => {
    const { seq: number, command } = gdb.at(-1) ?? {}
    proxy.fromGdb({ type: 'response', request_seq: number, command, success, body, message, seq: 1 })
  }
  const event = (name: string, body?: object): void => proxy.fromGdb({ type: 'event', event: name, body, seq: 1 })
  const attach = async (args: object = {}): Promise<void> => {
    ask('attach', args)
    await Promise.resolve()
    await Promise.resolve()
  }
  return { proxy, editor, gdb, did, notes, ask, answer, event, attach }
}

describe('between an editor and gdb', () => {
  it('takes out of the capabilities what is refused', () => {
    const { editor, ask, answer } = stand()
    ask('initialize')
    answer({
      supportsSetVariable: true,
      supportsTerminateRequest: true,
      supportTerminateDebuggee: true,
      supportsWriteMemoryRequest: true,
      supportsInstructionBreakpoints: true,
      supportsCancelRequest: true,
      supportsSingleThreadExecutionRequests: true,
      supportsEvaluateForHovers: true,
      exceptionBreakpointFilters: [{ filter: 'throw', label: 'thrown', supportsCondition: true }],
    })
    expect(editor).toEqual([
      {
        seq: 1,
        type: 'response',
        request_seq: 101,
        command: 'initialize',
        success: true,
        body: { supportsEvaluateForHovers: true, exceptionBreakpointFilters: [{ filter: 'throw', label: 'thrown' }] },
      },
    ])
  })
  it('attaches to the process that was inspected, and tells the editor of "initialized" then', async () => {
    const { editor, gdb, event, attach } = stand()
    event('initialized')
    expect(editor).toEqual([])
    await attach({ pid: 1, program: '/bin/sh', target: 'localhost:1' })
    expect(gdb).toEqual([
      { seq: 1, type: 'request', command: 'attach', arguments: { pid: 812, program: '/proc/812/exe' } },
    ])
    expect(editor).toMatchObject([{ event: 'initialized' }])
  })
  it('attaches once, and to nothing that has ended meanwhile', async () => {
    const twice = stand()
    await twice.attach()
    await twice.attach()
    expect([twice.gdb.length, twice.editor.at(-1)]).toMatchObject([1, { success: false }])
    const gone = stand({ lost: 'it has ended' })
    await gone.attach()
    expect([gone.gdb, gone.did, gone.editor]).toMatchObject([
      [],
      ['let go'],
      [{ success: false, message: 'it has ended' }],
    ])
  })
  it('lets the process run on after gdb is there, unless the editor wants it to stop', async () => {
    const { editor, gdb, event, attach } = stand()
    await attach()
    event('stopped', { threadId: 1, reason: 'attach' })
    expect(gdb.at(-1)).toMatchObject({ command: 'continue', arguments: { threadId: 1 } })
    expect(editor).toEqual([])
    const stays = stand()
    await stays.attach({ stopOnEntry: true })
    stays.event('stopped', { threadId: 1, reason: 'attach' })
    expect([stays.gdb.length, stays.editor]).toMatchObject([1, [{ event: 'stopped' }]])
  })
  it('never gives a pause to gdb', async () => {
    const { editor, gdb, did, ask, event, attach } = stand()
    await attach()
    const before = gdb.length
    ask('pause', { threadId: 1 })
    event('stopped', { threadId: 4, reason: 'signal' })
    event('stopped', { threadId: 4, reason: 'attach' })
    expect(did).toEqual(['stop'])
    expect(editor.some(({ success, command }) => command === 'pause' && success)).toBe(true)
    expect(gdb.slice(before).map(({ command }) => command)).not.toContain('pause')
  })
  it('continues what has stood still for too long, tells so, and lets go when nobody is there', async () => {
    const { proxy, editor, gdb, did, notes, ask, event, attach } = stand()
    await attach({ stopOnEntry: true })
    const hit = (): void => event('stopped', { threadId: 5, reason: 'breakpoint' })
    hit()
    proxy.limitReached()
    expect(gdb.at(-1)).toMatchObject({ command: 'continue', arguments: { threadId: 5 } })
    expect(editor.slice(-2)).toMatchObject([
      { event: 'output', body: { output: expect.stringContaining('stood still for 30 s, so it is continued') } },
      { event: 'continued', body: { threadId: 5, allThreadsContinued: true } },
    ])
    expect(notes.at(-1)).toContain('30 s')
    hit()
    ask('evaluate', { expression: 'total', context: 'watch' })
    proxy.limitReached()
    hit()
    expect(did).toEqual([])
    proxy.limitReached()
    expect(did).toEqual(['let go'])
  })
  /** Looked at each 200 ms from then on, for so many seconds: it stood still each time, and had run in between. */
  const inAndOut = (proxy: DapProxy, fromSeconds: number, seconds: number, between = () => {}): void => {
    for (let upMs = fromSeconds * 1_000; upMs < (fromSeconds + seconds) * 1_000; upMs += 200) {
      between()
      proxy.ticked({ upMs, state: 'runs' })
      proxy.ticked({ upMs, state: 'still' })
    }
  }
  it('lets go, once, when the process is stopped again and again and gdb tells nobody', async () => {
    const { proxy, did, notes, editor, event, attach } = stand()
    await attach()
    proxy.ticked({ upMs: 1_000, state: 'still' })
    event('stopped', { threadId: 1, reason: 'attach' })
    inAndOut(proxy, 20, 9)
    expect(did).toEqual([])
    inAndOut(proxy, 29, 10)
    expect(did).toEqual(['let go'])
    expect(notes.filter((note) => note.includes('more than a third of the last 30 s'))).toHaveLength(1)
    expect(editor.at(-1)).toMatchObject({ event: 'output', body: { category: 'important' } })
  })
  it('does not let go for stops that the editor was told of, however many they are or long', async () => {
    const { proxy, did, ask, answer, event, attach } = stand()
    await attach()
    proxy.ticked({ upMs: 1_000, state: 'still' })
    event('stopped', { threadId: 1, reason: 'attach' })
    proxy.ticked({ upMs: 26_000, state: 'runs' })
    inAndOut(proxy, 30, 60, () => {
      event('stopped', { threadId: 1, reason: 'breakpoint' })
      ask('continue', { threadId: 1 })
      answer({ allThreadsContinued: true })
    })
    event('stopped', { threadId: 1, reason: 'breakpoint' })
    proxy.ticked({ upMs: 100_000, state: 'still' })
    ask('continue', { threadId: 1 })
    proxy.ticked({ upMs: 129_000, state: 'runs' })
    expect(did).toEqual([])
  })
  it('lets go when gdb does not continue it', async () => {
    const { proxy, did, answer, event, attach } = stand()
    await attach({ stopOnEntry: true })
    event('stopped', { threadId: 5, reason: 'breakpoint' })
    proxy.limitReached()
    answer(undefined, false, 'notStopped')
    expect(did).toEqual(['let go'])
  })
  it('tells the editor what a secret is made of, and the record that there is one', () => {
    const { editor, notes, ask, answer, event } = stand()
    event('stopped', { threadId: 1, reason: 'breakpoint' })
    ask('scopes', { frameId: 0 })
    answer({ scopes: [{ name: 'Locals', variablesReference: 1 }] })
    ask('variables', { variablesReference: 1 })
    answer({
      variables: [
        { name: 'order', value: '{id = 3, password = 0x55d0 "hunter2"}', variablesReference: 2 },
        { name: 'password', value: '"hunter2"', variablesReference: 3 },
      ],
    })
    ask('variables', { variablesReference: 3 })
    answer({ variables: [{ name: 'bytes', value: '{...}', variablesReference: 4 }] })
    ask('variables', { variablesReference: 4 })
    answer({ variables: [{ name: '[0]', value: "104 'h'", variablesReference: 0 }] })
    ask('evaluate', { expression: 'order.password[1]' })
    answer({ result: "117 'u'", variablesReference: 0 })
    ask('evaluate', { expression: 'order.id' })
    answer({ result: '3', variablesReference: 0 })
    event('output', { category: 'stdout', output: 'order {id = 3, password = 0x55d0 "hunter2"}' })
    expect(JSON.stringify(notes)).not.toMatch(/hunter2|104|117/)
    expect(notes).toEqual(
      expect.arrayContaining([
        '  order = {id = 3, password = <masked>}',
        '  password = <masked>',
        '  [0] = <masked>',
        'order.password[1] = <masked>',
        'order.id = 3',
        'order {id = 3, password = <masked>}',
      ]),
    )
    expect(JSON.stringify(editor)).toMatch(/hunter2.*104 'h'.*117 'u'/)
  })
  it('puts the breakpoints that were refused where they were asked for', () => {
    const { editor, ask, answer } = stand()
    ask('setBreakpoints', {
      source: { path: '/x.c' },
      breakpoints: [{ line: 1, condition: 'f()' }, { line: 2 }, { line: 3, condition: 'x = 1' }],
    })
    answer({ breakpoints: [{ id: 7, verified: true }] })
    expect(editor[0]).toMatchObject({
      body: {
        breakpoints: [{ verified: false }, { id: 7, verified: true }, { verified: false, message: /set a variable/ }],
      },
    })
  })
  it('gives the box no hold on this machine: nothing that it asks for, no answer to what was not asked', () => {
    const { proxy, editor, gdb, event } = stand()
    proxy.fromGdb({ type: 'request', seq: 9, command: 'runInTerminal', arguments: { args: ['sh'] } })
    proxy.fromGdb({ type: 'response', request_seq: 77, command: 'evaluate', success: true, body: {} })
    event('startDebugging', {})
    event('output', { category: 'telemetry', output: 'x' })
    expect(editor).toEqual([])
    expect(gdb).toMatchObject([{ type: 'response', request_seq: 9, success: false }])
    event('output', { category: 'stdout', output: '\u001b[2Jx\n\ty', source: { path: 'http://x' } })
    expect(editor).toMatchObject([{ body: { category: 'stdout', output: String.raw`\x1b[2Jx` + '\n\ty' } }])
    expect(JSON.stringify(editor)).not.toContain('http')
  })
  it('answers a disconnect when the guard has looked, and all that is still asked', async () => {
    const { proxy, editor, did, ask, attach } = stand()
    await attach()
    ask('disconnect', {})
    expect(did).toEqual(['let go'])
    proxy.over({ isClean: true, words: 'Process 812 runs, traced by nobody.' })
    expect(editor.slice(-3)).toMatchObject([
      { event: 'output', body: { output: 'Process 812 runs, traced by nobody.\n' } },
      { command: 'attach', success: false },
      { command: 'disconnect', success: true },
    ])
    ask('threads')
    expect(editor.at(-1)).toMatchObject({ command: 'threads', success: false })
  })
  it('answers each request once, and passes on what is known alone, whatever both say', () => {
    const side = fc.constantFrom('editor', 'gdb')
    const message = fc.record({
      seq: fc.oneof(fc.nat(5), fc.string({ maxLength: 2 })),
      type: fc.constantFrom('request', 'response', 'event', 'x'),
      command: fc.constantFrom('threads', 'attach', 'evaluate', 'disconnect', 'pause', 'writeMemory', 'continue', 'x'),
      event: fc.constantFrom('stopped', 'output', 'initialized', 'exited', 'x'),
      request_seq: fc.nat(5),
      success: fc.boolean(),
      arguments: fc.jsonValue({ maxDepth: 2 }),
      body: fc.jsonValue({ maxDepth: 2 }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(side, message), { maxLength: 30 }), (said) => {
        const { proxy, editor, gdb } = stand()
        let asked = 0
        for (const [from, each] of said) {
          if (from === 'gdb') proxy.fromGdb(each)
          else {
            proxy.fromEditor(each)
            if (each.type === 'request' && typeof each.seq === 'number') asked += 1
          }
        }
        proxy.over({ isClean: true, words: 'over' })
        expect(editor.filter(({ type }) => type === 'response').length).toBeLessThanOrEqual(asked)
        expect(editor.every(({ type }) => type === 'response' || type === 'event')).toBe(true)
        const asks = gdb.filter(({ type }) => type === 'request').map(({ command }) => command)
        expect(asks.filter((command) => command === 'writeMemory' || command === 'pause')).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
