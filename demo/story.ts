import type { Scene } from './scene.ts'
import { expiry } from './scenes/expiry.ts'
import { failingPlugin } from './scenes/failing-plugin.ts'
import { firstRequest } from './scenes/first-request.ts'
import { hundredCallers } from './scenes/hundred-callers.ts'
import { recreatedAccount } from './scenes/recreated-account.ts'
import { revocation } from './scenes/revocation.ts'
import { revokedUpload } from './scenes/revoked-upload.ts'
import { rotation } from './scenes/rotation.ts'
import { tokenFile } from './scenes/token-file.ts'
import { warmRequest } from './scenes/warm-request.ts'

/** The first act, in order; the token of the first scene is the one that expires. */
export const firstAct: readonly Scene[] = [
  firstRequest,
  warmRequest,
  hundredCallers,
  expiry,
  revocation,
  revokedUpload,
  rotation,
  failingPlugin,
]

/** The second act: tokens of ServiceAccounts in files, as pods have them. */
export const secondAct: readonly Scene[] = [tokenFile, recreatedAccount]
