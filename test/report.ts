import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { matrixTable, withMatrix } from './matrix/table.ts'

const LIST = path.join(import.meta.dirname, 'not-on-this-machine.md')
const LIVE = path.join(import.meta.dirname, 'live')
const MATRIX = path.join(import.meta.dirname, '../docs/inspect.md')

/** A test that did not run: its name without the reason, and the reason. */
export interface Skipped {
  readonly name: string
  readonly why: string
}

/**
 * Prints each skipped test with its reason, and at the very end one line alone: `N passed, N failed, N skipped`. Where CI=true
 * a skipped test that `not-on-this-machine.md` does not list is a failure, so that a whole part of the tests cannot fall
 * out of the run unnoticed. A file that could not be loaded counts as one failed. So does a matrix in docs/inspect.md that says other than the live tests.
 */
export default function report(): Reporter {
  let chosenByName = false
  return {
    onInit: (vitest) => {
      chosenByName = vitest.config.testNamePattern !== undefined
    },
    onTestRunEnd: (modules, unhandled) => {
      const tests = modules.flatMap((module) => [...module.children.allTests()])
      const count = (state: string): number => tests.filter((test) => test.result().state === state).length
      const broken = modules.filter(isBroken).length
      // With -t everything else is skipped by wish.
      const skipped = chosenByName ? [] : tests.filter((test) => test.result().state === 'skipped').map(asSkipped)
      for (const { name, why } of skipped) print(`skipped: ${name}: ${why}`)
      const unlisted = process.env['CI'] === 'true' ? notListed(skipped, listed(readFileSync(LIST, 'utf8'))) : []
      for (const { name, why } of unlisted)
        print(
          `failed: this may not be skipped here, since test/not-on-this-machine.md does not list it: ${name}: ${why}`,
        )
      const isUntrue = !chosenByName && hasAllLive(modules) && !isMatrixTrue(tests)
      if (isUntrue)
        print('failed: the matrix in docs/inspect.md says other than the live tests: npm run inspect-matrix')
      const failed = count('failed') + count('pending') + broken + unhandled.length + unlisted.length + Number(isUntrue)
      if (failed > 0) process.exitCode = 1
      // Other reporters print their summary after this call; the closing line comes last.
      process.once('exit', () =>
        print(`${count('passed')} passed, ${failed} failed, ${count('skipped') - unlisted.length} skipped`),
      )
    },
  }
}

/** Patterns of the table's first column; `*` stands for anything. */
export function listed(markdown: string): readonly string[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| test |') && !line.startsWith('| ---'))
    .map((line) => (line.split(' | ')[0] ?? '').slice('| '.length).trim())
}

/** Those that no pattern names, and those that give no reason. */
export function notListed(skipped: readonly Skipped[], patterns: readonly string[]): readonly Skipped[] {
  const expressions = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`, 'u'))
  return skipped.filter(({ name, why }) => why === NO_REASON || !expressions.some((each) => each.test(name)))
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`)
}

const NO_REASON = 'no reason given'

/** The reason is the note of `ctx.skip(note)`, or stands in the title: `a box over ssh (skipped: needs root)`. */
export function nameAndReason(file: string, fullName: string, note: string | undefined): Skipped {
  const inTitle = / ?\(skipped:? ([^)]*)\)/gu
  const why = note ?? [...fullName.matchAll(inTitle)].map(([, reason]) => reason).join(', ')
  return { name: `${file} > ${fullName.replaceAll(inTitle, '')}`, why: why || NO_REASON }
}

function asSkipped(test: TestCase): Skipped {
  const result = test.result()
  const note = result.state === 'skipped' ? result.note : undefined
  return nameAndReason(test.module.relativeModuleId, test.fullName, note)
}

/** A file that does not load, or whose hooks fail, may have no failed test at all. */
function isBroken(module: TestModule): boolean {
  const suites = [module, ...module.children.allSuites()]
  return suites.some((suite) => suite.errors().length > 0)
}

function hasAllLive(modules: readonly TestModule[]): boolean {
  const run = new Set(modules.map(({ relativeModuleId }) => path.basename(relativeModuleId)))
  return readdirSync(LIVE).every((name) => !name.endsWith('.test.ts') || run.has(name))
}

function isMatrixTrue(tests: readonly TestCase[]): boolean {
  const document = readFileSync(MATRIX, 'utf8')
  return withMatrix(document, matrixTable(tests.flatMap((test) => test.meta().shows ?? []))) === document
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
