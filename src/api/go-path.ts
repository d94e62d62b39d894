import { posix, win32, type PlatformPath } from 'node:path'

/** Cleans a path as Go's `filepath.Clean` does: `./x` becomes `x`, '' becomes `.`. */
export function cleanPath(file: string, platform: NodeJS.Platform): string {
  const { normalize, parse, sep } = flavour(platform)
  const clean = normalize(file)
  return clean.endsWith(sep) && clean !== parse(clean).root ? clean.slice(0, -1) : clean
}

/** Path functions of a platform, whichever this one is. */
export function flavour(platform: NodeJS.Platform): PlatformPath {
  return platform === 'win32' ? win32 : posix
}
