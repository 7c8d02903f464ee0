import { defineConfig } from 'rolldown'

/** One code-split bundle without run-time dependencies; commands that are rarely used are loaded when they are asked for. */
export default defineConfig({
  input: { main: 'src/main.ts' },
  platform: 'node',
  output: { dir: 'dist', format: 'esm', cleanDir: true, minify: false, sourcemap: false },
})
