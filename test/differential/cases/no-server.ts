import { difference } from '../../differences.ts'
import type { Case } from '../case.ts'

/** Nothing names a server: kubectl has one for that. */
export function noServer(ours: string): Pick<Case, 'fails' | 'differs'> {
  return {
    fails: 'The connection to the server localhost:8080 was refused',
    differs: { because: difference('no-default-server'), in: ['error'], ours: { error: ours } },
  }
}
