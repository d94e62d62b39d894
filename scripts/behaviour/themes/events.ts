import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'

export const events: Theme = {
  title: 'Events',
  hundreds: 11,
  entries: [
    {
      number: 1101,
      guarantee:
        'Each run of a plugin is an event when it starts and when it ends, with its exit code, how long it took and what went wrong.',
      upstream: `${exec}: incrementCallsMetric`,
      since: '1.21',
      tests: [
        'exec/provider.test.ts: execProvider > tells of each run when it starts and when it ends',
      ],
    },
    {
      number: 1102,
      guarantee:
        'A renewal that fails is an event, also where the old credential still serves and no request fails.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.10',
      tests: [
        'credential/renewal-events.test.ts: the failed event > tells that the old credential still serves, and of errors without a code',
      ],
    },
    {
      number: 1103,
      guarantee: 'A change of the client certificate is an event.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.18',
      tests: [
        'transport/generations.test.ts: Generations > tells of a rotation, and of nothing else',
        'credential/renewal-events.test.ts: the renewed event > says that * changed',
      ],
    },
    {
      number: 1104,
      guarantee: 'No event holds a secret.',
      better: ['quotes-no-secret'],
      tests: ['credential/renewal-events.test.ts: no event holds a secret'],
    },
  ],
}
