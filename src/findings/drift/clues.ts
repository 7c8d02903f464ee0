import { REVISION_FILES } from '../../evidence/drift/listing-script.ts'

/** Something that says which commit should lie on a box. */
export interface Clue {
  /** As git takes it: a hash, or a tag. */
  readonly revision: string
  /** Who says so, in words: `the file REVISION`. */
  readonly from: string
  /** `told`: whoever deployed it wrote down this commit, or the folder is a clone; `likely`: a version that a tag has as well. */
  readonly sure: 'told' | 'likely'
}

/** What the sections of a listing say of the commit, the surest first. */
export function cluesOf(sections: ReadonlyMap<string, string>): readonly Clue[] {
  const files = REVISION_FILES.flatMap((name) => inText(sections.get(`file ${name}`), `the file ${name}`))
  const head = inText(sections.get('head')?.split(' ')[0], 'the clone that lies in the folder')
  const urls = [...sections].flatMap(([name, text]) =>
    name.startsWith('url ') ? inText(text, `the answer of ${name.slice('url '.length)}`) : [],
  )
  const version = /"version"\s*:\s*"([^"\n]{1,100})"/.exec(sections.get('package') ?? '')?.[1]
  const all = [...files, ...head, ...urls, ...tags(version, 'the version in package.json')]
  return [...all.filter(({ sure }) => sure === 'told'), ...all.filter(({ sure }) => sure === 'likely')]
}

function inText(text: string | undefined, from: string): readonly Clue[] {
  if (text === undefined) return []
  const described = /-g([0-9a-f]{7,64})(?![0-9a-z])/.exec(text)?.[1]
  const hash =
    described ?? text.match(/(?<![0-9a-zA-Z])[0-9a-f]{7,64}(?![0-9a-zA-Z])/g)?.find((each) => /\d/.test(each))
  const told: readonly Clue[] = hash === undefined ? [] : [{ revision: hash, from, sure: 'told' }]
  return [...told, ...tags(/(?<![\w.])v?\d{1,9}(?:\.\d{1,9}){1,3}(?:-[\w.]{1,40})?/.exec(text)?.[0], from)]
}

function tags(version: string | undefined, from: string): readonly Clue[] {
  if (version === undefined || !/^v?\d[\w.+-]*$/.test(version)) return []
  const plain = version.replace(/^v/, '')
  return [`v${plain}`, plain].map((name) => ({ revision: `refs/tags/${name}`, from, sure: 'likely' }))
}
