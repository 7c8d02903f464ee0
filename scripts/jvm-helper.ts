import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { crc32, gzipSync } from 'node:zlib'

const FOLDER = path.join(import.meta.dirname, '../src/evidence/inspectors/jvm/jvm-helper')
export const CLASSES_FILE = path.join(FOLDER, 'classes.ts')
const JDKS = '/usr/lib/jvm'

/** Two, since neither has both of what classes are changed with: the copy of ASM went when java.lang.classfile came. */
export interface Jdks {
  readonly jdk17: string
  readonly jdk25: string
}

/** What the box is sent, as it is without packing. */
export interface JvmHelper {
  /** A class file that counts stacks of a recording. */
  readonly foldRecording: Buffer
  /** A jar with HalliganAgent alone. */
  readonly agentJar: Buffer
  /** All other classes of the snapshot, as HalliganAgent reads them: how many, then each with its name and its length. */
  readonly snapshotClasses: Buffer
}

/** The homes of both, or undefined where one is missing. */
export function jdks(): Jdks | undefined {
  const [jdk17, jdk25] = [jdkHome(17), jdkHome(25)]
  return jdk17 !== undefined && jdk25 !== undefined ? { jdk17, jdk25 } : undefined
}

/** Home of a whole JDK of that major version; undefined where there is none. */
export function jdkHome(version: number): string | undefined {
  const homes = existsSync(JDKS) ? readdirSync(JDKS).map((name) => path.join(JDKS, name)) : []
  return homes.find((home) => existsSync(`${home}/bin/javac`) && versionOf(home) === version)
}

function versionOf(home: string): number {
  const release = existsSync(`${home}/release`) ? readFileSync(`${home}/release`, 'utf8') : ''
  return Number(/^JAVA_VERSION="(?:1\.)?(\d+)/m.exec(release)?.[1] ?? 0)
}

/** For Java 11 and later; what needs java.lang.classfile for 24 and later. Without what debuggers need. */
export function compiled({ jdk17, jdk25 }: Jdks): JvmHelper {
  const work = mkdtempSync(path.join(tmpdir(), 'halligan-javac-'))
  const compile = (home: string, into: string, folders: readonly string[], words: readonly string[]): void => {
    const sources = folders.flatMap((folder) =>
      readdirSync(path.join(FOLDER, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.java'))
        .toSorted()
        .map((name) => path.join(FOLDER, folder, name)),
    )
    execFileSync(
      `${home}/bin/javac`,
      [
        '-J-XX:TieredStopAtLevel=1',
        '-encoding',
        'UTF-8',
        '-g:none',
        '-XDstringConcat=inline',
        '-Xlint:-options',
        ...words,
        '-d',
        `${work}/${into}`,
        ...sources,
      ],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    )
  }
  // What is not for everybody cannot be named together with --release.
  const for11 = ['-source', '11', '-target', '11']
  const asm = ['asm', 'asm.tree'].map((name) => `java.base/jdk.internal.org.objectweb.${name}=ALL-UNNAMED`)
  try {
    compile(jdk17, 'apart', ['profile', 'agent'], ['--release', '11'])
    compile(jdk17, 'all', ['hook'], [...for11, '--patch-module', `java.base=${path.join(FOLDER, 'hook')}`])
    compile(jdk17, 'all', ['snapshot', 'asm'], [...for11, ...asm.flatMap((name) => ['--add-exports', name])])
    compile(jdk25, 'later', ['classfile'], ['--release', '24', '-cp', `${work}/all`])
    return {
      foldRecording: readFileSync(`${work}/apart/FoldRecording.class`),
      agentJar: jarOf(readFileSync(`${work}/apart/HalliganAgent.class`)),
      snapshotClasses: joined([...classesIn(`${work}/all`), ...classesIn(`${work}/later`)]),
    }
  } finally {
    rmSync(work, { recursive: true })
  }
}

/** Of all sources, by which a test without any JDK sees that they were changed since. */
export function sourcesDigest(): string {
  const digest = createHash('sha256')
  for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).toSorted())
    if (name.endsWith('.java')) digest.update(`${name}\n${readFileSync(path.join(FOLDER, name), 'utf8')}\n`)
  return digest.digest('hex')
}

function classesIn(folder: string): readonly (readonly [string, Buffer])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.class'))
    .toSorted()
    .map((name) => [name.replace(/\.class$/, '').replaceAll('/', '.'), readFileSync(path.join(folder, name))])
}

/** As java.io.DataInputStream reads it; the names have ASCII letters alone. */
function joined(classes: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = classes.flatMap(([name, bytes]) => [short(name.length), Buffer.from(name), whole(bytes.length), bytes])
  return Buffer.concat([whole(classes.length), ...parts])
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function whole(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const MANIFEST = `Manifest-Version: 1.0
Agent-Class: HalliganAgent
Can-Retransform-Classes: true
`

/** A ZIP file of two files that are not compressed and have no date. Source: APPNOTE.TXT of PKWARE, 4.3. */
function jarOf(agent: Buffer): Buffer {
  const files = [
    ['META-INF/MANIFEST.MF', Buffer.from(MANIFEST)],
    ['HalliganAgent.class', agent],
  ] as const
  const local: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const [name, bytes] of files) {
    // Version 1.0, no flags, stored; 1980-01-01 00:00; CRC; both sizes; length of the name.
    const common = Buffer.alloc(26)
    common.writeUInt16LE(10, 0)
    common.writeUInt16LE(0x21, 8)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(bytes.length, 14)
    common.writeUInt32LE(bytes.length, 18)
    common.writeUInt16LE(name.length, 22)
    const where = Buffer.alloc(14)
    where.writeUInt32LE(at, 10)
    const entry = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), bytes])
    local.push(entry)
    central.push(Buffer.from('PK\u0001\u0002\n\0'), common, where, Buffer.from(name))
    at += entry.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end])
}

/** All of it as a module of ours. */
function classesModule({ foldRecording, agentJar, snapshotClasses }: JvmHelper): string {
  return `/** Class files in base64, written by \`npm run jvm-helper\` from the Java beside it, of this digest; do not edit. ${sourcesDigest()} */
export const FOLD_RECORDING =
  '${foldRecording.toString('base64')}'
export const AGENT_JAR =
  '${agentJar.toString('base64')}'
/** Packed by gzip. */
export const SNAPSHOT_CLASSES =
  '${gzipSync(snapshotClasses, { level: 9 }).toString('base64')}'
`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const both = jdks()
  if (!both) throw new Error(`no JDK 17 or no JDK 25 in ${JDKS}`)
  writeFileSync(CLASSES_FILE, classesModule(compiled(both)))
}
