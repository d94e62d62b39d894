import { execFile } from 'node:child_process'

import { findKubectl } from '../../scripts/find-kubectl.ts'
import { temporaryHome } from '../testing/temporary-home.ts'

/** The kubectl to compare with, if there is one. */
export const kubectlPath: string | undefined = findKubectl()

/** Whether there is a kubectl to compare with. */
export const hasKubectl: boolean = kubectlPath !== undefined

/** The title of tests that compare with kubectl; tells why they are skipped where it is missing. */
export function besideKubectl(title: string): string {
  return hasKubectl ? title : `${title} (skipped: kubectl is not on PATH)`
}

/** What kubectl printed. */
export interface KubectlRun {
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
}

/** Runs kubectl without any configuration but the one it is given. */
export function kubectl(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<KubectlRun> {
  const options = {
    env: { PATH: process.env['PATH'] ?? '', HOME: temporaryHome, ...env },
    timeout: 20_000,
  }
  return new Promise((resolve) => {
    execFile(kubectlPath ?? 'kubectl', args, options, (error, stdout, stderr) => {
      resolve({ ok: error === null, stdout, stderr })
    })
  })
}

/** The error that kubectl has when it is to use this kubeconfig, in the form client-go gives it. */
export async function kubectlComplaint(file: string, ...flags: readonly string[]): Promise<string> {
  const args = ['--kubeconfig', file, 'get', '--raw', '/version', '--request-timeout=2s']
  const { stderr } = await kubectl([...args, ...flags])
  const listed = /^Error in configuration:\s+\* (.*)$/su.exec(stderr.trim())?.[1]
  if (listed !== undefined) return `[${listed.split('\n* ').join(', ')}]`
  return stderr.replace(/^error: /u, '').trim()
}
