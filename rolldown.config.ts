import { defineConfig } from 'rolldown'

/**
 * One code-split bundle without run-time dependencies; commands that are rarely used are loaded when they are asked for. CommonJS: an `import` of a
 * module of Node asks for all that it exports, which loads half of Node, and costs a short command more than a tenth of its time.
 */
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    cleanDir: true,
    minify: false,
    sourcemap: false,
  },
})
