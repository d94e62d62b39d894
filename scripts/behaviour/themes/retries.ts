import type { Theme } from '../entry.ts'

const rest = 'client-go/rest'
const rules = 'transport/retry-rules.test.ts: retryDelay >'
const onWire = 'transport/retries.test.ts: * >'
const kubectl = 'cli/retries.test.ts: kubectl sends the same >'
const twin = 'twins/retries.test.ts: * >'

export const retries: Theme = {
  title: 'Sending again',
  hundreds: 13,
  entries: [
    {
      number: 1301,
      guarantee:
        'A request that is answered with 429, or 500 and above, and a `Retry-After` in seconds goes out again after that time, whatever its method; without the header, with a date or a fraction it does not.',
      upstream: `${rest}: checkWait, withRetry.IsNextRetry`,
      since: '1.10',
      tests: [
        `${rules} waits as long as a * asks for`,
        `${rules} takes "*" for no number`,
        `${twin} after a * every method is sent * times`,
        `${kubectl} GET: *`,
        `${kubectl} POST with a body: *`,
      ],
    },
    {
      number: 1302,
      guarantee:
        'Ten times at most; the eleventh answer is the caller’s, whole. `retries` and `--retries` set another number, 0 for none.',
      upstream: `${rest}: Request.MaxRetries, NewRequestWithClient`,
      since: '1.10',
      tests: [
        `${rules} ends after ten times`,
        `${onWire} passes the eleventh answer on, whole`,
        `${twin} with * retries the first refusal ends as *`,
        'cli/retries.test.ts: retries > are as many as --retries says',
      ],
    },
    {
      number: 1303,
      guarantee:
        'A GET whose connection is lost before the answer goes out again a second later, and counts.',
      upstream: `${rest}: Request.request`,
      since: '1.10',
      better: ['retries-raw-get'],
      tests: [
        `${onWire} sends a GET again a second after its connection was lost: *`,
        `${kubectl} GET whose connection is *`,
        `${kubectl} every GET is sent again when its connection is lost before the answer`,
      ],
    },
    {
      number: 1304,
      guarantee:
        'Nothing else is sent again whose outcome is not known, nor an answer that broke off after its head; a connection that is refused, or takes too long, is an error at once.',
      upstream: `${rest}: Request.request`,
      since: '1.10',
      tests: [
        `${onWire} sends nothing but a GET again when its connection was lost`,
        `${onWire} does not send again what broke off after its head`,
        `${rules} passes on what is no lost connection: *`,
      ],
    },
    {
      number: 1305,
      guarantee:
        'Only what can be sent with the same bytes is: a text, a file, a stream that was recorded to its end.',
      upstream: `${rest}: withRetry.IsNextRetry`,
      since: '1.10',
      better: ['retries-bodies'],
      tests: [
        `${onWire} sends a * again, byte by byte`,
        `${onWire} passes on the answer to a stream that has not come to its end`,
        `${twin} a body is whole each time, whatever the server is too busy with`,
        `${kubectl} a body is sent again whenever all of it is at hand: a text, a file, a stream that was recorded to its end`,
      ],
    },
    {
      number: 1306,
      guarantee:
        'An answer that asks for more than a minute is the caller’s, who may set another limit.',
      upstream: `${rest}: withRetry.Before`,
      since: '1.10',
      better: ['retries-longest-wait'],
      tests: [
        `${rules} passes on what asks for more than the longest wait`,
        `${kubectl} an answer that asks for more than a minute is passed on, unless \`maxWaitMs\` says otherwise`,
      ],
    },
    {
      number: 1307,
      guarantee:
        '`--request-timeout` is the time for all attempts at a request and the waits between.',
      upstream: `${rest}: Request.Timeout`,
      since: '1.10',
      better: ['retries-in-time'],
      tests: [
        `${kubectl} \`--request-timeout\` is the time for all attempts of a request, waits included`,
      ],
    },
    {
      number: 1308,
      guarantee: 'A caller that gives up while a request waits gets its answer at once.',
      upstream: `${rest}: withRetry.Before`,
      since: '1.22',
      tests: [
        `${onWire} ends at once when its caller aborts while it waits`,
        'cli/retries.test.ts: retries > end at once with Ctrl-C',
      ],
    },
    {
      number: 1309,
      guarantee: 'The last failure is told, and the one before it where that was another.',
      upstream: `${rest}: withRetry.WrapPreviousError`,
      since: '1.24',
      tests: [
        `${onWire} gives the failure of the last attempt, after as many as were asked for`,
        'transport/retries.test.ts: HttpsCluster > tells both failures when the last one is another than that before',
      ],
    },
    {
      number: 1310,
      guarantee: 'A 401 is healed in each attempt anew, and is none that counts.',
      upstream: `${rest}: withRetry.IsNextRetry`,
      since: '1.10',
      better: ['replays-401'],
      tests: [`${onWire} heals a 401 between two retries, and retries after a healed 401`],
    },
    {
      number: 1311,
      guarantee:
        'Whoever composes requests himself decides himself: a dispatcher sends nothing again that was not asked to, and `kubecred proxy` leaves it to its client.',
      upstream: 'apimachinery/pkg/util/proxy: UpgradeAwareHandler.ServeHTTP',
      since: '1.10',
      tests: [
        'transport/retries.test.ts: UndiciCluster > retries in fetch, and in a dispatcher that was asked to, and in no other',
        'cli/retries.test.ts: retries > are not for the proxy, whose client decides',
      ],
    },
  ],
}
