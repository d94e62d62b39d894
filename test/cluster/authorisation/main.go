// For the bench: how long client-go's exec authenticator takes to put a fresh token on a request. The transport
// below it answers at once. It reads one JSON question a line from standard input and writes one JSON answer a
// line; the first line that it writes says that the token is there.
//
// The program is its own plugin: with the argument "credential" it prints a token.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"k8s.io/client-go/plugin/pkg/client/auth/exec"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/transport"
)

const credential = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"bench"}}`

type question struct {
	URL     string `json:"url"`
	HowMany int    `json:"howMany"`
}

// atOnce answers every request that has come with the token.
type atOnce struct{ response *http.Response }

func (a atOnce) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Header.Get("Authorization") != "Bearer bench" {
		return nil, fmt.Errorf("a request without the token")
	}
	return a.response, nil
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "credential" {
		fmt.Println(credential)
		return
	}
	if err := answerAll(); err != nil {
		fmt.Fprintln(os.Stderr, "authorisation:", err)
		os.Exit(1)
	}
}

func answerAll() error {
	wrapped, err := authenticator()
	if err != nil {
		return err
	}
	// The first one runs the plugin.
	if _, err := send(wrapped, question{URL: "https://127.0.0.1/", HowMany: 1}); err != nil {
		return err
	}
	fmt.Println(`{"ok":true}`)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			return err
		}
		took, err := send(wrapped, asked)
		if err != nil {
			return err
		}
		fmt.Printf("{\"nanoseconds\":%d}\n", took.Nanoseconds())
	}
	return lines.Err()
}

func authenticator() (http.RoundTripper, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	made, err := exec.GetAuthenticator(&api.ExecConfig{
		APIVersion:      "client.authentication.k8s.io/v1",
		Command:         self,
		Args:            []string{"credential"},
		InteractiveMode: api.NeverExecInteractiveMode,
	}, nil)
	if err != nil {
		return nil, err
	}
	config := &transport.Config{}
	if err := made.UpdateTransportConfig(config); err != nil {
		return nil, err
	}
	return config.WrapTransport(atOnce{&http.Response{StatusCode: http.StatusOK}}), nil
}

func send(through http.RoundTripper, asked question) (time.Duration, error) {
	request, err := http.NewRequest(http.MethodGet, asked.URL, nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "bench/1.0 (linux/amd64)")
	began := time.Now()
	for range asked.HowMany {
		// client-go adds it to the caller's own request, and leaves one that has it alone.
		request.Header.Del("Authorization")
		if _, err := through.RoundTrip(request); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}
