import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, test } from 'vitest'

import type { JsonObject } from '../../src/doors/index.ts'
import { isRunning } from '../exec/processes.ts'
import { until } from '../testing/until.ts'
import { KubecredProcess, mainProgram, plainEnvironment } from './kubecred-process.ts'
import { liveCluster } from './live-cluster.ts'

const cluster = liveCluster()
const isWindows = process.platform === 'win32'

const start = (args: readonly string[], path = cluster.withToken): KubecredProcess =>
  new KubecredProcess([...args, '--kubeconfig', path])

/** A user whose plugin is this command line, with a kubeconfig of its own. */
const userVia = (path: string): JsonObject => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: [mainProgram, 'credential', '-o', 'exec-credential', '--kubeconfig', path],
    interactiveMode: 'Never',
  },
})

test('a request is one line of shell', async () => {
  const kubecred = start(['request', '/version'])
  expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
  expect(JSON.parse(kubecred.out)).toMatchObject({ major: '1' })
})

test('a body comes through a pipe, and the plugin sees none of it', async () => {
  const args = ['request', '/echo', '-d', '-', '--kubeconfig', cluster.withPlugin]
  const kubecred = new KubecredProcess(args, { stdin: '{"piped":true}' })
  expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
  expect(JSON.parse(kubecred.out)).toMatchObject({ bodyLength: 14 })
  expect(await cluster.plugin.runs()).toMatchObject([{ stdin: 'null' }])
})

test('mistakes have the exit code 2', async () => {
  const kubecred = start(['request', 'version'])
  expect([await kubecred.ended(), kubecred.out]).toEqual([2, ''])
  expect(kubecred.err).toMatch(/^error: .*\nhint: .*\n$/u)
})

describe.skipIf(isWindows)(`signals${isWindows ? ' (skipped: Windows has none)' : ''}`, () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a watch with %d, without a word', async (name, exitCode) => {
    const kubecred = start(['request', '/api/v1/namespaces?watch=true'])
    await until(() => kubecred.out.includes('kube-system'))
    kubecred.child.kill(name)
    expect([await kubecred.ended(), kubecred.err]).toEqual([exitCode, ''])
    await until(() => cluster.server.openConnections === 0)
  })

  test('an answer ends the process though standard input goes on', async () => {
    const stop = cluster.server.intercept((_request, respond) => {
      respond.reply({ statusCode: 413, body: 'too much' })
      return true
    })
    const kubecred = new KubecredProcess(
      ['request', '/echo', '-d', '-', '--kubeconfig', cluster.withToken],
      { stdin: 'open' },
    )
    kubecred.child.stdin?.write('first')
    expect(await kubecred.ended()).toBe(1)
    expect(kubecred.err).toMatch(/^Error from server/u)
    stop()
  })

  test('SIGINT stops the plugin, too', async () => {
    await cluster.plugin.behave({ hang: true })
    const kubecred = start(['request', '/version'], cluster.withPlugin)
    await until(async () => (await cluster.plugin.runs()).length === 1)
    const [run] = await cluster.plugin.runs()
    kubecred.child.kill('SIGINT')
    expect([await kubecred.ended(), kubecred.err]).toEqual([130, ''])
    await until(() => !isRunning(run?.pid ?? 0))
  })

  test('a second one ends a proxy at once', async () => {
    const stop = cluster.server.intercept(() => true)
    const kubecred = start(['proxy', '--port=0'])
    await until(() => kubecred.out.includes('\n'))
    const address = /on (\S+)\n/u.exec(kubecred.out)?.[1] ?? ''
    const hanging = fetch(`http://${address}/hangs`).then(
      () => 'answered',
      () => 'cut',
    )
    await until(() => cluster.server.requests.length === 1)
    stop()
    kubecred.child.kill('SIGTERM')
    await expect
      .poll(() =>
        fetch(`http://${address}/version`).then(
          () => 'served',
          () => 'refused',
        ),
      )
      .toBe('refused')
    kubecred.child.kill('SIGTERM')
    expect(await kubecred.ended()).toBe(143)
    expect(await hanging).toBe('cut')
  })

  test('one lets a proxy end in good order', async () => {
    const kubecred = start(['proxy', '--port=0'])
    await until(() => kubecred.out.includes('\n'))
    expect(kubecred.out).toMatch(/^Starting to serve on 127\.0\.0\.1:\d+\n$/u)
    const address = /on (\S+)\n/u.exec(kubecred.out)?.[1] ?? ''
    expect(await (await fetch(`http://${address}/version`)).json()).toMatchObject({ major: '1' })
    kubecred.child.kill('SIGTERM')
    expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
  })
})

describe.skipIf(isWindows)(`a shell${isWindows ? ' (skipped: Windows has none)' : ''}`, () => {
  async function shell(line: string): Promise<{ stdout: string; stderr: string }> {
    const script = `kubecred() { '${process.execPath}' '${mainProgram}' "$@" --kubeconfig '${cluster.withToken}'; }; ${line}`
    return await promisify(execFile)('bash', ['-o', 'pipefail', '-c', script], {
      env: plainEnvironment(),
    })
  }

  test('a reader that has enough ends the request, without complaint', async () => {
    const stop = cluster.server.intercept((_request, respond) => {
      respond.endless({ statusCode: 200 })
      return true
    })
    expect(await shell('kubecred request /endless | head -c 3')).toEqual({
      stdout: '   ',
      stderr: '',
    })
    stop()
  })

  test('a reader that reads nothing is no failure of the help', async () => {
    expect(await shell('kubecred --help | true')).toEqual({ stdout: '', stderr: '' })
  })

  test.runIf(existsSync('/dev/full'))('a full disk is a failure', async () => {
    await expect(shell('kubecred request /version > /dev/full')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: write to standard output: ENOSPC/u) as string,
    })
  })
})

describe('a plugin that is this command line', () => {
  test('gives the credential of another kubeconfig', async () => {
    const path = await cluster.kubeconfig('via', userVia(cluster.withPlugin))
    const kubecred = start(['request', '/version'], path)
    expect([await kubecred.ended(), kubecred.err]).toEqual([0, ''])
    expect(cluster.server.requests).toMatchObject([{ user: 'alice' }])
  })

  test('ends with an error that names both files when they lead to each other', async () => {
    const first = join(cluster.folder, 'first')
    const second = await cluster.kubeconfig('second', userVia(first))
    await cluster.kubeconfig('first', userVia(second))
    const kubecred = start(['request', '/version'], first)
    expect([await kubecred.ended(), kubecred.out]).toEqual([1, ''])
    expect(kubecred.err).toContain(
      'error: exec plugin leads back to its own kubeconfig: ' +
        `user "fake" of ${first} -> user "fake" of ${second} -> user "fake" of ${first}\n`,
    )
    expect(kubecred.err).toContain('error: getting credentials: exec: executable ')
    expect(cluster.server.requests).toEqual([])
  })

  test('ends with an error at the second level when it leads to itself', async () => {
    const self = join(cluster.folder, 'self')
    await cluster.kubeconfig('self', userVia(self))
    const kubecred = start(['credential'], self)
    expect(await kubecred.ended()).toBe(1)
    expect(kubecred.err.match(/leads back/gu)).toHaveLength(1)
    expect(kubecred.err).toContain(`user "fake" of ${self} -> user "fake" of ${self}\n`)
  })
})
