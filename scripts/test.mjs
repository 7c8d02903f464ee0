// Runs the tests on the Node that the lock file brings; arguments go to vitest (`npm test -- src/boxes`, `npm test -- -t sudo`).
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const brought = path.join(root, 'node_modules', '.bin', 'node')
// The lock file brings Node for Linux; elsewhere the one that runs this has to do.
const node = existsSync(brought) ? brought : process.execPath
const { status, signal } = spawnSync(
  node,
  [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
    // What a person has set for their own use of Halligan or ssh must not change what tests see.
    env: {
      ...process.env,
      HALLIGAN_SSH_CONFIG: undefined,
      SSH_AUTH_SOCK: undefined,
      NODE_OPTIONS: undefined,
      // Hundreds of tests start a console of their own from its sources; compiling them anew each time is most of what that costs.
      NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'compiled-for-tests'),
    },
  },
)
if (signal) process.stderr.write(`vitest was ended by ${signal}\n`)
process.exitCode = status ?? 1
