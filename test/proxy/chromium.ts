import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'

import { installed } from '../testing/installed.ts'
import { until } from '../testing/until.ts'
import { DevToolsPipe } from './dev-tools-pipe.ts'

const program = 'chromium'

/** Whether there is a browser on this machine. */
export const hasChromium: boolean = installed(program, '--version')

/** A browser without a window. */
export class Chromium {
  readonly #process: ChildProcess
  readonly #tools: DevToolsPipe

  /** @param folder For what it writes. */
  constructor(folder: string) {
    const profile = mkdtempSync(join(folder, 'chromium-'))
    this.#process = spawn(program, [...flags, `--user-data-dir=${profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      // A group of its own, to find all of its processes by.
      detached: true,
      env: { PATH: process.env['PATH'], HOME: profile },
    })
    this.#tools = new DevToolsPipe(this.#process)
  }

  /**
   * Opens a page as somebody who has never been there, waits for its own `done` if it has one, and
   * gives the text that it shows.
   */
  async textOf(url: string): Promise<string> {
    const tools = this.#tools
    // With connections of its own, which are closed with it.
    const { browserContextId } = await tools.call('Target.createBrowserContext')
    const blank = { url: 'about:blank', browserContextId }
    const { targetId } = await tools.call('Target.createTarget', blank)
    const { sessionId } = await tools.call('Target.attachToTarget', { targetId, flatten: true })
    await tools.call('Page.enable', {}, sessionId)
    const loaded = tools.event('Page.loadEventFired')
    await tools.call('Page.navigate', { url }, sessionId)
    await loaded
    const expression = 'Promise.resolve(globalThis.done).then(() => document.body.innerText)'
    const evaluated = { expression, awaitPromise: true, returnByValue: true }
    const { result } = await tools.call('Runtime.evaluate', evaluated, sessionId)
    await tools.call('Target.disposeBrowserContext', { browserContextId })
    return String(result.value)
  }

  /** Ends it, and waits for all of its processes: they go on writing for a while. */
  async close(): Promise<void> {
    const { pid } = this.#process
    if (pid === undefined) return
    process.kill(-pid, 'SIGTERM')
    await until(() => !isAlive(-pid))
  }
}

/** @param target Process, or with a minus sign its group. */
function isAlive(target: number): boolean {
  try {
    return process.kill(target, 0)
  } catch {
    return false
  }
}

// Every name of this domain is this machine, and there are no others.
const resolverRules =
  'MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'

const flags = [
  '--headless',
  // It needs rights that root in a container does not have.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--remote-debugging-pipe',
  // It calls home otherwise.
  '--no-first-run',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=${resolverRules}`,
]
