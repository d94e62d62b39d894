import { none, type UpstreamTests } from './entry.ts'

const rules = 'transport/retry-rules.test.ts: retryDelay >'
const onWire = 'transport/retries.test.ts: * >'
const twin = 'twins/retries.test.ts: * >'
const lost = `${onWire} sends a GET again a second after its connection was lost: *`
const lostPost = `${onWire} sends nothing but a GET again when its connection was lost`
const noBody = `${rules} sends nothing again whose body it does not have`
const bothFailures =
  'transport/retries.test.ts: HttpsCluster > tells both failures when the last one is another than that before'
const givenUp =
  'twins/connections.test.ts: * > a request that was given up leaves no connection for the next one'
const eleventh = `${onWire} passes the eleventh answer on, whole`
const builder = none('about how Go builds a request; here a path is given as it is')
const decoder = none('about decoding a body into a Go type; here the body is given as it comes')
const repeated = none('the same body once more, with the options of a Go test server')
const order = none('about calls within Go, of the rate limiter and the back-off; here are none')
const goValues = none('about nil values and errors in a Go struct')
const watches = none('a watch here is a GET like others, which ends as its connection does')
const rateLimits = none('client-go slows its own calls down by URL; here only the server does')
const wrapping = none('about the identity of Go errors')

/** Tests of requests that are sent again, and of connections that break. */
export const retries: readonly UpstreamTests[] = [
  {
    file: 'rest/with_retry_test.go',
    tests: {
      TestIsNextRetry: {
        'bad input, response and err are nil': goValues,
        'zero maximum retry': `${twin} with 0 retries the first refusal ends as 429`,
        'server returned a retryable error': lost,
        'server returned a retryable HTTP 429 response': `${rules} waits as long as a 429 asks for`,
        'server returned a retryable HTTP 5xx response': `${rules} waits as long as a 503 asks for`,
        'server returned a non response without without a Retry-After header': `${twin} after a 429 without every method is sent 1 times`,
        'both response and err are set, err takes precedence': none(
          'here an attempt ends in an answer or in a failure',
        ),
        'all retries are exhausted': eleventh,
      },
      TestWrapPreviousError: {
        'Before should track previous error': bothFailures,
        'current and previous errors are not same': bothFailures,
        'both current and previous errors represent the same error': `${onWire} gives the failure of the last attempt, after as many as were asked for`,
        'current error is nil': goValues,
        'current error is nil, previous error is nil': goValues,
        'previous error is nil': lostPost,
        'current error is context.Canceled': `${onWire} ends at once when its caller aborts while it waits`,
        'current error is a wrapped context.Canceled': `${onWire} ends at once when its caller aborts while it waits`,
        'current error is context.DeadlineExceeded': `${onWire} ends at once when its caller aborts while it waits`,
        'current error is a wrapped context.DeadlineExceeded': `${onWire} ends at once when its caller aborts while it waits`,
        'previous error should be unwrapped if it is url.Error': wrapping,
        'previous error should not be unwrapped if it is not url.Error': wrapping,
      },
    },
  },
  {
    file: 'rest/request_test.go',
    tests: {
      TestNewRequestSetsAccept: builder,
      TestRequestSetsHeaders: builder,
      TestRequestWithErrorWontChange: builder,
      TestRequestPreservesBaseTrailingSlash: builder,
      TestRequestAbsPathPreservesTrailingSlash: builder,
      TestRequestAbsPathJoins: builder,
      TestRequestSetsNamespace: builder,
      TestRequestOrdersNamespaceInPath: builder,
      TestRequestOrdersSubResource: builder,
      TestRequestSetTwiceError: builder,
      TestInvalidSegments: builder,
      TestRequestParam: builder,
      TestRequestVersionedParams: builder,
      TestRequestVersionedParamsFromListOptions: builder,
      TestRequestVersionedParamsWithInvalidScheme: builder,
      TestRequestError: builder,
      TestRequestURI: builder,
      TestRequestURIContext: builder,
      TestRequestBody: builder,
      TestResultIntoWithErrReturnsErr: decoder,
      TestResultIntoWithNoBodyReturnsErr: decoder,
      TestURLTemplate: builder,
      TestTransformResponse: decoder,
      TestTransformResponseNegotiate: decoder,
      TestTransformUnstructuredError: decoder,
      TestRequestWatch: watches,
      TestRequestStream: {
        'request has error': builder,
        'Client is nil, should use http.DefaultClient': goValues,
        'server returns an error': lostPost,
        'max retries 1, server returns a retry-after response, non-bytes request, no retry': noBody,
        'max retries 2, server always returns a response with Retry-After header': eleventh,
        'server returns EOF after attempt 1, retry aborted': none(
          'a stream that is lost before it begins is sent again, as any GET',
        ),
        'max retries 2, server returns success on the final attempt': `${onWire} sends again what the server is too busy for, on connections that stay open`,
      },
      TestRequestDo: builder,
      TestDoRequestNewWay: builder,
      TestBackoffLifecycle: rateLimits,
      TestCheckRetryClosesBody: `${onWire} waits as long as the server asks for, and tells what it waits for`,
      TestConnectionResetByPeerIsRetried: lost,
      TestCheckRetryHandles429And5xx: `${twin} a body is whole each time, whatever the server is too busy with`,
      TestDoRequestNewWayReader: repeated,
      TestDoRequestNewWayObj: repeated,
      TestDoRequestNewWayFile: repeated,
      TestWasCreated: decoder,
      TestVerbs: builder,
      TestAbsPath: builder,
      TestUnacceptableParamNames: builder,
      TestBody: builder,
      TestWatch: watches,
      TestWatchNonDefaultContentType: decoder,
      TestWatchUnknownContentType: decoder,
      TestStream: decoder,
      TestDoContext:
        'transport/conformance.test.ts: * > returns at once from an abort while the provider runs, and sends nothing',
      TestTruncateBody: none('about the log of a Go program'),
      TestRequestPreflightCheck: builder,
      TestThrottledLogger: none('about the log of a Go program'),
      TestRequestMaxRetries: {
        'no retrying should fail': `${twin} with 0 retries the first refusal ends as 429`,
        '1 max-retry should exactly work': `${twin} with 1 retries the first refusal ends as 200`,
        '5 max-retry should work': `${twin} with 5 retries the first refusal ends as 200`,
      },
      TestRequestWithRetry: {
        'server returns retry-after response, no request body, retry goes ahead': `${twin} after a 429 with Retry-After every method is sent 2 times`,
        'server returns retry-after response, bytes request body, retry goes ahead': `${onWire} sends bytes again, byte by byte`,
        'server returns retry-after response, opaque request body, retry aborted': noBody,
        'server returns retryable err, no request body, retry goes ahead': lost,
        'server returns retryable err, bytes request body, retry goes ahead': `${rules} sends a GET again a second after its connection was lost: *`,
        'server returns retryable err, opaque request body, retry aborted': noBody,
      },
      TestRequestDoWithRetry: eleventh,
      TestRequestDoRawWithRetry: eleventh,
      TestRequestStreamWithRetry: eleventh,
      TestRequestWatchWithRetry: watches,
      TestRequestDoRetryWithRateLimiterBackoffAndMetrics: order,
      TestRequestStreamRetryWithRateLimiterBackoffAndMetrics: order,
      TestRequestWatchRetryWithRateLimiterBackoffAndMetrics: order,
      TestRequestDoWithRetryInvokeOrder: order,
      TestRequestStreamWithRetryInvokeOrder: order,
      TestRequestWatchWithRetryInvokeOrder: order,
      TestRequestWatchWithWrapPreviousError: watches,
      TestRequestDoWithWrapPreviousError: bothFailures,
      TestReuseRequest:
        'transport/conformance.test.ts: * > keeps its connections when only the token changes',
      TestHTTP1DoNotReuseRequestAfterTimeout: givenUp,
      TestTransportConcurrency:
        'transport/conformance.test.ts: * > lets 100 first requests share one run of the provider',
      TestRetryableConditions: {
        'server returns {429, Retry-After}': `${twin} after a 429 with Retry-After every method is sent 2 times`,
        'server returns {503, Retry-After}': `${twin} after a 503 with Retry-After every method is sent 2 times`,
        'server returns 5xx, but no Retry-After': `${twin} after a 503 without every method is sent 1 times`,
        'server returns 429 but no Retry-After': `${twin} after a 429 without every method is sent 1 times`,
        'server returns OK, never retry': `${twin} after a 200 every method is sent 1 times`,
        'server returns {3xx, Retry-After}': `${twin} after a 301 with Retry-After every method is sent 1 times`,
        'server returns connection reset error': lost,
        'server returns connection reset by peer error': lost,
        'server returns EOF error': lost,
        'server returns unexpected EOF error': lost,
        'server returns broken connection error': lost,
        'server returns use of closed network connection error': lost,
        'server returns GOAWAY error': lost,
        'server returns connection refused error': `${rules} passes on what is no lost connection: ECONNREFUSED`,
        'server returns net.Timeout() == true error': `${rules} passes on what is no lost connection: ETIMEDOUT`,
      },
      TestRequestConcurrencyWithRetry: `${twin} requests at the same time are counted each for itself`,
      TestRequestLogging: none('about the log of a Go program'),
      TestRequestWarningHandler:
        'cli/request.test.ts: a success is printed > with what the server warns of',
    },
  },
  {
    file: 'rest/client_test.go',
    tests: {
      TestSerializer: decoder,
      TestDoRequestSuccess: builder,
      TestDoRequestFailed: decoder,
      TestDoRawRequestFailed: decoder,
      TestDoRequestCreated: decoder,
      TestDoRequestNotCreated: decoder,
      TestDoRequestAcceptedNoContentReturned: decoder,
      TestBadRequest: decoder,
      TestHTTPMethods: builder,
      TestHTTPProxy:
        'transport/forwarding-proxies.test.ts: * without TLS to the server > sends whole URLs to a proxy of http, with its login and without a token',
      TestCreateBackoffManager: rateLimits,
    },
  },
  {
    file: 'rest/connection_test.go',
    tests: {
      TestReconnectBrokenTCP:
        'transport/undici-probes.test.ts: a connection that speaks HTTP/2 > is given up 45 to 60 s after the last byte came, in the words of Go',
      TestReconnectBrokenTCP_HTTP1: givenUp,
      TestReconnectBrokenTCPInFlight_HTTP1: givenUp,
      TestRestClientTimeout:
        'cli/request.test.ts: a failure says what, why, and what to do > when the server takes too long',
    },
  },
]
