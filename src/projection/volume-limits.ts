import type { Fields } from '../yaml/fields.ts'

const shortestSeconds = 600
const longestSeconds = 2 ** 32
const defaultSeconds = 3600

/** A text that must be there. */
export function requiredText(fields: Fields, name: string): string {
  const text = fields.text(name)
  if (text === '') throw fields.problem(name, 'is required: Required value')
  return text
}

/** The path of a file, within the API server's limits. */
export function filePath(fields: Fields): string {
  const path = requiredText(fields, 'path')
  if (path.startsWith('/')) throw fields.problem('path', 'must be a relative path')
  if (path.split('/').includes('..')) throw fields.problem('path', "must not contain '..'")
  if (path.startsWith('..')) throw fields.problem('path', "must not start with '..'")
  return path
}

/** The name of an object, which becomes part of a URL. */
export function objectName(fields: Fields): string {
  const name = requiredText(fields, 'name')
  if (name === '.' || name === '..') throw fields.problem('name', `may not be '${name}'`)
  const mark = ['/', '%'].find((each) => name.includes(each))
  if (mark !== undefined) throw fields.problem('name', `may not contain '${mark}'`)
  return name
}

/** Permissions of files; undefined when absent. */
export function fileMode(fields: Fields, name: 'mode' | 'defaultMode'): number | undefined {
  const mode = fields.integer(name)
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return numberOf(mode)
  const octal = String(mode)
  const meant = /^[0-7]{3}$/u.test(octal) ? Number.parseInt(octal, 8) : undefined
  throw fields.problem(
    name,
    'must be a number between 0 and 0777 (octal), both inclusive',
    meant === undefined ? undefined : `in YAML write 0${octal}, in JSON ${meant}`,
  )
}

/** Seconds that a token is asked for. */
export function expirationSeconds(fields: Fields): number {
  const name = 'expirationSeconds'
  const seconds = fields.integer(name) ?? defaultSeconds
  if (seconds < shortestSeconds) {
    throw fields.problem(name, 'may not specify a duration less than 10 minutes')
  }
  if (seconds > longestSeconds) {
    throw fields.problem(name, 'may not specify a duration larger than 2^32 seconds')
  }
  return Number(seconds)
}

function numberOf(value: number | bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}
