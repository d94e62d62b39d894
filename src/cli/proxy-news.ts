import type { ConfigurationNews } from '../proxy/follow-configuration.ts'
import { subscribe } from '../doors/index.ts'
import { paint } from './paint.ts'
import { describeError } from './report-error.ts'
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
      return hint === undefined ? [words] : [words, `${paint('hint:', 'yellow', terminal)} ${hint}`]
    }
  }
}

/** Says what becomes of files that the kubeconfig names, until the function it gives is called. */
export function tellOfFiles({ terminal, say }: Pick<Session, 'terminal' | 'say'>): () => void {
  const ends = [
    subscribe('kubecred:file:changed', ({ files }) => {
      for (const told of proxyNews({ kind: 'reloaded', files, warnings: [] }, terminal)) say(told)
    }),
    subscribe('kubecred:file:failed', ({ message }) => {
      for (const told of proxyNews({ kind: 'failed', error: new Error(message) }, terminal))
        say(told)
    }),
  ]
  return () => {
    for (const end of ends) end()
  }
}
