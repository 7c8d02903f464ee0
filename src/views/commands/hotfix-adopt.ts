import { count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { localBox } from '../../boxes/local.ts'
import { openBox } from '../../boxes/open.ts'
import { wantsSudo } from '../../boxes/selection.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import { told } from '../../incidents/told.ts'
import { adoptFrom, type Adopted } from '../../steps/hotfix/adopt.ts'
import { recordAdoption } from '../../steps/hotfix/record-adoption.ts'
import { openRepository } from '../../steps/hotfix/repository.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import { configuration, errorStyle, print, waitingOutput } from '../console.ts'
import { deploymentOf } from '../hotfix/deployment.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { withMeantBox } from '../meant-box.ts'
import { oneBox } from '../one-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { entriesOf } from '../recorder.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import { home, theStore } from '../the-store.ts'
import { waitingFor } from '../waiting.ts'
import type { AdoptFlags } from './hotfix.ts'

/** Brings files that were changed by hand home as a commit; gives the exit code. */
export async function adopt(name: string, files: readonly string[], flags: AdoptFlags): Promise<number> {
  const settings = await configuration()
  if (flags.service !== undefined && !Object.hasOwn(settings.services, flags.service))
    throw new Problem(`There is no service ${flags.service} in halligan.yaml.`, '--path and --repo say the same.', 2)
  const boxName = oneBox('hotfix adopt', name, files.join(' '), settings)
  const { path, repository, units, versionUrls } = deploymentOf(flags.service, flags, settings)
  const recorder = await recorderFor(flags, typedWords())
  const folder = path ?? (await folderSeen(recorder, boxName))
  if (folder === undefined)
    throw new Problem(
      'Nobody says where the code lies on the box.',
      '--path /srv/shop, or path: of a service in halligan.yaml.',
      2,
    )
  const { redact } = await theRedaction()
  const stop = stopOnInterrupt()
  const waiting = waitingFor([boxName], errorStyle(), 'ends it', waitingOutput())
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const local = localBox()
  const box = openBox(boxName, { sudo: flags.sudo ?? wantsSudo(boxName, settings), prompt })
  const branch = flags.branch ?? `hotfix/${recorder.incident ?? boxName.replaceAll(/[^\w.-]/g, '-')}`
  try {
    const done = await adoptFrom(box, {
      path: folder,
      repository: openRepository(local, repository, home(), stop.signal),
      commit: flags.commit,
      versionUrls,
      units,
      files,
      branch,
      subject: flags.message,
      incident: recorder.incident,
      by: process.env['HALLIGAN_BY'] || undefined,
      large: flags.large ?? false,
      local,
      redact,
      signal: stop.signal,
    })
    const adopted = await withMeantBox(done, boxName, settings, recorder)
    waiting.stop()
    return await said(adopted, branch, repository, recorder, stop.signal)
  } finally {
    waiting.stop()
    stop.finish()
    await Promise.all([local.close(), box.close()])
  }
}

/** Of the last drift of this box in the incident. */
async function folderSeen(recorder: Recorder, box: string): Promise<string | undefined> {
  const entries = await entriesOf(recorder)
  return told(entries, 'drift-seen').findLast((entry) => entry.box === box && entry.payload.failure === undefined)
    ?.payload.path
}

async function said(
  adopted: Adopted,
  branch: string,
  repository: string,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<number> {
  const { failure, commit, files, expected, box } = adopted
  if (failure || commit === undefined) {
    process.stderr.write(problemWords(failure ?? { message: `Nothing was adopted from ${box}.`, tryNext: '' }))
    return signal.aborted ? INTERRUPTED : 1
  }
  const { recorded, linked, open } = await recordAdoption(adopted, branch, recorder, theStore)
  const shown = files.map(
    ({ path, mode, hasSecret }) =>
      `  ${mode === 'gone' ? 'gone  ' : mode}  ${safeText(path)}${hasSecret ? '   SOMETHING LIKE A SECRET is in it: look before you push' : ''}`,
  )
  const lines = [
    `${count(files.length, 'file')} of ${safeText(box)} as commit ${commit.slice(0, 10)} on branch ${safeText(branch)}`,
    ...shown,
    `  on top of ${expected?.commit.id.slice(0, 10)} ${safeText(expected?.commit.subject ?? '')}, known from ${safeText(expected?.from ?? '')}`,
    '  your working tree and index are as they were',
    ...linked.map((seq) => `  the hotfix #${seq} is linked to it`),
    ...open.map((seq) => `  is it the hotfix #${seq}? halligan link ${seq} ${commit.slice(0, 10)}`),
    `next: git -C ${safeText(repository)} show ${commit.slice(0, 10)}`,
    `      git -C ${safeText(repository)} push -u origin ${safeText(branch)}, and have it merged: until then the next deploy takes the change away`,
  ]
  await print(`${lines.join('\n')}\n`)
  return sayRecorded(recorded, recorder.incident) ? 0 : 1
}
