import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of a Go module under k8s.io, and names in it. */
export interface GoPlace {
  /** `client-go` */
  readonly module: string
  /** Below the module, with slashes; '' for the module itself. */
  readonly folder: string
  /** `Authenticator.cert`, `cacheKey` */
  readonly names: readonly string[]
}

/** Reads `client-go/rest: Config.Dial, InClusterConfig`. */
export function readGoPlace(text: string): GoPlace {
  const [path = '', names = ''] = text.split(': ')
  const [module = '', ...folder] = path.split('/')
  return { module, folder: folder.join('/'), names: names.split(', ') }
}

/** Those of the names of which a part does not occur in the Go sources of the folder. */
export function missingNames({ folder, names }: GoPlace, moduleFolder: string): readonly string[] {
  const sources = goSources(join(moduleFolder, folder))
  return names.filter((name) =>
    name.split('.').some((part) => !new RegExp(String.raw`\b${part}\b`, 'u').test(sources)),
  )
}

function goSources(folder: string): string {
  const files = readdirSync(folder).filter((file) => /(?<!_test)\.go$/u.test(file))
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n')
}
