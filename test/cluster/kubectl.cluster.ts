import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { runCli } from '../cli/fake-terminal.ts'
import { startKubectl, type KubectlProcess } from '../proxy/kubectl-process.ts'
import { kubecredProxy, type RunningProxy } from '../proxy/ways.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { getBinary } from './binaries.ts'
import { certificateUser, kubeconfigFile } from './clients.ts'
import { besideCluster, hasCluster, realCluster } from './real-cluster.ts'

const folder = temporaryFolder()
const cluster = realCluster()
const flagsOfHttp = [
  ['HTTP/1.1', []],
  ['HTTP/2', ['--http2']],
] as const

let kubectl = ''
let kubeconfig = ''

beforeAll(async () => {
  if (!hasCluster) return
  kubectl = await getBinary('kubectl')
  const root = cluster().issue('root', { groups: ['system:masters'] })
  kubeconfig = await kubeconfigFile(cluster(), folder, certificateUser(root))
  await writeFile(join(folder, 'empty'), '')
})

interface Said {
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

async function said(process: KubectlProcess): Promise<Said> {
  const code = await process.ended
  return { code, stdout: process.stdout(), stderr: process.stderr() }
}

const direct = (...args: readonly string[]): Promise<Said> =>
  said(startKubectl(['--kubeconfig', kubeconfig, ...args], { folder, kubectl }))

describe.skipIf(!hasCluster)(besideCluster('kubectl through kubecred proxy'), () => {
  describe.each(flagsOfHttp)('that speaks %s', (_name, flags) => {
    let proxy: RunningProxy
    const namespace = `through-proxy-${flags.length}`
    const start = (...args: readonly string[]): KubectlProcess => {
      const way = ['--kubeconfig', join(folder, 'empty'), '--server', `http://${proxy.address}`]
      return startKubectl([...way, '-n', namespace, ...args], { folder, kubectl })
    }
    const through = (...args: readonly string[]): Promise<Said> => said(start(...args))
    const expectPrinted = async (args: readonly string[], stdout: string): Promise<void> => {
      expect(await through(...args)).toEqual({ code: 0, stdout, stderr: '' })
    }

    beforeAll(async () => {
      proxy = await kubecredProxy(...flags)(kubeconfig, folder)
      await cluster().admin.call('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
    })
    afterAll(async () => {
      await proxy.stop()
    })

    test('is who the proxy is', async () => {
      const { stdout, code } = await through('auth', 'whoami', '-o', 'jsonpath={.status.userInfo}')
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({
        username: 'root',
        groups: ['system:masters', 'system:authenticated'],
      })
    })

    test('applies, applies again, and lets the server apply', async () => {
      const settings = join(folder, `settings-${flags.length}.json`)
      const write = (data: object): Promise<void> => {
        const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data }
        return writeFile(settings, JSON.stringify(object))
      }
      await write({ color: 'red' })
      await expectPrinted(['apply', '-f', settings], 'configmap/settings created\n')
      await expectPrinted(['apply', '-f', settings], 'configmap/settings unchanged\n')
      await write({ color: 'blue' })
      await expectPrinted(['apply', '-f', settings], 'configmap/settings configured\n')
      await write({ color: 'green' })
      await expectPrinted(
        ['apply', '--server-side', '--force-conflicts', '-f', settings],
        'configmap/settings serverside-applied\n',
      )
      await expectPrinted(['get', 'cm', 'settings', '-o', 'jsonpath={.data}'], '{"color":"green"}')
    })

    test.each([
      ['merge', '{"data":{"b":"1"}}'],
      ['strategic', '{"data":{"c":"2"}}'],
      ['json', '[{"op":"add","path":"/data/d","value":"3"}]'],
    ])('sends a %s patch', async (type, patch) => {
      await expectPrinted(
        ['create', 'cm', type, '--from-literal=a=0'],
        `configmap/${type} created\n`,
      )
      const args = ['patch', 'cm', type, `--type=${type}`, '-p', patch]
      await expectPrinted(args, `configmap/${type} patched\n`)
      const { stdout } = await through('get', 'cm', type, '-o', 'jsonpath={.data}')
      expect(Object.keys(JSON.parse(stdout) as object)).toHaveLength(2)
    })

    test('watches while objects come and go', async () => {
      const watch = start('get', 'cm', '-w', '--output-watch-events')
      await until(() => watch.stdout().includes('ADDED'))
      await expectPrinted(['create', 'cm', 'fleeting'], 'configmap/fleeting created\n')
      await expectPrinted(
        ['delete', 'cm', 'fleeting'],
        'configmap "fleeting" deleted from ' + namespace + ' namespace\n',
      )
      await until(() => watch.stdout().includes('DELETED '))
      watch.child.kill()
      await watch.ended
      expect(watch.stdout()).toMatch(/\nADDED +fleeting +.*\nDELETED +fleeting +.*\n$/u)
    })

    test('defines a resource, and works with it', async () => {
      const group = `proxy${flags.length}.kubecred.test`
      const file = join(folder, `${group}.json`)
      await writeFile(file, JSON.stringify(widgetDefinition(group)))
      await expectPrinted(
        ['apply', '-f', file],
        `customresourcedefinition.apiextensions.k8s.io/widgets.${group} created\n`,
      )
      const established = ['wait', '--for=condition=Established', `crd/widgets.${group}`]
      expect(await through(...established)).toMatchObject({ code: 0 })
      const widget = {
        apiVersion: `${group}/v1`,
        kind: 'Widget',
        metadata: { name: 'w' },
        spec: { size: 3 },
      }
      await writeFile(file, JSON.stringify(widget))
      await expectPrinted(['apply', '-f', file], `widget.${group}/w created\n`)
      await expectPrinted(['get', `widgets.${group}`, 'w', '-o', 'jsonpath={.spec.size}'], '3')
      expect(await through('delete', 'crd', `widgets.${group}`)).toMatchObject({ code: 0 })
    })

    test('is told in the words of the server what is wrong', async () => {
      expect(await through('get', 'cm', 'nothing')).toEqual({
        code: 1,
        stdout: '',
        stderr: 'Error from server (NotFound): configmaps "nothing" not found\n',
      })
    })

    test('asks what there is, with the same answer as without the proxy', async () => {
      for (const args of [
        ['api-resources'],
        ['api-versions'],
        ['version'],
        ['explain', 'cm.data'],
      ]) {
        expect(await through(...args)).toEqual(await direct(...args))
      }
    })
  })
})

describe.skipIf(!hasCluster)(besideCluster('kubecred beside kubectl'), () => {
  test.each([
    ['/version'],
    ['/readyz?verbose=1'],
    ['/api/v1/namespaces/default'],
    ['/apis'],
    ['/openapi/v3'],
    ['/api/v1/namespaces/default/configmaps/nothing'],
    ['/apis/nothing.example.com/v1'],
  ])('prints what kubectl prints for %s', async (path) => {
    const ours = await runCli(['request', path, '--kubeconfig', kubeconfig])
    const { code, stdout, stderr } = await direct('get', '--raw', path)
    expect(ours).toEqual({ exitCode: code, stdout, stderr })
  })

  test('knows who it is, as kubectl does', async () => {
    const ours = await runCli(['whoami', '--kubeconfig', kubeconfig, '-o', 'json'])
    const theirs = await direct('auth', 'whoami', '-o', 'json')
    expect(JSON.parse(ours.stdout)).toMatchObject({ user: userInfoIn(theirs.stdout) })
  })
})

function userInfoIn(review: string): unknown {
  // A SelfSubjectReview, as kubectl prints it.
  return (JSON.parse(review) as { readonly status: { readonly userInfo: unknown } }).status.userInfo
}

function widgetDefinition(group: string): object {
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget' }
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  }
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: { group, scope: 'Namespaced', names, versions: [version] },
  }
}
