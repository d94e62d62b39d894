import type { FilterRules, Pattern } from './filter.ts'

/**
 * The rules that a proxy has when nobody says otherwise, those of kubectl. They mean what the texts in
 * {@link defaultPatterns} mean, without an engine for regular expressions: it would take eight
 * megabytes, and it is for those who bring patterns of their own.
 */
export const defaultRules: FilterRules = {
  acceptHosts: [anyOf('localhost', '127.0.0.1', '[::1]')],
  acceptPaths: [{ test: () => true }],
  rejectPaths: [podSubresource('exec'), podSubresource('attach')],
  rejectMethods: [anyOf('')],
}

/** The same as regular expressions in Go's syntax, with commas between them. */
export const defaultPatterns: Readonly<Record<keyof FilterRules, string>> = {
  acceptHosts: String.raw`^localhost$,^127\.0\.0\.1$,^\[::1\]$`,
  acceptPaths: '^.*',
  rejectPaths: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach',
  rejectMethods: '^$',
}

function anyOf(...texts: readonly string[]): Pattern {
  return { test: (text) => texts.includes(text) }
}

/** `^/api/.*\/pods/.*\/NAME`, where a dot is anything but the end of a line. */
function podSubresource(name: string): Pattern {
  return {
    test(text) {
      if (!text.startsWith('/api/')) return false
      const end = text.indexOf('\n')
      const line = end === -1 ? text : text.slice(0, end)
      const pods = line.indexOf('/pods/', '/api/'.length)
      return pods !== -1 && line.includes(`/${name}`, pods + '/pods/'.length)
    },
  }
}
