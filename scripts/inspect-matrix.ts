import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createVitest } from 'vitest/node'
import { matrixTable, withMatrix } from '../test/matrix/table.ts'

// Writes the matrix of runtimes into docs/inspect.md from what the live tests say that they show (test/matrix/shows.ts). Runs none of them: that they pass is for
// `npm test` to say, whose report fails where the document says other than the tests.

const root = path.resolve(import.meta.dirname, '..')
const document = path.join(root, 'docs/inspect.md')

const vitest = await createVitest('test', { root, watch: false, reporters: [] })
const { testModules, unhandledErrors } = await vitest.collect(['test/live/'], { staticParse: false })
const cells = testModules.flatMap((module) =>
  [...module.children.allTests()].flatMap((test) => test.meta().shows ?? []),
)
await vitest.close()
if (unhandledErrors.length > 0) throw new Error(`The live tests could not be read: ${String(unhandledErrors[0])}`)
const written = withMatrix(readFileSync(document, 'utf8'), matrixTable(cells))
if (written === undefined) throw new Error(`${document} has no place for the matrix.`)
writeFileSync(document, written)
process.stdout.write(`${cells.length} cells of ${testModules.length} files are in docs/inspect.md.\n`)
