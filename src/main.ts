import type { Command } from 'commander'
import { version } from './base/version.ts'

// `halligan --version` answers before anything else is loaded.
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(`${version}\n`)
} else {
  // The bundle is CommonJS, which has no `await` here: what ends before it has come to its end must not look as if it had gone well.
  const unfinished = (): void => {
    process.stderr.write(
      `halligan: this is a bug in Halligan ${version}, please report it with what you did: it ended too early.\n`,
    )
    process.exitCode = 1
  }
  process.once('beforeExit', unfinished)
  void run().finally(() => process.off('beforeExit', unfinished))
}

async function run(): Promise<void> {
  endOnFailedOutput()
  endOnSignals()
  const { program } = await import('./views/program.ts')
  const { CommanderError } = await import('commander')
  const { safeText } = await import('./base/safe-text.ts')
  const { Problem, problemWords } = await import('./views/problem.ts')
  const { StoreProblem } = await import('./incidents/store.ts')
  const commands = program((exitCode) => {
    process.exitCode = exitCode
  }, process.argv[2])
  overrideExit(commands)
  try {
    await commands.parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else if (error instanceof Problem || error instanceof StoreProblem) {
      process.stderr.write(problemWords(error))
      process.exitCode = error instanceof Problem ? error.exitCode : 1
    } else {
      const words = ((error instanceof Error ? error.stack : undefined) ?? String(error))
        .split('\n')
        .map(safeText)
        .join('\n')
      process.stderr.write(
        `halligan: this is a bug in Halligan ${version}, please report it with what you did.\n${words}\n`,
      )
      process.exitCode = 1
    }
  }
  // The answer stands on the screen by now; what was written into an incident may have to be told to the team.
  await (await import('./views/telling.ts')).teamTold()
}

/**
 * A reader that has gone (`| head`) ends the program quietly, as it does other programs. The stream is watched from when somebody first asks for it: making
 * it takes a short command five milliseconds, and `print` mostly goes without.
 */
function endOnFailedOutput(): void {
  const described = Object.getOwnPropertyDescriptor(process, 'stdout')
  const watched = (): NodeJS.WriteStream => {
    const stdout = (described?.get ? described.get.call(process) : described?.value) as NodeJS.WriteStream
    Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, value: stdout })
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      // A command that has its own way with it ends in good order.
      if (stdout.listenerCount('error') > 1) return
      if (error.code === 'EPIPE') process.exit(0)
      process.stderr.write(`halligan: what it has to say could not be written: ${error.message}\n`)
      process.exit(1)
    })
    return stdout
  }
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: watched })
}

/** Of a command and all below it. */
function overrideExit(command: Command): void {
  command.exitOverride()
  for (const below of command.commands) overrideExit(below)
}

/**
 * A signal ends the program by way of `exit`, where connections and private folders are taken along; its code is that of a shell
 * (128 + signal). A command that has its own way with one keeps it.
 */
function endOnSignals(): void {
  process.on('SIGTERM', () => process.listenerCount('SIGTERM') > 1 || process.exit(128 + 15))
  process.on('SIGHUP', () => process.listenerCount('SIGHUP') > 1 || process.exit(128 + 1))
  process.on('SIGINT', () => process.listenerCount('SIGINT') > 1 || process.exit(128 + 2))
}
