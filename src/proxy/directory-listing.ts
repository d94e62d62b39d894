import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'

import { linkTo } from './static-link.ts'

/** The page that lists a folder, byte for byte as Go writes it; undefined if it cannot be read. */
export async function listFolder(path: string): Promise<Buffer | undefined> {
  try {
    // As bytes: a name need not be UTF-8, and Go sorts them as bytes.
    return page(await readdir(path, { withFileTypes: true, encoding: 'buffer' }))
  } catch {
    return undefined
  }
}

function page(entries: readonly Dirent<Buffer>[]): Buffer {
  const lines = entries
    .toSorted((one, other) => Buffer.compare(one.name, other.name))
    .map((entry) => {
      const name = `${entry.name.toString('latin1')}${entry.isDirectory() ? '/' : ''}`
      return `<a href="${linkTo(name)}">${escapeHtml(name)}</a>\n`
    })
  return Buffer.from(`${head}${lines.join('')}</pre>\n`, 'latin1')
}

const head = `<!doctype html>
<meta name="viewport" content="width=device-width">
<pre>
`

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}
