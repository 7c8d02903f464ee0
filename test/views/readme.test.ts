import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandWords } from '../../src/views/completion-script.ts'
import { program } from '../../src/views/program.ts'

const root = path.join(import.meta.dirname, '../..')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
const commands = commandWords(program(() => {}))

describe('the README', () => {
  it('names only commands and options that there are', () => {
    const named = [...readme.matchAll(/(?:halligan|halligan\.cjs) ([a-z]+(?:-[a-z]+)*)((?: [^`\n#]*)?)/g)]
    expect(named.length).toBeGreaterThan(5)
    for (const [whole, name, rest = ''] of named) {
      const command = commands.find((each) => each.name === name)
      expect(command, whole).toBeDefined()
      const options = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option)
      expect(command?.options.map((option) => option.name)).toEqual(expect.arrayContaining(options))
    }
  })

  it('names every command, and every option of look', () => {
    for (const { name } of commands) expect(readme).toContain(`\`halligan ${name}`)
    const look = commands.find(({ name }) => name === 'look')?.options.map((option) => option.name) ?? []
    expect(look.filter((option) => option !== '--help' && !readme.includes(option))).toEqual([])
  })

  it('shows as text what its picture shows', () => {
    const block = /```\n(✖ CRITICAL[^]*?)\n```/.exec(readme)?.[1] ?? ''
    const picture = readFileSync(path.join(root, 'docs/look.svg'), 'utf8')
    const drawn = [...picture.matchAll(/<text y="\d+">(.*)<\/text>/g)].map(([, spans = '']) =>
      spans
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('&gt;', '>')
        .replaceAll('&lt;', '<')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&'),
    )
    expect(block.split('\n')).toEqual(drawn)
  })
})
