import { describe, expect, test } from 'vitest'

import { isStreamingPath, isWatchPath } from '../../src/transport/streaming.ts'

describe('isStreamingPath', () => {
  test.each([
    '/api/v1/pods?watch=true',
    '/api/v1/pods?watch=1',
    '/api/v1/pods?watch=True',
    '/api/v1/pods?watch',
    '/api/v1/pods?watch=',
    '/api/v1/pods?limit=5&watch=yes',
    '/api/v1/pods?wat%63h=true&watch=true',
    '/api/v1/namespaces/a/pods/b/log?follow=TRUE',
    '/api/v1/watch/namespaces',
    '/k8s/prod/apis/apps/v1/watch/deployments',
    '/api/v1/pods?%77atch=true',
    '/api/v1/pods?w%61tch=1',
    '/api/v1/namespaces/a/pods/b/log?follo%77=true',
    '/api/v1/%77atch/pods',
    '/api/v1%2Fw%61tch%2fpods',
    '/api/v1/watch/namespaces/%FF?labelSelector=watch%3Dtrue',
    '/api/v1/watch/pods?watching=0',
  ])('%s stays open', (path) => {
    expect(isStreamingPath(path)).toBe(true)
  })

  test.each([
    '/api/v1/pods',
    '/api/v1/pods?watch=false',
    '/api/v1/pods?watch=0',
    '/api/v1/pods?watch=FALSE',
    '/api/v1/pods?watching=true',
    '/api/v1/pods?labelSelector=watch%3Dtrue',
    '/api/v1/namespaces/watch/pods',
    '/api/v1/namespaces/%77atch/pods',
    '/api/v1/pods?%77atch=false',
    '/api/v1/pods?%2577atch=true',
    '/api/v1/%2577atch/pods',
    '/version',
  ])('%s does not', (path) => {
    expect(isStreamingPath(path)).toBe(false)
  })
})

describe('isWatchPath', () => {
  test.each([
    '/api/v1/pods?watch=true',
    '/api/v1/pods?%77atch=1',
    '/api/v1/%77atch/pods',
    '/api/v1/pods?watch',
    '/api/v1/watch/namespaces?limit=1',
  ])('%s is a watch', (path) => {
    expect(isWatchPath(path)).toBe(true)
  })

  test.each(['/api/v1/pods?watch=0', '/api/v1/namespaces/a/pods/b/log?follow=true', '/version'])(
    '%s is none',
    (path) => {
      expect(isWatchPath(path)).toBe(false)
    },
  )
})
