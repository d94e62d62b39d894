import { expect, test } from 'vitest'

import { shownUrl } from '../../src/cli/shown-url.ts'

const secret = 'KUBECRED-PLANTED-SECRET-url'

test('an ordinary URL is shown as it is', () => {
  const url = 'https://h:1/api?watch=true&labelSelector=a%3Db&continue=x'
  expect(shownUrl(new URL(url))).toBe(url)
})

test.each([
  `https://user:${secret}@h/`,
  `https://h/?access_token=${secret}`,
  `https://h/?a=b&X-Amz-Signature=${secret}`,
  `https://h/?clientSecret=${secret}&clientSecret=${secret}`,
  `https://h/?apiKey=${secret}`,
])('the secret in URL %# is not shown', (url) => {
  expect(shownUrl(new URL(url))).not.toContain(secret)
})
