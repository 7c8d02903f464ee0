import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { allProbes, casesFolder, casesOf, goldenText, readingOf } from '../test/evidence/probe-cases.ts'

/** Writes what each case is read as now beside it. A test never does that: a reading that changed has to be looked at. */
export function recordGoldens(ids: readonly string[]): void {
  for (const probe of allProbes.filter(({ id }) => ids.length === 0 || ids.includes(id)))
    for (const one of casesOf(probe))
      writeFileSync(path.join(casesFolder, probe.id, `${one.name}.json`), goldenText(readingOf(one)))
}
