import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

import { elementsOf, membersOf, textOf } from '../../src/api/json-shape.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { runKubecred } from './run-kubecred.ts'

const folder = temporaryFolder()

/** A command line that is understood ends with another code than 2, or goes on. */
async function isUnderstood(args: readonly string[]): Promise<boolean> {
  return (await runKubecred([...args])).exitCode !== 2
}

describe('examples/sidecar.yaml', () => {
  const documents = parseAllDocuments(readFileSync('examples/sidecar.yaml', 'utf8'))
  const objects = documents.map((document) => membersOf(document.toJS()))
  const pod = membersOf(objects.find(({ kind }) => kind === 'Pod')?.['spec'])
  const keepers = elementsOf(pod['initContainers']).map(membersOf)
  const containers = [...keepers, ...elementsOf(pod['containers']).map(membersOf)]
  const named = (name: string): Readonly<Record<string, unknown>> =>
    membersOf(containers.find((each) => each['name'] === name))
  const argumentsOf = (name: string): string[] => elementsOf(named(name)['args']).map(textOf)

  test('is YAML without errors, of the kinds that it needs', () => {
    expect(documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual([])
    expect(objects.map(({ apiVersion, kind }) => `${textOf(apiVersion)} ${textOf(kind)}`)).toEqual([
      'v1 ServiceAccount',
      'v1 ServiceAccount',
      'rbac.authorization.k8s.io/v1 Role',
      'rbac.authorization.k8s.io/v1 RoleBinding',
      'v1 Pod',
    ])
  })

  test('has an init container that ends, and then a sidecar that goes on', () => {
    expect(keepers.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
      ['first-token', undefined],
      ['token-keeper', 'Always'],
    ])
    expect(argumentsOf('first-token')).toContain('--once')
    expect(argumentsOf('token-keeper')).not.toContain('--once')
  })

  test('has command lines that kubecred understands', async () => {
    for (const { command, args } of keepers) {
      expect(command).toEqual(['kubecred'])
      expect(await isUnderstood(elementsOf(args).map(textOf))).toBe(true)
    }
  })

  test('probes paths and a port that the sidecar serves', () => {
    const keeper = named('token-keeper')
    const port = membersOf(elementsOf(keeper['ports'])[0])
    expect(argumentsOf('token-keeper')).toContain(
      `--health-address=0.0.0.0:${String(port['containerPort'])}`,
    )
    const probes = ['startupProbe', 'readinessProbe', 'livenessProbe'].map((probe) => {
      const get = membersOf(membersOf(keeper[probe])['httpGet'])
      return [get['path'], get['port'] === port['name']]
    })
    expect(probes).toEqual([
      ['/readyz', true],
      ['/readyz', true],
      ['/healthz', true],
    ])
  })

  test('mounts only volumes that there are, and shares one in memory', () => {
    const volumes = elementsOf(pod['volumes']).map(membersOf)
    const mounts = containers.flatMap((each) => elementsOf(each['volumeMounts']).map(membersOf))
    const names = new Set(volumes.map(({ name }) => name))
    expect(mounts.filter(({ name }) => !names.has(name))).toEqual([])
    expect(volumes.find(({ name }) => name === 'tokens')).toMatchObject({
      emptyDir: { medium: 'Memory' },
    })
    for (const each of containers) {
      expect(elementsOf(each['volumeMounts']).map((mount) => membersOf(mount)['name'])).toContain(
        'tokens',
      )
    }
    // The Pod's own token is for those that get others with it.
    expect(elementsOf(named('program')['volumeMounts'])).toHaveLength(1)
  })

  test('is confined as the field does it', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    })
    for (const each of containers) {
      expect(each).toMatchObject({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: expect.anything(), limits: expect.anything() },
      })
    }
  })

  test('may do nothing but get tokens of the one account, and look at it', () => {
    const rules = elementsOf(objects.find(({ kind }) => kind === 'Role')?.['rules'])
    expect(rules).toEqual([
      {
        apiGroups: [''],
        resources: ['serviceaccounts/token'],
        resourceNames: ['deployer'],
        verbs: ['create'],
      },
      {
        apiGroups: [''],
        resources: ['serviceaccounts'],
        resourceNames: ['deployer'],
        verbs: ['get'],
      },
    ])
  })
})

describe('examples/kubecred-token.service', () => {
  const path = 'examples/kubecred-token.service'
  const unit = readFileSync(path, 'utf8').replaceAll(/\\\n\s*/gu, '')
  const lines = unit.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const settings = new Map(
    lines
      .filter((line) => !line.startsWith('['))
      .map((line) => {
        const end = line.indexOf('=')
        return [line.slice(0, end), line.slice(end + 1)] as const
      }),
  )
  const hasSystemd = spawnSync('systemd-analyze', ['--version']).error === undefined
  const why = hasSystemd ? '' : ' (skipped: there is no systemd-analyze here)'

  test.skipIf(!hasSystemd)(`is a unit that systemd takes${why}`, () => {
    // Its program is not installed here, and is all that may be missing.
    const copy = join(folder, 'kubecred-token.service')
    copyFileSync(path, copy)
    writeFileSync(copy, unit.replace('/usr/local/bin/kubecred', process.execPath))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', copy], {
      encoding: 'utf8',
    })
    expect(stderr.split('\n').filter((line) => line.includes('kubecred-token'))).toEqual([])
    expect(status).toBe(0)
  })

  test('has the three sections, and settings in the form of systemd', () => {
    expect(lines.filter((line) => line.startsWith('['))).toEqual([
      '[Unit]',
      '[Service]',
      '[Install]',
    ])
    const others = lines.filter((line) => !/^(?:\[\w+\]|[A-Z]\w+=.*)$/u.test(line))
    expect(others).toEqual([])
  })

  test('starts a command line that kubecred understands, in the folder that it has', async () => {
    const [program, ...args] = (settings.get('ExecStart') ?? '').split(/\s+/u)
    expect(program).toBe('/usr/local/bin/kubecred')
    expect(await isUnderstood(args.map((arg) => arg.replace('%d', '/run/credentials')))).toBe(true)
    expect(args).toContain(`--dir=/run/${settings.get('RuntimeDirectory') ?? ''}`)
  })

  test('is confined as the field does it', () => {
    const expected = { NoNewPrivileges: 'yes', ProtectSystem: 'strict', CapabilityBoundingSet: '' }
    expect(Object.fromEntries(settings)).toMatchObject(expected)
  })
})
