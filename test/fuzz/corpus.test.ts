import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

import { describe, expect, test } from 'vitest'

import { attempt } from './attempt.ts'
import { targets } from './targets.ts'

const files = globSync('test/fuzz/corpus/*/*')

describe('what once was found, or could have been', () => {
  test.each(files)('%s is taken without harm', (file) => {
    const target = targets.find(({ name }) => name === basename(dirname(file)))
    if (target === undefined) throw new Error('the folder is named as no target')
    expect(attempt(target, readFileSync(file))).toBeUndefined()
  })
})
