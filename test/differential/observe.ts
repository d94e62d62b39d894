import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import type { JsonObject } from '../../src/api/json.ts'
import type { LoggedRequest } from '../../src/testing/request-log.ts'
import type { Case, OfStage } from './case.ts'
import { notCompared, notComparedVariables } from './not-compared.ts'
import type { ObservedRequest, ObservedRun, Observation } from './observation.ts'
import { runProgram, type Program } from './programs.ts'
import { tokenOf, writeText, type Stage } from './stage.ts'
import { readWords } from './words.ts'

const v1 = 'client.authentication.k8s.io/v1'

/** Value of an {@link OfStage}. */
export function ofStage<T extends object | string>(value: OfStage<T>, stage: Stage): T {
  return typeof value === 'function' ? value(stage) : value
}

/** Puts the files of a case into its folder. */
export function prepareStage(one: Case, stage: Stage): void {
  writeText(join(stage.folder, 'config'), kubeconfigOf(one, stage))
  for (const [name, content] of Object.entries(ofStage(one.files ?? {}, stage))) {
    writeText(join(stage.folder, name), content)
  }
  one.prepare?.(stage)
}

function kubeconfigOf(one: Case, stage: Stage): JsonObject {
  const exec =
    one.exec === false
      ? {}
      : {
          exec: {
            apiVersion: v1,
            command: stage.plugin,
            interactiveMode: 'Never',
            ...ofStage(one.exec ?? {}, stage),
          },
        }
  const config = stage.server.kubeconfig({
    user: { ...exec, ...ofStage(one.user ?? {}, stage) },
    cluster: ofStage(one.cluster ?? {}, stage),
  })
  return { ...config, ...ofStage(one.config ?? {}, stage) }
}

/** Plays a case with a program, on a stage that is prepared. */
export async function observe(program: Program, one: Case, stage: Stage): Promise<Observation> {
  writeBehaviour(one, stage)
  for (const server of [stage.server, stage.other]) server.clearRequests()
  const script = one.server?.(stage) ?? (() => false)
  const ends = [stage.server.intercept(script), stage.other.intercept(script)]
  const ended = await runProgram(program, one, stage, {
    PATH: `${stage.bin}:/usr/bin:/bin`,
    HOME: join(stage.folder, 'home'),
    RECORD: stage.record,
    ...ofStage(one.env ?? {}, stage),
  })
  for (const end of ends) end()
  const requests = [
    ...stage.server.requests.map((request) => observedRequest(request, 'first')),
    ...stage.other.requests.map((request) => observedRequest(request, 'other')),
  ]
  await Promise.all([stage.server.closeConnections(), stage.other.closeConnections()])
  return {
    runs: observedRuns(stage.record),
    requests,
    exitCode: ended.exitCode,
    stdout: withoutSecrets(ended.stdout),
    ...readWords(withoutSecrets(ended.stderr)),
  }
}

function writeBehaviour(one: Case, stage: Stage): void {
  rmSync(stage.record, { recursive: true, force: true })
  mkdirSync(stage.record)
  if (one.act !== undefined) writeFileSync(join(stage.record, 'act'), one.act)
  const apiVersion = apiVersionOf(one, stage)
  const status = ofStage(one.status ?? { token: tokenOf('ann') }, stage)
  const plain = JSON.stringify({ apiVersion, kind: 'ExecCredential', status })
  const reply = one.reply === undefined ? plain : ofStage(one.reply, stage)
  writeFileSync(join(stage.record, 'reply'), reply)
}

function apiVersionOf({ exec = {} }: Case, stage: Stage): string {
  const version = exec === false ? undefined : ofStage(exec, stage)['apiVersion']
  return typeof version === 'string' ? version : v1
}

function observedRuns(record: string): ObservedRun[] {
  const names = readdirSync(record).filter((name) => name.startsWith('run-'))
  return names
    .toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .map((name) => observedRun(join(record, name)))
}

const execInfo = 'KUBERNETES_EXEC_INFO='

function observedRun(folder: string): ObservedRun {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const listed = (name: string): string[] => read(name).split('\0').slice(0, -1)
  const variables = listed('environ')
  return {
    cmdline: listed('cmdline'),
    env: variables
      .filter(
        (variable) => !variable.startsWith(execInfo) && !notComparedVariables.has(nameOf(variable)),
      )
      .toSorted(),
    execInfo: variables.filter((variable) => variable.startsWith(execInfo)),
    stdin: read('stdin').trim(),
    cwd: read('cwd').trim(),
  }
}

function nameOf(variable: string): string {
  return variable.split('=', 1)[0] ?? ''
}

function observedRequest(
  request: LoggedRequest,
  server: ObservedRequest['server'],
): ObservedRequest {
  return {
    method: request.method,
    path: request.path,
    headers: comparableHeaders(request.headers),
    body: request.bodySha256,
    user: request.user,
    statusCode: request.statusCode,
    certificate: request.clientCertificateSubject,
    // A name of a host; Go leaves its case as it is written.
    serverName: request.tlsServerName?.toLowerCase(),
    server,
  }
}

function comparableHeaders(headers: LoggedRequest['headers']): Record<string, string> {
  const comparable = Object.entries(headers).filter(([name]) => !notCompared.has(name))
  return Object.fromEntries(
    comparable
      .map(([name, value]): [string, string] => [name, shown(name, String(value))])
      .toSorted(([a], [b]) => a.localeCompare(b)),
  )
}

function shown(name: string, value: string): string {
  const basic = name === 'authorization' ? /^Basic (.*)$/u.exec(value)?.[1] : undefined
  if (basic === undefined) return withoutSecrets(value)
  return withoutSecrets(`Basic ${Buffer.from(basic, 'base64').toString('utf8')}`)
}

/** What a report may show: the suite's output is searched for the marker. */
function withoutSecrets(text: string): string {
  return text.replaceAll(plantedSecret, 'SECRET')
}
