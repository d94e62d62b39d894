// For the bench: the kubelet's own manager of service account tokens, over a token client that answers without a
// network. The first argument says what is measured, the second over how many tokens or callers; it prints one line
// of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

var measurements = map[string]func(howMany int) (any, error){
	"get-hot":         measureHotGets,
	"get-random":      measureRandomGets,
	"concurrent-cold": measureColdCallers,
	"concurrent-due":  measureDueCallers,
	"remove-owner":    measureRemoval,
	"memory":          measureMemory,
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tokens:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want what to measure and a number, got %q", args)
	}
	measure, known := measurements[args[0]]
	if !known {
		return fmt.Errorf("there is no measurement %q", args[0])
	}
	howMany, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	found, err := measure(howMany)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(found)
}
