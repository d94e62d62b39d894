import { describe, expect, test } from 'vitest'

import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { Journal } from '../../soak/journal.ts'
import type { Failure } from '../../soak/oracle.ts'

const failure: Failure = {
  client: 'undici',
  operation: 'echo',
  trouble: 'lost',
  startedAt: 10,
  endedAt: 20,
}

function journal(): { readonly journal: Journal; readonly said: string[] } {
  const said: string[] = []
  return { journal: new Journal((line) => said.push(line)), said }
}

describe('the journal', () => {
  test('holds a failure that no fault explains for a broken promise, and says so', () => {
    const { journal: kept, said } = journal()
    kept.oracle.begin('another fault', [], 15)
    kept.failed(failure, new Error('no more'))
    kept.settle()
    expect(kept.broken).toMatchObject([{ felt: ['another fault'] }])
    expect(said.join('\n')).toMatch(
      /undici: echo ended with "lost" after 10 ms\n {4}Error: no more/u,
    )
    expect(kept.tallies.get('undici')).toMatchObject({ ok: 0, explained: 0, broken: 1 })
  })

  test('asks for the fault a moment later, when it may be known', () => {
    const { journal: kept } = journal()
    kept.failed(failure, new Error('no more'))
    kept.oracle.begin('a fault', [{ troubles: ['lost'] }], 15)
    kept.settle()
    expect(kept.broken).toEqual([])
    expect(kept.tallies.get('undici')).toMatchObject({ explained: 1, broken: 0 })
  })

  test('tells once of what happened before a promise was broken, and nothing of what came later', () => {
    const { journal: kept, said } = journal()
    for (let at = 0; at < 30; at++) kept.note(`before ${at}`)
    kept.failed(failure, new Error('no more'))
    kept.note('later')
    kept.settle()
    expect(said.join('\n')).toMatch(/felt: nothing\n {4}\d+\.\d s: before 5\n/u)
    expect(said.filter((line) => line.includes('before'))).toHaveLength(25)
    expect(said.join()).not.toContain('later')
    kept.breaks('another')
    expect(said.slice(-2)).toEqual(['    felt: nothing', expect.stringContaining('later')])
  })

  test('finds a secret in an error, in pieces of output, and a token as the fakes give them', () => {
    const { journal: kept, said } = journal()
    kept.oracle.begin('a fault', [{ troubles: ['lost'] }], 15)
    kept.failed(failure, new Error('x', { cause: new Error(`${plantedSecret}-1`) }))
    kept.see('a proxy', plantedSecret.slice(0, 9))
    kept.see('a proxy', plantedSecret.slice(9))
    kept.see('an event', 'fake-soak-undici.abcdefgh12')
    kept.see('an event', 'exec plugin "fake"')
    expect(kept.broken.map(({ what }) => what)).toEqual([
      'a secret stands in an error',
      'a secret stands in a proxy',
      'a secret stands in an event',
    ])
    expect(said.join()).not.toContain(plantedSecret)
    kept.settle()
  })

  test('knows who is well again: whoever got an answer to what they began since', () => {
    const { journal: kept } = journal()
    kept.succeeded('undici', 100)
    kept.succeeded('undici', 50)
    expect(kept.hasSucceededSince('undici', 99)).toBe(true)
    expect(kept.hasSucceededSince('undici', 100)).toBe(false)
    expect(kept.hasSucceededSince('https', 0)).toBe(false)
  })
})
