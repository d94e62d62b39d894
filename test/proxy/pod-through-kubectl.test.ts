import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Writable } from 'node:stream'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { besideKubectl, hasKubectl } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import type { KubectlProcess } from './kubectl-process.ts'
import { addPod, type Pod } from './pod.ts'
import { bothWays } from './same-both-ways.ts'
import { directWay, kubecredProxy, kubectlProxy, proxiedWay } from './ways.ts'

// What kubectl speaks to a pod by default depends on its version; both can be asked for.
const protocols = [
  ['WebSocket', 'true'],
  ['SPDY', 'false'],
] as const

describe.skipIf(!hasKubectl)(besideKubectl('kubectl reaches a pod through the proxy'), () => {
  const { same, sameWhile, each } = bothWays(directWay, () =>
    proxiedWay(kubecredProxy('--reject-paths=^$')),
  )

  test('and reads its log as it grows', async () => {
    const logs = new Map<string, Writable>()
    await each(({ server, folder }) =>
      addPod(server, { folder, log: (out) => logs.set(server.url, out) }),
    )
    const { stdout } = await sameWhile(['logs', '-f', 'pod'], async (kubectl, { server }) => {
      await until(() => logs.has(server.url))
      logs.get(server.url)?.write('one\n')
      await until(() => kubectl.stdout() === 'one\n')
      logs.get(server.url)?.end('two\n')
      await kubectl.ended
    })
    expect(stdout).toBe('one\ntwo\n')
  })

  describe.each(protocols)('over %s', (_name, websockets) => {
    const env = environment(websockets)
    let pods: readonly Pod[] = []
    beforeEach(async () => {
      await each(({ folder }) => mkdir(join(folder, 'pod')))
      pods = await each(({ server, folder }) => addPod(server, { folder: join(folder, 'pod') }))
    })
    afterEach(() => until(() => pods.every(({ connections }) => connections === 0)))

    test('runs a program there, with what it reads, says and ends with', async () => {
      const script = 'cat; echo complaint >&2; exit 7'
      const args = ['exec', '-i', 'pod', '--', 'sh', '-c', script]
      expect(await same(args, { env, input: 'heard' })).toMatchObject({
        stdout: 'heard',
        stderr: 'complaint\ncommand terminated with exit code 7\n',
        ended: 7,
      })
      expect(await same(['exec', 'pod', '--', 'echo', 'x'], { env })).toMatchObject({
        stdout: 'x\n',
        ended: 0,
      })
    })

    test('runs a program that reads and says much', async () => {
      const input = Array.from({ length: 200_000 }, (_, index) => `${index}\n`).join('')
      const { stdout, ended } = await same(['exec', '-i', 'pod', '--', 'cat'], { env, input })
      expect([stdout === input, ended]).toEqual([true, 0])
    })

    test('copies files there and back', async () => {
      const content = 'x'.repeat(1_000_000)
      await each(({ folder }) => writeFile(join(folder, 'here'), content))
      expect((await same(['cp', 'here', 'pod:there'], { env })).ended).toBe(0)
      expect((await same(['cp', 'pod:there', 'back'], { env })).ended).toBe(0)
      const back = await each(({ folder }) => readFile(join(folder, 'back'), 'utf8'))
      expect(back.map((copy) => copy === content)).toEqual([true, true])
    })

    test('talks to its process', async () => {
      const { stdout } = await same(['attach', '-i', 'pod'], { env, input: 'hello' })
      expect(stdout).toBe('hello')
    })

    test('reaches its ports', async () => {
      const sent = 'x'.repeat(1_000_000)
      const { stderr } = await sameWhile(portForward, sendThrough(sent), { env })
      expect(stderr).toBe('')
    })
  })
})

describe.skipIf(!hasKubectl)(besideKubectl('the proxy refuses as kubectl proxy does'), () => {
  const { same, sameWhile, each } = bothWays(
    () => proxiedWay(kubectlProxy()),
    () => proxiedWay(kubecredProxy()),
  )

  describe.each(protocols)('over %s', (_name, websockets) => {
    const env = environment(websockets)

    test.each([
      ['to run a program', ['exec', 'pod', '--', 'echo', 'x']],
      ['to talk to a process', ['attach', 'pod']],
      ['to copy', ['cp', 'pod:x', 'x']],
    ])('%s', async (_what, args) => {
      await each(({ server, folder }) => addPod(server, { folder }))
      const { ended, requests } = await same(args, { env })
      expect(ended).toBe(1)
      expect(JSON.stringify(requests)).not.toContain('/pods/pod/')
    })

    test('and as it does not refuse to reach ports', async () => {
      await each(({ server, folder }) => addPod(server, { folder }))
      const { stderr } = await sameWhile(portForward, sendThrough('hello'), { env })
      expect(stderr).toBe('')
    })
  })
})

function environment(websockets: string): Readonly<Record<string, string>> {
  return {
    KUBECTL_REMOTE_COMMAND_WEBSOCKETS: websockets,
    KUBECTL_PORT_FORWARD_WEBSOCKETS: websockets,
  }
}

const portForward = ['port-forward', '--address=127.0.0.1', 'pod/pod', ':80']

/** Has kubectl carry something to a port of the pod and back. */
function sendThrough(sent: string): (kubectl: KubectlProcess) => Promise<void> {
  return async ({ child, stdout, ended }) => {
    const form = /^Forwarding from 127\.0\.0\.1:(\d+) -> 80\n/u
    await until(() => form.test(stdout()))
    const socket = connect(Number(form.exec(stdout())?.[1]), '127.0.0.1')
    socket.end(sent)
    expect((await text(socket)) === sent).toBe(true)
    child.kill('SIGINT')
    await ended
  }
}
