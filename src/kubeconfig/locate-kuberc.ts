import type { Host } from '../host/host.ts'
import { pathsOf } from './locate.ts'

/** Where kubectl's preferences stand. */
export type KubercPlace =
  | {
      readonly kind: 'file'
      /** As it was given, for messages. */
      readonly shown: string
      /** Absolute. */
      readonly file: string
      /** Whether somebody asked for this file, so that it must be there and usable. */
      readonly explicit: boolean
      /** What leads past this file, in words for a hint. */
      readonly without: string
    }
  /** They are switched off, or there is no home folder to look in. */
  | { readonly kind: 'none' }
  /** They are asked for, and switched off by this setting. */
  | { readonly kind: 'contradiction'; readonly setting: string }

/**
 * Where kubectl looks for its preferences.
 *
 * It is the path given, else KUBERC, else `.kube/kuberc` in the home folder. `KUBERC=off` switches them
 * off, and so does the feature gate `KUBECTL_KUBERC=false`.
 */
export function locateKuberc(
  path: string | undefined,
  { platform, env, cwd }: Pick<Host, 'platform' | 'env' | 'cwd'>,
  home: string,
): KubercPlace {
  const paths = pathsOf(platform)
  const given = path ?? ''
  const setting = switchedOffBy(env)
  if (setting !== undefined) {
    return given === '' ? { kind: 'none' } : { kind: 'contradiction', setting }
  }
  const asked = given === '' ? (env['KUBERC'] ?? '') : given
  if (asked !== '') {
    return {
      kind: 'file',
      shown: asked,
      file: paths.resolve(cwd, asked),
      explicit: true,
      without: given === '' ? switchOff : 'leave the path out (--kuberc)',
    }
  }
  if (home === '') return { kind: 'none' }
  const file = paths.resolve(cwd, home, '.kube', 'kuberc')
  return { kind: 'file', shown: file, file, explicit: false, without: switchOff }
}

const switchOff = 'set KUBERC=off'

function switchedOffBy({
  KUBERC: variable,
  KUBECTL_KUBERC: gate = '',
}: Host['env']): string | undefined {
  if (gate.toLowerCase() === 'false') return `KUBECTL_KUBERC=${gate}`
  return variable === 'off' ? 'KUBERC=off' : undefined
}
