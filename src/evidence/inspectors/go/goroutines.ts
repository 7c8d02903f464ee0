import type { Frame } from '../../inspect/frame.ts'
import type { ApartStack } from '../../inspect/stacks.ts'

/**
 * What Go writes of its goroutines (runtime.Stack, `debug=2`); also what a program that panicked leaves:
 *
 *     goroutine 18 [chan receive, 5 minutes]:
 *     main.(*Cart).total(0xc000012018, 0x3)
 *     	/srv/shop/cart.go:33 +0x1d
 *     created by main.main in goroutine 1
 *     	/srv/shop/main.go:12 +0x45
 *
 * The one that answers is left out, and so are labels (Go 1.27), which may hold what is personal. `more`: beyond `most`; `unread`: their heads are of no known form. Takes any text.
 */
export function goroutinesIn(
  text: string,
  most: number,
): { readonly goroutines: readonly ApartStack[]; readonly more: number; readonly unread: number } {
  const parts = text
    .slice(0, MOST_CHARACTERS)
    .split(/^(?=goroutine \d)/m)
    .filter((part) => /^goroutine \d/.test(part) && !part.includes('\nruntime/pprof.writeGoroutineStacks('))
  const root = rootIn(text)
  const first = parts.slice(0, most)
  const goroutines = first.flatMap((part) => goroutineIn(part, root) ?? [])
  return { goroutines, more: parts.length - first.length, unread: first.length - goroutines.length }
}

const MOST_CHARACTERS = 16_000_000
const MOST_FRAMES = 200

/** `goroutine 18 gp=0xc000002380 m=nil [chan receive, 5 minutes]:`, with `labels:{"k": "v"}` after its state, within the bracket or behind it. */
const HEAD = /^goroutine (\d{1,19})(?: (?:gp|mp|m)=\S{1,20}){0,3} \[([^\]"{\n]{1,200}?)(?:\]|,? labels:).*:$/

function goroutineIn(part: string, root: string | undefined): ApartStack | undefined {
  const [head = '', ...lines] = part.split('\n', 2 * MOST_FRAMES + 2)
  const [, number, state = ''] = HEAD.exec(head) ?? []
  if (number === undefined) return undefined
  const says = state.split(', ')
  const since = says.find((word) => /^\d{1,9} minutes?$/.test(word))
  const frames: Frame[] = []
  for (const [at, line] of lines.entries()) {
    if (line === '' || line.startsWith('\t')) continue
    frames.push(frameOf(line, lines[at + 1] ?? '', root))
  }
  const isCut = frames.length > MOST_FRAMES || lines.some((line) => line.startsWith('...additional frames elided'))
  return {
    name: `goroutine ${number}${since === undefined ? '' : ` (for ${since})`}`,
    // For how long each one waits would keep the same ones apart.
    says: says.filter((word) => word !== since),
    frames: frames.filter((frame) => !frame.function.startsWith('...')).slice(0, MOST_FRAMES),
    ...(isCut ? { cut: 'more frames were not shown' } : {}),
  }
}

const NAME_KEPT = 400

/** Its arguments are words of memory, which tell nobody anything. */
function frameOf(line: string, below: string, root: string | undefined): Frame {
  const [, file, number] = /^\t(.{1,1000}):(\d{1,9})(?: \+0x[0-9a-f]{1,16})?(?: .{0,200})?$/.exec(below) ?? []
  const isCreator = line.startsWith('created by ')
  const called = isCreator ? line.replace(/ in goroutine \d{1,19}$/, '') : line.replace(/\([^()]*\)$/, '')
  return {
    function: called.slice(0, NAME_KEPT),
    ...(file === undefined ? {} : { file, line: Number(number) }),
    own: !isCreator && isOwn(called, file, root),
  }
}

/** Neither of Go itself nor of a module that was fetched. */
function isOwn(called: string, file: string | undefined, root: string | undefined): boolean {
  if (called.startsWith('main.')) return true
  if (file === undefined || /\/pkg\/mod\/|@v\d|\/vendor\//.test(file)) return false
  if (root !== undefined) return !file.startsWith(root)
  // Built with -trimpath: packages of Go itself have no dot in the first part of their name.
  return /^[^/]*\.[^/]*\//.test(file)
}

/** The folder of the sources of Go, as the frame that answers has it; undefined where it was built with -trimpath. */
function rootIn(text: string): string | undefined {
  return /^\t(\/.{0,500}\/src\/)runtime\/pprof\/pprof\.go:\d/m.exec(text)?.[1]
}
