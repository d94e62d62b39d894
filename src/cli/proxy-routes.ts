import type { Routes } from '../proxy/route.ts'
import { usageError } from './command-error.ts'
import type { ProxyFlags } from './proxy-flags.ts'

/**
 * Below which paths the proxy serves what, by its flags.
 *
 * @throws {@link CommandError} A usage error for a prefix that is no path, or is given twice.
 */
export function readRoutes({
  apiPrefix,
  www,
  wwwPrefix,
}: Pick<ProxyFlags, 'apiPrefix' | 'www' | 'wwwPrefix'>): Routes {
  const api = readPrefix('api-prefix', apiPrefix)
  if (www === undefined || www === '') return { api, files: undefined }
  const files = readPrefix('www-prefix', wwwPrefix)
  if (api !== files) return { api, files }
  throw usageError(
    `--www-prefix and --api-prefix are both "${api}"`,
    'static files and the API need paths of their own',
  )
}

function readPrefix(flag: string, text: string): string {
  const prefix = text.endsWith('/') ? text : `${text}/`
  if (/^\/(?!\/)[^?#\s]*$/u.test(prefix) && !/\/\/|\/\.{1,2}\//u.test(prefix)) return prefix
  throw usageError(`invalid argument "${text}" for "--${flag}" flag`, 'a prefix is a path: /api/')
}
