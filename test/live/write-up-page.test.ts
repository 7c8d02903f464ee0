import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { storyOf } from '../../src/incidents/story/story.ts'
import { newWriteUp } from '../../src/views/write-up/document.ts'
import { page } from '../../src/views/write-up/page.ts'
import { missing } from '../boxes/fleet.ts'
import { ATTACKS, incidentOf } from '../write-up/hostile.ts'

const why = missing('chromium')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-page-'))
const asked: string[] = []
let server: Server
let web = ''

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  web = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  asked.length = 0
})

describe.skipIf(why !== undefined)(`the page of a write-up in a browser${why ? ` (skipped: ${why})` : ''}`, () => {
  it('would be seen if it asked for anything: a plain page is', async () => {
    await opened(
      `<img src="http://${web}/picture.png"><script>document.title = 'ran'; fetch('http://${web}/script')</script>`,
    )
    expect(asked).toContain('/picture.png')
    expect(asked).toContain('/script')
  })

  it('asks for nothing, whatever a box said', async () => {
    const text = [...ATTACKS, ...addresses()].join('\n')
    const story = storyOf(incidentOf(text), new Map())
    const dom = await opened(page(newWriteUp(story ?? never(), 'none')))
    expect(asked).toEqual([])
    expect(dom).toContain('id="the-record"')
  }, 120_000)

  it('asks for nothing, whatever its author wrote, and runs nothing', async () => {
    const dom = await opened(page(`# Title\n\n${addresses().join('\n\n')}\n`))
    expect(asked).toEqual([])
    expect(dom).toContain('<title>Title</title>')
    expect(dom).not.toContain('ran</title>')
  }, 120_000)

  it('would be kept from both by its policy, if anything got through', async () => {
    // A refresh is the one thing that no policy keeps a page from (Content Security Policy 3 has no directive for it).
    const all = markup().filter((each) => !each.includes('http-equiv="refresh"'))
    const html = page('# Title\n').replace('<main>', `<main>${all.join('\n')}`)
    const dom = await opened(html)
    expect(asked).toEqual([])
    expect(dom).toContain('<title>Title</title>')
  }, 120_000)

  it('takes its own style', async () => {
    const html = page('# Title\n').replace('</style>', '</style><style>h1 { width: 123px }</style>')
    // The browser writes down what it computed only for what a script asks: so the policy is asked instead, by what it lets through.
    const errors = await complaints(html)
    expect(errors).toMatch(/Refused to apply|violates the following Content Security Policy/)
    expect(await complaints(page('# Title\n\n| a |\n| -: |\n| b |\n\n- [ ] x\n'))).toBe('')
  }, 120_000)
})

/** Ways in which Markdown, or HTML in it, could make a browser ask for something. */
function addresses(): readonly string[] {
  return [
    `![picture](http://${web}/markdown.png)`,
    `![picture][one]\n\n[one]: http://${web}/reference.png`,
    `<http://${web}/auto>`,
    `[link](http://${web}/link)`,
    ...markup(),
  ]
}

function markup(): readonly string[] {
  return [
    `<img src="http://${web}/img">`,
    `<script>document.title = 'ran'</script>`,
    `<script src="http://${web}/script.js"></script>`,
    `<iframe src="http://${web}/frame"></iframe>`,
    `<link rel="stylesheet" href="http://${web}/style.css">`,
    `<style>@import url(http://${web}/import.css); body { background: url(http://${web}/background) }</style>`,
    `<p style="background: url(http://${web}/inline)">x</p>`,
    `<svg><image href="http://${web}/svg"/><use href="http://${web}/use#x"/></svg>`,
    `<video src="http://${web}/video" autoplay></video>`,
    `<object data="http://${web}/object"></object>`,
    `<meta http-equiv="refresh" content="0; url=http://${web}/refresh">`,
    `<base href="http://${web}/"><img src="base.png">`,
    `<form action="http://${web}/form"><input autofocus onfocus="this.form.submit()"></form>`,
    `<body onload="document.title = 'ran'">`,
  ]
}

/** The page as the browser has it once it is loaded. */
async function opened(html: string): Promise<string> {
  return (await browser(html)).stdout
}

/** What the page's policy kept it from, as the browser's console has it. */
async function complaints(html: string): Promise<string> {
  const { stderr } = await browser(html)
  return stderr
    .split('\n')
    .filter((line) => line.includes('CONSOLE') || line.includes('Content Security Policy'))
    .join('\n')
}

async function browser(html: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const name = path.join(folder, 'page.html')
  writeFileSync(name, html)
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  const argv = ['--headless', '--no-sandbox', '--disable-gpu', ...quiet, `--user-data-dir=${folder}/profile`]
  const run = promisify(execFile)
  return run('chromium', [...argv, '--enable-logging=stderr', '--timeout=5000', '--dump-dom', `file://${name}`], {
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  })
}

function never(): never {
  throw new Error('there is nothing to tell')
}
