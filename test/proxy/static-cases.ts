import { request as httpRequest } from 'node:http'

import { collect, responseTo } from '../testing/http-clients.ts'

/** When all of it was modified: with a fraction, which no header can say. */
export const modified: Date = new Date('2024-01-02T03:04:05.678Z')
const modifiedText = 'Tue, 02 Jan 2024 03:04:05 GMT'
const earlier = 'Mon, 01 Jan 2024 00:00:00 GMT'
const later = 'Wed, 03 Jan 2024 00:00:00 GMT'

/** The files, by their paths. */
export const files: Readonly<Record<string, string>> = {
  'hello.txt': 'hello\n',
  'ten.txt': '0123456789',
  empty: '',
  '.hidden': 'dot\n',
  '.git/config': 'dotted\n',
  'site/index.html': '<p>index\n',
  'sub/file': 'inner\n',
  'sub/b/c': '',
  'nested/index.html/inner': '',
  'with space.txt': 'space\n',
  'per%cent.txt': 'percent\n',
  'tëst.txt': 'unicode\n',
  'page.html': '<p>page\n',
  'style.css': 'p {}\n',
  'data.json': '{}\n',
  'image.svg': '<svg/>\n',
  'image.png': 'no image\n',
  'UPPER.HTML': '<p>upper\n',
  'html-without-ending': '<!DOCTYPE html>\n',
  'ending-unknown.xyzzy': 'a\0b',
}

/** More of them, where the system takes such names. */
export const posixFiles: Readonly<Record<string, string>> = {
  'odd/what?.txt': 'question\n',
  'odd/num#ber.txt': 'hash\n',
  'odd/<b>&"\'.txt': 'markup\n',
  'odd/c:d': 'colon\n',
  'odd/*': 'star\n',
  'odd/back\\slash': 'backslash\n',
  'odd/new\nline': 'newline\n',
  'odd/\u{ffff}': 'last of the plane\n',
  'odd/\u{10000}': 'first of the next\n',
  'odd/e:f/g': '',
  'star/*': '',
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What a client sees of an answer; headers that are not there are left out. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly [header: string]: unknown
}

const compared = [
  'content-type',
  'location',
  'content-length',
  'content-range',
  'accept-ranges',
  'last-modified',
  'x-content-type-options',
  'etag',
  'cache-control',
]

/** One request on a connection of its own. */
export async function ask(
  port: number,
  path: string,
  { method, headers }: Asked = {},
): Promise<Answer> {
  const options = { host: '127.0.0.1', port, path, method: method ?? 'GET', agent: false }
  const outgoing = httpRequest({ ...options, headers: { ...headers } })
  outgoing.end()
  const response = await responseTo(outgoing)
  const body = await collect(response)
  const seen = compared.flatMap((name) => {
    const value = response.headers[name]
    // `send` says of a file that has not changed, too, that it could be divided.
    const extra = response.statusCode === 304 && name === 'accept-ranges'
    return value === undefined || extra ? [] : [[name, value]]
  })
  return {
    status: response.statusCode ?? 0,
    body: body.toString(),
    ...Object.fromEntries(seen),
  }
}

export const textType = 'text/plain; charset=utf-8'
export const htmlType = 'text/html; charset=utf-8'

export const file = (body: string, type: string = textType): Answer => ({
  status: 200,
  body,
  'content-type': type,
  'content-length': String(Buffer.byteLength(body)),
  'accept-ranges': 'bytes',
  'last-modified': modifiedText,
})
const part = (body: string, range: string): Answer => ({
  ...file(body),
  status: 206,
  'content-range': range,
})
export const refusal = (status: number, words: string): Answer => ({
  status,
  body: `${words}\n`,
  'content-type': textType,
  'content-length': String(words.length + 1),
  'x-content-type-options': 'nosniff',
})
export const missing: Answer = refusal(404, '404 page not found')
const moved = (location: string): Answer => ({
  status: 301,
  body: '',
  location,
  'content-length': '0',
})
const listing = (...links: readonly string[]): Answer => {
  const lines = links.map((link) => `${link}\n`).join('')
  const body = `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${lines}</pre>\n`
  return {
    status: 200,
    body,
    'content-type': htmlType,
    'content-length': String(Buffer.byteLength(body)),
    'last-modified': modifiedText,
  }
}
const unchanged: Answer = { status: 304, body: '', 'last-modified': modifiedText }
const range = (value: string, more: Readonly<Record<string, string>> = {}): Asked => ({
  headers: { range: value, ...more },
})
const when = (name: string, value: string, method = 'GET'): Asked => ({
  method,
  headers: { [name]: value },
})

