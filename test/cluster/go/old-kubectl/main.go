// kubectl 1.20, as `cmd/kubectl` of that version starts it: the oldest client that is to read a served bundle.
package main

import (
	"os"

	_ "k8s.io/client-go/plugin/pkg/client/auth/exec"
	"k8s.io/kubectl/pkg/cmd"
)

func main() {
	if err := cmd.NewDefaultKubectlCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
