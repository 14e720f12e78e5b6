package agent

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// OwnerOf returns the user who opened the other end of a loopback connection, as
// the kernel says. Loopback is shared by all users of a machine, and an Origin
// header is what its sender likes.
func OwnerOf(local, remote net.Addr) (int, error) {
	l, err := netip.ParseAddrPort(local.String())
	if err != nil {
		return 0, err
	}
	r, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} { // a socket of ::ffff:127.0.0.1 stands in the second
		if uid, err := ownerIn(table, r, l); err == nil {
			return uid, nil
		}
	}
	return 0, errNotInTable
}

var errNotInTable = errors.New("the kernel lists no such connection")

func ownerIn(table string, from, to netip.AddrPort) (int, error) {
	f, err := os.Open(table)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	wide := strings.HasSuffix(table, "6")
	want := [2]string{tableForm(from, wide), tableForm(to, wide)}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		// sl local_address rem_address st tx:rx tr:tm retrnsmt uid …
		fields := strings.Fields(lines.Text())
		if len(fields) > 7 && fields[1] == want[0] && fields[2] == want[1] {
			return strconv.Atoi(fields[7])
		}
	}
	return 0, errNotInTable
}

// tableForm writes an address as the kernel does: 32-bit words in the order of
// the machine, then the port.
func tableForm(a netip.AddrPort, wide bool) string {
	octets := a.Addr().Unmap().AsSlice()
	if wide {
		b := a.Addr().As16()
		octets = b[:]
	}
	var out strings.Builder
	for ; len(octets) >= 4; octets = octets[4:] {
		var word [4]byte
		binary.NativeEndian.PutUint32(word[:], binary.BigEndian.Uint32(octets))
		out.WriteString(strings.ToUpper(hex.EncodeToString(word[:])))
	}
	return out.String() + fmt.Sprintf(":%04X", a.Port())
}
