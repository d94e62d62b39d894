import { resolve } from 'node:path'

import type { ConfigurationNews } from '../proxy/follow-configuration.ts'
import { subscribe } from '../doors/index.ts'
import { paint } from './paint.ts'
import { describeError, hintLine } from './report-error.ts'
import type { Session } from './session.ts'
import type { Terminal } from './terminal.ts'

/** What is said on standard error of a configuration that has changed under a running proxy. */
export function proxyNews(
  news: ConfigurationNews,
  terminal: Pick<Terminal, 'colour'>,
): readonly string[] {
  const warning = paint('Warning:', 'yellow', terminal)
  switch (news.kind) {
    case 'reloaded':
      return [
        ...news.warnings.map((words) => `${warning} ${words}`),
        `${news.files.join(', ')} has changed: requests from now on use what it says`,
      ]
    case 'other-cluster':
      return [
        `${warning} the kubeconfig has changed and leads to ${news.url} now, which may be another ` +
          'cluster: this proxy stays with the one it has; start it again to follow',
      ]
    case 'failed': {
      const { what, hint } = describeError(news.error)
      const words = `${warning} the configuration has changed and cannot be used, the old one stays: ${what}`
      return hint === undefined ? [words] : [words, hintLine(hint, terminal)]
    }
  }
}

/**
 * Says what becomes of files that the kubeconfig names, until the function it gives is called.
 *
 * A token that is replaced by the next is no news, unless it could not be used before; nor is a failure
 * that is the same when the file is read again.
 *
 * @param tokenFile The path of the token that is in use; empty for none.
 */
export function tellOfFiles(
  tokenFile: () => string,
  { terminal, say }: Pick<Session, 'terminal' | 'say'>,
): () => void {
  const tell = (news: ConfigurationNews): void => {
    for (const told of proxyNews(news, terminal)) say(told)
  }
  /** What was wrong with which files when that was said. */
  const wrong = new Map<string, string>()
  const ends = [
    subscribe('kubecred:file:changed', ({ files }) => {
      const [first = '', ...others] = files
      const isToken = others.length === 0 && first === resolve(tokenFile())
      if (wrong.delete(first) || !isToken) tell({ kind: 'reloaded', files, warnings: [] })
    }),
    subscribe('kubecred:file:failed', ({ files: [first = ''], message }) => {
      if (wrong.get(first) === message) return
      wrong.set(first, message)
      tell({ kind: 'failed', error: new Error(message) })
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
