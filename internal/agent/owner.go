package agent

import (
	"errors"
	"net"
	"net/netip"
)

var errNotInTable = errors.New("the system lists no such connection")

// ends are the two ends of a connection.
func ends(local, remote net.Addr) (l, r netip.AddrPort, err error) {
	if l, err = netip.ParseAddrPort(local.String()); err == nil {
		r, err = netip.ParseAddrPort(remote.String())
	}
	return l, r, err
}
