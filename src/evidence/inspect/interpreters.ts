import type { Target } from './inspector.ts'
import type { RuntimeKind } from './runtime.ts'

interface Interpreter {
  /** Whose frames its native stacks are not. */
  readonly language: string
  /** Of others; Halligan does not run it. */
  readonly tool?: { readonly name: string; readonly command: (pid: number) => string; readonly price: string }
}

/**
 * Runtimes whose own stacks are not read here. Each names the tool that reads them, and how it is run; sources: the manuals of rbspy (rbspy.github.io), phpspy (github.com/adsr/phpspy) and
 * dotnet-stack (learn.microsoft.com/dotnet/core/diagnostics/dotnet-stack).
 */
const INTERPRETERS: Partial<Record<RuntimeKind, Interpreter>> = {
  ruby: {
    language: 'Ruby',
    tool: {
      name: 'rbspy',
      command: (pid) => `rbspy snapshot --pid ${pid}`,
      price: 'it stops the process for a moment',
    },
  },
  php: {
    language: 'PHP',
    tool: {
      name: 'phpspy',
      command: (pid) => `phpspy -l 1 -p ${pid}`,
      price: 'it reads its memory',
    },
  },
  dotnet: {
    language: '.NET',
    tool: {
      name: 'dotnet-stack',
      command: (pid) => `dotnet-stack report -p ${pid}`,
      price: 'the runtime stands still meanwhile; it is run as the user of the process',
    },
  },
  shell: { language: 'the script' },
}

/** Asked for on the box together with the tools of inspectors. */
export const INTERPRETER_TOOLS: readonly string[] = Object.values(INTERPRETERS).flatMap(({ tool }) =>
  tool ? [tool.name] : [],
)

/** What native stacks of an interpreter are not, and what would tell it; undefined of everything else. */
export function interpreterNote({
  process: { pid },
  runtime: { kind },
  box: { tools },
}: Pick<Target, 'process' | 'runtime' | 'box'>): string | undefined {
  const known = INTERPRETERS[kind]
  if (!known) return undefined
  const { language, tool } = known
  const frames = `These are frames of the interpreter: those of ${language} itself are not told here.`
  if (!tool) return frames
  const where = tools.has(tool.name) ? 'is on the box' : 'is not on the box'
  return `${frames} ${tool.name} would tell them, which ${where}: ${tool.command(pid)} (${tool.price}).`
}
