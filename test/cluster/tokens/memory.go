package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
)

type memory struct {
	ResidentBefore uint64 `json:"residentBefore"`
	ResidentAfter  uint64 `json:"residentAfter"`
	HeapAlloc      uint64 `json:"heapAlloc"`
}

// measureMemory tells bytes. The memory that Go has freed and not yet given back counts: it does in a kubelet.
func measureMemory(howMany int) (any, error) {
	server := &apiServer{left: wholeLife}
	// What the first request takes once and for all is not the tokens'.
	if _, err := filled(server, 1); err != nil {
		return nil, err
	}
	before, err := residentAfterCollection()
	if err != nil {
		return nil, err
	}
	manager, err := filled(server, howMany)
	if err != nil {
		return nil, err
	}
	after, err := residentAfterCollection()
	if err != nil {
		return nil, err
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	runtime.KeepAlive(manager)
	return memory{ResidentBefore: before, ResidentAfter: after, HeapAlloc: stats.HeapAlloc}, nil
}

var residentLine = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+) kB$`)

func residentAfterCollection() (uint64, error) {
	runtime.GC()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	found := residentLine.FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("/proc/self/status says nothing of VmRSS")
	}
	kibibytes, err := strconv.ParseUint(string(found[1]), 10, 64)
	return kibibytes * 1024, err
}
