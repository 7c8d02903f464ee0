import type { Box } from '../../src/boxes/box.ts'
import type { AttachTarget } from '../../src/boxes/attach.ts'
import type { GuardEnd } from '../../src/boxes/guard.ts'
import type { Proof } from '../../src/boxes/proof.ts'
import { gdbConsole } from '../../src/evidence/debug/gdb-console.ts'
import type { Target } from '../../src/evidence/inspect/inspector.ts'
import { debugSession } from '../../src/steps/debug/session.ts'

/** What a person does at an order-service: a breakpoint, let it run, and go on at each of its hits, now and then for a moment standing still. */
const TYPED = 'break process_order\ncontinue\n'
const AGAIN_MS = 150

/** `halligan debug` without its record and its screen, for the fault test. */
export async function debugByHand(
  box: Box,
  { pid, startTicks }: AttachTarget,
): Promise<{ readonly ended: GuardEnd | undefined; readonly proof: Proof | undefined }> {
  const target = { process: { pid, startTicks }, runtime: { kind: 'native', details: [] } } as unknown as Target
  let typing: NodeJS.Timeout | undefined
  const { guard } = await debugSession(box, {
    tool: gdbConsole,
    target,
    limits: { limitSeconds: 3 },
    columns: 80,
    rows: 24,
    term: 'xterm',
    recording: undefined,
    elapsed: () => performance.now(),
    seq: undefined,
    onOpen: (session) => {
      const type = (text: string): void => session.write(Buffer.from(text))
      const once = setTimeout(() => type(TYPED), 500)
      typing = setInterval(() => type('continue\n'), AGAIN_MS)
      once.unref()
    },
    onOutput: () => {},
    onTick: () => {},
    signal: new AbortController().signal,
  })
  clearInterval(typing)
  return { ended: guard?.ended, proof: guard?.proof }
}
