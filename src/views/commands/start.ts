import { configuration, outputStyle, print, sshNames } from '../console.ts'
import { startScreen } from '../start-screen.ts'

/** Bare `halligan`: what can be done next. */
export async function start(): Promise<number> {
  await print(startScreen(await configuration(), sshNames(), outputStyle(false)))
  return 0
}
