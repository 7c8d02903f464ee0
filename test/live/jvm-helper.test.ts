import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { compiled, jdkHome, jdks } from '../../scripts/jvm-helper.ts'
import { AGENT_JAR, FOLD_RECORDING, SNAPSHOT_CLASSES } from '../../src/evidence/inspectors/jvm/jvm-helper/classes.ts'

const both = jdks()

it(
  'the class files are what the compilers of JDK 17 and 25 make of the Java beside them',
  { timeout: 120_000 },
  (context) => {
    if (!both) context.skip('needs JDK 17 and JDK 25 in /usr/lib/jvm')
    else {
      const { foldRecording, agentJar, snapshotClasses } = compiled(both)
      expect(Buffer.from(FOLD_RECORDING, 'base64').equals(foldRecording)).toBe(true)
      expect(Buffer.from(AGENT_JAR, 'base64').equals(agentJar)).toBe(true)
      expect(gunzipSync(Buffer.from(SNAPSHOT_CLASSES, 'base64')).equals(snapshotClasses)).toBe(true)
    }
  },
)

const jdk17 = jdkHome(17)
const SNAPSHOT = path.join(import.meta.dirname, '../../src/evidence/inspectors/jvm/jvm-helper/snapshot')

it(
  'a watch for the end that fails, for want of a thread or half way, leaves the JVM as it was, and a handler that was set meanwhile',
  {
    timeout: 120_000,
  },
  (context) => {
    if (jdk17 === undefined) return context.skip('needs JDK 17 in /usr/lib/jvm')
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-half-'))
    try {
      const sources = readdirSync(SNAPSHOT).map((name) => path.join(SNAPSHOT, name))
      const program = path.join(import.meta.dirname, '../jvm/HalfWay.java')
      execFileSync(
        `${jdk17}/bin/javac`,
        ['-J-XX:TieredStopAtLevel=1', '-encoding', 'UTF-8', '-d', folder, ...sources, program],
        {
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      )
      writeFileSync(path.join(folder, 'request'), 'end 1\nfor 60000\nframes 10\n')
      const words = ['--add-opens', 'java.base/java.lang=ALL-UNNAMED', '-Djava.security.manager=allow', '-cp', folder]
      const said = execFileSync(`${jdk17}/bin/java`, [...words, 'HalfWay', folder], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      expect(said.trim().split('\n')).toEqual([
        'own handler true, keeper false',
        'own handler true, keeper false',
        'own handler false, keeper true',
        'own handler after it true',
        '{"refused":"java.lang.SecurityException: no thread"}',
        '{"refused":"java.lang.SecurityException: no hook"}',
        '{"watched":[],"end":true}',
        '{"ended":true,"restored":true}',
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
