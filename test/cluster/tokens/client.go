package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
)

const (
	namespace       = "bench"
	lifetimeSeconds = 3600
	tokenLength     = 1024
)

// apiServer answers requests for tokens, and nothing else that a client can ask. The fake client of client-go keeps
// every request that it gets, which would count as memory here.
type apiServer struct {
	kubernetes.Interface
	corev1.CoreV1Interface
	corev1.ServiceAccountInterface

	// delay is what it takes for an answer.
	delay time.Duration
	// left is what is left of a token's life when it comes.
	left     time.Duration
	requests atomic.Int64
}

func (a *apiServer) CoreV1() corev1.CoreV1Interface { return a }

func (a *apiServer) ServiceAccounts(string) corev1.ServiceAccountInterface { return a }

// CreateToken reads its answer from text, as a client does, so that it shares nothing with the request.
func (a *apiServer) CreateToken(
	_ context.Context, name string, asked *authenticationv1.TokenRequest, _ metav1.CreateOptions,
) (*authenticationv1.TokenRequest, error) {
	number := a.requests.Add(1)
	time.Sleep(a.delay)
	answer := asked.DeepCopy()
	answer.Name = name
	answer.Namespace = namespace
	answer.UID = types.UID(fmt.Sprintf("account-of-%s", name))
	answer.Status = authenticationv1.TokenRequestStatus{
		Token:               tokenText(number),
		ExpirationTimestamp: metav1.NewTime(time.Now().Add(a.left)),
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	read := &authenticationv1.TokenRequest{}
	return read, json.Unmarshal(text, read)
}

// tokenText is as long as a JWT, and of its letters.
func tokenText(number int64) string {
	head := fmt.Sprintf("eyJhbGciOiJSUzI1NiJ9.%020d.", number)
	return head + strings.Repeat("s", tokenLength-len(head))
}

// requestFor makes the request for one of many pods, new each time, as the kubelet does.
func requestFor(number int) *authenticationv1.TokenRequest {
	seconds := int64(lifetimeSeconds)
	return &authenticationv1.TokenRequest{
		Spec: authenticationv1.TokenRequestSpec{
			Audiences:         []string{"https://kubernetes.default.svc"},
			ExpirationSeconds: &seconds,
			BoundObjectRef: &authenticationv1.BoundObjectReference{
				APIVersion: "v1",
				Kind:       "Pod",
				Name:       fmt.Sprintf("pod-%d", number),
				UID:        podUID(number),
			},
		},
	}
}

func podUID(number int) types.UID {
	return types.UID(fmt.Sprintf("8c5f4b0e-0000-4000-8000-%012d", number))
}

func accountName(number int) string {
	return fmt.Sprintf("account-%d", number)
}
