// What a snapshot keeps in the program while it watches, and how it is taken out when nobody else did.
import { isolatesOf } from './isolates.js'
import { WAYS } from './request.js'

/** Where recorders are kept while they are armed, by the number of their place: a symbol that no key of the program is. */
export const KEPT_IN = 'globalThis[Symbol.for("halligan.snapshot")]'

/** For the guard, where the client was killed: V8 took the breakpoint out with the connection; what wrote down is still there. */
async function tidy(session) {
  const isolates = await isolatesOf(session)
  for (const { session: each } of isolates) {
    const contexts = []
    each.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context.id))
    await each.ask('Runtime.enable', {}, 500)
    for (const contextId of contexts.slice(0, 50))
      await each.ask('Runtime.evaluate', { expression: 'delete ' + KEPT_IN, contextId, silent: true }, 500)
  }
}

WAYS.close = tidy
