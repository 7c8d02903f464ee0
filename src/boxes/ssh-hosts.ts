import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Names that the user's OpenSSH configuration gives to hosts (`Host` lines without wildcards, `Include` followed): for
 * globs, completion and `halligan boxes`. What a name means is left to ssh itself. Files that cannot be read give none.
 */
export function sshHostNames(home: string, file: string = path.join(home, '.ssh', 'config')): readonly string[] {
  return [...new Set(hostNames(file, home, new Set()))]
}

function hostNames(file: string, home: string, visited: Set<string>): readonly string[] {
  if (visited.has(file)) return []
  visited.add(file)
  return textOf(file)
    .split('\n')
    .flatMap((line) => {
      const match = /^\s*(Host|Include)(?:\s*=\s*|\s+)(.+)$/i.exec(line)
      const words = (match?.[2] ?? '')
        .replace(/\s#.*/, '')
        .trim()
        .split(/\s+/)
        .map((word) => word.replaceAll('"', ''))
      if (match?.[1]?.toLowerCase() === 'host') return words.filter((word) => /^[^*?!#-][^*?!]*$/.test(word))
      if (match?.[1]?.toLowerCase() === 'include')
        return words.flatMap((word) => included(word, home)).flatMap((found) => hostNames(found, home, visited))
      return []
    })
}

function included(pattern: string, home: string): readonly string[] {
  const full = pattern.startsWith('~/') ? path.join(home, pattern.slice(2)) : path.resolve(home, '.ssh', pattern)
  return globSync(full)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
