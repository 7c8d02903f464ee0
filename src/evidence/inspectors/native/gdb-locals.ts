import { gdbPause, gdbStacksInspector } from './gdb-inspector.ts'

/** Native stacks of all threads with arguments and local variables, by gdb. Needs debug information in the binary itself. Values under names of secrets are masked. */
export const gdbLocals = gdbStacksInspector({
  id: 'gdb-locals',
  title: 'native stacks with local variables by gdb',
  locals: true,
  price: (target) => gdbPause(target, 'stops all threads while it reads their stacks and the variables on them'),
})
