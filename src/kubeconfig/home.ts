import { win32 } from 'node:path'

import type { Environment } from '../host/host.ts'

/** What the search for a home folder wants to know of the disk. */
export interface DiskView {
  exists(path: string): boolean
  /** Whether it is a folder that its owner may write to. */
  isWritableFolder(path: string): boolean
}

/**
 * The home folder that kubectl chooses on Windows.
 *
 * The first of HOME, HOMEDRIVE+HOMEPATH and USERPROFILE that holds `.kube\config`; failing that,
 * the first of HOME, USERPROFILE and HOMEDRIVE+HOMEPATH that can be written, exists, or is set.
 *
 * @returns '' when none of the variables is set.
 */
export function windowsHome(env: Environment, disk: DiskView): string {
  const home = env['HOME'] ?? ''
  const profile = env['USERPROFILE'] ?? ''
  const drive = driveHome(env)
  const isSet = (path: string): boolean => path !== ''
  const holdsConfig = (path: string): boolean => disk.exists(win32.join(path, '.kube', 'config'))
  const candidates = [home, profile, drive].filter(isSet)
  return (
    // The order differs from that of the other steps, as it does in client-go.
    [home, drive, profile].filter(isSet).find(holdsConfig) ??
    candidates.find((path) => disk.isWritableFolder(path)) ??
    candidates.find((path) => disk.exists(path)) ??
    candidates[0] ??
    ''
  )
}

function driveHome(env: Environment): string {
  const drive = env['HOMEDRIVE'] ?? ''
  const path = env['HOMEPATH'] ?? ''
  return drive === '' || path === '' ? '' : drive + path
}
