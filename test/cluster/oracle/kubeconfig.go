package main

import (
	"errors"
	"net/http"
	"net/url"

	"k8s.io/apimachinery/pkg/runtime"
	// The auth providers that kubectl knows, or has words for.
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// kubeconfigCase names kubeconfigs on the disk, and what is to be set in place of their entries.
type kubeconfigCase struct {
	// Explicit is the one file of --kubeconfig; empty to merge Files.
	Explicit string   `json:"explicit"`
	Files    []string `json:"files"`
	// Set holds the overrides by the names of kubectl's flags.
	Set map[string]string `json:"set"`
	// Insecure is --insecure-skip-tls-verify.
	Insecure bool `json:"insecure"`
}

// kubeconfigValue is the connection that client-go would make.
type kubeconfigValue struct {
	Server string `json:"server"`
	// Address is the URL that requests go to, without user and query.
	Address            string              `json:"address"`
	TLSServerName      string              `json:"tlsServerName"`
	Insecure           bool                `json:"insecure"`
	CAFile             string              `json:"caFile"`
	CAData             []byte              `json:"caData"`
	CertFile           string              `json:"certFile"`
	CertData           []byte              `json:"certData"`
	KeyFile            string              `json:"keyFile"`
	KeyData            []byte              `json:"keyData"`
	Token              string              `json:"token"`
	TokenFile          string              `json:"tokenFile"`
	Username           string              `json:"username"`
	Password           string              `json:"password"`
	ImpersonateUser    string              `json:"impersonateUser"`
	ImpersonateUID     string              `json:"impersonateUid"`
	ImpersonateGroups  []string            `json:"impersonateGroups"`
	ImpersonateExtra   map[string][]string `json:"impersonateExtra"`
	ProxyURL           string              `json:"proxyUrl"`
	DisableCompression bool                `json:"disableCompression"`
	Namespace          string              `json:"namespace"`
	AuthProvider       string              `json:"authProvider"`
	Exec               *execValue          `json:"exec"`
}

// execValue is the exec entry after defaults and cleaning.
type execValue struct {
	Command            string           `json:"command"`
	Args               []string         `json:"args"`
	Env                []api.ExecEnvVar `json:"env"`
	APIVersion         string           `json:"apiVersion"`
	InstallHint        string           `json:"installHint"`
	ProvideClusterInfo bool             `json:"provideClusterInfo"`
	InteractiveMode    string           `json:"interactiveMode"`
	// Config is the JSON of the cluster's extension for plugins; null without.
	Config string `json:"config"`
}

// value loads as kubectl does, then builds a transport, which finds what loading does not look at.
func (c *kubeconfigCase) value() (any, error) {
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: c.Explicit, Precedence: c.Files}
	overrides := c.overrides()
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, err
	}
	namespace, _, err := loader.Namespace()
	if err != nil {
		return nil, err
	}
	if _, err := rest.TransportFor(rest.CopyConfig(config)); err != nil {
		return nil, err
	}
	address, err := addressReached(config)
	if err != nil {
		return nil, err
	}
	value := valueOf(config)
	value.Namespace = namespace
	value.Address = address.Scheme + "://" + address.Host + address.EscapedPath()
	return value, nil
}

// addressReached sends a request as far as Go's own transport looks at the address.
func addressReached(config *rest.Config) (*url.URL, error) {
	address, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	_, err = unreachable().RoundTrip(request)
	if !errors.Is(err, errReached) {
		return nil, err
	}
	return address, nil
}

func (c *kubeconfigCase) overrides() *clientcmd.ConfigOverrides {
	return &clientcmd.ConfigOverrides{
		CurrentContext: c.Set["context"],
		Context: api.Context{
			Cluster: c.Set["cluster"], AuthInfo: c.Set["user"], Namespace: c.Set["namespace"],
		},
		ClusterInfo: api.Cluster{
			Server:                c.Set["server"],
			TLSServerName:         c.Set["tls-server-name"],
			CertificateAuthority:  c.Set["certificate-authority"],
			ProxyURL:              c.Set["proxy-url"],
			InsecureSkipTLSVerify: c.Insecure,
		},
		AuthInfo: api.AuthInfo{
			Token:             c.Set["token"],
			Username:          c.Set["username"],
			Password:          c.Set["password"],
			ClientCertificate: c.Set["client-certificate"],
			ClientKey:         c.Set["client-key"],
			Impersonate:       c.Set["as"],
			ImpersonateUID:    c.Set["as-uid"],
		},
	}
}

func valueOf(config *rest.Config) kubeconfigValue {
	value := kubeconfigValue{
		Server:             config.Host,
		TLSServerName:      config.ServerName,
		Insecure:           config.Insecure,
		CAFile:             config.CAFile,
		CAData:             config.CAData,
		CertFile:           config.CertFile,
		CertData:           config.CertData,
		KeyFile:            config.KeyFile,
		KeyData:            config.KeyData,
		Token:              config.BearerToken,
		TokenFile:          config.BearerTokenFile,
		Username:           config.Username,
		Password:           config.Password,
		ImpersonateUser:    config.Impersonate.UserName,
		ImpersonateUID:     config.Impersonate.UID,
		ImpersonateGroups:  config.Impersonate.Groups,
		ImpersonateExtra:   config.Impersonate.Extra,
		ProxyURL:           proxyOf(config),
		DisableCompression: config.DisableCompression,
	}
	if config.AuthProvider != nil {
		value.AuthProvider = config.AuthProvider.Name
	}
	if config.ExecProvider != nil {
		value.Exec = execOf(config.ExecProvider)
	}
	return value
}

func proxyOf(config *rest.Config) string {
	if config.Proxy == nil {
		return ""
	}
	proxy, err := config.Proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "server"}})
	if err != nil {
		panic(err)
	}
	return proxy.String()
}

func execOf(config *api.ExecConfig) *execValue {
	value := &execValue{
		Command:            config.Command,
		Args:               config.Args,
		Env:                config.Env,
		APIVersion:         config.APIVersion,
		InstallHint:        config.InstallHint,
		ProvideClusterInfo: config.ProvideClusterInfo,
		InteractiveMode:    string(config.InteractiveMode),
		Config:             "null",
	}
	if extension, ok := config.Config.(*runtime.Unknown); ok && extension.Raw != nil {
		value.Config = string(extension.Raw)
	}
	return value
}
