import { win32 } from 'node:path'

import { flavour } from '../api/go-path.ts'
import type { Host } from '../host/host.ts'
import { readVariable } from './environment.ts'

/** One folder to look in. */
export interface SearchPlace {
  readonly folder: string
  /** Whether the folder depends on the current directory; a program found there is refused. */
  readonly relative: boolean
}

/** What a look-up depends on. */
export type SearchHost = Pick<Host, 'platform' | 'env' | 'cwd'>

/** Whether a clean command is a name to look up, and not a path. */
export function isBareName(command: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? !/[\\/:]/u.test(command) : !command.includes('/')
}

/** The absolute path of a command that is a path. */
export function absolutePath(command: string, { platform, cwd }: SearchHost): string {
  return flavour(platform).resolve(cwd, command)
}

/** The folders of PATH in order, then those of the program. */
export function searchPlaces(host: SearchHost, searchPath: readonly string[]): SearchPlace[] {
  const { isAbsolute } = flavour(host.platform)
  const variable = readVariable(host.env, 'PATH', host.platform) ?? ''
  const folders = host.platform === 'win32' ? splitWindowsList(variable) : splitList(variable)
  return [...folders, ...searchPath].map((folder) => ({ folder, relative: !isAbsolute(folder) }))
}

/** The files that a name can stand for in a folder: on Windows the extensions are tried. */
export function candidateFiles(file: string, host: SearchHost): string[] {
  if (host.platform !== 'win32') return [file]
  const withExtension = windowsExtensions(host).map((extension) => file + extension)
  return win32.basename(file).lastIndexOf('.') >= 0 ? [file, ...withExtension] : withExtension
}

function splitList(list: string): string[] {
  // An empty entry means the current directory; an empty list has no entry.
  return list === '' ? [] : list.split(':').map((folder) => (folder === '' ? '.' : folder))
}

function splitWindowsList(list: string): string[] {
  // Quotes may enclose a semicolon and are no part of the folder; empty entries are passed over.
  const folders = list.match(/(?:"[^"]*"?|[^;"])+/gu) ?? []
  return folders.map((folder) => folder.replaceAll('"', '')).filter((folder) => folder !== '')
}

function windowsExtensions({ env, platform }: SearchHost): string[] {
  const list = readVariable(env, 'PATHEXT', platform) ?? ''
  if (list === '') return ['.com', '.exe', '.bat', '.cmd']
  const extensions = list.toLowerCase().split(';')
  return extensions
    .filter((extension) => extension !== '')
    .map((extension) => (extension.startsWith('.') ? extension : `.${extension}`))
}
