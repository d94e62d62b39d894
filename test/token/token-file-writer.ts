// Saves tokens again and again, and says so after each time, until it is killed:
//
//   node token-file-writer.ts FILE SCOPE
import { plantedSecret } from '../../scripts/suite/planted-secret.ts'
import { Secret } from '../../src/credential/secret.ts'
import { fileTokenStore } from '../../src/token/file-token-store.ts'

const [, , file = '', scope = ''] = process.argv
const store = fileTokenStore({ file, scope })
await store.load()
for (let round = 0; ; round++) {
  // All of one save bear its number, so that a mixture would be seen; the sizes differ.
  const tokens = Array.from({ length: 50 + (round % 7) * 100 }, (_, index) => ({
    request: { namespace: 'ci', name: `account-${index}` },
    token: new Secret(`${plantedSecret}-${round}`),
    expiresAt: 1_900_000_000_000,
    expirationSeconds: 3600,
    audiences: [`${round}`],
    serviceAccountUid: undefined,
  }))
  await store.save(tokens)
  process.stdout.write(`${round}\n`)
}
