import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { CLASSES_FILE, sourcesDigest } from '../../../../../scripts/jvm-helper.ts'

// That they are what the compilers make of them is in test/live/jvm-helper.test.ts.
it('the class files were made by `npm run jvm-helper` of the Java beside them as it is', () => {
  expect(readFileSync(CLASSES_FILE, 'utf8').split('\n', 1)[0]).toContain(sourcesDigest())
})

it('no value is written down by a method that waits for a lock: two threads of the program could wait for each other for ever', () => {
  const source = readFileSync(path.join(import.meta.dirname, 'snapshot/Values.java'), 'utf8')
  const [names = ''] = /private static final Set<String> TEXTS[^]*?private final Fields fields;/.exec(source) ?? []
  expect(names).toContain('"java.util.ArrayList"')
  expect(names).not.toMatch(/"java\.util\.(?:Vector|Stack|Hashtable|Properties)"|StringBuffer|Synchronized/)
})
