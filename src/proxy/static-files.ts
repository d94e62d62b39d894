import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'

import { listFolder } from './directory-listing.ts'
import { findEntry, type StaticEntry } from './static-entry.ts'
import { readStaticPath, redirectFor, type StaticPath } from './static-path.ts'
import { refuse } from './static-refusal.ts'
import { sendFile } from './static-send.ts'

/** What {@link serveStaticFiles} serves. */
export interface StaticFilesOptions {
  /** Folder of the files; links in it are followed, wherever they lead. */
  readonly directory: string
  /** What the paths of requests begin with; begins and ends with a slash itself. */
  readonly prefix: string
}

/** A request and where its answer goes. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * A handler that answers with the files of a folder, as Go's `http.FileServer` does: whatever the
 * method is, with `index.html` or a listing for a folder, with files whose names begin with a dot.
 *
 * It is for requests whose path is cleaned and begins with the prefix.
 */
export function serveStaticFiles({
  directory,
  prefix,
}: StaticFilesOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const root = resolve(directory)
  return (request, response) => {
    const path = readStaticPath(request.url ?? '', prefix)
    if (path === undefined) refuse(response, 404)
    else {
      answer(root, path, { request, response }).catch(() => {
        // A file that breaks off in the middle must not look as if it were whole.
        if (response.headersSent) response.destroy()
        else refuse(response, 500)
      })
    }
  }
}

async function answer(root: string, path: StaticPath, exchange: Exchange): Promise<void> {
  const { response } = exchange
  // Without a look at the disk: Go sends even a folder of this name away.
  if (path.decoded.endsWith('/index.html')) {
    redirect(response, `./${path.query}`)
    return
  }
  const entry = await findEntry(resolve(root, `.${path.file}`))
  if (entry.kind === 'failure') {
    refuse(response, entry.statusCode)
    return
  }
  const location = redirectFor(path.decoded, entry.kind)
  if (location !== undefined) redirect(response, `${location}${path.query}`)
  else if (entry.kind === 'folder') await answerFolder(entry, exchange)
  else if (path.decoded === '/') {
    // The directory itself is a file, and there is nowhere to send the client to.
    refuse(response, 500, 'http: attempting to traverse a non-directory')
  } else await sendFile(entry, exchange.request, response)
}

function redirect(response: ServerResponse, location: string): void {
  response.statusCode = 301
  response.setHeader('Location', location)
  response.end()
}

type Folder = Extract<StaticEntry, { readonly kind: 'folder' }>

async function answerFolder(folder: Folder, { request, response }: Exchange): Promise<void> {
  const index = await findEntry(join(folder.path, 'index.html'))
  if (index.kind === 'file') {
    await sendFile(index, request, response)
    return
  }
  // Go lists a folder that is called index.html in place of the one that it is in.
  const shown = index.kind === 'folder' ? index : folder
  if (isUnmodified(request, shown)) {
    response.statusCode = 304
    response.end()
    return
  }
  const listing = await listFolder(shown.path)
  if (listing === undefined) {
    refuse(response, 500, 'Error reading directory')
    return
  }
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.setHeader('Content-Length', listing.length)
  response.setHeader('Last-Modified', shown.modified.toUTCString())
  response.end(listing)
}

function isUnmodified({ method, headers }: IncomingMessage, { modified }: Folder): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const since = Date.parse(headers['if-modified-since'] ?? '')
  // Whole seconds are all that the header can say.
  return Math.floor(modified.getTime() / 1000) * 1000 <= since
}
