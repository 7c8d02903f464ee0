const acts = new Set<() => void>()

/**
 * Does something when the program ends in any way but SIGKILL, unless it is called off with what this gives. One listener for
 * all of them: Node warns of many.
 */
export function atExit(act: () => void): () => void {
  if (acts.size === 0) process.on('exit', actAll)
  acts.add(act)
  return () => {
    acts.delete(act)
    if (acts.size === 0) process.off('exit', actAll)
  }
}

function actAll(): void {
  for (const act of acts) act()
}
