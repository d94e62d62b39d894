package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// yamlCase is a YAML text.
type yamlCase struct {
	Bytes []byte `json:"bytes"`
}

// value gives the JSON that Kubernetes makes of it.
func (c *yamlCase) value() (any, error) {
	json, err := yaml.YAMLToJSON(c.Bytes)
	if err != nil {
		return nil, err
	}
	return map[string]any{"json": string(json)}, nil
}

// timeCase is the text of a timestamp.
type timeCase struct {
	Text string `json:"text"`
}

// value gives milliseconds since the epoch, rounded down; nil for the zero time, which means "not set".
func (c *timeCase) value() (any, error) {
	text, err := json.Marshal(c.Text)
	if err != nil {
		panic(err)
	}
	var parsed metav1.Time
	if err := parsed.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	if parsed.IsZero() {
		return map[string]any{"ms": nil}, nil
	}
	return map[string]any{"ms": parsed.UnixMilli()}, nil
}

// pairCase is a certificate with its key, PEM.
type pairCase struct {
	Certificate []byte `json:"certificate"`
	Key         []byte `json:"key"`
}

// value gives what identifies the pair.
func (c *pairCase) value() (any, error) {
	pair, err := tls.X509KeyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"chain":     chainDigest(&pair),
		"notBefore": leaf.NotBefore.UnixMilli(),
		"notAfter":  leaf.NotAfter.UnixMilli(),
	}, nil
}

// commandCase is a plugin's command and the PATH to look it up in.
type commandCase struct {
	Command string `json:"command"`
	Path    string `json:"path"`
}

// value gives the command as client-go cleans it, and what exec.Command makes of that.
func (c *commandCase) value() (any, error) {
	if err := os.Setenv("PATH", c.Path); err != nil {
		panic(err)
	}
	clean := filepath.Clean(c.Command)
	command := exec.Command(clean)
	kind := "found"
	switch {
	case errors.Is(command.Err, exec.ErrDot):
		kind = "relative"
	case command.Err != nil:
		kind = "not-found"
	}
	return map[string]any{"clean": clean, "kind": kind, "path": command.Path}, nil
}
