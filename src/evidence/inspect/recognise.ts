import type { Mapping } from './memory-map.ts'
import type { ProgramFile } from './program-file.ts'
import type { Runtime, RuntimeKind } from './runtime.ts'

/** What it is recognised by. */
export interface Marks {
  /** Path of the executable; undefined where it could not be read. */
  readonly executable: string | undefined
  readonly argv: readonly string[]
  readonly mappings: readonly Mapping[]
  /** Undefined where its file could not be read. */
  readonly program: ProgramFile | undefined
  readonly kernelThread: boolean
  readonly environment: ReadonlyMap<string, string>
  readonly container: string | undefined
}

interface Sign {
  readonly kind: RuntimeKind
  /** Of the executable's name, without its folders. */
  readonly executable?: RegExp
  /** Of the path of a library that it has mapped. The first group, where there is one, is the version. */
  readonly library?: RegExp
}

/** In the order in which they count: who has a virtual machine mapped is that, whatever its executable is called. */
const SIGNS: readonly Sign[] = [
  { kind: 'jvm', library: /\/libjvm\.so$/ },
  { kind: 'dotnet', library: /\/libcoreclr\.so$/ },
  { kind: 'node', executable: /^(?:node|nodejs)$/, library: /\/libnode\.so\.\d+$/ },
  { kind: 'cpython', executable: /^python(\d(?:\.\d+)?)?d?$/, library: /\/libpython(\d\.\d+)[a-z]*\.so/ },
  { kind: 'ruby', executable: /^ruby(\d\.\d+)?$/, library: /\/libruby(?:-|\.so\.)(\d\.\d+)/ },
  { kind: 'php', executable: /^php(?:-fpm|-cgi)?(\d\.\d+)?$/, library: /\/libphp(\d?\.?\d*)\.so$/ },
  { kind: 'shell', executable: /^(?:sh|bash|dash|ash|zsh|ksh|ksh93|mksh|busybox)$/ },
]

/** Which runtime it is, and what else its files tell of it. Pure; the executable may be unreadable, then its map or its arguments say it. */
export function recognised(marks: Marks): Runtime {
  const { executable, mappings, program, kernelThread } = marks
  if (kernelThread) return { kind: 'kernel', details: [] }
  const details = detailsOf(marks)
  const libraries = [...new Set(mappings.flatMap(({ path }) => (path.startsWith('/') ? [path] : [])))]
  const name = baseName(executable ?? marks.argv[0] ?? '')
  for (const sign of SIGNS) {
    const library = sign.library && libraries.find((path) => sign.library?.test(path))
    const isExecutable = sign.executable?.test(name) ?? false
    if (library === undefined && !isExecutable) continue
    const version = versionOf(sign, name, library, executable, libraries)
    const module = library ?? executable
    return {
      kind: sign.kind,
      ...(version === undefined ? {} : { version }),
      details,
      ...(module === undefined ? {} : { module }),
    }
  }
  const kind = program?.go || hasGoArena(mappings, libraries) ? 'go' : 'native'
  return { kind, details, ...(executable === undefined ? {} : { module: executable }) }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The heap of Go begins there on machines of 64 bits (runtime/malloc.go, arena hints), and hardly anybody else asks for that address. */
const GO_ARENA = 0xc0_0000_0000n

function hasGoArena(mappings: readonly Mapping[], libraries: readonly string[]): boolean {
  return libraries.length <= 20 && mappings.some(({ start, path }) => start === GO_ARENA && !path.startsWith('/'))
}

function versionOf(
  { kind, executable: byName, library: byLibrary }: Sign,
  name: string,
  library: string | undefined,
  executable: string | undefined,
  libraries: readonly string[],
): string | undefined {
  const said = byLibrary?.exec(library ?? '')?.[1] ?? byName?.exec(name)?.[1]
  const path = library ?? executable ?? ''
  switch (kind) {
    case 'cpython':
      // Modules in C name the version in full, whatever the executable is called.
      return said?.includes('.')
        ? said
        : (firstMatch(libraries, /\/python(\d\.\d+)\/|\.cpython-(\d)(\d+)[a-z]*-/) ?? said)
    case 'jvm':
      return /\/(?:java|jdk|jre|zulu|temurin)-?(\d[\d._]*)[^/]*\//i.exec(path)?.[1]
    case 'node':
      return /\/(?:node-)?v(\d+\.\d+\.\d+)[^/]*\//.exec(path)?.[1]
    case 'dotnet':
      return /\/Microsoft\.NETCore\.App\/(\d[\w.-]*)\//.exec(path)?.[1]
    case 'go':
    case 'kernel':
    case 'native':
    case 'php':
    case 'ruby':
    case 'shell':
      return said || undefined
  }
}

function firstMatch(paths: readonly string[], pattern: RegExp): string | undefined {
  for (const path of paths) {
    const [, whole, major, minor] = pattern.exec(path) ?? []
    if (whole !== undefined) return whole
    if (major !== undefined) return `${major}.${minor}`
  }
  return undefined
}

function detailsOf({ program, mappings, environment, container, executable, argv }: Marks): readonly string[] {
  const isMusl = mappings.some(({ path }) => /\/(?:ld-musl-|libc\.musl-)/.test(path))
  const virtual = environment.get('VIRTUAL_ENV') ?? /^(\/.*)\/bin\/python[\d.]*$/.exec(argv[0] ?? '')?.[1]
  const isVirtual = virtual !== undefined && executable !== undefined && !executable.startsWith(`${virtual}/`)
  return [
    ...(program?.static ? ['static'] : []),
    ...(program?.stripped ? ['stripped'] : []),
    ...(isMusl ? ['musl'] : []),
    ...(isVirtual && virtual !== '/usr' && virtual !== '/usr/local' ? [`virtualenv ${virtual}`] : []),
    ...(container === undefined ? [] : [`in container ${container.slice(0, 12)}`]),
  ]
}
