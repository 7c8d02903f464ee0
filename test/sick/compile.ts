import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** Compiles a small sick program of this folder (statically, so that it runs in any box) and gives the path of the binary. */
export function compileSick(name: string): string {
  const [source, compiler] = existsSync(path.join(import.meta.dirname, `${name}.cc`))
    ? [path.join(import.meta.dirname, `${name}.cc`), 'g++']
    : [path.join(import.meta.dirname, `${name}.c`), 'gcc']
  const binary = path.join(compiledFolder('sick'), name)
  if (isOlder(binary, [source])) {
    execFileSync(compiler, ['-O1', '-g', '-static', '-pthread', '-Wall', '-Wextra', '-o', binary, source], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }
  return binary
}

/** Compiles a small sick program in Go, statically; undefined where there is no Go. Debian has it below /usr/lib, and only its newest in the PATH. */
export function compileGo(name: string): string | undefined {
  const source = path.join(import.meta.dirname, `${name}.go`)
  const binary = path.join(compiledFolder('sick'), `go-${name}`)
  const compiler = goCompiler()
  if (compiler === undefined) return undefined
  if (isOlder(binary, [source]))
    execFileSync(compiler, ['build', '-o', binary, source], {
      env: { ...process.env, GO111MODULE: 'off', GOCACHE: compiledFolder('go'), CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  return binary
}

function goCompiler(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':')
  const debian = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => /^go-1\.\d+$/.test(name)) : []
  const all = [...folders, ...debian.map((name) => `/usr/lib/${name}/bin`)].map((folder) => path.join(folder, 'go'))
  return all.find((each) => existsSync(each))
}

/** Compiles CartService.java, with what it needs, by that JDK (its home) and gcc into the folder that `test/boxes/with-jvm.sh` brings into boxes. It runs in Java 11 and later. */
export function compileCartService(jdk: string): void {
  const folder = compiledFolder('cart-service')
  const sources = ['Carts.java', 'jvm/CartService.java'].map((name) => path.join(import.meta.dirname, name))
  const exec = path.join(import.meta.dirname, 'jvm/become.c')
  if (!isOlder(path.join(folder, 'CartService.class'), [...sources, exec])) return
  execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-Wall', '-Wextra', '-o', path.join(folder, 'libbecome.so'), exec])
  execFileSync(`${jdk}/bin/javac`, ['--release', '11', '-g', '-d', folder, ...sources])
}

function compiledFolder(name: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  const folder = path.join(cache, 'halligan-test', name)
  mkdirSync(folder, { recursive: true })
  return folder
}

function isOlder(made: string, sources: readonly string[]): boolean {
  return !existsSync(made) || sources.some((source) => statSync(made).mtimeMs < statSync(source).mtimeMs)
}
