import type { Theme } from '../entry.ts'

const transport = 'client-go/transport'

export const headers: Theme = {
  title: 'Headers and impersonation',
  hundreds: 9,
  entries: [
    {
      number: 901,
      guarantee: 'The headers of the caller stay, and none of its objects is changed.',
      upstream: 'client-go/plugin/pkg/client/auth/exec: roundTripper.RoundTrip',
      since: '1.10',
      better: ['caller-headers'],
      tests: [
        'twins/headers.test.ts: a bearer token becomes a header, and the headers that were given stay as they are',
        'transport/undici.test.ts: the undici stack > keeps the headers of the caller, given as *, and does not change them',
      ],
    },
    {
      number: 902,
      guarantee:
        'User and password become `Authorization: Basic`, also where the password is empty.',
      upstream: `${transport}: basicAuthRoundTripper`,
      since: '1.10',
      tests: [
        'twins/headers.test.ts: * become a header of basic authentication',
        'connect/connect.test.ts: connect > sends user and password',
      ],
    },
    {
      number: 903,
      guarantee: 'A user in the URL of the server is basic authentication, before any token.',
      upstream: 'client-go/rest: DefaultServerURL',
      since: '1.10',
      tests: [
        'kubeconfig/select.test.ts: a URL with a user in it > is basic authentication before any token, as in Go',
      ],
    },
    {
      number: 904,
      guarantee:
        'A `User-Agent` of the caller stays; else it is the program’s own, or `kubecred/VERSION`.',
      upstream: `${transport}: userAgentRoundTripper`,
      since: '1.10',
      better: ['own-headers'],
      tests: [
        'twins/headers.test.ts: a User-Agent of the caller stays, and else there is ours',
        'connect/connect.test.ts: connect > sends its name and version',
      ],
    },
    {
      number: 905,
      guarantee:
        'Impersonation is `Impersonate-User`, `Impersonate-Uid`, `Impersonate-Group` for each group and `Impersonate-Extra-KEY` for each value.',
      upstream: `${transport}: impersonatingRoundTripper, ImpersonateUIDHeader`,
      since: '1.23',
      tests: [
        'twins/headers.test.ts: impersonation of > * is as client-go writes it',
        'connect/connect.test.ts: connect > impersonates, and lets the overrides win',
      ],
    },
    {
      number: 906,
      guarantee:
        'What may not stand in a header is percent-encoded in an extra key, byte by byte, so that the server reads back the same key.',
      upstream: `${transport}: headerKeyEscape`,
      since: '1.12',
      tests: [
        'twins/headers.test.ts: impersonation of > the extra key * is read back by the server',
      ],
    },
    {
      number: 907,
      guarantee: 'A request that brings its own `Impersonate-User` is left alone.',
      upstream: `${transport}: impersonatingRoundTripper.RoundTrip`,
      since: '1.10',
      tests: [
        'transport/authorize.test.ts: authorize > leaves a User-Agent and an Impersonate-User of the caller alone',
      ],
    },
    {
      number: 908,
      guarantee:
        'UID, groups or extra without a user are `requesting uid, groups or user-extra for N without impersonating a user`.',
      upstream: 'client-go/tools/clientcmd: validateAuthInfo',
      since: '1.23',
      tests: ['twins/kubeconfig-validation.test.ts: * without a user to act as is refused'],
    },
  ],
}
