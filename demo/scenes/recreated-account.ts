import { time } from '../figures.ts'
import { pause } from '../requests.ts'
import { claim, type Scene } from '../scene.ts'
import type { Stage } from '../stage.ts'
import { checkMs, deployer, withTokenFile, type TokenFile } from '../token-file.ts'

// A machine that is busy may take longer than the interval; it is given this long at most.
const patienceMs = 10_000

/** The account is deleted and made anew, and its token dies with it; the file has another soon. */
export const recreatedAccount: Scene = {
  title: 'its account is remade',
  play: (stage) =>
    withTokenFile(stage, async (file) => {
      await file.keeper.start()
      await untilWritten(file)
      const before = await file.read()
      claim(before.status === 200, `the reader was answered with ${before.status}`)
      const { refused, ms } = await remake(stage, file)
      const looks = `looked at every ${time(checkMs)}, by the kubelet never`
      return { text: `its reader: 200 after ${refused} × 401; ${looks}`, time: time(ms) }
    }),
}

async function untilWritten({ keeper }: TokenFile): Promise<void> {
  while (keeper.state.writtenAt === undefined) await pause(5)
}

/** @returns How long the reader was without a good token, and how often it was told so. */
async function remake(
  { server }: Stage,
  { read }: TokenFile,
): Promise<{ readonly refused: number; readonly ms: number }> {
  server.createTokenOwner(deployer)
  const startedAt = performance.now()
  for (let refused = 0; ; refused++) {
    const { status } = await read()
    const ms = performance.now() - startedAt
    if (status === 200) return { refused, ms }
    claim(status === 401, `the reader was answered with ${status}`)
    claim(ms < patienceMs, `there was no good token within ${time(patienceMs)}`)
    await pause(20)
  }
}
