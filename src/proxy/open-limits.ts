import { mostOpenFiles } from '../host/most-open-files.ts'
import { standStill } from '../host/stand-still.ts'
import type { CrowdSettings } from './crowd.ts'

/** What a proxy may have open at once. */
export interface OpenLimits {
  /** Undefined where there is no limit to be kept. */
  readonly crowd: CrowdSettings | undefined
  /** Most connections to the server of each kind, for requests and for uploads; undefined as above. */
  readonly connections: number | undefined
}

/**
 * What a proxy may have open, so that there are always files left to reach its server by: where there
 * are none, the system library closes all clients that wait.
 *
 * @param say Told once, when a client was turned away.
 */
export function openLimits(say: (line: string) => void): OpenLimits {
  const files = mostOpenFiles()
  if (files === undefined) return { crowd: undefined, connections: undefined }
  const { clients, connections } = shareFiles(files)
  let told = false
  const turnedAway = (): void => {
    if (!told) say(words(clients, files))
    told = true
  }
  return {
    crowd: { mostConnections: clients, atTheDoor, standStill, turnedAway },
    connections,
  }
}

// For the program itself, plugins, files that are read, connections of a generation that ends.
const own = 48
const atTheDoor = 16
const fewestClients = 16

/** How many of so many files are for clients, and how many for each kind of connection to the server. */
export function shareFiles(files: number): {
  readonly clients: number
  readonly connections: number
} {
  // Few connections to the server get through much. More than by default are of no use.
  const connections = Math.min(Math.max(Math.floor(files / 16), 8), 256)
  const clients = Math.max(files - 2 * connections - own - atTheDoor, fewestClients)
  return { clients, connections }
}

function words(clients: number, files: number): string {
  return (
    `more than ${clients} clients have requests at once, and further ones are told to try again: ` +
    `this process may have ${files} files and connections open (ulimit -n)`
  )
}
