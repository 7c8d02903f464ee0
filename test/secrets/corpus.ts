import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { zstdDecompressSync } from 'node:zlib'

/** Which half of the corpus: the one that the rules were made with, or the one that was not looked at meanwhile. */
export type Part = 'seen' | 'held-out' | 'documented'

/** A piece of a log, an environment, a configuration or a history, as it would come from a box. */
export interface Sample {
  readonly title: string
  readonly text: string
  readonly secrets: readonly PlantedSecret[]
}

export interface PlantedSecret {
  readonly kind: string
  readonly text: string
  /** The line that it stands on, or the lines. */
  readonly context: string
}

const FOLDER = path.join(import.meta.dirname, '../fixtures/secrets')

/** See test/fixtures/secrets/README.md for how they are written. */
export function samplesOf(part: Part): readonly Sample[] {
  return filesOf(part, '.txt').flatMap((file) =>
    readFileSync(file, 'utf8')
      .split(/^%%%% /m)
      .slice(1)
      .map((sample) => {
        const at = sample.indexOf('\n')
        return sampleOf(sample.slice(0, at), sample.slice(at + 1))
      }),
  )
}

/** Lines without any secret. */
export function cleanLinesOf(part: Part): readonly string[] {
  return filesOf(part, '.zst').flatMap((file) =>
    zstdDecompressSync(readFileSync(file)).toString().trimEnd().split('\n'),
  )
}

function filesOf(part: Part, end: string): readonly string[] {
  return readdirSync(path.join(FOLDER, part))
    .filter((name) => name.endsWith(end))
    .toSorted()
    .map((name) => path.join(FOLDER, part, name))
}

const PLANTED = /⟦([a-z][a-z0-9-]*)⟧([^⟦]*)⟦\/⟧/g

function sampleOf(title: string, written: string): Sample {
  const text = written.replaceAll('·', '').replaceAll('␀', '\0').replaceAll('␛', '\u001b')
  const secrets = [...text.matchAll(PLANTED)].map(({ 0: whole, 1: kind = '', 2: secret = '', index }) => ({
    kind,
    text: secret,
    context: bare(text.slice(text.lastIndexOf('\n', index) + 1, text.indexOf('\n', index + whole.length))),
  }))
  return { title, text: bare(text), secrets }
}

function bare(text: string): string {
  return text.replaceAll(PLANTED, (_, __, secret: string) => secret)
}

/** So much of a secret in a row is a leak. Characters. */
const LEAK_LENGTH = 8

/** The secrets of a sample of which something is left in what was made of it. */
export function leaksOf({ text, secrets }: Sample, redacted: string): readonly PlantedSecret[] {
  // A kind may be called as a token begins: rubygems-key.
  const left = redacted.replaceAll(/‹secret:[^›]*›/g, '‹›')
  return secrets.filter((secret) =>
    piecesOf(secret.text).some((piece) => count(left, piece) > count(text, piece) - plantedTimes(secrets, piece)),
  )
}

function piecesOf(secret: string): readonly string[] {
  return secret.split(/\n|\\n/).flatMap((line) => {
    if (line.length <= LEAK_LENGTH) return line.length < 4 && secret !== line ? [] : [line]
    return Array.from({ length: line.length - LEAK_LENGTH + 1 }, (_, at) => line.slice(at, at + LEAK_LENGTH))
  })
}

function plantedTimes(secrets: readonly PlantedSecret[], piece: string): number {
  return secrets.reduce((sum, { text }) => sum + count(text, piece), 0)
}

function count(text: string, piece: string): number {
  return text.split(piece).length - 1
}
