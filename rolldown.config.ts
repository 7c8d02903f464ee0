import { defineConfig } from 'rolldown'

/** commander loads what starts processes, for programs of which each command is one; ours are none. It costs a short command three milliseconds. */
const NO_PROCESSES = {
  name: 'commander-starts-no-processes',
  resolveId: (source: string, importer: string | undefined) =>
    source === 'node:child_process' && importer?.includes('/commander/') ? '\0no-processes' : undefined,
  load: (id: string) => (id === '\0no-processes' ? 'export default {}' : undefined),
}

/**
 * What every command that writes one entry loads, with all that it imports, is one file: finding and reading a file takes a third of a millisecond, and these are
 * forty. What is only loaded when it is asked for (`import()`) stays apart.
 */
const RECORD =
  /\/src\/(?:views\/(?:command-recorder|console|said-recorded|taken-out|the-[a-z]+|whole-store)|incidents\/sqlite-store)\.ts$/

/**
 * One code-split bundle without run-time dependencies; commands that are rarely used are loaded when they are asked for. CommonJS: an `import` of a
 * module of Node asks for all that it exports, which loads half of Node, and costs a short command more than a tenth of its time.
 */
export default defineConfig({
  plugins: [NO_PROCESSES],
  input: { main: 'src/main.ts', 'mining-worker': 'src/steps/logs/mining/mining-worker.ts' },
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
    codeSplitting: { groups: [{ name: 'record', test: RECORD }] },
  },
})
