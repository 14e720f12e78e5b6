//go:build !linux && !windows

package agent

import "net"

// SameUser is nil: here nobody is asked who opened a connection, and another user
// of the machine is kept out by the session of the manager, by the consent for
// each origin and by the windows appearing on the owner's desktop only.
var SameUser func(local, remote net.Addr) (bool, error)
