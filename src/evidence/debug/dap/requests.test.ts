import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedOf, type Arguments } from './requests.ts'

const passedOf = (command: string, args: unknown): Arguments | undefined => {
  const asked = askedOf(command, args)
  return asked.how === 'pass' ? asked.arguments : undefined
}
const whyNot = (command: string, args: unknown = {}): string => {
  const asked = askedOf(command, args)
  return asked.how === 'refused' ? asked.why : `not refused: ${JSON.stringify(asked)}`
}
const breakpoint = (more: object) => ({ source: { path: '/srv/x.c' }, breakpoints: [{ line: 3, ...more }] })

describe('what an editor may ask of gdb', () => {
  it.each([
    'launch',
    'restart',
    'terminate',
    'terminateThreads',
    'setVariable',
    'setExpression',
    'writeMemory',
    'goto',
    'restartFrame',
    'stepBack',
    'reverseContinue',
    'setDataBreakpoints',
    'setInstructionBreakpoints',
    'completions',
    'runInTerminal',
    'constructor',
    '__proto__',
    'toString',
    '',
  ])('is never %j', (command) => {
    expect(whyNot(command)).toMatch(/^[A-Z].*[.]$|attach/)
  })
  it('ends no process with the session', () => {
    for (const args of [{ terminateDebuggee: true }, { suspendDebuggee: true }, { restart: true }])
      expect(whyNot('disconnect', args)).not.toMatch(/not refused/)
    expect(askedOf('disconnect', { terminateDebuggee: false })).toEqual({ how: 'own', command: 'disconnect' })
    for (const command of ['attach', 'pause', 'cancel']) expect(askedOf(command, {}).how).toBe('own')
  })
  it('is an expression that neither calls nor assigns, and never a command', () => {
    expect(passedOf('evaluate', { expression: 'order->id', frameId: 0, context: 'repl', other: 1 })).toEqual({
      expression: 'order.id',
      frameId: 0,
      context: 'hover',
    })
    for (const expression of ['x = 1', 'f(1)', 'shell id', 'x++', '*p', '$_shell("id")', 'kill 1', ''])
      expect(whyNot('evaluate', { expression, context: 'repl' })).toMatch(/^No command of gdb/)
  })
  it('is a breakpoint whose condition, hits and message are harmless; else that one is none', () => {
    expect(passedOf('setBreakpoints', breakpoint({ condition: 'total < 0', hitCondition: '5' }))).toEqual({
      source: { path: '/srv/x.c' },
      breakpoints: [{ line: 3, condition: 'total < 0', hitCondition: '5' }],
    })
    expect(passedOf('setBreakpoints', breakpoint({ logMessage: 'total {total} of {user.id}' }))).toMatchObject({
      breakpoints: [{ logMessage: 'total {total} of {user.id}' }],
    })
    for (const bad of [
      { condition: 'f()' },
      { condition: 'x = 1' },
      { condition: 7 },
      { hitCondition: 'x = 1' },
      { hitCondition: '>= 3' },
      { logMessage: '{x = 1}' },
      { logMessage: '{f()}' },
      { logMessage: 'logged in with {user.password}' },
      // What is a brace only once it was read would part it anew.
      { logMessage: String.raw`{a["\u007d{x=1}"]}` },
      { line: 'x' },
    ]) {
      const asked = askedOf('setBreakpoints', breakpoint(bad))
      expect(asked).toMatchObject({ how: 'pass', arguments: { breakpoints: [] } })
      expect(asked.how === 'pass' && [...(asked.refusedAt?.keys() ?? [])]).toEqual([0])
    }
  })
  it('is a function and a kind of exception by their own forms, never an address', () => {
    expect(passedOf('setFunctionBreakpoints', { breakpoints: [{ name: 'ns::f<int>(int) const' }] })).toEqual({
      breakpoints: [{ name: 'ns::f<int>(int) const' }],
    })
    for (const name of ['-force-condition x', 'x\ny', '"x"', '*0x401665', '+1', '17', ''])
      expect(passedOf('setFunctionBreakpoints', { breakpoints: [{ name }] })).toEqual({ breakpoints: [] })
    expect(whyNot('setInstructionBreakpoints', { breakpoints: [{ instructionReference: '0x401665' }] })).toMatch(
      /line or a function/,
    )
    expect(passedOf('setExceptionBreakpoints', { filters: ['throw'] })).toEqual({ filters: ['throw'] })
    expect(whyNot('setExceptionBreakpoints', { filters: ['x; shell id'] })).toMatch(/not understood/)
    expect(
      whyNot('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: 'throw', condition: 'f()' }] }),
    ).toMatch(/condition/)
  })
  it('is a source that gdb has named, and no file by its path', () => {
    expect(passedOf('source', { source: { path: '/etc/shadow', sourceReference: 3 }, sourceReference: 3 })).toEqual({
      sourceReference: 3,
    })
    expect(whyNot('source', { source: { path: '/etc/shadow' }, sourceReference: 0 })).toMatch(/gdb has named/)
  })
  it('lets all threads run, and asks gdb for nothing on this machine', () => {
    expect(passedOf('continue', { threadId: 1, singleThread: true })).toEqual({ threadId: 1 })
    expect(passedOf('initialize', { adapterID: 'x', supportsRunInTerminalRequest: true, linesStartAt1: true })).toEqual(
      {
        adapterID: 'gdb',
        pathFormat: 'path',
        linesStartAt1: true,
      },
    )
  })
  it('is bounded', () => {
    expect(passedOf('stackTrace', { threadId: 1 })).toMatchObject({ levels: 1_000 })
    expect(whyNot('readMemory', { memoryReference: '0x10', count: 10_000_000 })).toMatch(/At most/)
    expect(whyNot('setFunctionBreakpoints', { breakpoints: Array.from({ length: 300 }, () => ({})) })).toMatch(
      /At most/,
    )
  })
  it('is answered or refused, whatever is asked', () => {
    const commands = fc.constantFrom(
      'setBreakpoints',
      'evaluate',
      'variables',
      'source',
      'continue',
      'disassemble',
      'readMemory',
      'initialize',
    )
    const names = fc.constantFrom(
      'source',
      'breakpoints',
      'threadId',
      'expression',
      'line',
      'path',
      'memoryReference',
      'count',
      'condition',
    )
    fc.assert(
      fc.property(commands, fc.dictionary(names, fc.jsonValue({ maxDepth: 3 })), (command, args) => {
        expect(['pass', 'refused']).toContain(askedOf(command, args).how)
      }),
      { numRuns: 300 },
    )
  })
})
