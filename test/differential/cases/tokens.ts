import { plantedSecret } from '../../../scripts/suite/planted-secret.ts'
import { difference } from '../../differences.ts'
import type { Observation } from '../observation.ts'
import type { Case } from '../case.ts'
import { wrongToken } from '../stage.ts'
import { refusal } from './server-scripts.ts'

const path = '/api/v1/namespaces/default/serviceaccounts/deployer/token'

/** One says what it wants in protobuf, the other in JSON; what that is, test/cli holds together. */
function asked(
  ours: Partial<Observation['requests'][number]> = {},
): Pick<Case, 'call' | 'differs' | 'older'> {
  return {
    call: 'token',
    differs: {
      because: difference('whoami-json'),
      in: ['requests'],
      ours: { requests: [{ method: 'POST', path, statusCode: 201, ...ours }] },
    },
  }
}

const answered: NonNullable<Case['server']> = () => (request, respond) => {
  if (request.user === undefined) return false
  void respond.readBody().then(() => {
    respond.reply({
      statusCode: 201,
      headers: { warning: '299 - "the lifetime was shortened"' },
      body: {
        kind: 'TokenRequest',
        apiVersion: 'authentication.k8s.io/v1',
        metadata: {
          name: 'deployer',
          namespace: 'default',
          creationTimestamp: '2026-01-01T00:00:00Z',
        },
        spec: {
          audiences: ['no', '1.5', 'https://vault.example'],
          expirationSeconds: 3600,
          boundObjectRef: null,
        },
        status: {
          token: `${plantedSecret}-of-deployer`,
          expirationTimestamp: '2026-01-01T01:00:00Z',
        },
      },
    })
  })
  return true
}

function created(): Case[] {
  const plain: readonly (readonly [name: string, ...flags: string[]])[] = [
    ['a token'],
    ['a token as JSON', '-o=json'],
    ['a token as YAML', '-o', 'yaml'],
    ['the name of the request', '--output=name'],
    ['a token for others', '--audience=a', '--audience', 'b'],
    ['a token for a while', '--duration', '1h30m'],
    ['a token of a Pod', '--bound-object-kind=Pod', '--bound-object-name=web-0'],
    [
      'a token of one Secret',
      '--bound-object-kind=Secret',
      '--bound-object-name=s',
      '--bound-object-uid=1-2',
    ],
  ]
  return [
    ...plain.map(([name, ...flags]) => ({ name, ...asked(), flags, server: answered })),
    {
      name: 'a token of an account elsewhere',
      ...asked({ path: path.replace('default', 'ci') }),
      flags: ['-n', 'ci'],
      server: answered,
    },
    {
      name: 'a token, in five seconds',
      ...asked({ path: `${path}?timeout=5s` }),
      flags: ['--request-timeout=5s'],
      server: answered,
    },
  ]
}

function mistakes(): Case[] {
  const known: readonly (readonly [fails: string, ...flags: string[]])[] = [
    ['--duration cannot be expressed in units less than seconds', '--duration=1ms'],
    ['--audience must not be an empty string', '--audience=a', '--audience='],
    ['--bound-object-name can only be set if --bound-object-kind', '--bound-object-name=x'],
    ['--bound-object-uid can only be set if --bound-object-kind', '--bound-object-uid=x'],
    ['--bound-object-name is required if --bound-object-kind', '--bound-object-kind=Secret'],
  ]
  return [
    ...known.map(([fails, ...flags]) => mistake(fails, flags)),
    {
      ...mistake('--duration must be greater than or equal to 0', ['--duration=-1s']),
      older: [{ before: 30, in: ['exitCode', 'error'], because: 'it had other words for it' }],
    },
    {
      ...mistake('supported --bound-object-kind values are ', ['--bound-object-kind=pod']),
      older: [{ before: 31, in: ['exitCode', 'error'], because: 'it knew no tokens of Nodes' }],
    },
  ]
}

function mistake(fails: string, flags: readonly string[]): Case {
  return {
    name: `a token by ${flags.join(' ')}`,
    call: 'token',
    flags,
    fails,
    differs: { because: difference('usage-exit-code'), in: ['exitCode'], ours: { exitCode: 2 } },
  }
}

function refused(): Case[] {
  const says = (statusCode: number, reason: string): NonNullable<Case['server']> => {
    return () => (_request, respond) => {
      const body = { ...refusal, message: 'because', reason, code: statusCode }
      void respond.readBody().then(() => respond.reply({ statusCode, body }))
      return true
    }
  }
  const kinds = [
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [409, 'Conflict'],
    [422, 'Invalid'],
    [500, 'InternalError'],
  ] as const
  return [
    ...kinds.map(([statusCode, reason]) => ({
      name: `no token, but ${reason}`,
      ...asked({ statusCode }),
      server: says(statusCode, reason),
      fails: 'failed to create token: because',
    })),
    {
      name: 'no token for a token that the server does not know',
      ...asked({ statusCode: 401 }),
      status: { token: wrongToken },
      fails: 'failed to create token: ',
    },
  ]
}

/** `kubectl create token` beside `kubecred token create`. */
export const tokenCases: readonly Case[] = [...created(), ...mistakes(), ...refused()]
