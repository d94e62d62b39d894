// The oracle answers what client-go makes of some bytes: a plugin's reply, kubeconfigs, a timestamp, a
// certificate with its key, a command, YAML; what the kubelet and the API server make of a projected
// volume; and what the HTTP/2 of Go makes of headers. It reads one JSON case a line from standard input and
// writes one JSON answer a line, in the same order. A question that they refuse is answered with their error.
//
// Nothing is decided here: every answer comes out of the functions that kubectl and the kubelet call.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/klog/v2"
)

// question is one case: exactly one of the members is set.
type question struct {
	Reply       *replyCase       `json:"reply,omitempty"`
	Kubeconfig  *kubeconfigCase  `json:"kubeconfig,omitempty"`
	Time        *timeCase        `json:"time,omitempty"`
	Pair        *pairCase        `json:"pair,omitempty"`
	Command     *commandCase     `json:"command,omitempty"`
	YAML        *yamlCase        `json:"yaml,omitempty"`
	Writes      *writesCase      `json:"writes,omitempty"`
	Volume      *volumeCase      `json:"volume,omitempty"`
	Payload     *payloadCase     `json:"payload,omitempty"`
	Field       *fieldCase       `json:"field,omitempty"`
	HpackEncode *hpackEncodeCase `json:"hpackEncode,omitempty"`
	HpackDecode *hpackDecodeCase `json:"hpackDecode,omitempty"`
}

// answer holds either the values of a case or the error.
type answer struct {
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
	// Panic tells that client-go itself did not survive the case.
	Panic string `json:"panic,omitempty"`
}

func main() {
	flags := flag.NewFlagSet("klog", flag.PanicOnError)
	klog.InitFlags(flags)
	for _, argument := range []string{"-logtostderr=false", "-stderrthreshold=FATAL"} {
		if err := flags.Parse([]string{argument}); err != nil {
			panic(err)
		}
	}
	klog.SetOutput(io.Discard)
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
}

func answerAll(in io.Reader, out io.Writer) error {
	folder, err := os.MkdirTemp("", "kubecred-oracle-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	reader := bufio.NewReaderSize(in, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		line, err := reader.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := encoder.Encode(answerTo(line, folder)); err != nil {
			return err
		}
	}
}

func answerTo(line []byte, folder string) (result answer) {
	defer func() {
		if reason := recover(); reason != nil {
			result = answer{Panic: fmt.Sprint(reason)}
		}
	}()
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Panic: "not a case: " + err.Error()}
	}
	value, err := asked.value(folder)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Value: value}
}

func (q question) value(folder string) (any, error) {
	switch {
	case q.Reply != nil:
		return q.Reply.value(folder)
	case q.Kubeconfig != nil:
		return q.Kubeconfig.value()
	case q.Time != nil:
		return q.Time.value()
	case q.Pair != nil:
		return q.Pair.value()
	case q.Command != nil:
		return q.Command.value()
	case q.YAML != nil:
		return q.YAML.value()
	case q.Writes != nil:
		return q.Writes.value(folder)
	case q.Volume != nil:
		return q.Volume.value()
	case q.Payload != nil:
		return q.Payload.value()
	case q.Field != nil:
		return q.Field.value()
	case q.HpackEncode != nil:
		return q.HpackEncode.value()
	case q.HpackDecode != nil:
		return q.HpackDecode.value()
	}
	panic("an empty case")
}
