import { mostOpenFiles } from '../host/most-open-files.ts'
import type { ProxySettings } from './server.ts'

// For connections to the server, of which few get through much, for plugins and for files.
const reserved = 80
const fewest = 16

/**
 * How many clients a proxy takes, so that it can always reach its server.
 *
 * A system that is out of files closes connections as it likes, and those to the server, too. Requests that
 * are waiting for a connection lose nothing by it.
 *
 * @param say Told once, when there are more.
 */
export function crowdLimit(
  say: (line: string) => void,
): Pick<ProxySettings, 'mostConnections' | 'crowded'> {
  const files = mostOpenFiles()
  if (files === undefined) return {}
  const mostConnections = Math.max(files - reserved, fewest)
  let told = false
  const crowded = (): void => {
    if (!told) say(words(mostConnections, files))
    told = true
  }
  return { mostConnections, crowded }
}

function words(mostConnections: number, files: number): string {
  return (
    `more than ${mostConnections} clients are connected, and further ones are turned away: ` +
    `this process may have ${files} files and connections open (ulimit -n)`
  )
}
