import { defineConfig } from 'rolldown'

/** commander loads what starts processes, for programs of which each command is one; ours are none. It costs a short command three milliseconds. */
const NO_PROCESSES = {
  name: 'commander-starts-no-processes',
  resolveId: (source: string, importer: string | undefined) =>
    source === 'node:child_process' && importer?.includes('/commander/') ? '\0no-processes' : undefined,
  load: (id: string) => (id === '\0no-processes' ? 'export default {}' : undefined),
}

/** What every command that writes one entry loads, with all that it imports (else the files load each other in a circle, and no command starts): as one file, since finding and reading a file takes a third of a millisecond, and these are thirty. */
const RECORD = [
  /\/node_modules\/(?:zod|@noble\/hashes)\//,
  /\/src\/base\/(?:new-file|plain-file|random|safe-text|sha256|whole-file)\.ts$/,
  /\/src\/boxes\/(?:configuration-file|price|private-folder|ssh-hosts)\.ts$/,
  /\/src\/views\/(?:author|command-recorder|console|entry-words|interrupt|local-time|patterns|problem|recorder|redaction|said-recorded|style|taken-out|telling|the-[a-z]+|whole-store)\.ts$/,
  /\/src\/incidents\/(?:chain|change|copy-audit|desk|entry(?:-form)?|home(?:-lock)?|incident-id|kept-things|notifiable-as)\.ts$/,
  /\/src\/incidents\/(?:payloads|recorder|store|typed-command)\.ts$/,
  /\/src\/incidents\/(?:cast|shell-spool|zstd-frames|sqlite-[a-z]+|sqlite\/[a-z-]+)\.ts$/,
  /\/src\/incidents\/redaction\/(?!second-pass|patterns)/,
]

const isOfTheRecord = (id: string): boolean => RECORD.some((part) => part.test(id))

/**
 * One code-split bundle without run-time dependencies; commands that are rarely used are loaded when they are asked for. CommonJS: an `import` of a
 * module of Node asks for all that it exports, which loads half of Node, and costs a short command more than a tenth of its time.
 */
export default defineConfig({
  plugins: [NO_PROCESSES],
  input: { main: 'src/main.ts' },
  preserveEntrySignatures: 'allow-extension',
  platform: 'node',
  // Several commands load at once what others load when it is asked for.
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    cleanDir: true,
    minify: false,
    comments: false,
    sourcemap: false,
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: 'record', test: isOfTheRecord }] },
  },
})
