import { describe, expect, test } from 'vitest'

import { comesByLine, LineEnds } from '../../src/transport/line-ends.ts'

const taken = (lines: LineEnds, ...chunks: readonly string[]): readonly string[] =>
  chunks.map((chunk) => lines.take(Buffer.from(chunk)).toString())

describe('LineEnds', () => {
  test('passes everything on until an end is asked for', () => {
    const lines = new LineEnds()
    expect(taken(lines, 'a\nb', 'c\n', '', 'd')).toEqual(['a\nb', 'c\n', '', 'd'])
    expect(lines.reached).toBe(false)
  })

  test('ends at once where nothing, or a whole line, has come', () => {
    const untouched = new LineEnds()
    untouched.finish()
    expect(untouched.reached).toBe(true)
    const lines = new LineEnds()
    taken(lines, 'a', '\n', '')
    lines.finish()
    expect(lines.reached).toBe(true)
  })

  test('goes on to the end of a line that has begun, and no further', () => {
    const lines = new LineEnds()
    taken(lines, 'a\nb')
    lines.finish()
    expect(lines.reached).toBe(false)
    expect(taken(lines, 'c', 'd\ne\nf')).toEqual(['c', 'd\n'])
    expect(lines.reached).toBe(true)
  })

  test('passes nothing on after the end', () => {
    const lines = new LineEnds()
    taken(lines, 'a\n')
    lines.finish()
    expect(taken(lines, 'b\nc', '', 'd\n')).toEqual(['', '', ''])
    expect(lines.reached).toBe(true)
  })
})

describe('comesByLine', () => {
  const json = 'application/json'
  test.each([
    [200, { 'content-type': json }, true],
    [200, { 'content-type': 'application/json;stream=watch' }, true],
    [200, { 'content-type': 'application/apply+json', 'content-encoding': 'identity' }, true],
    [200, { 'content-type': 'application/vnd.kubernetes.protobuf;stream=watch' }, false],
    [200, { 'content-type': json, 'content-encoding': 'gzip' }, false],
    [200, { 'content-type': 'application/json-seq' }, false],
    [200, {}, false],
    [403, { 'content-type': json }, false],
  ])('is, for %d and %j, %j', (statusCode, headers, expected) => {
    expect(comesByLine({ statusCode, headers })).toBe(expected)
  })
})