/** A request below the prefix, or beside it with `../`, and its answer. */
export type Case = readonly [title: string, path: string, asked: Asked, expected: Answer]

export const cases: readonly Case[] = [
  ['a file', 'hello.txt', {}, file('hello\n')],
  ['a file in a folder', 'sub/file', {}, file('inner\n')],
  ['an empty file', 'empty', {}, file('')],
  ['a file, and a query', 'hello.txt?a=b', {}, file('hello\n')],
  ['a file whose name begins with a dot', '.hidden', {}, file('dot\n')],
  ['a file in a folder whose name does', '.git/config', {}, file('dotted\n')],
  ['a space in a name', 'with%20space.txt', {}, file('space\n')],
  ['a percent sign in a name', 'per%25cent.txt', {}, file('percent\n')],
  ['a letter beyond ASCII in a name', 't%C3%ABst.txt', {}, file('unicode\n')],
  ['letters that are encoded in vain', '%68ello.tx%74', {}, file('hello\n')],
  ['a slash that is encoded', 'sub%2Ffile', {}, file('inner\n')],

  ['the type of a page', 'page.html', {}, file('<p>page\n', htmlType)],
  ['the type of a page in capitals', 'UPPER.HTML', {}, file('<p>upper\n', htmlType)],
  ['the type of a style sheet', 'style.css', {}, file('p {}\n', 'text/css; charset=utf-8')],
  ['the type of JSON', 'data.json', {}, file('{}\n', 'application/json')],
  ['the type of an SVG', 'image.svg', {}, file('<svg/>\n', 'image/svg+xml')],
  ['the type of what is called an image', 'image.png', {}, file('no image\n', 'image/png')],
  ['a type by what is in it', 'html-without-ending', {}, file('<!DOCTYPE html>\n', htmlType)],
  ['a type of bytes', 'ending-unknown.xyzzy', {}, file('a\0b', 'application/octet-stream')],

  ['nothing there', 'nope', {}, missing],
  ['nothing there, in a folder', 'nope/nope', {}, missing],
  ['a path that goes on behind a file', 'hello.txt/nope', {}, missing],
  ['a prefix that is encoded in vain', '../st%61tic/hello.txt', {}, missing],
  ['a name that is too long', 'x'.repeat(300), {}, refusal(500, '500 Internal Server Error')],

  ['a folder that has a page', 'site/', {}, file('<p>index\n', htmlType)],
  ['a page by its name', 'site/index.html', {}, moved('./')],
  ['the same, where there is none', 'nope/index.html?a=b', {}, moved('./?a=b')],
  ['a folder without its slash', 'sub', {}, moved('sub/')],
  ['a folder without its slash, and a query', 'sub/b?c=d&e', {}, moved('b/?c=d&e')],
  ['a file with a slash', 'sub/file/', {}, moved('../file')],
  ['a folder', 'sub/', {}, listing('<a href="b/">b/</a>', '<a href="file">file</a>')],
  ['a folder, one file in it', 'sub/b/', {}, listing('<a href="c">c</a>')],
  ['a folder for a page', 'nested/', {}, listing('<a href="inner">inner</a>')],

  ['HEAD', 'hello.txt', { method: 'HEAD' }, { ...file('hello\n'), body: '' }],
  ['HEAD of nothing', 'nope', { method: 'HEAD' }, { ...missing, body: '' }],
  ['HEAD of a folder', 'sub/b/', { method: 'HEAD' }, { ...listing('<a href="c">c</a>'), body: '' }],
  [
    'HEAD of a folder without its slash',
    'sub',
    { method: 'HEAD' },
    { status: 301, body: '', location: 'sub/' },
  ],
  ['POST', 'hello.txt', { method: 'POST' }, file('hello\n')],
  ['DELETE', 'hello.txt', { method: 'DELETE' }, file('hello\n')],
  ['PUT of nothing', 'nope', { method: 'PUT' }, missing],

  ['the beginning', 'ten.txt', range('bytes=0-3'), part('0123', 'bytes 0-3/10')],
  ['the middle', 'ten.txt', range('bytes=3-3'), part('3', 'bytes 3-3/10')],
  ['the rest', 'ten.txt', range('bytes=7-'), part('789', 'bytes 7-9/10')],
  ['more than the rest', 'ten.txt', range('bytes=7-99'), part('789', 'bytes 7-9/10')],
  ['the end', 'ten.txt', range('bytes=-2'), part('89', 'bytes 8-9/10')],
  [
    'a range behind the end',
    'ten.txt',
    range('bytes=10-'),
    { ...refusal(416, 'invalid range: failed to overlap'), 'content-range': 'bytes */10' },
  ],
  ['a range of nothing', 'empty', range('bytes=0-3'), file('')],
  [
    'a range of the same file',
    'ten.txt',
    range('bytes=0-3', { 'if-range': modifiedText }),
    part('0123', 'bytes 0-3/10'),
  ],
  [
    'a range of an older file',
    'ten.txt',
    range('bytes=0-3', { 'if-range': earlier }),
    file('0123456789'),
  ],
  [
    'a range of a file by its tag',
    'ten.txt',
    range('bytes=0-3', { 'if-range': '"tag"' }),
    file('0123456789'),
  ],

  ['the same file', 'ten.txt', when('if-modified-since', modifiedText), unchanged],
  ['a file from before', 'ten.txt', when('if-modified-since', later), unchanged],
  ['a file from after', 'ten.txt', when('if-modified-since', earlier), file('0123456789')],
  ['a date that is none', 'ten.txt', when('if-modified-since', 'x'), file('0123456789')],
  ['HEAD of the same file', 'ten.txt', when('if-modified-since', later, 'HEAD'), unchanged],
  ['the same folder', 'sub/b/', when('if-modified-since', modifiedText), { status: 304, body: '' }],
  [
    'a folder from after',
    'sub/b/',
    when('if-modified-since', earlier),
    listing('<a href="c">c</a>'),
  ],
  [
    'a folder is posted to',
    'sub/b/',
    when('if-modified-since', later, 'POST'),
    listing('<a href="c">c</a>'),
  ],
  ['any tag', 'ten.txt', when('if-none-match', '*'), unchanged],
  ['another tag', 'ten.txt', when('if-none-match', '"a", W/"b"'), file('0123456789')],
  [
    'a tag that has to be',
    'ten.txt',
    when('if-match', '"a"'),
    { status: 412, body: '', 'content-length': '0', 'last-modified': modifiedText },
  ],
  [
    'a file that was not to change',
    'ten.txt',
    when('if-unmodified-since', earlier),
    { status: 412, body: '', 'content-length': '0', 'last-modified': modifiedText },
  ],
  [
    'a file that did not change',
    'ten.txt',
    when('if-unmodified-since', modifiedText),
    file('0123456789'),
  ],

  ['dots that are encoded', '%2e%2e/secret', {}, missing],
  ['a slash after dots that is encoded', '..%2fsecret', {}, missing],
  ['all of it encoded', '%2e%2e%2fsecret', {}, missing],
  ['dots further on', 'sub/%2e%2e/%2e%2e/%2e%2e/secret', {}, missing],
  ['dots that stay inside', 'sub/%2e%2e/hello.txt', {}, file('hello\n')],
  ['dots that lead to the root', 'sub/b/%2e%2e', {}, moved('../')],
  ['a path that is absolute', '%2Fetc%2Fpasswd', {}, missing],
  ['backslashes', '..%5csecret', {}, missing],
  ['encoded twice', '%252e%252e%252fsecret', {}, missing],
]

