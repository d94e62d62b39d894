import type { Scene } from './scene.ts'
import { expiry } from './scenes/expiry.ts'
import { failingPlugin } from './scenes/failing-plugin.ts'
import { firstRequest } from './scenes/first-request.ts'
import { hundredCallers } from './scenes/hundred-callers.ts'
import { revocation } from './scenes/revocation.ts'
import { revokedUpload } from './scenes/revoked-upload.ts'
import { rotation } from './scenes/rotation.ts'
import { warmRequest } from './scenes/warm-request.ts'

/** The story of the demo, in order; the token of the first scene is the one that expires. */
export const story: readonly Scene[] = [
  firstRequest,
  warmRequest,
  hundredCallers,
  expiry,
  revocation,
  revokedUpload,
  rotation,
  failingPlugin,
]
