import type { LogFile } from '../source.ts'

/**
 * The name that a log has before it is rotated: `app.log` for `app.log.1`, `app.log.2.gz`, `app-20240102.log`, `app.log-20240102.gz`, `app.2024-01-02.1.log`,
 * `app.log.old`. Files with the same one, in one folder, are one log. Named by date alone (`2024-01-02.log`): the folder and `.log`.
 *
 * Sources: logrotate(8) (`start`, `dateext`, `dateformat`, `extension`), rotatelogs(8), logback and log4j (`fileNamePattern`), the kubelet (`0.log.20240102-150405.gz`).
 */
export function logStem(path: string): string {
  const slash = path.lastIndexOf('/') + 1
  let name = path.slice(slash)
  for (let before = ''; before !== name;) {
    before = name
    name = name.replace(PACKED, '')
    const extension = EXTENSION.exec(name)?.[0] ?? ''
    const bare = name.slice(0, name.length - extension.length)
    const stripped = bare.replace(DATED, '').replace(extension === '' ? NUMBERED : NUMBERED_INSIDE, '')
    name = stripped.replace(extension === '' ? KEPT_ASIDE : NOTHING, '') + extension
    if (name === '') return path
  }
  return path.slice(0, slash) + name
}

/** How a file is packed, by its name. */
export function packingOf(path: string): LogFile['packed'] {
  return PACKINGS.find(([suffix]) => path.endsWith(suffix))?.[1]
}

const PACKINGS = [
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
  ['.xz', 'xz'],
  ['.bz2', 'bzip2'],
] as const

// Extended regular expressions (POSIX 9.4) that JavaScript reads the same way. mawk knows no interval expressions.
const D = '[0-9]'
const PACKED_FORM = String.raw`\.(gz|zst|xz|bz2)$`
const EXTENSION_FORM = String.raw`\.(log|txt|out|err|json|jsonl|csv)$`
const DATED_FORM = String.raw`(^|[-._])((19|20)${D}${D}[-_.]?[01]${D}[-_.]?[0-3]${D}([-_.T]?${D}${D}([-_.:]?${D}${D})?([-_.:]?${D}${D})?)?|1${D.repeat(9)})$`
const NUMBERED_FORM = String.raw`[.]${D}${D}?${D}?$`
const NUMBERED_INSIDE_FORM = String.raw`[.][1-9]${D}?${D}?$`
const KEPT_ASIDE_FORM = String.raw`[.](old|bak|prev|previous)$`

const PACKED = new RegExp(PACKED_FORM)
const EXTENSION = new RegExp(EXTENSION_FORM)
const DATED = new RegExp(DATED_FORM)
const NUMBERED = new RegExp(NUMBERED_FORM)
const NUMBERED_INSIDE = new RegExp(NUMBERED_INSIDE_FORM)
const KEPT_ASIDE = new RegExp(KEPT_ASIDE_FORM)
const NOTHING = /(?!)/

/** The same as functions of awk, for the box has to know which files it shows the first lines of: `stem(path)` and `is_packed(path)`. */
export const ROTATION_AWK = `
function is_packed(path) { return path ~ /${PACKED_FORM}/ }
function stem(path,  folder, name, before, extension, bare) {
  match(path, /.*\\//); folder = substr(path, 1, RLENGTH); name = substr(path, RLENGTH + 1); before = ""
  while (before != name) {
    before = name; sub(/${PACKED_FORM}/, "", name); extension = ""; bare = name
    if (match(name, /${EXTENSION_FORM}/)) { extension = substr(name, RSTART); bare = substr(name, 1, RSTART - 1) }
    sub(/${DATED_FORM}/, "", bare)
    if (extension == "") { sub(/${NUMBERED_FORM}/, "", bare); sub(/${KEPT_ASIDE_FORM}/, "", bare) } else sub(/${NUMBERED_INSIDE_FORM}/, "", bare)
    name = bare extension
    if (name == "") return path
  }
  return folder name
}`
