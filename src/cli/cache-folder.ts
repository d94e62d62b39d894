/**
 * Where the user's caches are, with a folder of ours in it; undefined when nothing says where.
 *
 * @param env The environment.
 */
export function cacheFolder(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const [base, ...rest] = placeOf(platform, env)
  // A relative path would mean another folder in every folder.
  const isAbsolute = /^(?:\/|[A-Za-z]:[\\/])/u.test(base ?? '')
  return isAbsolute ? [base, ...rest, 'kubecred'].join('/') : undefined
}

function placeOf(
  platform: NodeJS.Platform,
  { XDG_CACHE_HOME, LOCALAPPDATA, HOME }: Readonly<Record<string, string | undefined>>,
): readonly (string | undefined)[] {
  if (platform === 'win32') return [LOCALAPPDATA]
  if (platform === 'darwin') return [HOME, 'Library', 'Caches']
  return XDG_CACHE_HOME ? [XDG_CACHE_HOME] : [HOME, '.cache']
}
