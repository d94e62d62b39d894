import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A server of bytes in a process of its own, so that it speaks while this one is busy. */
export interface SeparateServer {
  readonly origin: string
  /** Has it say what nobody asked for, and returns when that has been sent; nothing runs meanwhile. */
  sayUnasked(): void
  stop(): void
}

const program = `
  const { createServer } = require('node:net')
  const { writeFileSync } = require('node:fs')
  const [answer, unasked] = process.argv.slice(1)
  const sockets = new Set()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true).on('error', () => {}).on('data', () => socket.write(answer))
  })
  // Told over a connection of its own, and acknowledged when it has spoken.
  const control = createServer((socket) => {
    for (const each of sockets) each.write(unasked)
    setTimeout(() => socket.end('done'), 50)
  })
  server.listen(0, '127.0.0.1', () => control.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify([server.address().port, control.address().port]))
  }))
`

/** Starts one that gives each request the answer, and has something unasked for to say. */
export async function separateServer(answer: string, unasked: string): Promise<SeparateServer> {
  const child = spawn(process.execPath, ['-e', program, answer, unasked], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  const [port, control] = JSON.parse(line) as [number, number]
  const ask = `require('node:net').connect(${control}, '127.0.0.1').on('data', () => process.exit(0))`
  return {
    origin: `http://127.0.0.1:${port}`,
    sayUnasked: () => execFileSync(process.execPath, ['-e', ask]),
    stop: () => void child.kill('SIGKILL'),
  }
}
