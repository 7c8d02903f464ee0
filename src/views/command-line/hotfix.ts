import { Option, type Command } from 'commander'
import type { AdoptFlags, DriftFlags } from '../commands/hotfix.ts'
import { colorOption, NO_COLOR } from './color.ts'

const BOX = 'local, a name or user@host[:port] for ssh, docker:NAME, podman:NAME'

/** What was changed on a box and is not in the repository: seen, and brought home. */
export function addHotfix(halligan: Command, finish: (exitCode: number) => void): void {
  const hotfix = halligan
    .command('hotfix')
    .description('what runs on boxes and is not in the repository: see it, bring it home')
    .helpCommand('help [command]', 'what a command does, with examples')
    .showHelpAfterError('Try: halligan hotfix --help')
    .addHelpText('after', HOTFIX_EXAMPLES)
    .action(async () => {
      throw (await import('../commands/hotfix.ts')).hotfixWithout(hotfix.args)
    })
  hotfix
    .command('drift')
    .description('what lies and runs on boxes against the commit that should be there')
    .argument('[words...]', `boxes (${BOX}, @group, glob), then a service of halligan.yaml`)
    .option('--path <folder>', 'the deployed folder on the boxes (default: path of the service)')
    .option(
      '--repo <folder>',
      'a clone of the repository here, or the part of it that is deployed (default: of the service, else where you are)',
    )
    .option('--commit <rev>', 'the commit that should be there (default: found out, and said how)')
    .option('--all', 'also in node_modules, __pycache__ and .venv, and what .gitignore names')
    .addOption(new Option('--fail-on <what>', 'exit 3 when there is any').choices(['drift']))
    .option('--sudo', 'look as root through sudo')
    .option('--json', 'as JSON (halligan.drift/1)')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option('--incident <id>', 'record it in another incident than the current one')
    .showHelpAfterError('Try: halligan hotfix drift --help')
    .addHelpText('after', DRIFT_EXAMPLES)
    .action(async (words: readonly string[], flags: DriftFlags) =>
      finish(await (await import('../commands/hotfix.ts')).drift(words, flags)),
    )
  hotfix
    .command('adopt')
    .description('bring files that were changed by hand on a box home, as a commit on a branch of its own')
    .argument('<box>', BOX)
    .argument('<paths...>', 'files on the box, absolute or below the deployed folder')
    .option('--path <folder>', 'the deployed folder on the box (default: path of the service, else of the last drift)')
    .option('--repo <folder>', 'a clone of the repository here (default: of the service, else where you are)')
    .option('--service <name>', 'a service of halligan.yaml')
    .option('--commit <rev>', 'the commit that is deployed (default: found out, as drift does)')
    .option('--branch <name>', 'the branch (default: hotfix/ and the incident)')
    .option('--message <text>', 'first line of the commit message')
    .option('--large', 'files of more than 50 MiB, too')
    .option('--sudo', 'read as root through sudo')
    .option('--incident <id>', 'record it in another incident than the current one')
    .showHelpAfterError('Try: halligan hotfix adopt --help')
    .addHelpText('after', ADOPT_EXAMPLES)
    .action(async (box: string, paths: readonly string[], flags: AdoptFlags) =>
      finish(await (await import('../commands/hotfix-adopt.ts')).adopt(box, paths, flags)),
    )
  // What is no command is answered above; after the commands, which would inherit it.
  hotfix.allowExcessArguments()
}

const HOTFIX_EXAMPLES = `
Examples:
  halligan hotfix drift web-1 --path /srv/shop --repo ~/src/shop     what was changed there by hand
  halligan hotfix adopt web-1 /srv/shop/lib/cart.js --repo ~/src/shop   that change as a commit`

const DRIFT_EXAMPLES = `
Examples:
  halligan hotfix drift web-1 --path /srv/shop --repo ~/src/shop
  halligan hotfix drift @checkout orders-api                  path: and repository: of halligan.yaml
  halligan hotfix drift web-1 --path /srv/shop --commit v1.4.2
  halligan hotfix drift @checkout orders-api --fail-on drift  for scripts: exit 3 when there is any

It reads only. The commit that should be there is the one of --commit, else the one that a file REVISION (or the like), a
clone in the folder, the answer of health: and /version, or the version in package.json tells; else of the last 500 commits
that fits best. --repo may be a folder within the repository, which is then compared alone.`

const ADOPT_EXAMPLES = `
Examples:
  halligan hotfix adopt web-1 /srv/shop/lib/cart.js --path /srv/shop --repo ~/src/shop
  halligan hotfix adopt web-1 lib/cart.js lib/price.js --service orders-api

The commit lies on top of the one that is deployed, byte for byte and with its mode, and is yours (HALLIGAN_BY, git config).
Your working tree and index are not touched.`
