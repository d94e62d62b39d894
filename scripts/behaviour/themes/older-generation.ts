import type { Theme } from '../entry.ts'

export const olderGeneration: Theme = {
  title: 'The older generation',
  hundreds: 10,
  entries: [
    {
      number: 1001,
      guarantee:
        '`v1alpha1` is spoken as client-go spoke it up to 1.23; kubectl has forgotten it since.',
      better: ['v1alpha1'],
      tests: [
        'exec/read-reply.test.ts: readReply > reads v1alpha1 where it is configured',
        'twins/authenticator.test.ts: a plugin of v1alpha1 > is told of the 401 that made its run necessary, and of nothing at the first run',
      ],
    },
    {
      number: 1002,
      guarantee:
        'A plugin of v1alpha1 whose credential the server rejected is told of the answer: `spec.response` with `header`, its names as Go has them, and `code`.',
      better: ['v1alpha1'],
      tests: [
        'twins/authenticator.test.ts: a plugin of v1alpha1 > is told of the 401 that made its run necessary, and of nothing at the first run',
        'api/exec-info.test.ts: execInfo > for v1alpha1 > carries the answer that rejected the credential, names as Go has them',
      ],
    },
    {
      number: 1003,
      guarantee: 'A plugin of v1 or v1beta1 is never told of an answer.',
      upstream: 'client-go/pkg/apis/clientauthentication/v1: ExecCredentialSpec',
      since: '1.11',
      tests: [
        'twins/authenticator.test.ts: a plugin of v1alpha1 > is the last to be told: one of * is not',
        'api/exec-info.test.ts: execInfo > has no place for that answer in the versions of today',
      ],
    },
    {
      number: 1004,
      guarantee: 'In v1alpha1 `interactive` is left out when it is false.',
      better: ['v1alpha1'],
      tests: ['api/exec-info.test.ts: execInfo > for v1alpha1 > leaves out what is false'],
    },
  ],
}
