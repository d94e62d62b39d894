import { KubecredError } from '../errors/kubecred-error.ts'
import { cleanFilePath, foldersOf, pathFault } from './payload-path.ts'

/** One file that is to be written. */
export interface ProjectedFile {
  /** All of its bytes. */
  readonly data: Uint8Array
  /** Its permissions, 0 to 0o777; they hold whatever the umask of the process. */
  readonly mode: number
  /** Id of the user who is to own it. Default: the user of this process. */
  readonly uid?: number | undefined
  /** Id of its group. Default: that of this process, or of the directory where that is inherited. */
  readonly gid?: number | undefined
}

/** All files of a directory, by their path in it: relative, with `/` between the names. */
export type Payload = ReadonlyMap<string, ProjectedFile>

/**
 * A payload that can be written: a copy with clean paths, in alphabetical order.
 *
 * @throws {@link KubecredError} `ERR_PROJECTION_INVALID` For a path that leaves the directory, is too long,
 *   or needs a folder where another one needs a file; the kubelet's words where it has any.
 * @throws TypeError For a mode or an id that is none.
 */
export function checkedPayload(payload: Payload): Payload {
  const checked = new Map<string, ProjectedFile>()
  for (const [path, file] of payload) {
    const fault = pathFault(path)
    if (fault !== undefined) throw invalid(fault)
    checkNumbers(file)
    const clean = cleanFilePath(path)
    if (checked.has(clean)) throw invalid(`conflicting duplicate paths: ${clean}`)
    const { data, mode, uid, gid } = file
    checked.set(clean, { data: Uint8Array.from(data), mode, uid, gid })
  }
  for (const path of checked.keys()) {
    const folder = foldersOf(path).find((each) => checked.has(each))
    if (folder !== undefined) throw invalid(`conflicting paths: ${folder} and ${path}`)
  }
  return new Map([...checked].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function checkNumbers({ mode, uid, gid }: ProjectedFile): void {
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw new TypeError(`"mode" must be a number between 0 and 0o777, not ${mode}`)
  }
  for (const [name, id] of Object.entries({ uid, gid })) {
    const isId = id === undefined || (Number.isInteger(id) && id >= 0 && id < 2 ** 32 - 1)
    if (!isId) throw new TypeError(`"${name}" must be a user or group id, not ${id}`)
  }
}

function invalid(message: string): KubecredError {
  return new KubecredError('ERR_PROJECTION_INVALID', message)
}
