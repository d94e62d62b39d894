import { describe, expect, test } from 'vitest'

import { besideKubectl, hasKubectl } from '../kubeconfig/kubectl.ts'
import { until } from '../testing/until.ts'
import { bothWays } from './same-both-ways.ts'
import { directWay, kubecredProxy, proxiedWay } from './ways.ts'

describe.skipIf(!hasKubectl)(
  besideKubectl('kubectl does the same through the proxy as without it'),
  () => {
    const { same, sameWhile, write, each } = bothWays(directWay, () => proxiedWay(kubecredProxy()))

    const settings = (data: object): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data })

    test('when it reads', async () => {
      expect(await same(['get', 'ns'])).toMatchObject({
        stdout: expect.stringMatching(/^NAME +AGE\ndefault +/u),
        ended: 0,
      })
      for (const format of ['yaml', 'json', 'name', 'wide', 'jsonpath={..metadata.uid}']) {
        expect((await same(['get', 'ns', '-o', format])).stdout).not.toBe('')
        expect((await same(['get', 'ns', 'default', '-o', format])).stdout).not.toBe('')
      }
      expect((await same(['get', 'ns', 'nope'])).stderr).toBe(
        'Error from server (NotFound): namespaces "nope" not found\n',
      )
      expect((await same(['get', 'widgets'])).stderr).toContain('resource type "widgets"')
      expect((await same(['get', 'cm', '-n', 'forbidden'])).stderr).toContain('(Forbidden)')
    })

    test('when the server makes the table', async () => {
      const columnDefinitions = ['Name', 'Mood'].map((name) => ({ name, type: 'string' }))
      const table = {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: {},
        columnDefinitions,
        rows: [{ cells: ['default', 'calm'], object: { kind: 'PartialObjectMetadata' } }],
      }
      await each(({ server }) =>
        server.intercept(({ path, headers }, respond) => {
          const wanted = headers.accept?.includes('as=Table') === true
          if (!path.startsWith('/api/v1/namespaces') || !wanted) return false
          respond.reply({ statusCode: 200, body: table })
          return true
        }),
      )
      expect((await same(['get', 'ns'])).stdout).toBe('NAME      MOOD\ndefault   calm\n')
    })

    test('when it asks what there is, and who it is', async () => {
      expect((await same(['api-resources'])).stdout).toContain('selfsubjectreviews')
      expect((await same(['api-versions'])).stdout).toBe('authentication.k8s.io/v1\nv1\n')
      expect((await same(['version'])).stdout).toContain('v1.34.0+kubecred-testing')
      expect((await same(['auth', 'whoami'])).stdout).toContain('alice')
      expect((await same(['get', '--raw', '/readyz?verbose=1'])).stdout).toBe('ok')
      expect((await same(['get', '--raw', '/nothing'])).stderr).toContain('(NotFound)')
    })

    test('when it watches', async () => {
      const { stdout } = await sameWhile(
        ['get', 'ns', '--watch', '-o', 'name'],
        async (kubectl, { server }) => {
          await until(() => server.openWatches === 1)
          expect(kubectl.stdout()).not.toContain('later')
          server.createNamespace('later')
          await until(() => kubectl.stdout().includes('later'))
          kubectl.child.kill()
          await until(() => server.openWatches === 0)
        },
      )
      expect(stdout).toBe('namespace/default\nnamespace/kube-system\nnamespace/later\n')
    })

    test('when the server ends a watch', async () => {
      const { stdout } = await sameWhile(['get', 'ns', '-w'], async ({ ended }, { server }) => {
        await until(() => server.openWatches === 1)
        server.emit({ type: 'MODIFIED', object: { kind: 'Namespace', metadata: { name: 'x' } } })
        server.endWatches()
        await ended
      })
      expect(stdout).toMatch(/\nx +/u)
    })

    test('when it applies', async () => {
      await write('settings.json', settings({ a: 'b' }))
      const apply = ['apply', '-f', 'settings.json']
      expect((await same(apply)).stdout).toBe('configmap/settings created\n')
      await write('settings.json', settings({ a: 'c' }))
      expect((await same(apply)).stdout).toBe('configmap/settings configured\n')
      expect((await same(apply)).stdout).toBe('configmap/settings unchanged\n')
      await write('settings.json', settings({ d: 'e' }))
      expect((await same([...apply, '--server-side'])).stdout).toBe(
        'configmap/settings serverside-applied\n',
      )
      expect((await same(['get', 'cm', 'settings', '-o', 'yaml'])).stdout).toContain('d: e')
    })

    test('when it patches', async () => {
      await same(['create', 'cm', 'x', '--from-literal=a=b'])
      const patches = [
        ['merge', '{"data":{"b":"1"}}'],
        ['strategic', '{"data":{"c":"2"}}'],
        ['json', '[{"op":"add","path":"/data/d","value":"3"}]'],
      ] as const
      for (const [type, patch] of patches) {
        const { stdout } = await same(['patch', 'cm', 'x', `--type=${type}`, '-p', patch])
        expect(stdout).toBe('configmap/x patched\n')
      }
      const unfit = '[{"op":"test","path":"/data/d","value":"4"}]'
      expect((await same(['patch', 'cm', 'x', '--type=json', '-p', unfit])).stderr).toContain(
        'testing path /data/d failed',
      )
    })

    test('when it creates, replaces, labels and deletes', async () => {
      await write('settings.json', settings({ a: 'b' }))
      const steps: readonly (readonly [command: string, said: string])[] = [
        ['create -f settings.json', 'configmap/settings created'],
        ['create -f settings.json', '(AlreadyExists)'],
        ['replace -f settings.json', 'configmap/settings replaced'],
        ['label cm settings a=b', 'configmap/settings labeled'],
        ['label cm settings a=c', "'a' already has a value"],
        ['delete cm settings', 'configmap "settings" deleted'],
        ['delete cm settings', '(NotFound)'],
        ['replace -f settings.json', '(NotFound)'],
        ['create ns x', 'namespace/x created'],
        ['delete ns x --wait=false', 'namespace "x" deleted'],
      ]
      for (const [command, said] of steps) {
        const { stdout, stderr } = await same(command.split(' '))
        expect(stdout + stderr).toContain(said)
      }
    })
  },
)
