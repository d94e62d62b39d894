import { posix, win32, type PlatformPath } from 'node:path'

import type { Host } from '../host/host.ts'

/** Where to look for kubeconfigs, in order of precedence. */
export interface Locations {
  /** Absolute paths. */
  readonly files: readonly string[]
  /** Whether the caller asked for just this file, so that it must exist. */
  readonly explicit: boolean
}

/**
 * The files that make up the kubeconfig: the path given, else those that KUBECONFIG lists, else
 * `.kube/config` in the home folder.
 */
export function locateKubeconfig(
  path: string | undefined,
  host: Pick<Host, 'platform' | 'env' | 'cwd'>,
  home: string,
): Locations {
  const paths = pathsOf(host.platform)
  const absolute = (file: string): string => paths.resolve(host.cwd, file)
  if (path !== undefined && path !== '') return { files: [absolute(path)], explicit: true }
  const list = host.env['KUBECONFIG'] ?? ''
  if (list !== '') {
    const listed = splitList(list, host.platform).filter((file) => file !== '')
    return { files: [...new Set(listed.map(absolute))], explicit: false }
  }
  if (home === '') return { files: [], explicit: false }
  return { files: [absolute(paths.join(home, '.kube', 'config'))], explicit: false }
}

/** The rules for paths on a platform, whatever the platform of this process. */
export function pathsOf(platform: NodeJS.Platform): PlatformPath {
  return platform === 'win32' ? win32 : posix
}

function splitList(list: string, platform: NodeJS.Platform): string[] {
  if (platform !== 'win32') return list.split(':')
  // Quotes keep a semicolon in a path, and are not part of it.
  const entries = list.match(/(?:"[^"]*"?|[^;"])+/gu) ?? []
  return entries.map((entry) => entry.replaceAll('"', ''))
}
