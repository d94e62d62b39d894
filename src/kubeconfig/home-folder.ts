import { statSync, type Stats } from 'node:fs'

import type { Host } from '../host/host.ts'
import { windowsHome, type DiskView } from './home.ts'

/** The home folder in which kubectl looks for `.kube`; '' when there is none. */
export function homeFolder(host: Pick<Host, 'platform' | 'env' | 'home'>): string {
  if (host.platform !== 'win32') return host.home
  return windowsHome(host.env, thisDisk) || host.home
}

const thisDisk: DiskView = {
  exists: (path) => statsOf(path) !== undefined,
  isWritableFolder(path) {
    const found = statsOf(path)
    return found !== undefined && found.isDirectory() && (found.mode & 0o200) !== 0
  },
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}
