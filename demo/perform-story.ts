import { afterwards, meanwhile } from './by-hand.ts'
import { count, time } from './figures.ts'
import { heardInterruption, Interruption } from './interruption.ts'
import { Narrator } from './narrator.ts'
import { openStage, type Stage } from './stage.ts'
import { NotAsTold, type Scene } from './scene.ts'
import { firstAct, secondAct } from './story.ts'

// It takes about nine; this is what is promised on a slow machine.
const longestStoryMs = 30_000

/**
 * Tells the story on standard output.
 *
 * @param keep Whether server and plugin go on at the end, until Ctrl-C.
 * @returns The exit code.
 */
export async function performStory(keep: boolean): Promise<number> {
  const narrator = new Narrator(process.stdout)
  const interrupted = heardInterruption(process.stdout)
  try {
    const stage = await openStage()
    try {
      const ending = await Promise.race([tell(stage, narrator), late(), interrupted])
      if (ending instanceof Error) throw ending
      if (keep) await leaveRunning(stage, narrator, interrupted)
      else for (const line of afterwards) narrator.say(line)
    } finally {
      await stage.close()
    }
    return 0
  } catch (error) {
    narrator.breakOff()
    if (error instanceof Interruption) return error.exitCode
    narrator.fail(error)
    return 1
  }
}

async function tell(stage: Stage, narrator: Narrator): Promise<void> {
  const startedAt = performance.now()
  narrator.say(`Kubecred meets an API server at ${stage.server.url} and a plugin that issues`)
  narrator.say('short-lived credentials. Both are fakes on this machine; all times are measured.')
  narrator.say()
  await perform(firstAct, stage, narrator)
  // The files are links, which Windows does not give to everybody.
  if (process.platform !== 'win32') await performSecondAct(stage, narrator)
  const requests = count(stage.server.requests.length, 'request')
  const runs = count(stage.recorder.runs.length, 'plugin run')
  const seconds = time(performance.now() - startedAt)
  narrator.say()
  narrator.say(`${requests} at the server, ${runs}, 0 unexpected failures, ${seconds}`)
  narrator.say()
}

async function performSecondAct(stage: Stage, narrator: Narrator): Promise<void> {
  narrator.say()
  narrator.say(
    'The same for a token of a ServiceAccount, in a file as the kubelet keeps it for pods:',
  )
  narrator.say()
  await perform(secondAct, stage, narrator)
}

async function perform(act: readonly Scene[], stage: Stage, narrator: Narrator): Promise<void> {
  for (const { title, play } of act) {
    narrator.begin(title)
    narrator.end(await play(stage))
  }
}

function late(): Promise<NotAsTold> {
  const why = `the story was not told within ${time(longestStoryMs)}`
  return new Promise((done) => {
    setTimeout(() => done(new NotAsTold(why)), longestStoryMs).unref()
  })
}

async function leaveRunning(
  stage: Stage,
  narrator: Narrator,
  interrupted: Promise<unknown>,
): Promise<void> {
  await stage.issue(300, { lifetimeMs: 60_000 })
  for (const line of meanwhile(stage.kubeconfig)) narrator.say(line)
  await interrupted
  narrator.say('\nClosing server and plugin, and removing the temporary folder.')
}
