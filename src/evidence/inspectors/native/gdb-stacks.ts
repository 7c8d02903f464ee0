import { gdbPause, gdbStacksInspector } from './gdb-inspector.ts'

/** Native stacks of all threads by gdb, all of one moment. It is the second choice after eu-stack: it finds the right files of a process in a container. */
export const gdbStacks = gdbStacksInspector({
  id: 'gdb-stacks',
  title: 'native stacks by gdb',
  locals: false,
  price: (target) => gdbPause(target, 'stops all threads while it reads their stacks'),
})
