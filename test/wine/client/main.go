// Command client calls an agent as a browser on the same Windows would: the agent
// asks the system whose process stands at the other end.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: client ADDRESS METHOD PARAMS")
		os.Exit(2)
	}
	if err := call(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func call(address, method, params string) error {
	req, err := http.NewRequest(http.MethodPost, "http://"+address+"/v1/"+method, strings.NewReader(params))
	if err != nil {
		return err
	}
	req.Header.Set("Origin", "https://case.example")
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(os.Stdout, res.Body)
	return err
}
