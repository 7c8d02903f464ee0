import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import {
  AS_ROOT,
  MOVED,
  numberIn,
  refused,
  unseen,
  valueOf,
  type Answer,
  type Before,
  type Refusal,
  type Relief,
  type Verdict,
} from './relief.ts'
import { folderOf, isPath, NAME } from './paths.ts'
import { oneLine, WHO } from './shell.ts'
import {
  isUnitBefore,
  judgeUnit,
  proveUnit,
  queueJob,
  restartCosts,
  restartRefusal,
  unitBefore,
  unitCheck,
  unitIn,
  unitPlanScript,
  unitWords,
} from './unit.ts'

/** Names of releases that are times or long numbers, the year first, so that they sort as they were made: `20260102030405`, `2026-01-02T03-04-05`. */
const TIMED = /^(?:\d{6,20}|(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d(?:[-_.T]?\d\d){0,3}Z?)$/
/** Names of releases that are counted: `9`, `10`. */
const COUNTED = /^[1-9]\d{0,4}$/
const OWNER = /^\d{1,10}:\d{1,10}$/

/**
 * Points the link `current` of a deployment at the release before, and restarts its unit: the layout of Capistrano and its kin, `current -> releases/NAME`.
 *
 * The new link is made beside the old one and renamed over it, which is one step for everybody who opens it (rename(2)). The link is not touched when it points
 * elsewhere than the plan saw. When the unit does not come up, the link stays as it is now: taking it back is the person's choice.
 */
export const rollback: Relief = {
  id: 'rollback',
  title: 'point the link of a deployment at the release before, and restart its unit',
  usage: 'LINK [UNIT] [RELEASE]',
  example: ['/srv/shop/current', 'shop.service'],
  price: 'change',
  endsProcess: true,
  targetOf,
  does: ([link = '', unit = '', release = '']) =>
    `roll ${link} back to ${release === '' ? 'the release before' : release}${unit === '' ? '' : `, restart ${unit}`}`,
  planScript: ([link = '', unit = '']) => planScript(link, unit),
  plan: (answer, [link = '', unit = '', release = '']) => {
    const was = valueOf(answer, 'points')
    const seen = `halligan run BOX --price free -- ls -lt ${quoted(folderOf(link))}`
    if (valueOf(answer, 'there') !== 'yes') return refused(`There is no ${link}.`, seen)
    if (was === '') return refused(`${link} is no link: only one that points at a release can be rolled back.`, seen)
    const current = was.replace(/\/+$/, '').split('/').at(-1) ?? ''
    if (!NAME.test(was.replaceAll('/', '_')) || !NAME.test(current))
      return refused(`${link} points at something odd.`, seen)
    const releases = (answer.get('release') ?? []).flatMap(releaseIn)
    const others = releases.filter(({ name }) => name !== current).toSorted((a, b) => b.at - a.at)
    const names = others.slice(0, 8).map(({ name }) => name)
    const other = ['rollback', link, ...(unit === '' ? [] : [unit]), ...names.slice(0, 1)].map(quoted).join(' ')
    const those = names.length === 0 ? '' : ` Those that are there, the newest first: ${names.join(', ')}.`
    const target =
      release === '' ? releaseBefore(releases, current) : releases.find(({ name }) => name === release)?.name
    if (target === undefined)
      return refused(
        `${
          release === ''
            ? isOrdered(current)
              ? `Beside ${was} there is no older release of the same form.`
              : `${current} is no number or time: which release was before it cannot be told.`
            : `Beside ${was} there is no release ${release}.`
        }${those}`,
        names.length > 0 ? other : seen,
      )
    if (target === current)
      return refused(`${link} points at ${target} already.${those}`, names.length > 0 ? other : seen)
    const unitTrouble = unit === '' ? undefined : restartRefusal(answer, unit)
    if (unitTrouble) return unitTrouble
    if (valueOf(answer, 'may') !== 'yes')
      return refused(`The folder of ${link} cannot be written to, or its file system is read-only.`, AS_ROOT)
    const to = was.replace(/\/+$/, '').slice(0, -current.length) + target
    if (!areSiblings(was, to)) return refused(`${link} points at something odd.`, seen)
    return {
      possible: true,
      lines: [
        `now: ${link} -> ${was}${unit === '' ? '' : `; ${unit} is ${unitWords(answer)}`}`,
        `will be done: ${link} -> ${to}${unit === '' ? '' : `, then systemctl restart ${unit}`}`,
        `costs: the code of ${current} no longer runs; what it changed elsewhere (a database) stays${unit === '' ? '. No unit was named: what runs goes on with what it has loaded' : ''}`,
        ...(unit === '' ? [] : restartCosts(answer, unit)),
        `back: ${link} -> ${was}${unit === '' ? '' : `, and another restart`}`,
      ],
      before: {
        ...unitBefore(answer),
        link: was,
        to,
        owner: OWNER.test(valueOf(answer, 'owner')) ? valueOf(answer, 'owner') : '',
      },
      pid: numberIn(valueOf(answer, 'MainPID')) || undefined,
    }
  },
  isBefore: ({ link = '', to = '', owner = '', ...unit }) =>
    isUnitBefore(unit) && areSiblings(link, to) && (owner === '' || OWNER.test(owner)),
  act: {
    script: ([link = '', unit = ''], { link: from = '', to = '', owner = '', ...before }) =>
      pointScript(link, { from, to, owner, before }, unit),
    check: ([link = '', unit = '']) => checkScript(link, unit),
    judge: (answer, target, before) => judge(answer, target, before['to'] ?? '', before),
  },
  undo: {
    does: ([link = '', unit = ''], { link: was = '' }) =>
      `point ${link} at ${was} again${unit === '' ? '' : `, restart ${unit}`}`,
    nowScript: ([, unit = '']) => (unit === '' ? ':' : unitPlanScript(unit)),
    now: unitBefore,
    script: ([link = '', unit = ''], { link: was = '', to = '', owner = '', ...before }) =>
      pointScript(link, { from: to, to: was, owner, before }, unit),
    check: ([link = '', unit = '']) => checkScript(link, unit),
    judge: (answer, target, before) => judge(answer, target, before['link'] ?? '', before),
  },
  survey: `for link in /srv/*/current /opt/*/current /var/www/*/current /home/*/*/current /home/*/current; do
  [ -h "$link" ] || continue
  case $(readlink "$link") in *releases/*) printf 'link %s\\n' "$link";; esac
done | head -n 5`,
  offers: (answer) =>
    (answer.get('link') ?? []).flatMap((link) =>
      isPath(link) ? [{ target: [link], why: 'it points at one of several releases' }] : [],
    ),
}

function targetOf([link = '', second, third, ...more]: readonly string[]): readonly string[] | Refusal {
  if (!isPath(link) || link === '/')
    return {
      why: link === '' ? 'The link is missing.' : `"${link}" is no full path.`,
      tryNext: 'rollback /srv/shop/current shop.service',
    }
  if (more.length > 0)
    return { why: 'A link, a unit and a release at most.', tryNext: `rollback ${quoted(link)} shop.service` }
  const isUnit = second !== undefined && /\.(?:service|socket|target|timer|mount|path|slice|scope)$/.test(second)
  const unit = isUnit ? unitIn(second, 'service') : ''
  if (typeof unit !== 'string') return unit
  const release = isUnit ? third : second
  if (!isUnit && third !== undefined)
    return { why: `"${second}" is no unit.`, tryNext: `rollback ${quoted(link)} shop.service ${quoted(third)}` }
  if (release === undefined) return [link, unit]
  return NAME.test(release) && release !== '.' && release !== '..'
    ? [link, unit, release]
    : { why: `"${release}" is no name of a release.`, tryNext: `rollback ${quoted(link)} 20260101000000` }
}

interface Release {
  readonly name: string
  /** When its folder was changed last. Seconds since the epoch. */
  readonly at: number
}

function releaseIn(line: string): readonly Release[] {
  const [, at, name] = /^(\d{1,12}) (.+)$/.exec(line) ?? []
  return name !== undefined && NAME.test(name) ? [{ name, at: Number(at) }] : []
}

function isOrdered(name: string): boolean {
  return TIMED.test(name) || COUNTED.test(name)
}

/**
 * The one before among those whose names have the form of the current one, by name. When a folder was changed tells nothing (`shared`, `logs`), and so there is none where that form is
 * no number and no time.
 */
export function releaseBefore(releases: readonly Release[], current: string): string | undefined {
  if (!isOrdered(current) || !releases.some(({ name }) => name === current)) return undefined
  const isCounted = COUNTED.test(current)
  const formOf = (name: string): string => name.replaceAll(/\d/g, '0')
  const isAlike = (name: string): boolean =>
    isCounted ? COUNTED.test(name) : TIMED.test(name) && formOf(name) === formOf(current)
  const compare = (a: string, b: string): number => (isCounted ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0)
  return releases
    .map(({ name }) => name)
    .filter((name) => isAlike(name) && compare(name, current) < 0)
    .toSorted(compare)
    .at(-1)
}

/** Two folders beside one another, told by their paths: a link is moved from one to the other, and nowhere else. */
function areSiblings(link: string, to: string): boolean {
  const [from, target] = [link.replace(/\/+$/, ''), to]
  const nameIn = (path: string): string => path.split('/').at(-1) ?? ''
  const isName = (name: string): boolean => NAME.test(name) && name !== '.' && name !== '..'
  return (
    NAME.test(from.replaceAll('/', '_')) &&
    isName(nameIn(from)) &&
    isName(nameIn(target)) &&
    from.slice(0, -nameIn(from).length) === target.slice(0, -nameIn(target).length)
  )
}

function planScript(link: string, unit: string): string {
  const quoted = shellQuoted(link)
  const folder = shellQuoted(folderOf(link))
  return `${unit === '' ? WHO : ''}
[ -h ${quoted} ] || [ -e ${quoted} ] && echo 'there yes'
[ ! -h ${quoted} ] || printf 'points %s\\n' "$(${oneLine(quoted)})"
[ ! -h ${quoted} ] || stat -c 'owner %u:%g' ${quoted} 2>/dev/null
[ -w ${folder} ] && echo 'may yes'
at=$(cd ${quoted} 2>/dev/null && cd -P .. && pwd -P) && for each in "$at"/*/; do
  each=\${each%/}; [ -d "$each" ] && [ ! -h "$each" ] || continue
  case \${each##*/} in *"
"*) continue;; esac
  printf 'release %s %s\\n' "$(stat -c %Y "$each" 2>/dev/null || echo 0)" "\${each##*/}"
done
${unit === '' ? ':' : unitPlanScript(unit)}`
}

interface Pointing {
  readonly from: string
  readonly to: string
  readonly owner: string
  /** What its unit was. */
  readonly before: Before
}

/** Renamed over the old one; of several such at the same time the last one wins, and none is half. */
function pointScript(link: string, { from, to, owner, before }: Pointing, unit: string): string {
  const quoted = shellQuoted(link)
  const fresh = `${shellQuoted(`${link}.halligan.`)}$$`
  const own = OWNER.test(owner) ? `chown -h ${owner} ${fresh} 2>/dev/null` : ':'
  return `
[ "$(readlink ${quoted} 2>/dev/null)" = ${shellQuoted(from)} ] || { echo "it points at $(readlink ${quoted} 2>/dev/null | head -c 200) now"; exit ${MOVED}; }
( cd ${shellQuoted(folderOf(link))} && [ -d ${shellQuoted(to)} ] ) || { echo 'the folder that it is to point at is gone'; exit ${MOVED}; }
${unit === '' ? ':' : proveUnit(unit, before)}
ln -s -- ${shellQuoted(to)} ${fresh} 2>&1 || exit 1
${own}
mv -T -f -- ${fresh} ${quoted} 2>&1 || { rm -f -- ${fresh}; exit 1; }
${unit === '' ? ':' : queueJob('restart', unit)}`
}

function checkScript(link: string, unit: string): string {
  const quoted = shellQuoted(link)
  return `printf 'points %s\\n' "$(${oneLine(quoted)})"
${unit === '' ? ':' : unitCheck(unit)}`
}

function judge(answer: Answer, [link = '', unit = '']: readonly string[], wanted: string, former: Before): Verdict {
  const points = valueOf(answer, 'points')
  if (points === '') return unseen(`where ${link} points could not be read`)
  const says = `${link} -> ${points}`
  if (points !== wanted) return { worked: false, says: [says] }
  if (unit === '') return { worked: true, says: [says, 'no unit was named, so nothing was restarted'] }
  const verdict = judgeUnit(answer, { unit, former })
  return { ...verdict, says: [says, ...verdict.says] }
}
