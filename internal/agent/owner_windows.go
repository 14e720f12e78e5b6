package agent

import (
	"encoding/binary"
	"net"
	"net/netip"
	"unsafe"

	sys "golang.org/x/sys/windows"
)

var getExtendedTCPTable = sys.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

const (
	tcpTableOwnerPIDConnections = 4
	tcpRow                      = 24 // octets of MIB_TCPROW_OWNER_PID: state, two ends of address and port, process
)

// SameUser reports whether the user of this program opened the other end of a
// loopback connection: Windows tells the process, and the process its user. A process
// that does not let its user be asked, as sandboxed ones may, counts by its session
// on the desktop: whoever logs on gets one, but a program may be started in it for
// another user.
func SameUser(local, remote net.Addr) (bool, error) {
	l, r, err := ends(local, remote)
	if err != nil {
		return false, err
	}
	pid, err := processOf(r, l)
	if err != nil {
		return false, err
	}
	if same, err := sameSID(pid); err == nil {
		return same, nil
	}
	var theirs, ours uint32
	if err := sys.ProcessIdToSessionId(pid, &theirs); err != nil {
		return false, err
	}
	if err := sys.ProcessIdToSessionId(sys.GetCurrentProcessId(), &ours); err != nil {
		return false, err
	}
	return theirs == ours, nil
}

// processOf returns the process that holds the end from of a connection to the end to.
func processOf(from, to netip.AddrPort) (uint32, error) {
	size := uint32(16 << 10)
	for {
		table := make([]byte, size)
		status, _, _ := getExtendedTCPTable.Call(uintptr(unsafe.Pointer(&table[0])), uintptr(unsafe.Pointer(&size)), 0,
			sys.AF_INET, tcpTableOwnerPIDConnections, 0)
		switch sys.Errno(status) {
		case sys.ERROR_SUCCESS:
			return find(table, from, to)
		case sys.ERROR_INSUFFICIENT_BUFFER:
			continue // size is what it needs now
		}
		return 0, sys.Errno(status)
	}
}

// find reads a MIB_TCPTABLE_OWNER_PID.
func find(table []byte, from, to netip.AddrPort) (uint32, error) {
	n := int(binary.LittleEndian.Uint32(table))
	for rows := table[4:]; n > 0 && len(rows) >= tcpRow; n, rows = n-1, rows[tcpRow:] {
		if end(rows[4:]) == from && end(rows[12:]) == to {
			return binary.LittleEndian.Uint32(rows[20:]), nil
		}
	}
	return 0, errNotInTable
}

// end is an address and a port, both in the order of the network.
func end(b []byte) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b)), binary.BigEndian.Uint16(b[4:]))
}

// sameSID compares the user of process pid with our own.
func sameSID(pid uint32) (bool, error) {
	process, err := sys.OpenProcess(sys.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return false, err
	}
	defer func() { _ = sys.CloseHandle(process) }()
	var token sys.Token
	if err := sys.OpenProcessToken(process, sys.TOKEN_QUERY, &token); err != nil {
		return false, err
	}
	defer func() { _ = token.Close() }()
	theirs, err := token.GetTokenUser()
	if err != nil {
		return false, err
	}
	ours, err := sys.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return false, err
	}
	return theirs.User.Sid.Equals(ours.User.Sid), nil
}
