import { closest } from '../base/closest.ts'
import type { Configuration, Group } from './configuration.ts'
import { parseDestination } from './destination.ts'
import { PRICES, type Price } from './price.ts'

export type Selection =
  | { readonly ok: true; readonly boxes: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly tryNext: string }

/**
 * Turns what the user typed into box names: `@checkout` is a group, `web-*` a glob over the known names, anything else is
 * taken as it is. Each box once, in the order asked.
 *
 * @param known further names that globs may match: the Host entries of the user's OpenSSH configuration
 */
export function selectBoxes(
  asked: readonly string[],
  configuration: Configuration,
  known: readonly string[],
): Selection {
  const chosen: string[] = []
  const names = knownBoxes(configuration, known)
  for (const word of asked) {
    const matches = word.startsWith('@')
      ? membersOf(word.slice(1), configuration)
      : isGlob(word)
        ? names.filter((name) => globToRegExp(word).test(name))
        : [word]
    if (matches === undefined) {
      const groups = Object.keys(configuration.groups)
      const meant = closest(word.slice(1), groups)
      return {
        ok: false,
        message: `There is no group ${word}.`,
        tryNext:
          groups.length > 0
            ? `${meant ? `Did you mean @${meant}? ` : ''}Known groups: ${groups.map((name) => `@${name}`).join(', ')}.`
            : 'Groups are defined in halligan.yaml, and there is none here (`halligan boxes --help` shows one).',
      }
    }
    if (matches.length === 0)
      return { ok: false, message: `No box matches ${word}.`, tryNext: '`halligan boxes` lists the known ones.' }
    chosen.push(...matches)
  }
  return { ok: true, boxes: [...new Set(chosen)] }
}

/** All names in halligan.yaml, then the others, each once. */
export function knownBoxes(configuration: Configuration, known: readonly string[]): readonly string[] {
  const configured = Object.keys(configuration.groups).flatMap((name) => membersOf(name, configuration) ?? [])
  return [...new Set([...configured, ...known])]
}

/** A name that is neither in halligan.yaml nor in the ssh configuration. */
export interface UnknownBox {
  readonly box: string
  /** The known one that is most like it. */
  readonly meant: string | undefined
}

/**
 * Names that were most likely mistyped; empty where no box is known at all. A full host name or an address is not expected to be known, unless a known
 * one is nearly the same.
 */
export function unknownBoxes(boxes: readonly string[], known: readonly string[]): readonly UnknownBox[] {
  if (known.length === 0) return []
  return boxes.flatMap((box) => {
    const host = hostOf(box)
    if (box === 'local' || /^(?:docker|podman|recorded):/.test(box) || known.includes(box) || known.includes(host))
      return []
    const meant = closest(host, known)
    return meant === undefined && /[.:]/.test(host) ? [] : [{ box, meant }]
  })
}

/** The known name that a name was probably to be; undefined when none is like it. */
export function meantBox(box: string, known: readonly string[]): string | undefined {
  const others = known.filter((name) => name !== box)
  const container = /^(?:docker|podman):/.exec(box)?.[0]
  if (container === undefined) return unknownBoxes([box], others)[0]?.meant
  const named = (name: string): string => name.slice(container.length)
  const meant = closest(named(box), others.filter((name) => name.startsWith(container)).map(named))
  return meant === undefined ? undefined : container + meant
}

/** Groups that a box is in, also when it is named with a user or a port. */
export function groupsOf(box: string, configuration: Configuration): readonly (Group & { readonly name: string })[] {
  const names = [box, hostOf(box)]
  return Object.entries(configuration.groups)
    .filter(([name]) => membersOf(name, configuration)?.some((member) => names.includes(member)))
    .map(([name, group]) => ({ ...group, name }))
}

/** A group that the box is in says that its boxes are looked at as root through sudo. */
export function wantsSudo(box: string, configuration: Configuration): boolean {
  return groupsOf(box, configuration).some(({ sudo }) => sudo)
}

/** The strictest policy of the groups that a box is in; undefined when none of them has one. */
export function highestPriceOf(box: string, configuration: Configuration): Price | undefined {
  const allowed = groupsOf(box, configuration).flatMap(({ policy }) => (policy ? [policy.highestPrice] : []))
  return PRICES.find((price) => allowed.includes(price))
}

/** `web-1` of `amy@web-1:2222`; the name itself where it is no destination of ssh. */
function hostOf(box: string): string {
  const destination = parseDestination(box)
  return 'kind' in destination ? box : destination.host.replace(/^.*@/, '')
}

function membersOf(
  name: string,
  configuration: Configuration,
  above: readonly string[] = [],
): readonly string[] | undefined {
  const group = Object.hasOwn(configuration.groups, name) ? configuration.groups[name] : undefined
  // A group that contains itself adds nothing more.
  if (!group || above.includes(name)) return group ? [] : undefined
  return group.boxes.flatMap((box) =>
    box.startsWith('@') ? (membersOf(box.slice(1), configuration, [...above, name]) ?? []) : [box],
  )
}

function isGlob(word: string): boolean {
  return !/^(docker|podman|recorded|ssh):/.test(word) && /[*?]/.test(word)
}

/** `*` any characters, `?` one: as in Host patterns of ssh_config(5). */
function globToRegExp(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`)
}
