import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { subscribe, type KubecredEvents } from '../../src/events/channels.ts'
import { Account, type AccountMember } from '../../src/token/account.ts'

let account: Account
let told: (string | undefined)[]
let events: KubecredEvents['kubecred:token:recreated'][]
let end: () => void

const member: AccountMember = {
  keepOnly: (uid) => {
    told.push(uid)
    return true
  },
}

beforeEach(() => {
  account = new Account('ci', 'build')
  told = []
  events = []
  end = subscribe('kubecred:token:recreated', (event) => events.push(event))
  account.admit(member)
})

afterEach(() => end())

describe('an account', () => {
  test('takes the first UID that it hears of, and tells nobody', () => {
    expect(account.learn({ value: 'a', sent: 1, got: 2 })).toBe('agrees')
    expect([account.uid, told]).toEqual(['a', []])
  })

  test('tells its members of another UID, and everybody of that', () => {
    account.learn({ value: 'a', sent: 1, got: 2 })
    expect(account.learn({ value: 'b', sent: 3, got: 4 })).toBe('recreated')
    expect(told).toEqual(['b'])
    expect(events).toEqual([
      { namespace: 'ci', serviceAccount: 'build', previousUid: 'a', uid: 'b', dropped: 1 },
    ])
  })

  test('takes no other UID from an answer to a request that left before the last news', () => {
    account.learn({ value: 'a', sent: 1, got: 2 })
    account.learn({ value: 'b', sent: 4, got: 5 })
    expect(account.learn({ value: 'a', sent: 3, got: 6 })).toBe('outdated')
    expect([account.uid, told]).toEqual(['b', ['b']])
  })

  test('is not brought back by such an answer when it was found to be gone', () => {
    account.learn({ value: 'a', sent: 1, got: 2 })
    expect(account.learn({ value: undefined, sent: 4, got: 5 })).toBe('recreated')
    expect(account.learn({ value: 'a', sent: 3, got: 6 })).toBe('outdated')
    expect([account.uid, told]).toEqual([undefined, [undefined]])
    expect(account.learn({ value: 'b', sent: 7, got: 8 })).toBe('agrees')
  })

  test('tells those only who have not left', () => {
    account.learn({ value: 'a', sent: 1, got: 2 })
    expect([account.dismiss(member), account.members()]).toEqual([true, []])
    account.learn({ value: 'b', sent: 3, got: 4 })
    expect(told).toEqual([])
  })
})
