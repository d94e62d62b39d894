/**
 * The program of every fake plugin: CommonJS for Node, without dependencies.
 *
 * It is text, not a function turned into text, because the tools that tests are compiled with
 * (coverage, bundlers that keep names) put calls into functions that exist only in their output.
 */
export const pluginProgram: string = String.raw`'use strict'
const fs = require('node:fs')
const path = require('node:path')

const state = path.dirname(__filename)
const { generation, behaviours, recordEnv } = JSON.parse(
  fs.readFileSync(path.join(state, 'behaviour.json'), 'utf8'),
)
const number = claimNumber()
const run = generation + '/' + number
const behaviour = behaviours[Math.min(number, behaviours.length - 1)] ?? {}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
main().catch((error) => {
  process.stderr.write('fake plugin: ' + error.message + '\n')
  process.exitCode = 70
})

async function main() {
  if (behaviour.ignoreSigterm) {
    process.on('SIGTERM', () => record({ event: 'signal', signal: 'SIGTERM' }))
  }
  const grandchildPid = startGrandchild()
  record({
    event: 'start',
    time: Date.now(),
    pid: process.pid,
    ppid: process.ppid,
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    execInfo: process.env.KUBERNETES_EXEC_INFO,
    env: Object.fromEntries(recordEnv.map((name) => [name, process.env[name]])),
    stdin: stdinKind(),
    grandchildPid,
  })
  if (behaviour.stderr) await write(process.stderr, behaviour.stderr)
  if (behaviour.prompt !== undefined) await prompt()
  if (behaviour.delayMs) await new Promise((done) => setTimeout(done, behaviour.delayMs))
  if (behaviour.hang) return void setInterval(() => {}, 2 ** 30)
  await print()
  if (behaviour.lingerMs) await new Promise((done) => setTimeout(done, behaviour.lingerMs))
  if (behaviour.signal) {
    process.kill(process.pid, behaviour.signal)
    return void setInterval(() => {}, 2 ** 30)
  }
  process.exit(behaviour.exitCode ?? 0)
}

// A file that only one run can create: runs at the same time get different numbers.
function claimNumber() {
  for (let number = 0; ; number++) {
    try {
      fs.closeSync(fs.openSync(path.join(state, 'claim-' + generation + '-' + number), 'wx'))
      return number
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
  }
}

function record(facts) {
  const line = JSON.stringify({ run, ...facts }) + '\n'
  fs.appendFileSync(path.join(state, 'runs.jsonl'), line, { mode: 0o600 })
}

function startGrandchild() {
  if (behaviour.grandchildMs === undefined) return undefined
  const { spawn } = require('node:child_process')
  const script = 'setTimeout(() => {}, ' + Number(behaviour.grandchildMs) + ')'
  const stdio = ['ignore', 'inherit', 'inherit']
  const child = spawn(process.execPath, ['-e', script], { stdio, windowsHide: true })
  child.unref()
  return child.pid
}

function stdinKind() {
  if (require('node:tty').isatty(0)) return 'tty'
  try {
    const stat = fs.fstatSync(0)
    if (stat.isFIFO() || stat.isSocket()) return 'pipe'
    if (stat.isFile()) return 'file'
    return 'null'
  } catch {
    return 'closed'
  }
}

async function prompt() {
  await write(process.stderr, behaviour.prompt)
  const lines = require('node:readline').createInterface({ input: process.stdin })
  const answer = await new Promise((done) => {
    lines.once('line', done)
    lines.once('close', () => done(undefined))
  })
  lines.close()
  record({ event: 'answer', answer })
}

async function print() {
  const credential = behaviour.issueFrom
    ? { status: await get(behaviour.issueFrom) }
    : behaviour.credential
  if (credential) await write(process.stdout, JSON.stringify({ ...header(), ...credential }) + '\n')
  if (behaviour.stdout === undefined) return
  const bytes = Buffer.from(behaviour.stdout, 'base64')
  const total = behaviour.stdoutBytes ?? bytes.length
  const chunk = Buffer.alloc(Math.min(total, Math.max(bytes.length, 65536)), bytes)
  for (let left = total; left > 0; left -= chunk.length) {
    if (!(await write(process.stdout, chunk.subarray(0, left)))) return
  }
}

function header() {
  const apiVersion = 'client.authentication.k8s.io/v1'
  try {
    const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO ?? '')
    return { kind: 'ExecCredential', apiVersion: info.apiVersion ?? apiVersion }
  } catch {
    return { kind: 'ExecCredential', apiVersion }
  }
}

function get(url) {
  return new Promise((done, fail) => {
    const request = require('node:http').get(url, async (response) => {
      try {
        let text = ''
        for await (const chunk of response.setEncoding('utf8')) text += chunk
        if (response.statusCode !== 200) throw new Error('no credential: ' + response.statusCode)
        done(JSON.parse(text))
      } catch (error) {
        fail(error)
      }
    })
    request.once('error', fail)
  })
}

// Whoever reads may be gone; a plugin that was told to print has then done its part.
function write(stream, data) {
  return new Promise((done) => stream.write(data, (error) => done(!error)))
}
`
