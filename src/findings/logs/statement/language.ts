/** What has to be known of a programming language to find the text in its statements. */
export interface Language {
  /** `code`: statements. `catalog`: texts by key, which code refers to. `prose`: documentation. */
  readonly kind: 'code' | 'catalog' | 'prose'
  readonly lineComments: readonly string[]
  /** How comments over several lines begin and end. */
  readonly blockComments: readonly (readonly [string, string])[]
  readonly quotes: readonly Quote[]
  /** `'` is around one character, or of a lifetime or a symbol. */
  readonly characters: boolean
  /** `$name` within a text stands for a value. */
  readonly dollar: boolean
  /** Joins two texts, beside `+`: `.` of PHP and Perl, `<<` of C++, `..` of Lua. */
  readonly joins: readonly string[]
  /** A command's words need no quotes: `echo cannot open $file`. */
  readonly bareWords: boolean
}

export interface Quote {
  readonly mark: string
  readonly end: string
  /** Goes on over lines: `long` as far as it likes, `some` for a few (an apostrophe elsewhere would turn the rest of the file around), `no` never. */
  readonly lines: 'long' | 'some' | 'no'
  /** `\` takes the meaning of what follows. */
  readonly escapes: boolean
}

const triple = (mark: string, escapes = true): Quote => ({
  mark: mark.repeat(3),
  end: mark.repeat(3),
  lines: 'long',
  escapes,
})
const single = (mark: string, lines: Quote['lines'] = 'no', escapes = true): Quote => ({
  mark,
  end: mark,
  lines,
  escapes,
})

const CODE: Language = {
  kind: 'code',
  lineComments: ['//'],
  blockComments: [['/*', '*/']],
  quotes: [single('"')],
  characters: true,
  dollar: false,
  joins: [],
  bareWords: false,
}
const hashed: Language = { ...CODE, lineComments: ['#'], blockComments: [], characters: false }
const python: Language = { ...hashed, quotes: [triple('"'), triple("'"), single('"'), single("'")] }
const javascript: Language = { ...CODE, quotes: [single('"'), single("'"), single('`', 'long')], characters: false }
const java: Language = { ...CODE, quotes: [triple('"'), single('"')] }
const dollars: Language = { ...java, dollar: true }
const go: Language = { ...CODE, quotes: [single('"'), single('`', 'long', false)] }
const c: Language = { ...CODE, joins: ['<<'] }
const csharp: Language = {
  ...java,
  quotes: [triple('"', false), { mark: '@"', end: '"', lines: 'long', escapes: false }, single('"')],
}
const rust: Language = {
  ...CODE,
  quotes: [{ mark: 'r#"', end: '"#', lines: 'long', escapes: false }, single('"', 'some')],
}
const ruby: Language = {
  ...hashed,
  blockComments: [['\n=begin', '\n=end']],
  quotes: [single('"', 'some'), single("'", 'some')],
}
const perl: Language = {
  ...ruby,
  blockComments: [
    ['\n=pod', '\n=cut'],
    ['\n=head', '\n=cut'],
  ],
  dollar: true,
  joins: ['.'],
}
const php: Language = {
  ...CODE,
  lineComments: ['//', '#'],
  quotes: [single('"', 'some'), single("'", 'some')],
  characters: false,
  dollar: true,
  joins: ['.'],
}
const shell: Language = {
  ...hashed,
  quotes: [single('"', 'some'), single("'", 'some', false)],
  dollar: true,
  bareWords: true,
}
const lua: Language = {
  ...CODE,
  lineComments: ['--'],
  blockComments: [['--[[', ']]']],
  quotes: [single('"'), single("'")],
  characters: false,
  joins: ['..'],
}
const other: Language = { ...CODE, lineComments: ['//', '#'], quotes: [single('"'), single("'")], characters: false }
const catalog: Language = { ...other, kind: 'catalog', lineComments: ['#'], blockComments: [] }
const prose: Language = { ...catalog, kind: 'prose' }

const LANGUAGES: readonly (readonly [Language, string])[] = [
  [python, 'py pyi pyw pyx star bzl'],
  [javascript, 'js mjs cjs jsx ts mts cts tsx vue svelte astro dart'],
  [java, 'java'],
  [dollars, 'kt kts scala sc groovy gradle'],
  [go, 'go'],
  [c, 'c h cc cpp cxx hpp hh hxx m mm ino cu'],
  [csharp, 'cs fs vb'],
  [rust, 'rs'],
  [ruby, 'rb rake erb gemspec ru cr'],
  [{ ...hashed, quotes: [triple('"'), single('"')], dollar: false }, 'ex exs'],
  [perl, 'pl pm t cgi'],
  [php, 'php phtml inc'],
  [shell, 'sh bash zsh ksh ash dash bats fish'],
  [lua, 'lua'],
  [catalog, 'json yaml yml toml properties ini conf cfg xml resx po strings ftl arb'],
  [prose, 'md mdx rst txt adoc html htm tex org'],
]
const BY_EXTENSION = new Map(LANGUAGES.flatMap(([language, names]) => names.split(' ').map((name) => [name, language])))

/** By the ending of a file's name; a script without one by its first line. */
export function languageOf(file: string, text: string): Language {
  const name = file.slice(file.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  const known = dot > 0 ? BY_EXTENSION.get(name.slice(dot + 1).toLowerCase()) : undefined
  if (known) return known
  const interpreter = /^#![^\n]{0,100}?\b(python|perl|ruby|node|php|lua|\w*sh)\b/.exec(text.slice(0, 200))?.[1]
  switch (interpreter) {
    case undefined:
      return /^(README|CHANGE|LICEN[CS]E|NEWS|HISTORY|AUTHORS|COPYING)/i.test(name) ? prose : other
    case 'python':
      return python
    case 'perl':
      return perl
    case 'ruby':
      return ruby
    case 'node':
      return javascript
    case 'php':
      return php
    case 'lua':
      return lua
    default:
      return shell
  }
}
