// Prints the metrics of exec plugins as a Go program publishes them that uses client-go and
// component-base: without an argument before anything has happened, with one after what
// test/metrics/client-go.test.ts has happen, too. Its output is recorded in test/metrics/client-go/:
//
//	go run ./exposition > ../metrics/client-go/untouched.txt
//	go run ./exposition used > ../metrics/client-go/used.txt
package main

import (
	"os"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"k8s.io/client-go/tools/metrics"
	"k8s.io/component-base/metrics/legacyregistry"
	_ "k8s.io/component-base/metrics/prometheus/restclient"
)

func main() {
	if len(os.Args) > 1 {
		use()
	}
	families, err := legacyregistry.DefaultGatherer.Gather()
	if err != nil {
		panic(err)
	}
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "rest_client_exec_plugin_") {
			continue
		}
		if _, err := expfmt.MetricFamilyToText(os.Stdout, family); err != nil {
			panic(err)
		}
	}
}

func use() {
	for _, age := range []time.Duration{
		1800 * time.Second,
		90*24*time.Hour + 1500*time.Millisecond,
		5 * 365 * 24 * time.Hour,
	} {
		metrics.ClientCertRotationAge.Observe(age)
	}
	metrics.ExecPluginCalls.Increment(0, "no_error")
	metrics.ExecPluginCalls.Increment(0, "no_error")
	metrics.ExecPluginCalls.Increment(3, "plugin_execution_error")
	metrics.ExecPluginCalls.Increment(-1, "plugin_execution_error")
	metrics.ExecPluginCalls.Increment(1, "plugin_not_found_error")
	metrics.ExecPluginCalls.Increment(1, "client_internal_error")
	metrics.ExecPluginPolicyCalls.Increment("allowed")
	metrics.ExecPluginPolicyCalls.Increment("denied")
}
