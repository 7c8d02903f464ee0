import { describe, expect, it } from 'vitest'
import { noConfiguration } from '../../src/boxes/configuration-file.ts'
import { type Configuration } from '../../src/boxes/configuration.ts'
import type { LogReading } from '../../src/incidents/log-readings.ts'
import { readAbilities } from '../../src/evidence/abilities.ts'
import { boxAbilities } from '../../src/steps/doctor.ts'
import { doctorScreen } from '../../src/views/doctor-screen.ts'
import { lookJson } from '../../src/views/look-json.ts'
import { lookMarkdown } from '../../src/views/look-markdown.ts'
import { looksScreen } from '../../src/views/looks-terminal.ts'
import { program } from '../../src/views/program.ts'
import { startScreen } from '../../src/views/start-screen.ts'
import type { Style } from '../../src/views/style.ts'
import { expectGolden, goldenNames } from '../golden.ts'
import { situationMarkdown } from '../../src/views/situation-markdown.ts'
import { situationScreen } from '../../src/views/situation-terminal.ts'
import { logsRead } from './logs-read.ts'
import { burningLook, cutOffLook, healthyLook, interruptedLook, lockedLook, sickLook } from './looks.ts'
import { closedView, crowdedView, hostileView, lateView, nightView, youngView } from './situations.ts'

const wide: Style = { columns: 120, color: false, unicode: true }
const narrow: Style = { columns: 40, color: false, unicode: true }
const ascii: Style = { columns: 80, color: false, unicode: false }
const colour: Style = { columns: 80, color: true, unicode: true }
const fleet = [healthyLook(), lockedLook(), burningLook(), cutOffLook()]

/** The logs of the box were read a quarter of an hour before the look. */
const readingsOf = (box: string): readonly LogReading[] => [
  {
    seq: 14,
    at: new Date(burningLook().startedAtMs - 900_000).toISOString(),
    boxes: [box, 'web-2'],
    findings: logsRead().findings,
  },
]

const SCREENS: readonly (readonly [string, () => string])[] = [
  ['burning-wide.txt', () => looksScreen([burningLook()], wide, false)],
  ['burning-beside-logs.txt', () => looksScreen([burningLook()], wide, false, readingsOf)],
  ['burning-narrow.txt', () => looksScreen([burningLook()], narrow, false)],
  ['burning-ascii.txt', () => looksScreen([burningLook()], ascii, false)],
  ['burning-colour.txt', () => looksScreen([burningLook()], colour, false)],
  ['burning.md', () => lookMarkdown(burningLook(), false)],
  ['sick-wide.txt', () => looksScreen([sickLook()], wide, false)],
  ['sick-details.txt', () => looksScreen([sickLook()], { ...wide, columns: 100 }, true)],
  ['sick-beyond-policy.txt', () => looksScreen([sickLook('web-1', 'slow')], wide, true).split('\n\n  cpu')[0] ?? ''],
  ['sick.md', () => lookMarkdown(sickLook(), false)],
  ['sick-details.md', () => lookMarkdown(sickLook('web-1', 'free'), true)],
  ['beside-logs.json', () => lookJson([healthyLook()], 0, 1_300, readingsOf)],
  ['sick.json', () => lookJson([sickLook('web-1', 'slow')], 0, 1_300)],
  ['healthy-wide.txt', () => looksScreen([healthyLook()], wide, false)],
  ['healthy-ascii.txt', () => looksScreen([healthyLook()], ascii, false)],
  ['healthy.md', () => lookMarkdown(healthyLook(), false)],
  ['cut-off.txt', () => looksScreen([cutOffLook()], colour, false)],
  ['cut-off.md', () => lookMarkdown(cutOffLook(), false)],
  ['not-entered.txt', () => looksScreen([lockedLook()], wide, false)],
  ['not-entered-narrow.txt', () => looksScreen([lockedLook()], narrow, false)],
  ['not-entered.md', () => lookMarkdown(lockedLook(), false)],
  ['not-entered.json', () => lookJson([lockedLook()], 0, 1_300)],
  ['interrupted.txt', () => looksScreen([interruptedLook()], ascii, false)],
  ['several-interrupted.txt', () => looksScreen([interruptedLook(), healthyLook()], ascii, false)],
  ['several-wide.txt', () => looksScreen(fleet, wide, false)],
  ['several-narrow.txt', () => looksScreen(fleet, narrow, false)],
  ['several-ascii.txt', () => looksScreen(fleet, ascii, false)],
  ['start-first-use.txt', () => startScreen(noConfiguration, [], ascii)],
  ['start-ssh-known.txt', () => startScreen(noConfiguration, ['web-1', 'db-1'], ascii)],
  ['start-configured.txt', () => startScreen(configured, ['web-1', 'db-1'], ascii)],
  ['doctor-box.txt', () => doctorScreen(examination, ascii)],
  ['start-incident.txt', () => startScreen(noConfiguration, ['web-1'], ascii, startIncident)],
  ['start-closed.txt', () => startScreen(noConfiguration, ['web-1'], ascii, startClosed)],
  ['handover.txt', () => situationScreen(nightView(), { ...colour, color: false })],
  ['handover-colour.txt', () => situationScreen(nightView(), colour)],
  ['handover-narrow.txt', () => situationScreen(nightView(), narrow)],
  ['handover-ascii.txt', () => situationScreen(nightView({ unseen: 7 }), ascii)],
  ['handover-wide.txt', () => situationScreen(nightView({ rows: 50 }), wide)],
  ['handover.md', () => situationMarkdown(nightView())],
  ['handover-young.txt', () => situationScreen(youngView(), { ...colour, color: false })],
  ['handover-closed.txt', () => situationScreen(closedView(), { ...colour, color: false })],
  ['handover-crowded.txt', () => situationScreen(crowdedView(), { ...colour, color: false })],
  ['handover-late.txt', () => situationScreen(lateView({ below: 1, unseen: 3 }), { ...colour, color: false })],
  [
    'handover-late-wordy.txt',
    () =>
      situationScreen(lateView({ below: 1, unseen: 3 }, { many: 30, long: 300, command: 130 }), {
        ...colour,
        color: false,
      }),
  ],
  ['handover-hostile.txt', () => situationScreen(hostileView(), { ...colour, color: false })],
  ['handover-hostile.md', () => situationMarkdown(hostileView())],
  ['help.txt', () => help()],
  ...['look', 'boxes', 'doctor', 'completion', 'show', 'hypothesis', 'handover', 'close', 'notify', 'write-up'].map(
    (name) => [`help-${name}.txt`, () => help(name)] as const,
  ),
]

