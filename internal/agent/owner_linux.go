package agent

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// SameUser reports whether the user of this program opened the other end of a
// loopback connection, as the kernel says. Loopback is shared by all users of a
// machine, and an Origin header is what its sender likes.
func SameUser(local, remote net.Addr) (bool, error) {
	uid, err := ownerOf(local, remote)
	return uid == os.Getuid(), err
}

func ownerOf(local, remote net.Addr) (int, error) {
	l, r, err := ends(local, remote)
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
