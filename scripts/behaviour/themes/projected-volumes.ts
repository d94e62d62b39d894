import type { Theme } from '../entry.ts'

const volume = 'kubernetes/pkg/volume/projected'
const writerFolder = 'kubernetes/pkg/volume/util'
const payload = 'projection/projected-payload.test.ts:'
const writer = 'projection/atomic-writer.test.ts:'
const readers = 'projection/readers.test.ts:'
const keeper = 'projection/volume-keeper.test.ts:'
const command = 'cli/token-project.test.ts:'
const running = 'cli/token-project-process.test.ts: token project as a process >'

export const projectedVolumes: Theme = {
  title: 'Projected volumes',
  hundreds: 16,
  entries: [
    {
      number: 1601,
      guarantee:
        'A reader sees the old files or the new ones, each of them whole: they are in a timestamped folder, and `..data` is a link to it that is replaced in one step. That holds when the writer is killed, too.',
      upstream: `${writerFolder}: AtomicWriter.Write`,
      since: '1.3',
      better: ['projection-linger', 'projection-durable', 'projection-heals'],
      tests: [
        `${readers} *`,
        `${writer} what stands in the directory > *`,
        `${running} shows a reader whole files only, while tokens rotate and it is killed`,
      ],
    },
    {
      number: 1602,
      guarantee:
        'A token has mode 0600 with `fsUser`, 0640 with `fsGroup`, else that of the volume; where nothing says so, 0600.',
      upstream: `${volume}: projectedVolumeMounter.collectData`,
      since: '1.12',
      better: ['projection-private'],
      tests: [
        `${payload} modes > *`,
        `${keeper} a keeper > gives tokens to a group as the kubelet does`,
        `${command} --once > has audience, lifetime, path, group and mode as the flags say`,
      ],
    },
    {
      number: 1603,
      guarantee:
        'A token is asked for with the audience and the seconds of its source; without an audience it is for the API server.',
      upstream: `${volume}: projectedVolumeMounter.collectData`,
      since: '1.12',
      tests: [
        `${keeper} a volume that is kept > has its files as soon as there is a token, and says so`,
        `${keeper} a volume that is kept > asks for no audience where the volume names none`,
      ],
    },
    {
      number: 1604,
      guarantee:
        'A new token is in its file as soon as it is there: when it was renewed, and when its account was recreated.',
      upstream: `${volume}: projectedPlugin.RequiresRemount`,
      since: '1.12',
      better: ['projection-at-once', 'projection-recreated'],
      tests: [
        `${keeper} a volume that is kept > has a new token when the manager has renewed it, and no old one lies about`,
        `${keeper} a volume that is kept > has a token of the new account at once when the old one was recreated`,
        `${command} a token that is kept > is one of the new account when that was made anew`,
      ],
    },
    {
      number: 1605,
      guarantee:
        'While a token, an object or the directory cannot be had, the files stay as they are, and it is tried again. What fails is an event with a code and a message, and told once by the command.',
      upstream: `${volume}: projectedVolumeMounter.SetUpAt`,
      since: '1.12',
      better: ['projection-apart'],
      tests: [
        `${keeper} while something fails > *`,
        `${command} a token that is kept > is tried again when it cannot be had, and the failure is told once`,
      ],
    },
    {
      number: 1606,
      guarantee:
        'ConfigMaps and Secrets are looked at again once a minute, and files that somebody has touched are mended.',
      upstream: `${volume}: projectedPlugin.RequiresRemount`,
      since: '1.6',
      tests: [
        `${keeper} ConfigMaps and Secrets > are looked at again at the interval, and written when they have changed`,
        `${keeper} a volume that is kept > has its files mended within the interval when somebody has touched them`,
      ],
    },
    {
      number: 1607,
      guarantee:
        'What is missing and not optional is an error in the words of the API server and the kubelet.',
      upstream: `${volume}: projectedVolumeMounter.collectData`,
      since: '1.6',
      tests: [
        `${payload} what is missing > *`,
        `${command} --once > writes the volume of a file, with what the server has`,
      ],
    },
  ],
}
