import { difference } from '../../differences.ts'
import type { JsonObject } from '../../../src/api/json.ts'
import type { Case, Differs, OfStage } from '../case.ts'
import { base64, tokenOf, wrongToken, type Stage } from '../stage.ts'

const unauthorized = 'You must be logged in to the server (Unauthorized)'
// kubectl asks for a user name then, and there is nobody to answer.
const nobody: Partial<Case> = {
  fails: 'EOF',
  differs: {
    because: difference('no-password-prompt'),
    in: ['requests', 'stdout', 'error'],
    ours: { requests: [{ statusCode: 401 }], error: unauthorized },
  },
}
const blank: Differs = { because: difference('blank-token-file'), in: ['error'] }
const bob = tokenOf('bob')

/** What else stands in a user beside a plugin, and users without one. */
export const userCases: readonly Case[] = [...both(), ...impersonating(), ...problems()]

/** Each with a plugin beside it and without one. */
function both(): Case[] {
  const users: readonly (readonly [
    name: string,
    user: OfStage<JsonObject>,
    rest?: Partial<Case>,
  ])[] = [
    ['a token', { token: bob }],
    ['a token the server does not know', { token: wrongToken }, { fails: unauthorized }],
    ['a token file', { tokenFile: 'token' }, { files: { token: bob } }],
    [
      'a token file with lines around it',
      { tokenFile: './token' },
      { files: { token: `\n${bob}\n` } },
    ],
    [
      'a token and a token file',
      { token: wrongToken, tokenFile: 'token' },
      { files: { token: bob } },
    ],
    ['an empty token', { token: '' }, nobody],
    [
      'a user name and a password',
      { username: 'bob', password: base64(bob) },
      { fails: unauthorized },
    ],
    ['a user name', { username: 'bob' }, { fails: unauthorized }],
    ['a password', { password: base64(bob) }, nobody],
    ['a certificate as data', certificateData],
    [
      'a certificate in files',
      { 'client-certificate': 'rita.crt', 'client-key': './deep/../rita.key' },
      { files: certificateFiles },
    ],
    [
      'a certificate as data, and its key in a file',
      ({ rita }) => ({
        'client-certificate-data': base64(rita.certificatePem),
        'client-key': 'rita.key',
      }),
      { files: certificateFiles },
    ],
    ['a certificate and a token', (stage) => ({ ...certificateData(stage), token: bob })],
    [
      'a certificate and a token the server does not know',
      (stage) => ({ ...certificateData(stage), token: wrongToken }),
    ],
    [
      'a certificate that has ended',
      ({ late }) => ({
        'client-certificate-data': base64(late.certificatePem),
        'client-key-data': base64(late.privateKeyPem),
      }),
      { fails: unauthorized },
    ],
    [
      'a certificate and more above it',
      ({ rita, server }) => ({
        'client-certificate-data': base64(
          rita.certificatePem + server.clientAuthority.certificatePem,
        ),
        'client-key-data': base64(rita.privateKeyPem),
      }),
    ],
  ]
  return users.flatMap(([name, user, rest = {}]) => [
    { name: `${name}, no plugin`, exec: false, user, ...rest },
    // What is as nothing leaves the work to the plugin.
    { name: `${name}, and a plugin`, user, ...(rest === nobody ? {} : rest) },
  ])
}

function certificateData({ rita }: Stage): JsonObject {
  return {
    'client-certificate-data': base64(rita.certificatePem),
    'client-key-data': base64(rita.privateKeyPem),
  }
}

function certificateFiles({ rita }: Stage): Record<string, string> {
  return { 'rita.crt': rita.certificatePem, 'rita.key': rita.privateKeyPem }
}

