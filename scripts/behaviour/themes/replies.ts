import type { Theme } from '../entry.ts'

const exec = 'client-go/plugin/pkg/client/auth/exec'
const json = 'apimachinery/pkg/runtime/serializer/json'

export const replies: Theme = {
  title: 'What a plugin may print',
  hundreds: 4,
  entries: [
    {
      number: 401,
      guarantee:
        'Standard output is JSON when it begins with `{`, and else the first document of YAML; a byte order mark does no harm.',
      upstream: 'apimachinery/pkg/util/yaml: GuessJSONStream, NewYAMLOrJSONDecoder',
      since: '1.10',
      tests: [
        'exec/parse-reply.test.ts: parseReply > reads *',
        'exec/parse-reply.test.ts: parseReply > reads * by its byte order mark',
      ],
    },
    {
      number: 402,
      guarantee: 'Anything before or after the JSON is an error: `decoding stdout: …`.',
      upstream: `${json}: SimpleMetaFactory.Interpret`,
      since: '1.10',
      tests: ['exec/parse-reply.test.ts: parseReply > refuses * in the words of client-go'],
    },
    {
      number: 403,
      guarantee:
        'Unknown fields are passed over, of a field that stands twice the last counts, and null is as good as absent.',
      upstream: `${json}: Serializer.Decode`,
      since: '1.10',
      tests: ['exec/read-reply.test.ts: readReply > reads a reply *'],
    },
    {
      number: 404,
      guarantee:
        'Names of fields count with their case, but for `apiVersion` and `kind`, which another reader of Go looks at.',
      upstream: `${json}: SimpleMetaFactory.Interpret`,
      since: '1.10',
      tests: ['exec/read-reply.test.ts: readReply > reads a reply *'],
    },
    {
      number: 405,
      guarantee:
        'A value of the wrong kind is an error in the words of Go, also in the `spec` that a plugin sends back.',
      upstream: `${json}: Serializer.unmarshal`,
      since: '1.10',
      tests: ['exec/read-reply.test.ts: readReply > refuses * in the words of client-go'],
    },
    {
      number: 406,
      guarantee:
        'A missing `kind` is taken for `ExecCredential`; another kind, or a version that is not registered, is `decoding stdout: no kind …`.',
      upstream: 'apimachinery/pkg/runtime: NewNotRegisteredErrForKind',
      since: '1.10',
      tests: ['exec/read-reply.test.ts: readReply > refuses * in the words of client-go'],
    },
    {
      number: 407,
      guarantee:
        'The version of the reply must be that of the entry: `exec plugin is configured to use API version A, plugin returned version B`, with `__internal` for a reply without one.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.10',
      tests: [
        'twins/refresh-creds.test.ts: a run fails > for a reply without version',
        'exec/read-reply.test.ts: readReply > tells an empty reply from one without a version',
      ],
    },
    {
      number: 408,
      guarantee:
        'A reply without status, without any credential, or with half a pair is an error, each in its own words.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.11',
      tests: [
        'twins/refresh-creds.test.ts: a run fails > for a reply without status',
        'twins/refresh-creds.test.ts: a run fails > for an empty status',
        'twins/refresh-creds.test.ts: a run fails > for a certificate without key',
      ],
    },
    {
      number: 409,
      guarantee:
        '`expirationTimestamp` is read as Go reads RFC 3339: fractions after a point or a comma, zones up to 24:60, an hour of one digit; not a lower-case `t`, a space, a missing zone, 24:00 or February 30.',
      upstream: 'apimachinery/pkg/apis/meta/v1: Time.UnmarshalJSON',
      since: '1.10',
      tests: [
        'api/rfc3339.test.ts: parseRfc3339 > reads * as Go does',
        'api/rfc3339.test.ts: parseRfc3339 > refuses * as Go does',
      ],
    },
    {
      number: 410,
      guarantee: 'No time, null, and the zero time of Go all mean that the credential has no end.',
      upstream: `${exec}: Authenticator.credsExpired`,
      since: '1.10',
      tests: [
        'exec/read-reply.test.ts: readReply > takes the time * for no end',
        'credential/renewer.test.ts: a fresh credential > without an end is never renewed',
      ],
    },
    {
      number: 411,
      guarantee:
        'A certificate may have intermediates after it, blocks of other kinds are passed over, and the key may be PKCS#1, SEC 1 or PKCS#8, but not encrypted.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.11',
      tests: [
        'credential/client-certificate.test.ts: readClientCertificate > takes *',
        'credential/client-certificate.test.ts: readClientCertificate > keeps intermediates after the leaf, and dates and names the leaf',
        'credential/client-certificate.test.ts: what cannot be used > is refused: *',
      ],
    },
    {
      number: 412,
      guarantee:
        'A pair that does not fit is `failed parsing client key/certificate: …`, in the words of Go.',
      upstream: `${exec}: Authenticator.refreshCredsLocked`,
      since: '1.11',
      tests: [
        'twins/refresh-creds.test.ts: a run fails > for a pair that is no PEM',
        'exec/provider.test.ts: execProvider, when the plugin fails > refuses a key of another certificate',
      ],
    },
    {
      number: 413,
      guarantee:
        'A reply counts as a whole or not at all: where its pair cannot be used, its end does not govern the credential before it.',
      upstream: `${exec}: Authenticator.refreshCredsLocked, exp`,
      since: '1.11',
      better: ['whole-replies'],
      tests: [
        'twins/authenticator.test.ts: a reply whose pair cannot be used leaves the old credential and its end as they were',
      ],
    },
    {
      number: 414,
      guarantee:
        'Token and certificate together are both used: the token as it was printed, untrimmed, after `Bearer `; an empty token beside a certificate makes no header.',
      upstream: `${exec}: roundTripper.RoundTrip`,
      since: '1.11',
      tests: [
        'connect/connect.test.ts: connect > uses what a plugin gives: both',
        'connect/connect.test.ts: connect > uses what a plugin gives: certificate',
        'twins/refresh-creds.test.ts: a plugin that gives > a certificate makes a credential of the pair alone',
      ],
    },
    {
      number: 415,
      guarantee:
        'Nothing that a plugin prints on standard output gets into a message, an event or a log, but for a short apiVersion or kind.',
      better: ['quotes-no-secret'],
      tests: [
        'exec/read-reply.test.ts: readReply > quotes nothing of a bad reply *',
        'exec/provider.test.ts: execProvider, with secrets everywhere > shows none of them for *',
      ],
    },
  ],
}
