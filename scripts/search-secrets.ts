// Fails when a planted secret stands in one of the files: node scripts/search-secrets.ts FILE...
import { createReadStream } from 'node:fs'

import { SecretWatch } from './suite/planted-secret.ts'

for (const file of process.argv.slice(2)) {
  const watch = new SecretWatch()
  for await (const chunk of createReadStream(file, 'utf8')) watch.see(String(chunk))
  if (!watch.found) continue
  process.stderr.write(`A planted secret stands in ${file}.\n`)
  process.exitCode = 1
}
