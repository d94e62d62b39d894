import { mostOpenFiles } from '../host/most-open-files.ts'
import type { ProxySettings } from './server.ts'

// For connections to the server, of which few get through much, for plugins and for files.
const reserved = 80
const fewest = 16

/**
 * How many clients a proxy takes, so that there are files left to reach its server by.
 *
 * Where there are none, the system closes connections of clients as it likes, and none to the server can
 * be opened.
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
