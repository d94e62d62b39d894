import { describe, expect, test } from 'vitest'

import { assertSameOrigin, resolveOnServer } from '../../src/transport/origin.ts'

describe('resolveOnServer', () => {
  test.each([
    ['https://a:6443', '/version', 'https://a:6443/version'],
    ['https://a:6443', 'version', 'https://a:6443/version'],
    ['https://a:6443', '/x?watch=true&y=1', 'https://a:6443/x?watch=true&y=1'],
    ['https://a', '/', 'https://a/'],
    ['https://a/k8s/prod', '/version', 'https://a/k8s/prod/version'],
    ['https://a/k8s/prod/', '/version', 'https://a/k8s/prod/version'],
    ['https://a/k8s/prod', '/k8s/prod/version', 'https://a/k8s/prod/version'],
    ['https://a/k8s/prod', '/k8s/production', 'https://a/k8s/prod/k8s/production'],
    ['https://a', '//elsewhere/version', 'https://a//elsewhere/version'],
    ['https://a', 'https://a/version', 'https://a/version'],
    ['https://a', 'https://a:443/version', 'https://a/version'],
  ])('on %s, %s is %s', (server, path, url) => {
    expect(resolveOnServer(server, path).href).toBe(url)
  })

  test.each(['https://b/version', 'http://a/version', 'https://a:444/', 'HTTPS://evil/'])(
    'refuses %s on https://a',
    (path) => {
      expect(() => resolveOnServer('https://a', path)).toThrow(
        expect.objectContaining({ code: 'ERR_FOREIGN_ORIGIN' }),
      )
    },
  )
})

test('assertSameOrigin names both servers', () => {
  expect(() => {
    assertSameOrigin('https://a', 'https://b')
  }).toThrow('request to https://b refused: the credential belongs to https://a')
})
