import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'

export const requests: Theme = {
  title: 'Requests, renewal and 401',
  hundreds: 5,
  entries: [
    {
      number: 501,
      guarantee:
        'A credential is kept and used for every request until it ends, which is when the time is after its end and not before.',
      upstream: `${exec}: Authenticator.getCreds, credsExpired`,
      since: '1.10',
      tests: [
        'twins/authenticator.test.ts: a token serves until the server rejects it or it ends, and is then replaced',
        'credential/renewal-state.test.ts: phaseOf > is *',
      ],
    },
    {
      number: 502,
      guarantee: 'Any number of requests at the same time share one run of the plugin.',
      upstream: `${exec}: Authenticator.mu`,
      since: '1.10',
      tests: [
        'transport/conformance.test.ts: * > lets 100 first requests share one run of the provider',
        'credential/renewer.test.ts: the first credential > comes from one run, however many ask for it',
      ],
    },
    {
      number: 503,
      guarantee:
        'A credential is renewed when 80 % of its life are over, behind the requests, which go on with the one that is still good.',
      upstream: `${exec}: Authenticator.getCreds`,
      since: '1.10',
      better: ['renews-ahead'],
      tests: [
        'credential/renewer.test.ts: a credential that is due > is handed out at once, while one run ahead gets the next',
        'credential/renewer.test.ts: a credential that is due > stays when the run ahead fails, which is left alone for a while then',
      ],
    },
    {
      number: 504,
      guarantee:
        'A certificate that ends before the time that the plugin gave ends the credential.',
      upstream: `${exec}: Authenticator.credsExpired`,
      since: '1.11',
      better: ['certificate-end'],
      tests: [
        'exec/provider.test.ts: execProvider > gives the certificate that the plugin printed, and ends with it',
        'credential/credential.test.ts: expiresAt > is *',
      ],
    },
    {
      number: 505,
      guarantee: 'A reply that has ended already is used for the requests that waited for it.',
      upstream: `${exec}: Authenticator.getCreds`,
      since: '1.10',
      better: ['ended-reply-once'],
      tests: [
        'credential/renewer.test.ts: a credential that has ended > is handed out when the provider has nothing better, to a new run after each cooldown',
      ],
    },
    {
      number: 506,
      guarantee:
        'A credential that cannot be got is an error that begins with `getting credentials: ` and goes on in the words of what failed.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.10',
      tests: [
        'transport/conformance.test.ts: * > says in client-go words that the credential could not be got',
        'transport/authorize.test.ts: gettingCredentials > puts the words of client-go before the message and keeps the rest',
      ],
    },
    {
      number: 507,
      guarantee:
        'After a failure the plugin is left alone for a short while, longer with each failure; callers get the same error at once, with the time until the next try.',
      upstream: `${exec}: Authenticator.getCreds`,
      since: '1.10',
      better: ['cooldown'],
      tests: [
        'credential/renewer.test.ts: a failure > of a hundred callers one after the other runs the provider once',
        'credential/cooldown.test.ts: nextCooldown > doubles from the first step up to the longest',
        'connect/failing-plugin.test.ts: *, with a plugin that fails > tells everybody what it said, from one run, and when it is asked again',
        'cli/proxy-failure.test.ts: a failure that cools down says when it is tried again, and leaves the client to itself',
      ],
    },
    {
      number: 508,
      guarantee:
        'A 401 renews the credential, if it is still the current one, before the answer is passed on; no other status does, and what the answer says of authentication is not looked at.',
      upstream: `${exec}: Authenticator.maybeRefreshCreds`,
      since: '1.10',
      tests: [
        'credential/renewer-rejected.test.ts: rejected() > has nothing to run for a credential that is not the current one',
        'credential/renewer-rejected.test.ts: rejected() > gets the next credential with one run, however many say so',
        'twins/authenticator.test.ts: an answer of 403 renews nothing, whatever its headers say',
      ],
    },
    {
      number: 509,
      guarantee:
        'When the renewal brings another credential, the request is sent once more with it, and the caller sees the second answer.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.10',
      better: ['replays-401'],
      tests: [
        'transport/conformance.test.ts: * > heals a 401 and sends the body again: *',
        'twins/authenticator.test.ts: a token serves until the server rejects it or it ends, and is then replaced',
      ],
    },
    {
      number: 510,
      guarantee:
        'When the renewal fails, the caller gets the 401, and the old credential stays until it ends.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.10',
      tests: [
        'transport/conformance.test.ts: * > gives the 401 with its body when the renewal fails',
        'credential/renewer-rejected.test.ts: rejected() > gives the old one when the renewal fails, and leaves the provider alone for a while',
      ],
    },
    {
      number: 511,
      guarantee:
        'A request that brings its own `Authorization` keeps it: no token is added, and its 401 renews nothing.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.10',
      tests: [
        "transport/conformance.test.ts: * > leaves the caller's own Authorization alone, and does not renew on its 401",
      ],
    },
    {
      number: 512,
      guarantee:
        'A token, a token file, a user name, or a certificate with its key in the configuration switches the plugin off.',
      upstream: `${exec}: Authenticator.UpdateTransportConfig`,
      since: '1.24',
      tests: [
        'kubeconfig/auth-method.test.ts: of a user with * the method is *',
        'twins/authenticator.test.ts: a plugin is switched off by *',
        'connect/connect.test.ts: connect > does not run the plugin when the kubeconfig has a token',
      ],
    },
    {
      number: 513,
      guarantee:
        'The plugin runs before a connection is opened, so that its failure is told as such; where it gives no certificate, none is shown.',
      upstream: `${exec}: Authenticator.cert`,
      since: '1.11',
      better: ['plugin-before-handshake'],
      tests: [
        'twins/authenticator.test.ts: a plugin that fails is told in its own words, and no connection is opened',
        'transport/conformance.test.ts: * > does not show the old certificate when the next credential has none',
      ],
    },
    {
      number: 514,
      guarantee:
        'Token and certificate at once are both sent; whose user counts is up to the server, and the API server asks the certificate first.',
      upstream: 'kubernetes/pkg/kubeapiserver/authenticator: Config.New',
      since: '1.11',
      tests: ['connect/connect.test.ts: connect > uses what a plugin gives: both'],
    },
    {
      number: 515,
      guarantee:
        'A caller that gives up gets its answer at once, while the run goes on for the others.',
      better: ['bounded-run'],
      tests: [
        'transport/conformance.test.ts: * > returns at once from an abort while the provider runs, and sends nothing',
        'credential/renewer.test.ts: abort > detaches its caller only, with the reason of the signal',
      ],
    },
    {
      number: 516,
      guarantee: 'A credential goes to no other server than its own, also after a redirect.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.10',
      better: ['redirect-other-host'],
      tests: [
        'transport/conformance.test.ts: * > sends nothing to another server',
        'transport/undici.test.ts: the undici stack > * > does not follow a redirect to another server',
        'cli/request.test.ts: redirects > to another server are refused: the credential stays here',
      ],
    },
    {
      number: 517,
      guarantee:
        'Connections with equal exec entries share one credential and one run of the plugin, on whatever stack, and what one of them learns the others know.',
      upstream: `${exec}: cache, cacheKey, GetAuthenticator`,
      since: '1.10',
      tests: [
        'connect/sharing.test.ts: connections with an exec plugin > share one run of it, on whatever stack, with one set of events',
        'credential/shared-sources.test.ts: SharedSources > shares what one of them learns: a rejection, a renewal',
        'twins/sharing.test.ts: connections of equal configurations have one credential, and another one has its own',
      ],
    },
    {
      number: 518,
      guarantee:
        'Whatever a plugin is told, or is run with, tells them apart: another command, argument, variable, version or mode, and another cluster where the plugin is told of it.',
      upstream: `${exec}: cacheKey`,
      since: '1.10',
      tests: [
        'connect/source-key.test.ts: sourceKey > differs with: *',
        'connect/sharing.test.ts: connections with an exec plugin > share it between clusters that it is not told about',
        'connect/sharing.test.ts: connections with an exec plugin > have one each for clusters that it is told about',
        'twins/sharing.test.ts: equal configurations have one key, and whatever is told apart has another',
      ],
    },
    {
      number: 519,
      guarantee:
        'What is shared is shared while one of the connections is open and among those that were opened in the same environment; afterwards nothing is left of it.',
      upstream: `${exec}: cache.put`,
      since: '1.10',
      better: ['shares-by-environment'],
      tests: [
        'connect/sharing.test.ts: connections with an exec plugin > they share it while one of them is open, and only those that were opened in the same environment',
        'connect/sharing.test.ts: connections with an exec plugin > go on when another one closes, and begin anew after the last one',
        'connect/sharing.test.ts: connections with an exec plugin > leave nothing behind after 1,000 of them',
      ],
    },
    {
      number: 520,
      guarantee:
        'A server that rejects each new credential at once has the plugin run once a cooldown, which grows; a credential that was taken for a while before its 401 ends such a row.',
      upstream: `${exec}: Authenticator.maybeRefreshCreds`,
      since: '1.10',
      better: ['rejected-row'],
      tests: [
        'credential/renewer-rejected.test.ts: rejected() > runs the provider once a cooldown when the server rejects whatever it gets',
        'credential/renewer-rejected.test.ts: rejected() > counts on when each new one is rejected as soon as it comes, however seldom',
        'credential/renewer-rejected.test.ts: rejected() > begins to count anew when the one that is rejected had served for a while',
      ],
    },
    {
      number: 521,
      guarantee:
        'What ended while the machine slept is not used; a clock that is set back lets no credential live longer and no cooldown last longer; a clock that is set forward costs one run a cooldown at most.',
      upstream: `${exec}: Authenticator.credsExpired`,
      since: '1.10',
      better: ['clock-set-back'],
      tests: [
        'credential/renewer-time.test.ts: a machine that slept > *',
        'credential/renewer-time.test.ts: a clock that is set back > *',
        'credential/renewer-time.test.ts: a clock that is set forward > *',
      ],
    },
    {
      number: 522,
      guarantee:
        'Where a program wants it, a credential is renewed though nobody asks: always, or while a watch or an upgraded connection is open. Such a run never prompts, never holds the process alive, and does not go on for a credential that has ended.',
      better: ['renews-ahead'],
      tests: [
        'credential/renewer-idle.test.ts: a source that nobody asks > *',
        'transport/in-use.test.ts: * > has its source in use while a watch is open, and not for an ordinary request',
        'transport/in-use.test.ts: undici has its source in use while an upgraded connection is open',
      ],
    },
    {
      number: 523,
      guarantee:
        'A source can be iterated: it gives the current credential and each new one, renewed ahead of the end by the iteration itself, until it is closed; it throws only when nothing good is left.',
      better: ['renews-ahead'],
      tests: [
        'credential/renewer-iteration.test.ts: iterating a source > *',
        'credential/shared-sources.test.ts: SharedSources > gives all that iterate what comes, and ends it for one that is closed',
      ],
    },
    {
      number: 524,
      guarantee:
        'Whatever happens in whatever order, there are never two runs at once, no older answer takes the place of a newer one, nobody waits for ever, and nothing runs that nobody needs.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.10',
      tests: [
        'credential/renewer-model.test.ts: a renewer keeps its promises, whatever happens in whatever order',
      ],
    },
  ],
}
