import { tokenClient } from '../doors/https.ts'
import { VolumeMetrics } from '../doors/metrics.ts'
import { TokenManager, VolumeKeeper, type TokenClient } from '../doors/token.ts'
import { aborted } from './aborted.ts'
import { AfterRenewal } from './after-renewal.ts'
import { askCluster, type Conversation } from './ask-cluster.ts'
import { exitCodes, usageError } from './command-error.ts'
import type { GlobalFlags } from './global-flags.ts'
import { MetricsPage } from './metrics-page.ts'
import { narrate } from './narrate.ts'
import { plainTokens } from './plain-tokens.ts'
import { liveness, readiness } from './project-health.ts'
import { tellOfVolume } from './project-news.ts'
import { projectObjects } from './project-objects.ts'
import { ProjectPages, readSites } from './project-pages.ts'
import { readReactions } from './project-reactions.ts'
import { contentsOf, readProjectWish, type ProjectWish } from './project-wish.ts'
import type { Session } from './session.ts'
import { toldCluster } from './told-cluster.ts'
import type { TokenProjectFlags } from './token-project-flags.ts'

/** Keeps a projected volume fresh until asked to stop, or writes it once; the answer is the exit code. */
export async function tokenProject(
  words: readonly string[],
  flags: GlobalFlags & TokenProjectFlags,
  session: Session,
): Promise<number> {
  const wish = await readProjectWish(flags, session.terminal.host)
  const reactions = readReactions(words, flags, session)
  const sites = readSites(flags)
  if (flags.once === true && sites.length > 0) {
    throw usageError('nothing is served with --once', 'leave out the addresses')
  }
  const after = new AfterRenewal(reactions, (problem) =>
    session.say(`after the change: ${problem}`),
  )
  // The time is that of a request, and not of the whole; and what happens is told here.
  const overall = { ...flags, requestTimeout: 0, v: 0 }
  return await askCluster(overall, session, async (conversation) => {
    const level = flags.v ?? 0
    const { terminal } = session
    const plain = plainTokens(wish, conversation.config.namespace)
    const say = (line: string): void => session.say(plain(line))
    const cluster = toldCluster(conversation.cluster, { level, say, clock: terminal.clock })
    const { manager, keeper } = keepersOf(tokenClient(cluster), conversation, wish, flags, session)
    const ends = [
      narrate(level, { say }),
      tellOfVolume(level, { say, terminal }, () => after.changed()),
    ]
    try {
      if (flags.once === true) return await writeOnce(keeper, wish, conversation, session)
      return await keepFresh({ keeper, wish, conversation, sites, after }, session)
    } finally {
      await keeper.close()
      await manager.close()
      await after.settled()
      for (const end of ends) end()
    }
  })
}

/** Who keeps the tokens, and who the files. */
function keepersOf(
  client: TokenClient,
  { config }: Conversation,
  wish: ProjectWish,
  { checkAccount, requestTimeout = 0, fsUser, fsGroup }: GlobalFlags & TokenProjectFlags,
  { terminal: { clock } }: Session,
): { readonly manager: TokenManager; readonly keeper: VolumeKeeper } {
  const { directory, volume, serviceAccount: name } = wish
  const manager = new TokenManager({
    client,
    checkAccountsMs: checkAccount,
    requestTimeoutMs: requestTimeout === 0 ? undefined : requestTimeout,
    clock,
  })
  const keeper = new VolumeKeeper({
    directory,
    volume,
    manager,
    account: { namespace: config.namespace, name },
    objects: projectObjects(wish, config, client),
    fsUser,
    fsGroup,
    clock,
  })
  return { manager, keeper }
}

async function writeOnce(
  keeper: VolumeKeeper,
  { directory, volume }: ProjectWish,
  { signal }: Conversation,
  { output }: Session,
): Promise<number> {
  const { changed } = await keeper.once({ signal })
  const what = changed ? 'Wrote' : 'Nothing to write, there are already'
  await output.write(`${what} ${contentsOf(volume)} in ${directory}\n`)
  return exitCodes.ok
}

interface Kept {
  readonly keeper: VolumeKeeper
  readonly wish: ProjectWish
  readonly conversation: Conversation
  readonly sites: ReturnType<typeof readSites>
  readonly after: AfterRenewal
}

async function keepFresh(
  { keeper, wish, conversation: { config, signal }, sites, after }: Kept,
  { terminal: { clock }, output }: Session,
): Promise<number> {
  const counts = new VolumeMetrics({ clock })
  const metrics = new MetricsPage(clock, () => [...counts.families(), ...after.families()])
  const pages = new ProjectPages()
  try {
    const served = await pages.serve(sites, {
      live: liveness,
      ready: () => readiness(keeper.state, clock.now()),
      metrics: () => metrics.page(),
    })
    await keeper.start()
    const account = `ServiceAccount ${config.namespace}/${wish.serviceAccount}`
    const what = `Keeping ${contentsOf(wish.volume)} of ${account} fresh in ${wish.directory}`
    await output.write([what, ...served, ''].join('\n'))
    await aborted(signal)
    return exitCodes.ok
  } finally {
    pages.close()
    metrics.close()
    counts.close()
  }
}