function impersonating(): Case[] {
  const forms: readonly (readonly [name: string, user: JsonObject, rest?: Partial<Case>])[] = [
    ['a user', { as: 'carol' }],
    ['a user and groups', { as: 'carol', 'as-groups': ['devs', 'ops'] }],
    ['a user and a UID', { as: 'carol', 'as-uid': '42' }],
    [
      'a user and more about it',
      { as: 'carol', 'as-user-extra': { reason: ['a', 'b'], 'Ex-Am/p_le%': ['ü'], empty: [] } },
    ],
    ['everything', { as: 'c', 'as-uid': '4', 'as-groups': ['g'], 'as-user-extra': { a: ['b'] } }],
    ['an empty user', { as: '' }],
    ['a service account', { as: 'system:serviceaccount:default:robot' }],
    [
      'groups without a user',
      { 'as-groups': ['devs'] },
      { fails: 'requesting uid, groups or user-extra for fake without impersonating a user' },
    ],
    [
      'a UID without a user',
      { 'as-uid': '42' },
      { fails: 'requesting uid, groups or user-extra for fake without impersonating a user' },
    ],
  ]
  return forms.map(([name, user, rest = {}]) => ({ name: `acting as ${name}`, user, ...rest }))
}

function problems(): Case[] {
  const users: readonly (readonly [
    name: string,
    user: OfStage<JsonObject>,
    rest: Partial<Case>,
  ])[] = [
    [
      'a token file that is not there',
      { tokenFile: 'no-such-file' },
      {
        fails: ({ folder }) => `open ${folder}/no-such-file: no such file or directory`,
      },
    ],
    [
      'a token file that is blank',
      { tokenFile: 'token' },
      {
        files: { token: '\n' },
        fails: 'net/http: invalid header field value for "Authorization"',
        differs: blank,
      },
    ],
    [
      'certificate files that are not there',
      { 'client-certificate': 'no.crt', 'client-key': 'no.key' },
      {
        fails: ({ folder }) =>
          `unable to read client-cert ${folder}/no.crt for fake due to open ${folder}/no.crt: no such file or directory, ` +
          `unable to read client-key ${folder}/no.key for fake due to open ${folder}/no.key: no such file or directory`,
      },
    ],
    [
      'a certificate without a key',
      ({ rita }) => ({ 'client-certificate-data': base64(rita.certificatePem) }),
      {
        fails:
          'client-key-data or client-key must be specified for fake to use the clientCert authentication method.',
      },
    ],
    [
      'a key without a certificate',
      ({ rita }) => ({ 'client-key-data': base64(rita.privateKeyPem) }),
      nobody,
    ],
    [
      'a key of another certificate',
      ({ rita, late }) => ({
        'client-certificate-data': base64(rita.certificatePem),
        'client-key-data': base64(late.privateKeyPem),
      }),
      { fails: 'tls: private key does not match public key', loosely: true },
    ],
    [
      'a token and a user name',
      { token: bob, username: 'bob', password: base64(bob) },
      {
        fails:
          'more than one authentication method found for fake; found [token basicAuth], only one is allowed',
      },
    ],
    [
      'data and files at once',
      ({ rita }) => ({
        'client-certificate-data': base64(rita.certificatePem),
        'client-certificate': 'rita.crt',
        'client-key-data': base64(rita.privateKeyPem),
      }),
      {
        files: certificateFiles,
        fails:
          'client-cert-data and client-cert are both specified for fake. client-cert-data will override.',
      },
    ],
    ['no user at all', {}, nobody],
  ]
  return [
    ...users.map(([name, user, rest]) => ({ name, exec: false as const, user, ...rest })),
    {
      name: 'a plugin and an auth provider',
      user: { 'auth-provider': { name: 'oidc' } },
      fails: 'authProvider cannot be provided in combination with an exec plugin for fake',
    },
    {
      name: 'a plugin without a version',
      exec: { apiVersion: '' },
      fails: 'apiVersion must be specified for fake to use exec authentication plugin',
    },
    {
      name: 'several things that are wrong at once',
      exec: { apiVersion: '', command: '', env: [{ value: 'x' }], interactiveMode: '' },
      user: { 'as-uid': '42' },
      fails: 'command must be specified for fake to use exec authentication plugin',
    },
    {
      name: 'a server without TLS, which no plugin is run for',
      cluster: { server: 'http://127.0.0.1:1', 'certificate-authority-data': '' },
      fails:
        'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
    },
    {
      name: 'a context whose user is not there',
      config: {
        'current-context': 'fake',
        contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'nobody' } }],
      },
      fails: 'EOF',
      differs: {
        because: difference('unknown-user'),
        in: ['stdout', 'error'],
        ours: { requests: [], exitCode: 1 },
      },
    },
  ]
}