/** More of them, where the system takes such names. */
export const posixCases: readonly Case[] = [
  ['a question mark in a name', 'odd/what%3F.txt', {}, file('question\n')],
  ['a hash in a name', 'odd/num%23ber.txt', {}, file('hash\n')],
  ['a backslash in a name', 'odd/back%5Cslash', {}, file('backslash\n')],
  ['a line end in a name', 'odd/new%0Aline', {}, file('newline\n')],
  ['a colon in a name', 'odd/c:d', {}, file('colon\n')],
  ['a link to a file outside', 'link-out', {}, file('not to be served\n')],
  ['a link to a folder', 'link-folder', {}, moved('link-folder/')],
  ['a file behind a link', 'link-folder/file', {}, file('inner\n')],
  ['a link to nowhere', 'link-nowhere', {}, missing],
  ['a link to itself', 'link-loop', {}, refusal(500, '500 Internal Server Error')],
  ['a name that is a star', 'star/', {}, listing('<a href="*">*</a>')],
]
/** How files begin, and the types that Go sees in it: its own code, not the machine's database. */
export const signatures: readonly (readonly [beginning: string, type: string])[] = [
  ['  <HTML>', htmlType],
  ['<h1 class>', htmlType],
  ['<!-- a', htmlType],
  ['<html', textType],
  ['<pre>', textType],
  ['\n<?xml ', 'text/xml; charset=utf-8'],
  ['%PDF-1', 'application/pdf'],
  ['%!PS-Adobe-3', 'application/postscript'],
  ['\xfe\xff\0a', 'text/plain; charset=utf-16be'],
  ['\xff\xfea\0', 'text/plain; charset=utf-16le'],
  ['\xef\xbb\xbfa', textType],
  ['\xef\xbb\xbf\0', textType],
  ['\0\0\x01\0', 'image/x-icon'],
  ['\0\0\x02\0', 'image/x-icon'],
  ['BM', 'image/bmp'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF1234WEBPVP8', 'image/webp'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['FORM1234AIFF', 'audio/aiff'],
  ['ID3', 'audio/mpeg'],
  ['OggS\0', 'application/ogg'],
  ['MThd\0\0\0\x06', 'audio/midi'],
  ['RIFF1234AVI ', 'video/avi'],
  ['RIFF1234WAVE', 'audio/wave'],
  ['RIFF1234', textType],
  ['\0\0\0\x14ftypmp42\0\0\0\0isom', 'video/mp4'],
  ['\0\0\0\x18ftypisom\0\0\x02\0isommp41', 'video/mp4'],
  ['\0\0\0\x18ftypisom\0\0\x02\0isomavc1', 'application/octet-stream'],
  ['\0\0\0\x14ftypisommp41isom', 'application/octet-stream'],
  ['\0\0\x02\x18ftypmp42\0\0\0\0isom', 'application/octet-stream'],
  ['\x1a\x45\xdf\xa3', 'video/webm'],
  [`${'\0'.repeat(34)}LP`, 'application/vnd.ms-fontobject'],
  ['\0\x01\0\0', 'font/ttf'],
  ['OTTO', 'font/otf'],
  ['ttcf', 'font/collection'],
  ['wOFF', 'font/woff'],
  ['wOF2', 'font/woff2'],
  ['\x1f\x8b\x08', 'application/x-gzip'],
  ['PK\x03\x04', 'application/zip'],
  ['Rar!\x1a\x07\0', 'application/x-rar-compressed'],
  ['Rar!\x1a\x07\x01\0', 'application/x-rar-compressed'],
  ['\0asm', 'application/wasm'],
  ['\x1b[1mbold', textType],
  ['\x07bell', 'application/octet-stream'],
  [`${'a'.repeat(512)}\0`, textType],
]