const configured: Configuration = {
  ...noConfiguration,
  file: '/srv/shop/halligan.yaml',
  groups: { checkout: { boxes: ['web-1', 'web-2'] } },
}

const startIncident = {
  words: 'Incident 20261125-k7qm, open for 1 h: checkout returns 500s',
  next: { command: 'halligan take-over', why: 'alice@laptop hands it over to you' },
  isOpen: true,
}

const startClosed = {
  words: 'Incident 20261125-k7qm, closed: checkout returns 500s',
  next: { command: 'halligan write-up --incident 20261125-k7qm', why: 'it is closed: tell the team what it was' },
  isOpen: false,
}

const examination = {
  subject: 'web-1',
  abilities: boxAbilities(
    readAbilities('tool gzip /bin/gzip\nfact uid 1000\nfact os debian\nfact dmesg-restricted 1\nfact ptrace-scope 1\n'),
  ),
  failure: undefined,
}

function help(name?: string): string {
  let said = ''
  const halligan = program(() => {})
  const command = name ? halligan.commands.find((each) => each.name() === name) : halligan
  command?.configureOutput({
    writeOut: (text) => {
      said += text
    },
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  })
  command?.outputHelp()
  return said
}

describe('a whole screen', () => {
  it.each(SCREENS)('%s is as it was read and found good', (name, screen) => {
    expectGolden(name, screen())
  })

  it('stands for each golden that there is', () => {
    expect(goldenNames()).toEqual(SCREENS.map(([name]) => name).toSorted())
  })

  it.each(SCREENS.filter(([name]) => name.includes('ascii')))('%s is ASCII alone', (_name, screen) => {
    expect(screen()).toMatch(/^[\n -~]*$/)
  })

  it('says the same with and without colour', () => {
    // eslint-disable-next-line no-control-regex -- colours are what it takes out
    expect(looksScreen(fleet, colour, true).replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(
      looksScreen(fleet, { ...colour, color: false }, true),
    )
  })

  it('of several boxes begins with the worst', () => {
    const order = looksScreen(fleet, wide, false).split('\n').slice(0, 4)
    expect(order.map((line) => /web-\d|db-\d/.exec(line)?.[0])).toEqual(['web-1', 'db-1', 'web-3', 'web-2'])
  })
})
