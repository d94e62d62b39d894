package main

import (
	"fmt"
	"math/rand"
	"runtime"
	"slices"
	"sync"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/kubernetes/pkg/kubelet/token"
)

const (
	getsForEach = 5
	removals    = 11
	slowAnswer  = 50 * time.Millisecond
	wholeLife   = lifetimeSeconds * time.Second
	// A token with this much left is past its refresh point.
	lastPart = time.Minute
)

type gets struct {
	Nanoseconds float64 `json:"nanoseconds"`
	Allocations float64 `json:"allocations"`
}

type requests struct {
	Requests int64 `json:"requests"`
}

type removal struct {
	Nanoseconds int64 `json:"nanoseconds"`
}

func measureHotGets(howMany int) (any, error) {
	return measureGets(1, howMany*getsForEach)
}

func measureRandomGets(howMany int) (any, error) {
	return measureGets(howMany, howMany*getsForEach)
}

// measureGets asks with requests that are equal to those that filled the cache, but not the same ones.
func measureGets(tokens, times int) (any, error) {
	manager, err := filled(&apiServer{left: wholeLife}, tokens)
	if err != nil {
		return nil, err
	}
	asked := make([]*authenticationv1.TokenRequest, tokens)
	names := make([]string, tokens)
	for number := range tokens {
		asked[number], names[number] = requestFor(number), accountName(number)
	}
	order := make([]int, times)
	for index := range order {
		order[index] = rand.Intn(tokens)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	for _, number := range order {
		if _, err := manager.GetServiceAccountToken(namespace, names[number], asked[number]); err != nil {
			return nil, err
		}
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return gets{
		Nanoseconds: float64(took.Nanoseconds()) / float64(times),
		Allocations: float64(after.Mallocs-before.Mallocs) / float64(times),
	}, nil
}

func measureColdCallers(howMany int) (any, error) {
	server := &apiServer{left: wholeLife, delay: slowAnswer}
	return measureCallers(token.NewManager(server), server, howMany)
}

func measureDueCallers(howMany int) (any, error) {
	server := &apiServer{left: lastPart}
	manager, err := filled(server, 1)
	if err != nil {
		return nil, err
	}
	server.left, server.delay = wholeLife, slowAnswer
	server.requests.Store(0)
	return measureCallers(manager, server, howMany)
}

// measureCallers lets all of them ask for one token at the same moment.
func measureCallers(manager *token.Manager, server *apiServer, howMany int) (any, error) {
	start := make(chan struct{})
	failures := make(chan error, howMany)
	var callers sync.WaitGroup
	for range howMany {
		callers.Go(func() {
			<-start
			if _, err := manager.GetServiceAccountToken(namespace, accountName(0), requestFor(0)); err != nil {
				failures <- err
			}
		})
	}
	close(start)
	callers.Wait()
	close(failures)
	return requests{server.requests.Load()}, <-failures
}

func measureRemoval(howMany int) (any, error) {
	manager, err := filled(&apiServer{left: wholeLife}, howMany)
	if err != nil {
		return nil, err
	}
	took := make([]int64, removals)
	for index := range took {
		uid := podUID(index * (howMany / removals))
		began := time.Now()
		manager.DeleteServiceAccountToken(uid)
		took[index] = time.Since(began).Nanoseconds()
	}
	slices.Sort(took)
	return removal{took[removals/2]}, nil
}

// filled makes a manager that holds tokens for as many pods.
func filled(server *apiServer, howMany int) (*token.Manager, error) {
	manager := token.NewManager(server)
	for number := range howMany {
		if _, err := manager.GetServiceAccountToken(namespace, accountName(number), requestFor(number)); err != nil {
			return nil, fmt.Errorf("token %d: %w", number, err)
		}
	}
	return manager, nil
}
