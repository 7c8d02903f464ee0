import { bytes } from '../../base/format.ts'
import { shellQuoted } from '../../base/shell-quoted.ts'
import { AS_ROOT, hasForm, numberIn, refused, unseen, valueOf, type Answer, type Relief } from './relief.ts'
import { spaceOf, WHO } from './shell.ts'
import { SPACE_FORM, spaceChange, spaceIn, spaceNow } from './space.ts'

const UNITS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }
/** Offered when it would free as much as this. Bytes. */
const WORTH_BYTES = 64 * 1024 ** 2
/** What is offered to be kept. */
const OFFERED = '100M'

/** Deletes the oldest archived files of systemd's journal until it takes no more than a size (journalctl(1), --vacuum-size). */
export const vacuumJournal: Relief = {
  id: 'vacuum-journal',
  title: "delete the oldest files of systemd's journal until it takes no more than SIZE",
  usage: 'SIZE',
  example: ['200M'],
  price: 'change',
  endsProcess: false,
  targetOf: ([word = '', ...more]) => {
    if (more.length > 0) return { why: 'One size.', tryNext: 'vacuum-journal 200M' }
    const size = /^[1-9]\d{0,5}[KMGT]$/i.test(word) ? word.toUpperCase() : undefined
    if (size !== undefined) return [size]
    return {
      why: word === '' ? 'The size that may stay is missing.' : `"${word}" is no size (K, M, G or T).`,
      tryNext: 'vacuum-journal 200M',
    }
  },
  does: ([size = '']) => `vacuum the journal to ${size}`,
  planScript: () => `${WHO}
command -v journalctl >/dev/null && echo 'journalctl yes'
${MEASURE}`,
  plan: (answer, [size = '']) => {
    if (valueOf(answer, 'journalctl') !== 'yes')
      return refused('There is no journalctl on this box.', 'halligan logs BOX --list')
    if (valueOf(answer, 'uid') !== '0') return refused('Only root may delete files of the journal.', AS_ROOT)
    const usage = sum(answer, 'file')
    const archived = sum(answer, 'archived')
    const wanted = sizeIn(size)
    if (usage === undefined || numberIn(String(usage)) === undefined || numberIn(String(archived ?? 0)) === undefined)
      return refused('The box has no files of a journal.', 'halligan look BOX')
    if (usage <= wanted)
      return refused(`The journal takes ${bytes(usage)}, which is no more than ${size}.`, 'halligan relieve BOX')
    const most = Math.min(archived ?? 0, usage - wanted)
    if (most === 0)
      return refused(
        'All of the journal is being written to: no archived file can be deleted. After a rotation there are some.',
        'halligan run --sudo BOX --price change -- journalctl --rotate',
      )
    return {
      possible: true,
      lines: [
        `now: the journal takes ${bytes(usage)}, ${bytes(archived ?? 0)} of it archived${spaceNow(answer)}`,
        `will be done: journalctl --vacuum-size=${size}, which deletes whole archived files, the oldest first`,
        `costs: their log lines are gone; it frees some ${bytes(most)}`,
        'back: nothing brings them back',
      ],
      before: { bytes: String(usage), archived: String(archived ?? 0), space: spaceIn(answer) },
    }
  },
  isBefore: (before) => hasForm(before, { bytes: /^\d{1,15}$/, archived: /^\d{1,15}$/, space: SPACE_FORM }),
  act: {
    script: ([size = '']) => `journalctl --vacuum-size=${shellQuoted(size)} 2>&1 | tail -n 2`,
    check: () => MEASURE,
    judge: (answer, _target, before) => {
      const now = sum(answer, 'file')
      const was = numberIn(before['bytes']) ?? 0
      if (now === undefined) return unseen('the box did not say how much the journal takes now')
      const says = [`the journal takes ${bytes(now)}, and took ${bytes(was)}`, ...spaceChange(before, answer)]
      return { worked: now < was, says }
    },
  },
  survey: `for file in /var/log/journal/*/*@*.journal /run/log/journal/*/*@*.journal; do [ ! -f "$file" ] || stat -c 'archived %b %B' -- "$file"; done`,
  offers: (answer) => {
    const archived = sum(answer, 'archived') ?? 0
    return archived >= WORTH_BYTES + sizeIn(OFFERED)
      ? [{ target: [OFFERED], why: `${bytes(archived)} of the journal are archived` }]
      : []
  },
}

/** By what files take, since `--disk-usage` says it in rounded words. */
const MEASURE = `folder=
for file in /var/log/journal/*/*.journal /run/log/journal/*/*.journal; do
  [ -f "$file" ] || continue
  folder=\${file%/*}; stat -c 'file %b %B' -- "$file"
  case $file in *@*) stat -c 'archived %b %B' -- "$file";; esac
done
[ -z "$folder" ] || ${spaceOf('"$folder"')}
:`

function sum(answer: Answer, name: string): number | undefined {
  const values = answer.get(name)
  if (!values) return undefined
  return values.reduce((total, value) => {
    const [blocks, size] = value.split(' ').map(numberIn)
    return total + (blocks ?? 0) * (size ?? 0)
  }, 0)
}

function sizeIn(size: string): number {
  return Number(size.slice(0, -1)) * (UNITS[size.slice(-1)] ?? 0)
}
