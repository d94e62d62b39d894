import { createInterface } from 'node:readline'

import { startBackground } from './background.ts'

/** A proxy that takes requests. */
export interface RunningProxy extends AsyncDisposable {
  readonly pid: number
  readonly url: string
}

/** Starts kubectl's proxy, or one that greets as it does, and waits for the port it took. */
export async function startProxy(command: string, args: readonly string[]): Promise<RunningProxy> {
  const proxy = startBackground(command, args)
  const where = await Promise.race([greeting(proxy.stdout), proxy.ended])
  return {
    pid: proxy.pid,
    url: `http://${where}`,
    [Symbol.asyncDispose]: async () => await proxy[Symbol.asyncDispose](),
  }
}

async function greeting(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const where = /^Starting to serve on (?<where>\S+)$/u.exec(line)?.groups?.['where']
    if (where !== undefined) return where
  }
  throw new Error('the proxy did not say where it listens')
}
