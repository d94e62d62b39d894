package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"time"
	"unsafe"

	"k8s.io/client-go/plugin/pkg/client/auth/exec"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/transport"
)

// replyCase is what a plugin prints, to a client that is configured for a version.
type replyCase struct {
	Stdout     []byte `json:"stdout"`
	APIVersion string `json:"apiVersion"`
}

// replyValue is the credential that client-go makes of it.
type replyValue struct {
	// Authorization is the SHA-256 of the header that is sent; empty without a token.
	Authorization string `json:"authorization"`
	// Chain is the SHA-256 over the certificates; empty without.
	Chain string `json:"chain"`
	// Expiry is in milliseconds since the epoch, rounded down; nil without end.
	Expiry *int64 `json:"expiry"`
}

// errReached stands where the connection would be made: the request was good enough to be sent.
var errReached = errors.New("reached the network")

// value has the real authenticator run cat as its plugin, and sends a request through it.
func (c *replyCase) value(folder string) (any, error) {
	file := filepath.Join(folder, "reply")
	if err := os.WriteFile(file, c.Stdout, 0o600); err != nil {
		panic(err)
	}
	authenticator, err := exec.GetAuthenticator(&api.ExecConfig{
		Command:         "cat",
		Args:            []string{file},
		APIVersion:      c.APIVersion,
		InteractiveMode: api.NeverExecInteractiveMode,
		// Authenticators are kept by their configuration; each case needs one of its own.
		InstallHint: fmt.Sprint(time.Now().UnixNano()),
	}, nil)
	if err != nil {
		return nil, err
	}
	config := &transport.Config{}
	if err := authenticator.UpdateTransportConfig(config); err != nil {
		return nil, err
	}
	header, err := authorizationSent(config)
	if err != nil {
		return nil, err
	}
	value := replyValue{Expiry: expiryOf(authenticator)}
	if header != "" {
		value.Authorization = digest([]byte(header))
	}
	certificate, err := config.TLS.GetCertHolder.GetCert()
	if err != nil {
		return nil, err
	}
	value.Chain = chainDigest(certificate)
	return value, nil
}

// authorizationSent gives the header that leaves through Go's own transport, which refuses some.
func authorizationSent(config *transport.Config) (string, error) {
	var header string
	network := unreachable()
	base := roundTripperFunc(func(request *http.Request) (*http.Response, error) {
		header = request.Header.Get("Authorization")
		return network.RoundTrip(request)
	})
	request, err := http.NewRequest(http.MethodGet, "http://server/", nil)
	if err != nil {
		panic(err)
	}
	if _, err := config.WrapTransport(base).RoundTrip(request); !errors.Is(err, errReached) {
		return "", err
	}
	return header, nil
}

// unreachable is Go's transport, all but the connection.
func unreachable() http.RoundTripper {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, errReached
	}}
}

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// expiryOf reads the field in which the authenticator keeps the end; nothing else tells it.
func expiryOf(authenticator *exec.Authenticator) *int64 {
	field := reflect.ValueOf(authenticator).Elem().FieldByName("exp")
	exp := *(*time.Time)(unsafe.Pointer(field.UnsafeAddr()))
	if exp.IsZero() {
		return nil
	}
	return milliseconds(exp)
}

func milliseconds(t time.Time) *int64 {
	ms := t.UnixMilli()
	return &ms
}

func chainDigest(certificate *tls.Certificate) string {
	if certificate == nil || len(certificate.Certificate) == 0 {
		return ""
	}
	var all []byte
	for _, der := range certificate.Certificate {
		all = append(all, der...)
	}
	return digest(all)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
