import type { Responder, ScriptedReply } from '../../../src/doors/testing.ts'
import { difference } from '../../differences.ts'
import type { Case, Differs } from '../case.ts'
import { pairOf, wrongToken } from '../stage.ts'

const refusal = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
const body = '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"demo"}}\n'

/** Calls that send something, and the question who one is. */
export const callCases: readonly Case[] = [...sending(), ...whoami()]

/** Answers when the whole request has come, so that the server's log has all of it. */
function afterBody(respond: Responder, reply: ScriptedReply): true {
  void respond.readBody().then(() => respond.reply(reply))
  return true
}

function sending(): Case[] {
  const answered: Case['server'] = () => (_request, respond) =>
    afterBody(respond, { statusCode: 201, body: { kind: 'Namespace' } })
  const files = { 'body.json': body }
  return [
    { name: 'create', call: 'create', path: '/api/v1/namespaces', files, server: answered },
    {
      name: 'replace',
      call: 'replace',
      path: '/api/v1/namespaces/demo',
      files,
      server: answered,
      older: [
        {
          before: 29,
          in: ['requests', 'exitCode', 'stdout', 'error'],
          because: 'it asked for the schema of what it was to send as it is',
        },
      ],
    },
    { name: 'delete', call: 'delete', path: '/api/v1/namespaces/demo', server: answered },
    {
      name: 'create with an empty body',
      call: 'create',
      path: '/api/v1/namespaces',
      files: { 'body.json': '' },
      server: answered,
    },
    {
      name: 'create with a large body',
      call: 'create',
      path: '/api/v1/namespaces',
      files: { 'body.json': `{"data":"${'x'.repeat(500_000)}"}` },
      server: answered,
    },
    {
      name: 'create with what the server refuses',
      call: 'create',
      path: '/api/v1/namespaces',
      files,
      server: () => (_request, respond) => {
        const message = 'namespaces "demo" already exists'
        return afterBody(respond, {
          statusCode: 409,
          body: { ...refusal, message, reason: 'AlreadyExists', code: 409 },
        })
      },
      fails: 'Error from server (AlreadyExists): namespaces "demo" already exists',
    },
    {
      name: 'create, and a plain 409',
      call: 'create',
      path: '/api/v1/namespaces',
      files,
      server: () => (_request, respond) => {
        return afterBody(respond, { statusCode: 409, body: 'no' })
      },
      fails: 'Error from server (AlreadyExists): the server reported a conflict',
    },
    {
      name: 'create, and a redirect',
      call: 'create',
      path: '/api/v1/namespaces',
      files,
      server: () => (_request, respond) => {
        return afterBody(respond, { statusCode: 307, headers: { location: '/elsewhere' } })
      },
      fails: 'Error from server: the server responded with the status code 307',
    },
    {
      name: 'create, and 401 for a body that can be sent again',
      call: 'create',
      path: '/api/v1/namespaces',
      files,
      act: 'if [ "$n" = 1 ]; then sed s/of-ann/of-nobody/ "$RECORD/reply"; else cat "$RECORD/reply"; fi',
      server: () => (request, respond) => {
        if (request.user === undefined) return false
        void respond.readBody().then(() => respond.reply({ statusCode: 201, body: {} }))
        return true
      },
      fails: 'You must be logged in to the server (Unauthorized)',
      differs: {
        because: difference('replays-401'),
        in: ['requests', 'exitCode', 'stdout', 'error'],
        ours: { exitCode: 0, requests: [{ statusCode: 401 }, { statusCode: 201 }] },
      },
    },
    {
      name: 'delete, of what is not there',
      call: 'delete',
      path: '/api/v1/namespaces/nowhere',
      fails: 'Error from server (NotFound): namespaces "nowhere" not found',
    },
  ]
}

function whoami(): Case[] {
  const says: Differs = { because: difference('whoami-credential'), in: ['requests', 'stdout'] }
  const older: NonNullable<Case['older']> = [
    {
      before: 28,
      in: ['requests', 'exitCode', 'stdout', 'error'],
      because: 'it could not read the answer of today',
    },
  ]
  const asks: Differs = { because: difference('whoami-json'), in: ['requests'] }
  const refuses =
    (statusCode: number, reason: string): NonNullable<Case['server']> =>
    () =>
    (_request, respond) => {
      respond.reply({ statusCode, body: { ...refusal, message: 'no', reason, code: statusCode } })
      return true
    }
  return [
    { name: 'whoami with a token', call: 'whoami', differs: says, older },
    {
      name: 'whoami with a certificate',
      call: 'whoami',
      status: ({ rita }) => pairOf(rita),
      differs: says,
      older,
    },
    { name: 'whoami as another', call: 'whoami', flags: ['--as=carol'], differs: says, older },
    {
      name: 'whoami with a token the server does not know',
      call: 'whoami',
      status: { token: wrongToken },
      fails: 'You must be logged in to the server (Unauthorized)',
      differs: asks,
    },
    {
      name: 'whoami without the right to ask',
      call: 'whoami',
      server: refuses(403, 'Forbidden'),
      fails:
        'the selfsubjectreviews API is not enabled in the cluster or you do not have permission',
      differs: asks,
    },
    {
      name: 'whoami at a server that is too old to be asked',
      call: 'whoami',
      server: refuses(404, 'NotFound'),
      fails: 'the selfsubjectreviews API is not enabled in the cluster',
      differs: {
        because: difference('whoami-credential'),
        in: ['requests', 'exitCode', 'stdout', 'error', 'warnings'],
        ours: { exitCode: 0 },
      },
    },
  ]
}
