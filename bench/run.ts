import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import path from 'node:path'
import type { Benchmark } from './support/benchmark.ts'

// npm run bench -- NAME [arguments]: runs a benchmark, prints its table and keeps it in bench/README.md with machine,
// date and command. Without a name it lists them.

const folder = import.meta.dirname
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))

const [name, ...args] = process.argv.slice(2)
if (name === undefined) {
  for (const each of names) {
    const { title, about } = await load(each)
    process.stdout.write(`${each}\n    ${title}. ${about}\n`)
  }
} else if (!names.includes(name)) {
  process.stderr.write(`bench: there is no benchmark "${name}"; there are: ${names.join(', ')}\n`)
  process.exitCode = 2
} else {
  const { title, run } = await load(name)
  const table = await run(args)
  process.stdout.write(`${table}\n`)
  keep(name, title, table)
}

async function load(each: string): Promise<Benchmark> {
  const module: { readonly benchmark: Benchmark } = await import(`./${each}.ts`)
  return module.benchmark
}

/** Replaces the section of this benchmark in bench/README.md, or adds it at the end. */
function keep(each: string, title: string, table: string): void {
  const file = path.join(folder, 'README.md')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  // Where data lies on the machine that measured is nobody's business.
  const command = ['npm run bench --', each, ...args.map((arg) => (path.isAbsolute(arg) ? 'DIR' : arg))].join(' ')
  const machine = `${cpus().length} CPUs (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node ${process.versions.node}`
  const section = `<!-- ${each} -->\n## ${title}\n\n\`${command}\` · ${new Date().toISOString().slice(0, 10)} · ${machine}\n\n${table}\n<!-- /${each} -->`
  const old = new RegExp(`<!-- ${each} -->[\\s\\S]*?<!-- /${each} -->`)
  writeFileSync(file, old.test(text) ? text.replace(old, () => section) : `${text.trimEnd()}\n\n${section}\n`)
}
