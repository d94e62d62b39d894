import type { Theme } from '../entry.ts'

const kubelet = 'kubernetes/pkg/kubelet/token'
const twin = 'twins/token-manager.test.ts:'
const got = `${twin} a token is got once for two who ask, and >`
const accounts = 'token/manager-accounts.test.ts:'
const errors = 'token/manager-errors.test.ts:'
const cache = 'token/manager-cache.test.ts:'
const time = 'token/manager-time.test.ts:'
const schedule = 'token/token-schedule.test.ts:'
const key = 'token/token-key.test.ts:'
const gate = 'token/request-gate.test.ts:'
const keeper = 'token/token-keeper.test.ts:'
const file = 'token/file-token-store.test.ts:'
const model =
  'token/token-manager-model.test.ts: a token manager keeps its promises, whatever happens in whatever order'

export const serviceAccountTokens: Theme = {
  title: 'Tokens of ServiceAccounts',
  hundreds: 15,
  entries: [
    {
      number: 1501,
      guarantee:
        'A token in the cache is given to all who ask with the same name, namespace, audiences in their order (none is not the same as not given), seconds, bound object and UID of the account, and to nobody else.',
      upstream: `${kubelet}: keyFunc`,
      since: '1.12',
      tests: [
        `${twin} a token in the cache > is found *, or not`,
        `${key} two requests > are for one token exactly when the kubelet has one key for them`,
      ],
    },
    {
      number: 1502,
      guarantee:
        'Its text is the kubelet’s, in Go’s syntax; nothing in it is a secret. It is made when something is told of it.',
      upstream: `${kubelet}: keyFunc`,
      since: '1.12',
      tests: [`${key} the text of a key > *`, 'encoding/go-quote.test.ts: * is quoted as by Go'],
    },
    {
      number: 1503,
      guarantee:
        'The lifetime is that of the server’s reply, whatever was asked for and whatever the token itself says: one that lives a year in its JWT, while its status says an hour, serves an hour.',
      upstream: `${kubelet}: Manager.requiresRefresh, Manager.expired`,
      since: '1.12',
      tests: [
        `${time} a token serves > as long as its status says, though its JWT would last a year`,
        `${time} a token serves > for the lifetime that was granted, not the one that was asked for`,
      ],
    },
    {
      number: 1504,
      guarantee:
        'It is renewed at 80 % of that lifetime at the latest, in whole seconds, and after 24 hours at the latest, behind its callers.',
      upstream: `${kubelet}: Manager.requiresRefresh`,
      since: '1.12',
      better: ['token-renews-ahead', 'token-places'],
      tests: [
        `${got} is renewed: one *`,
        `${twin} a token is due > *`,
        `${schedule} the latest renewal > *`,
        `${schedule} a token by a clock that is right > *`,
        `${time} a token serves > after 24 hours no longer without being renewed, however long it lives`,
      ],
    },
    {
      number: 1505,
      guarantee:
        'A token that cannot be renewed serves until its end, and not an instant longer. The failures are told as events, in the kubelet’s words.',
      upstream: `${kubelet}: Manager.GetServiceAccountToken`,
      since: '1.12',
      tests: [
        `${got} serves while it is valid, though it cannot be renewed`,
        `${time} a token serves > until its end when it cannot be renewed, and not an instant longer`,
        `${errors} a token that cannot be had fails in the words of the kubelet > and as an event, while the old one serves`,
        model,
      ],
    },
    {
      number: 1506,
      guarantee:
        '`failed to fetch token` and `token KEY expired and refresh failed` begin the errors, and the server’s own words follow; its status code and reason stand in `details`.',
      upstream: `${kubelet}: Manager.GetServiceAccountToken`,
      since: '1.12',
      better: ['token-errors'],
      tests: [
        `${errors} a token that cannot be had fails in the words of the kubelet > *`,
        'transport/token-client.test.ts: tokens over * > of an account that is not there fail in the words of the kubelet',
      ],
    },
    {
      number: 1507,
      guarantee:
        'A 404 of a server whose discovery has no `serviceaccounts/token` is told as `the API server does not have TokenRequest endpoints enabled`.',
      upstream: `${kubelet}: Manager.tokenRequestsSupported`,
      since: '1.12',
      better: ['token-discovery'],
      tests: [`${errors} a server that knows no ServiceAccount > *`],
    },
    {
      number: 1508,
      guarantee:
        'The tokens of a Pod go when the program says that it has gone, by its UID; others stay.',
      upstream: `${kubelet}: Manager.DeleteServiceAccountToken`,
      since: '1.12',
      better: ['token-owners'],
      tests: [
        `${twin} tokens of a pod are forgotten > *`,
        `${cache} tokens of an owner that has gone > *`,
      ],
    },
    {
      number: 1509,
      guarantee: 'What has ended leaves the cache within a minute.',
      upstream: `${kubelet}: Manager.cleanup`,
      since: '1.12',
      better: ['token-cache-bounded'],
      tests: [
        `${twin} the cache is cleaned > *`,
        `${cache} what has ended > leaves also from a cache of many, within a minute, and no timer stays behind`,
      ],
    },
    {
      number: 1510,
      guarantee:
        'A request with the UID of a ServiceAccount brings a token of that one only: with another UID it is another request.',
      upstream: `${kubelet}: keyFunc`,
      since: '1.34',
      better: ['token-recreated'],
      tests: [
        `${twin} a token that is asked for by the UID of a recreated account is a new one`,
        `${got} another one for each account that is asked for by its UID`,
        `${got} the same for one account that is asked for twice by its UID`,
        `${accounts} a token that is wanted of one account only > *`,
      ],
    },
    {
      number: 1511,
      guarantee:
        'A recreated account is noticed at any reply for it, at a 401 that is reported, or by a check of accounts (`checkAccountsMs`); from then on none of its old tokens is handed out, whatever overtakes the news.',
      better: ['token-recreated'],
      tests: [
        `${accounts} a recreated account is noticed > *`,
        `${accounts} an account is not taken for another one > *`,
        `${accounts} a token of an account that is known to be another one is not handed out > *`,
        'transport/token-client.test.ts: tokens over * > of a recreated account replace the old ones at a 401',
        model,
      ],
    },
    {
      number: 1512,
      guarantee: 'However many ask for a token, one request is made for it at a time.',
      better: ['token-one-request'],
      tests: ['token/token-manager.test.ts: any number of callers share one request', model],
    },
    {
      number: 1513,
      guarantee:
        'At most 10 requests are on their way over all tokens (`maxInFlight`), those first that somebody waits for.',
      better: ['token-requests-bounded'],
      tests: [
        `${time} never more than so many requests are on their way > however many are asked for`,
        `${time} while the server fails > who needs a token now does not stand behind those that are renewed ahead`,
        `${gate} a gate > *`,
        model,
      ],
    },
    {
      number: 1514,
      guarantee:
        'A server that fails is asked less and less often; one that asks to be left alone (`Retry-After`) is, by all, for that time; whoever would not wait as long is told why at once.',
      better: ['token-back-off'],
      tests: [
        `${time} while the server fails > *`,
        `${gate} while the server fails > *`,
        `${gate} a server that asks to be left alone > *`,
        `${gate} whoever would not wait as long as the server has asked for > *`,
        'token/manager-pause.test.ts: while a server has asked to be left alone * > *',
      ],
    },
    {
      number: 1515,
      guarantee:
        'A reply without `expirationSeconds` is renewed by its end and the time that it came.',
      better: ['token-without-seconds'],
      tests: [`${time} a token serves > for the time to its end, when the reply tells no lifetime`],
    },
    {
      number: 1516,
      guarantee:
        'A clock that is set back has a token renewed, and lets none live longer; one that is set forward, or a machine that slept, ends what has ended.',
      better: ['token-clock'],
      tests: [`${time} a clock > *`],
    },
    {
      number: 1517,
      guarantee:
        'With a `store`, a restarted program makes no request for tokens that it had; they are renewed when they would have been. What fails in it costs no token.',
      better: ['token-store'],
      tests: [
        `${keeper} a manager with a store > *`,
        `${keeper} what is deleted while the store is read > *`,
        `${keeper} a store is saved to > *`,
        `${keeper} a store that fails > *`,
      ],
    },
    {
      number: 1518,
      guarantee:
        '`fileTokenStore` keeps them in a file of mode 0600 that is whole whenever the process is killed. A file that is damaged, somebody else’s or readable by others is not used, and set aside before it is written anew.',
      better: ['token-store'],
      tests: [
        `${file} a file of tokens > *`,
        `${file} a file that cannot be trusted is not used, and set aside before the next save > *`,
        `${file} a process that is killed while it saves > *`,
      ],
    },
    {
      number: 1519,
      guarantee: 'What the server warns of, a shortened lifetime say, is told as an event.',
      upstream: 'client-go/rest: handleWarnings',
      since: '1.19',
      tests: [
        `${errors} what the server warns of is told`,
        'transport/token-client.test.ts: tokens over * > come from the server, which knows them',
      ],
    },
    {
      number: 1520,
      guarantee: 'No token stands in a message, an event or what is printed of one.',
      better: ['quotes-no-secret'],
      tests: [
        `${errors} an answer that gives no token is an error that shows nothing of it > *`,
        `${errors} a token shows itself > to nobody who prints it`,
      ],
    },
  ],
}
