/**
 * What the script printed, by name: each section begins with a line of the boundary and its name. The boundary is random, so that nothing a process
 * says of itself can pose as a section. A name that comes twice keeps its first content.
 */
export function sectionsOf(output: Uint8Array, boundary: string): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength)
  const mark = Buffer.from(`\n${boundary} `)
  const sections = new Map<string, Uint8Array>()
  let at = bytes.indexOf(mark)
  while (at >= 0) {
    const nameAt = at + mark.length
    const lineEnd = bytes.indexOf(0x0a, nameAt)
    if (lineEnd < 0) break
    const next = bytes.indexOf(mark, lineEnd)
    const name = bytes.subarray(nameAt, lineEnd).toString('latin1')
    if (!sections.has(name))
      sections.set(name, bytes.subarray(Math.min(lineEnd + 1, next < 0 ? Infinity : next), next < 0 ? undefined : next))
    at = next
  }
  return sections
}

/** A section as text; undefined where it did not come. */
export function textOf(sections: ReadonlyMap<string, Uint8Array>, name: string): string | undefined {
  const bytes = sections.get(name)
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
